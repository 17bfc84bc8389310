import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import type { ConicProblem, ConicSolution } from '../../engine/conic/problem.js';
import { createConicSolver } from '../../engine/conic/solver.js';
import { expectOptimal, expectPrimalInfeasible } from './optimality.js';
import { denseProgram, randomProgram } from './programs.js';
import { randomTreeProgram } from './treeProgram.js';

function numbers(solution: ConicSolution) {
  const { x, equalityDual, coneDual, lowerDual, upperDual, ...scalars } = solution;
  const arrays = [x, equalityDual, coneDual, lowerDual, upperDual].map((array) => array.slice());
  return { scalars, arrays };
}

/** Moves what a branch-and-bound node moves: bounds, costs, right-hand sides, coefficients. */
function change(problem: ConicProblem, seed: number): void {
  const random = seededRandom(seed);
  for (let j = 0; j < problem.variableCount; j++) {
    problem.linear[j] += 0.1 * random.normal();
    problem.quadratic[j] *= random.between(0.5, 2);
    if (problem.lower[j] === problem.upper[j]) problem.upper[j] += random.next();
    else if (random.next() < 0.2) {
      const at = Number.isFinite(problem.lower[j]) ? problem.lower[j] : problem.upper[j];
      if (Number.isFinite(at)) problem.lower.fill(at, j, j + 1);
      if (Number.isFinite(at)) problem.upper.fill(at, j, j + 1);
    }
  }
  for (let i = 0; i < problem.coneRight.length; i++) problem.coneRight[i] *= 1.01;
  for (let entry = 0; entry < problem.cones.value.length; entry++) {
    problem.cones.value[entry] *= random.between(0.99, 1.01);
  }
}

describe('a solver that is used again', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))(
    'gives for changed values, bit for bit, what a new solver gives (seed %i)',
    (seed) => {
      const { problem } = randomProgram(seed);
      const solver = createConicSolver(problem);
      solver.solve();
      for (let round = 0; round < 3; round++) {
        change(problem, 100 * seed + round);
        const again = numbers(solver.solve());
        expect(again).toEqual(numbers(createConicSolver(problem).solve()));
      }
    },
  );

  it('shares the symbolic work of its structure, whatever was solved in between', () => {
    const problems = Array.from({ length: 12 }, (_, seed) => randomProgram(seed).problem);
    const first = problems.map((problem) => numbers(createConicSolver(problem).solve()));
    const solvers = problems.map((problem) => createConicSolver(problem));
    for (let round = 0; round < 2; round++) {
      problems.forEach((problem, k) => {
        expect(numbers(createConicSolver(problem).solve())).toEqual(first[k]);
        expect(numbers(solvers[k]?.solve() ?? createConicSolver(problem).solve())).toEqual(
          first[k],
        );
      });
    }
  });

  it.each(Array.from({ length: 30 }, (_, seed) => seed))(
    'reaches, resumed from a rough answer, the exact one of a single solve (seed %i)',
    (seed) => {
      const { problem } = randomProgram(seed);
      const solver = createConicSolver(problem);
      const rough = solver.solve({ feasibilityTolerance: 1e-3, gapTolerance: 1e-3 }).iterations;
      const resumed = solver.resume();
      const single = createConicSolver(problem).solve();
      expectOptimal(problem, resumed);
      expect(rough).toBeLessThan(resumed.iterations);
      const scale = Math.max(1, Math.abs(single.primalObjective));
      const difference = Math.abs(resumed.primalObjective - single.primalObjective);
      expect(difference).toBeLessThan(1e-7 * scale);
    },
  );

  it('recovers after an infeasible and an interrupted solve', () => {
    const problem = denseProgram({
      linear: [1, 2],
      lower: [0, 0],
      upper: [3, 3],
      equalities: [[1, 1, 2]],
    });
    const solver = createConicSolver(problem);
    problem.equalityRight[0] = 7;
    expect(solver.solve().status).toBe('primal-infeasible');
    problem.equalityRight[0] = 2;
    expect(solver.solve({ shouldStop: () => true }).status).toBe('stopped');
    const solution = solver.solve();
    expectOptimal(problem, solution);
    expect(solution.primalObjective).toBeCloseTo(2, 8);
  });
});

