import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import type { ConicProblem } from '../../engine/conic/problem.js';
import { createConicSolver } from '../../engine/conic/solver.js';
import { expectDualInfeasible, expectPrimalInfeasible } from './optimality.js';
import { denseProgram, forEntries, randomProgram } from './programs.js';
import { firstColumn, randomTreeProgram } from './treeProgram.js';

function solve(problem: ConicProblem) {
  return createConicSolver(problem).solve();
}

describe('programs without a feasible point', () => {
  it('proves that a variable cannot exceed its bound', () => {
    const problem = denseProgram({ linear: [1], lower: [0], upper: [1], equalities: [[1, 2]] });
    expectPrimalInfeasible(problem, solve(problem));
  });

  it('proves that crossed bounds are infeasible, before any iteration', () => {
    const problem = denseProgram({ linear: [1, 0], lower: [0, 3], upper: [1, 2] });
    const solution = solve(problem);
    expectPrimalInfeasible(problem, solution);
    expect(solution.iterations).toBe(0);
  });

  it('proves that contradicting equalities over free variables are infeasible', () => {
    const problem = denseProgram({
      linear: [1, 1],
      quadratic: [1, 1],
      equalities: [
        [1, 1, 1],
        [2, 2, 3],
      ],
    });
    expectPrimalInfeasible(problem, solve(problem));
  });

  it('proves that an empty row cannot equal 1', () => {
    const problem = denseProgram({ linear: [1, 1], lower: [0, 0], equalities: [[0, 0, 1]] });
    expectPrimalInfeasible(problem, solve(problem));
  });

  it('proves that a cone cannot reach a far plane', () => {
    // x₀ ≥ ‖(x₁, x₂)‖, x₀ ≤ 1, x₁ + x₂ = 2 > √2
    const problem = denseProgram({
      linear: [0, 0, 0],
      upper: [1, Infinity, Infinity],
      equalities: [[0, 1, 1, 2]],
      cones: [
        [
          [-1, 0, 0, 0],
          [0, -1, 0, 0],
          [0, 0, -1, 0],
        ],
      ],
    });
    expectPrimalInfeasible(problem, solve(problem));
  });

  it('proves that fixed variables contradict a row', () => {
    const problem = denseProgram({
      linear: [1, 1, 1],
      lower: [1, 2, -10],
      upper: [1, 2, 10],
      equalities: [[1, 1, 0, 4]],
    });
    expectPrimalInfeasible(problem, solve(problem));
  });

  it.each(Array.from({ length: 60 }, (_, seed) => seed))(
    'proves a random program infeasible to which a contradicting combination was added (seed %i)',
    (seed) => {
      const { problem } = randomProgram(seed);
      const contradicted = addContradiction(problem, seed);
      expectPrimalInfeasible(contradicted, solve(contradicted));
    },
  );

  it.each([1, 2, 3])('proves that a tree cannot carry twenty times its load (seed %i)', (seed) => {
    const problem = randomTreeProgram({
      seed,
      nodes: 60,
      segments: 3,
      leastImpedance: 1e-3,
      largestImpedance: 1e-2,
      load: 20,
    });
    expectPrimalInfeasible(problem, solve(problem));
  });

  it('proves a tree infeasible by a narrow margin, and feasible just before', () => {
    const options = {
      seed: 5,
      nodes: 40,
      segments: 2,
      leastImpedance: 1e-3,
      largestImpedance: 5e-3,
      load: 1,
    };
    const problem = randomTreeProgram(options);
    const potential = firstColumn(options, 39) + 3;
    const linear = problem.linear.slice();
    const quadratic = problem.quadratic.slice();
    problem.linear.fill(0);
    problem.quadratic.fill(0);
    problem.linear[potential] = -1;
    const solver = createConicSolver(problem);
    const highest = solver.solve();
    expect(highest.status).toBe('optimal');
    const limit = highest.x[potential];
    problem.lower[potential] = limit - 1e-5;
    expect(solver.solve().status).toBe('optimal');
    problem.lower[potential] = limit + 1e-5;
    expectPrimalInfeasible(problem, solver.solve());
    // With costs the iterates first look like those of a solution.
    problem.linear.set(linear);
    problem.quadratic.set(quadratic);
    expectPrimalInfeasible(problem, solver.solve());
  });
});

