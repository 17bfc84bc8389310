import { describe, expect, it } from 'vitest';
import { createConicSolver } from '../../engine/conic/solver.js';
import { expectOptimal } from './optimality.js';
import { type DenseProgram, denseProgram } from './programs.js';

function solved(program: DenseProgram) {
  const problem = denseProgram(program);
  const solution = createConicSolver(problem).solve();
  expectOptimal(problem, solution);
  return solution;
}

describe('programs with closed-form answers', () => {
  it('projects a point outside a second-order cone onto its boundary', () => {
    // min ½‖x − a‖² over x₀ ≥ ‖x₁‖: for |a₀| < ‖a₁‖ the answer is ½(1 + a₀/‖a₁‖)(‖a₁‖, a₁).
    const a = [1, 3, -4];
    const solution = solved({
      quadratic: [1, 1, 1],
      linear: a.map((v) => -v),
      cones: [
        [
          [-1, 0, 0, 0],
          [0, -1, 0, 0],
          [0, 0, -1, 0],
        ],
      ],
    });
    const factor = 0.5 * (1 + 1 / 5);
    [5, 3, -4].forEach((v, i) => {
      expect(solution.x[i]).toBeCloseTo(factor * v, 7);
    });
  });

  it('leaves a point inside the cone where it is, with no dual', () => {
    const solution = solved({
      quadratic: [2, 2, 2],
      linear: [-20, -2, -4],
      cones: [
        [
          [-1, 0, 0, 0],
          [0, -1, 0, 0],
          [0, 0, -1, 0],
        ],
      ],
    });
    [10, 1, 2].forEach((v, i) => {
      expect(solution.x[i]).toBeCloseTo(v, 7);
    });
    expect(Math.hypot(...solution.coneDual)).toBeLessThan(1e-7);
  });

  it('projects the polar cone to the apex', () => {
    const solution = solved({
      quadratic: [1, 1],
      linear: [5, -1],
      cones: [
        [
          [-1, 0, 0],
          [0, -1, 0],
        ],
      ],
    });
    expect(Math.hypot(...solution.x)).toBeLessThan(1e-7);
  });

  it('finds the least distance from a point to a plane', () => {
    // min t with t ≥ ‖x − p‖, aᵀx = b: |aᵀp − b|/‖a‖ = |1·1 + 2·2 + 2·3 − 2|/3 = 3
    const solution = solved({
      linear: [1, 0, 0, 0],
      equalities: [[0, 1, 2, 2, 2]],
      cones: [
        [
          [-1, 0, 0, 0, 0],
          [0, -1, 0, 0, -1],
          [0, 0, -1, 0, -2],
          [0, 0, 0, -1, -3],
        ],
      ],
    });
    expect(solution.primalObjective).toBeCloseTo(3, 8);
  });

  it('ends at the vertex of a linear program, with the textbook shadow prices', () => {
    // Dantzig: max 3a + 5b, a ≤ 4, 2b ≤ 12, 3a + 2b ≤ 18: (2, 6), value 36, prices (0, 3/2, 1).
    const solution = solved({
      linear: [-3, -5],
      lower: [0, 0],
      cones: [[[1, 0, 4]], [[0, 2, 12]], [[3, 2, 18]]],
    });
    expect(solution.x[0]).toBeCloseTo(2, 8);
    expect(solution.x[1]).toBeCloseTo(6, 8);
    expect(solution.primalObjective).toBeCloseTo(-36, 7);
    expect(solution.coneDual[0]).toBeCloseTo(0, 7);
    expect(solution.coneDual[1]).toBeCloseTo(1.5, 7);
    expect(solution.coneDual[2]).toBeCloseTo(1, 7);
  });

  it('splits a demand at equal marginal costs, clipped at bounds', () => {
    // min Σ ½ c x² + b x, Σ x = 10, x ≤ (2, ∞, ∞): λ from the two that are free: x = (2, 16/3, 8/3).
    const solution = solved({
      quadratic: [1, 1, 2],
      linear: [0, 0, 0],
      lower: [0, 0, 0],
      upper: [2, Infinity, Infinity],
      equalities: [[1, 1, 1, 10]],
    });
    [2, 16 / 3, 8 / 3].forEach((v, i) => {
      expect(solution.x[i]).toBeCloseTo(v, 7);
    });
    expect(solution.equalityDual[0]).toBeCloseTo(-16 / 3, 7);
    expect(solution.upperDual[0]).toBeCloseTo(16 / 3 - 2, 7);
    expect(solution.lowerDual[1]).toBeCloseTo(0, 7);
  });

  it('minimises a + b over the rotated cone a b ≥ u² at a = b = u', () => {
    const solution = solved({
      linear: [1, 1, 0],
      lower: [-Infinity, -Infinity, 3],
      upper: [Infinity, Infinity, 3],
      cones: [
        [
          [-1, -1, 0, 0],
          [-1, 1, 0, 0],
          [0, 0, -2, 0],
        ],
      ],
    });
    expect(solution.x[0]).toBeCloseTo(3, 7);
    expect(solution.x[1]).toBeCloseTo(3, 7);
    expect(solution.primalObjective).toBeCloseTo(6, 8);
    // d(2u)/du
    expect(solution.lowerDual[2] - solution.upperDual[2]).toBeCloseTo(2, 7);
  });

  it('solves a rotated cone whose factors differ by five orders of magnitude', () => {
    // min a + 10⁻⁵ b with a b ≥ 1: a = 10⁻²·⁵, b = 10²·⁵.
    const solution = solved({
      linear: [1, 1e-5],
      cones: [
        [
          [-1, -1, 0],
          [-1, 1, 0],
          [0, 0, 2],
        ],
      ],
    });
    expect(solution.primalObjective).toBeCloseTo(2 * 10 ** -2.5, 8);
  });

  it('finds the geometric centre of a box when there is nothing else', () => {
    const solution = solved({
      quadratic: [1, 4],
      linear: [0, 0],
      lower: [-1, 2],
      upper: [3, 5],
    });
    expect(solution.x[0]).toBeCloseTo(0, 7);
    expect(solution.x[1]).toBeCloseTo(2, 8);
    expect(solution.lowerDual[1]).toBeCloseTo(8, 7);
  });

  it('handles a cone of a hundred rows: the norm of a fixed vector', () => {
    const size = 100;
    const row = (i: number) => Array.from({ length: size }, (_, j) => (j === i ? -1 : 0));
    const solution = solved({
      linear: Array.from({ length: size }, (_, j) => (j === 0 ? 1 : 0)),
      lower: Array.from({ length: size }, (_, j) => (j === 0 ? -Infinity : j)),
      upper: Array.from({ length: size }, (_, j) => (j === 0 ? Infinity : j)),
      cones: [Array.from({ length: size }, (_, i) => [...row(i), 0])],
    });
    expect(solution.primalObjective / Math.sqrt((99 * 100 * 199) / 6)).toBeCloseTo(1, 8);
  });
});
