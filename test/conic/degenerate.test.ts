import { describe, expect, it } from 'vitest';
import { createConicSolver } from '../../engine/conic/solver.js';
import { expectOptimal } from './optimality.js';
import { type DenseProgram, denseProgram, randomProgram } from './programs.js';

function solved(program: DenseProgram) {
  const problem = denseProgram(program);
  const solution = createConicSolver(problem).solve();
  expectOptimal(problem, solution);
  return solution;
}

describe('degenerate programs', () => {
  it('copes with equalities given twice', () => {
    const solution = solved({
      linear: [1, 2, 3],
      lower: [0, 0, 0],
      equalities: [
        [1, 1, 1, 2],
        [1, 1, 1, 2],
        [2, 2, 2, 4],
        [0, 1, -1, 0],
      ],
    });
    expect(solution.primalObjective).toBeCloseTo(2, 7);
  });

  it('copes with empty rows, empty columns and empty cone rows', () => {
    const solution = solved({
      quadratic: [1, 0, 0],
      linear: [-1, 0, 0],
      lower: [-Infinity, -Infinity, 1],
      upper: [Infinity, Infinity, 2],
      equalities: [[0, 0, 0, 0]],
      cones: [
        [
          [0, 0, 0, 3],
          [0, 0, 0, 1],
        ],
      ],
    });
    expect(solution.x[0]).toBeCloseTo(1, 8);
    expect(solution.x[2]).toBeGreaterThanOrEqual(1);
    expect(solution.x[2]).toBeLessThanOrEqual(2);
  });

  it('finds a feasible point when there is no cost', () => {
    const solution = solved({
      linear: [0, 0],
      lower: [0, 0],
      equalities: [[1, 3, 6]],
    });
    expect(solution.primalObjective).toBe(0);
  });

  it('solves a program without rows', () => {
    const solution = solved({
      quadratic: [2, 0, 1],
      linear: [-2, 1, -5],
      lower: [-Infinity, -4, 0],
      upper: [Infinity, 7, 3],
    });
    [1, -4, 3].forEach((v, i) => {
      expect(solution.x[i]).toBeCloseTo(v, 7);
    });
  });

  it('solves a program without variables', () => {
    expect(solved({ linear: [] }).primalObjective).toBe(0);
  });

  it('solves a linear program with a whole edge of optima', () => {
    const solution = solved({ linear: [1, 1], lower: [0, 0], equalities: [[1, 1, 1]] });
    expect(solution.primalObjective).toBeCloseTo(1, 8);
  });

  it('pins a point at the apex of a cone, where nothing is strictly feasible', () => {
    // x₀ ≥ ‖x₁‖ and x₀ ≤ 0
    const solution = solved({
      quadratic: [0, 1],
      linear: [1, 0],
      upper: [0, Infinity],
      lower: [-Infinity, -1],
      cones: [
        [
          [-1, 0, 0],
          [0, -1, 0],
        ],
      ],
    });
    expect(Math.abs(solution.primalObjective)).toBeLessThan(1e-8);
  });

  it('treats bounds of 1e20 and beyond as none', () => {
    const solution = solved({
      quadratic: [1],
      linear: [-5],
      lower: [-1e30],
      upper: [1e25],
    });
    expect(solution.x[0]).toBeCloseTo(5, 8);
    expect(solution.lowerDual[0]).toBe(0);
  });

  it('solves with boxes as narrow as rounding and as wide as a billion', () => {
    const solution = solved({
      linear: [1, -1, 1],
      lower: [1, 0, -1e9],
      upper: [1 + 1e-13, 1e-9, 1e9],
      equalities: [[1, 1, 1, 5]],
    });
    expect(solution.x[2]).toBeCloseTo(4, 7);
  });

  it.each([1e-6, 1e-3, 1e3, 1e6])(
    'gives the same answer when the cost is scaled by %f',
    (factor) => {
      const { problem } = randomProgram(17);
      const reference = createConicSolver(problem).solve().primalObjective;
      for (let j = 0; j < problem.variableCount; j++) {
        problem.linear[j] *= factor;
        problem.quadratic[j] *= factor;
      }
      const solution = createConicSolver(problem).solve({ gapTolerance: 1e-10 });
      expect(solution.status).toBe('optimal');
      const scale = Math.max(factor, 1) * Math.max(1, Math.abs(reference));
      expect(Math.abs(solution.primalObjective - factor * reference) / scale).toBeLessThan(1e-8);
    },
  );
});

describe('how a solve ends early', () => {
  it('stops at the iteration limit with its best point', () => {
    const { problem } = randomProgram(23);
    const solution = createConicSolver(problem).solve({ iterationLimit: 2 });
    expect(solution.status).toBe('iteration-limit');
    expect(solution.iterations).toBe(2);
    expect(Number.isFinite(solution.primalObjective)).toBe(true);
  });

  it('stops when it is told to', () => {
    const { problem } = randomProgram(23);
    let calls = 0;
    const solution = createConicSolver(problem).solve({ shouldStop: () => ++calls > 3 });
    expect(solution.status).toBe('stopped');
    expect(solution.iterations).toBe(3);
  });

  it('says inaccurate, with its best point, when a tolerance cannot be met', () => {
    const { problem } = randomProgram(23);
    const solution = createConicSolver(problem).solve({
      feasibilityTolerance: 1e-30,
      gapTolerance: 1e-30,
    });
    expect(['inaccurate', 'iteration-limit']).toContain(solution.status);
    expect(solution.gap).toBeLessThan(1e-8);
    expect(solution.primalResidual).toBeLessThan(1e-8);
    expect(solution.dualResidual).toBeLessThan(1e-8);
  });

  it('refuses numbers that are not finite and shapes that do not fit', () => {
    const { problem } = randomProgram(3);
    problem.linear[0] = Number.NaN;
    expect(() => createConicSolver(problem).solve()).toThrow(/linear\[0\]/);
    problem.linear[0] = 0;
    problem.quadratic[0] = -1;
    expect(() => createConicSolver(problem).solve()).toThrow(/quadratic cost 0/);
    problem.quadratic[0] = 0;
    problem.lower[0] = Number.NaN;
    expect(() => createConicSolver(problem).solve()).toThrow(/bounds of variable 0/);
    expect(() => createConicSolver({ ...problem, linear: new Float64Array(1) })).toThrow(/linear/);
    expect(() => createConicSolver({ ...problem, coneSizes: Int32Array.of(999) })).toThrow(/rows/);
  });
});
