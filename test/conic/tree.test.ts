import { describe, expect, it } from 'vitest';
import { createConicSolver } from '../../engine/conic/solver.js';
import { expectOptimal } from './optimality.js';
import { firstColumn, randomTreeProgram, type TreeOptions } from './treeProgram.js';

const FAMILIES: readonly Omit<TreeOptions, 'seed'>[] = [
  { nodes: 120, segments: 12, leastImpedance: 1e-4, largestImpedance: 3e-3, load: 3 },
  { nodes: 120, segments: 12, leastImpedance: 1e-5, largestImpedance: 1e-2, load: 2 },
  { nodes: 120, segments: 4, leastImpedance: 1e-5, largestImpedance: 1e-1, load: 0.1 },
  { nodes: 60, segments: 1, leastImpedance: 1e-6, largestImpedance: 1e-1, load: 0.1 },
  { nodes: 400, segments: 2, leastImpedance: 1e-6, largestImpedance: 1e-4, load: 5 },
  { nodes: 30, segments: 0, leastImpedance: 1e-4, largestImpedance: 1e-2, load: 1 },
];

describe.each(FAMILIES)(
  'flows on trees with coefficients from $leastImpedance to $largestImpedance',
  (family) => {
    it.each([1, 2, 3, 4, 5])('are solved to 1e-8 (seed %i)', (seed) => {
      const problem = randomTreeProgram({ ...family, seed });
      const solution = createConicSolver(problem).solve();
      expectOptimal(problem, solution);
      expect(solution.iterations).toBeLessThan(40);
    });
  },
);

describe('the tree program', () => {
  it('agrees with the closed form on a single branch', () => {
    // p = r c + p', q = x c + q', 1 · c = p² + q² at the sending end: a quadratic in c.
    const options = {
      seed: 2,
      nodes: 2,
      segments: 0,
      leastImpedance: 0.02,
      largestImpedance: 0.05,
      load: 0.8,
    };
    const problem = randomTreeProgram(options);
    const solution = createConicSolver(problem).solve();
    expectOptimal(problem, solution);
    const [p, q, c, v] = [0, 1, 2, 3].map((k) => solution.x[firstColumn(options, 1) + k]);
    const [load, other] = problem.equalityRight;
    const { value, start } = problem.equalities;
    const column = firstColumn(options, 1) + 2;
    const [r, x] = [-value[start[column]], -value[start[column] + 1]];
    const a = r * r + x * x;
    const b = 2 * (r * load + x * other) - 1;
    const current = (-b - Math.sqrt(b * b - 4 * a * (load * load + other * other))) / (2 * a);
    expect(c).toBeCloseTo(current, 7);
    expect(p).toBeCloseTo(load + r * current, 8);
    expect(q).toBeCloseTo(other + x * current, 8);
    expect(v).toBeCloseTo(1 - 2 * (r * p + x * q) + a * current, 8);
  });

  it('is solved at 5,000 nodes too', () => {
    const problem = randomTreeProgram({
      seed: 1,
      nodes: 5_000,
      segments: 2,
      leastImpedance: 1e-6,
      largestImpedance: 1e-4,
      load: 3,
    });
    expectOptimal(problem, createConicSolver(problem).solve());
  });
});