describe('a warm start', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))(
    'reaches the optimum of changed values where a cold start does, or proves that there is none (seed %i)',
    (seed) => {
      const { problem } = randomProgram(seed);
      const solver = createConicSolver(problem);
      solver.solve();
      for (let round = 0; round < 3; round++) {
        change(problem, 100 * seed + round);
        const cold = createConicSolver(problem).solve();
        const warm = solver.solve({ start: 'warm' });
        if (warm.status === 'primal-infeasible') expectPrimalInfeasible(problem, warm);
        if (cold.status !== 'optimal') continue;
        expectOptimal(problem, warm);
        const scale = Math.max(1, Math.abs(cold.primalObjective));
        const difference = Math.abs(warm.primalObjective - cold.primalObjective);
        expect(difference).toBeLessThan(1e-7 * scale);
      }
    },
  );

  it('from a kept solution does not depend on what was solved in between', () => {
    const { problem } = randomProgram(11);
    const solver = createConicSolver(problem);
    expect(solver.lastStart()).toBeUndefined();
    solver.solve();
    const start = solver.lastStart();
    if (start === undefined) throw new Error('not solved');
    const moved = problem.linear.slice();
    moved[0] += 0.01;
    problem.linear.set(moved);
    const straight = numbers(solver.solve({ start }));
    problem.linear[0] += 10;
    solver.solve();
    problem.linear.set(moved);
    expect(numbers(solver.solve({ start }))).toEqual(straight);
    expect(numbers(createConicSolver(problem).solve({ start }))).toEqual(straight);
    expect(() => solver.solve({ start: { ...start, x: new Float64Array(1) } })).toThrow(
      /x of the start/,
    );
  });

  it('is a cold start, bit for bit, where nothing was solved before', () => {
    const { problem } = randomProgram(7);
    const warm = numbers(createConicSolver(problem).solve({ start: 'warm' }));
    expect(warm).toEqual(numbers(createConicSolver(problem).solve()));
  });

  it('takes fewer iterations after a small change of costs and bounds', () => {
    let cold = 0;
    let warm = 0;
    for (let seed = 0; seed < 20; seed++) {
      const problem = randomTreeProgram({
        seed,
        nodes: 60,
        segments: 8,
        leastImpedance: 1e-4,
        largestImpedance: 3e-3,
        load: 2,
      });
      const solver = createConicSolver(problem);
      solver.solve();
      const random = seededRandom(seed);
      for (let j = 2; j < problem.variableCount; j++) {
        problem.linear[j] *= random.between(0.99, 1.01);
        if (problem.lower[j] === 0 && random.next() < 0.05) problem.upper[j] *= 0.5;
      }
      warm += solver.solve({ start: 'warm' }).iterations;
      cold += solver.solve().iterations;
    }
    expect(warm).toBeLessThan(0.9 * cold);
  });

  it('proves infeasible what has become so, and finds back from there', () => {
    const problem = denseProgram({
      linear: [1, 2],
      lower: [0, 0],
      upper: [3, 3],
      equalities: [[1, 1, 2]],
    });
    const solver = createConicSolver(problem);
    solver.solve();
    problem.equalityRight[0] = 7;
    expectPrimalInfeasible(problem, solver.solve({ start: 'warm' }));
    problem.equalityRight[0] = 4;
    const solution = solver.solve({ start: 'warm' });
    expectOptimal(problem, solution);
    expect(solution.primalObjective).toBeCloseTo(5, 8);
  });
});

describe('fixed variables', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'change nothing when fixed at the optimum, and their bound duals are their reduced costs (seed %i)',
    (seed) => {
      const { problem } = randomProgram(seed);
      const solver = createConicSolver(problem);
      const free = solver.solve();
      expect(free.status).toBe('optimal');
      const objective = free.primalObjective;
      const random = seededRandom(seed);
      for (let j = 0; j < problem.variableCount; j++) {
        if (random.next() > 0.15) continue;
        problem.lower[j] = free.x[j];
        problem.upper[j] = free.x[j];
      }
      const solution = solver.solve();
      const scale = Math.max(1, Math.abs(objective));
      // Fixing at a point with residual 1e-9 may leave it infeasible by as much: then no verdict is owed.
      if (solution.status !== 'optimal') return;
      expectOptimal(problem, solution);
      expect(Math.abs(solution.primalObjective - objective) / scale).toBeLessThan(1e-6);
    },
  );

  it('may be all variables there are', () => {
    const problem = denseProgram({
      quadratic: [2, 0],
      linear: [1, -1],
      lower: [3, 4],
      upper: [3, 4],
      equalities: [[1, 1, 7]],
      cones: [
        [
          [0, -1, 0],
          [-1, 0, 0],
        ],
      ],
    });
    const solution = createConicSolver(problem).solve();
    expectOptimal(problem, solution);
    expect(solution.primalObjective).toBeCloseTo(9 + 3 - 4, 9);
  });

  it('can be freed and fixed again without a new solver', () => {
    const problem = denseProgram({
      quadratic: [2, 2],
      linear: [0, 0],
      lower: [5, -9],
      upper: [5, 9],
      equalities: [[1, 1, 6]],
    });
    const solver = createConicSolver(problem);
    expect(solver.solve().x[1]).toBeCloseTo(1, 8);
    problem.lower[0] = -Infinity;
    problem.upper[0] = Infinity;
    expect(solver.solve().x[1]).toBeCloseTo(3, 7);
    problem.lower[0] = 4;
    problem.upper[0] = 4;
    const solution = solver.solve();
    expectOptimal(problem, solution);
    expect(solution.x[0]).toBe(4);
    expect(solution.x[1]).toBeCloseTo(2, 8);
  });
});