describe('programs without a lower limit', () => {
  it('finds the direction of a free variable with a cost', () => {
    const problem = denseProgram({ linear: [-2, 1], lower: [-Infinity, 0] });
    expectDualInfeasible(problem, solve(problem));
  });

  it('finds the direction that leaves a cone open', () => {
    const problem = denseProgram({
      linear: [0, -1, 0],
      cones: [
        [
          [-1, 0, 0, 0],
          [0, -1, 0, 0],
          [0, 0, -1, 0],
        ],
      ],
    });
    expectDualInfeasible(problem, solve(problem));
  });

  it('finds the direction along which quadratic costs do not act', () => {
    const problem = denseProgram({
      linear: [1, -1, -1],
      quadratic: [1, 0, 0],
      lower: [0, 0, 0],
      equalities: [[1, 1, -1, 1]],
    });
    expectDualInfeasible(problem, solve(problem));
  });

  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'never calls a random program optimal to which a free falling direction was added (seed %i)',
    (seed) => {
      const problem = withFallingVariable(randomProgram(seed).problem, seed);
      const solution = solve(problem);
      // Without a dual feasible point the KKT matrix tends to a singular one along the ray, and rounding
      // may win before the ray is exact enough: then the solve must say so.
      if (solution.status === 'dual-infeasible') expectDualInfeasible(problem, solution);
      else expect(['inaccurate', 'iteration-limit']).toContain(solution.status);
    },
  );
});

/** One more equality: a random combination of the others, the bounds and 1 too much. */
function addContradiction(problem: ConicProblem, seed: number): ConicProblem {
  const random = seededRandom(seed + 1000);
  const { variableCount, equalities } = problem;
  const rows = Array.from({ length: equalities.rowCount + 2 }, () =>
    new Array<number>(variableCount + 1).fill(0),
  );
  for (let j = 0; j < variableCount; j++) {
    forEntries(equalities, j, (i, value) => {
      rows[i][j] = value;
    });
  }
  const last = rows.length - 1;
  for (let i = 0; i < last - 1; i++) rows[i][variableCount] = problem.equalityRight[i];
  for (let j = 0; j < variableCount; j++) rows[last - 1][j] = random.normal();
  rows[last - 1][variableCount] = 1;
  for (let i = 0; i < last; i++) {
    const weight = random.normal();
    for (let j = 0; j <= variableCount; j++) rows[last][j] += weight * rows[i][j];
  }
  rows[last][variableCount] += random.between(0.5, 2);
  const dense = denseProgram({
    linear: Array.from(problem.linear),
    equalities: rows,
  });
  return { ...problem, equalities: dense.equalities, equalityRight: dense.equalityRight };
}

/** One more variable, in some equalities together with a second one that balances it. */
function withFallingVariable(problem: ConicProblem, seed: number): ConicProblem {
  const random = seededRandom(seed + 2000);
  const n = problem.variableCount;
  const extend = (array: Float64Array, a: number, b: number) => Float64Array.of(...array, a, b);
  const rows = Array.from({ length: problem.equalities.rowCount }, () =>
    new Array<number>(n + 3).fill(0),
  );
  for (let j = 0; j < n; j++) {
    forEntries(problem.equalities, j, (i, value) => {
      rows[i][j] = value;
    });
  }
  rows.forEach((row, i) => {
    row[n] = random.normal();
    row[n + 1] = -2 * row[n];
    row[n + 2] = problem.equalityRight[i];
  });
  const linear = extend(problem.linear, -3, 0);
  const dense = denseProgram({ linear: Array.from(linear), equalities: rows });
  const { cones } = problem;
  const end = cones.start[n];
  return {
    ...problem,
    variableCount: n + 2,
    linear,
    quadratic: extend(problem.quadratic, 0, 0),
    lower: extend(problem.lower, 0, 0),
    upper: extend(problem.upper, Infinity, Infinity),
    equalities: dense.equalities,
    cones: { ...cones, columnCount: n + 2, start: Int32Array.of(...cones.start, end, end) },
  };
}
