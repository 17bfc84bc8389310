import { describe, expect, it } from 'vitest';
import { createConicSolver } from '../../engine/conic/solver.js';
import { expectOptimal, violations } from './optimality.js';
import { randomProgram } from './programs.js';

describe('random programs with strictly feasible primal and dual points', () => {
  it.each(Array.from({ length: 400 }, (_, seed) => seed))(
    'meets the optimality conditions and lies between the known points (seed %i)',
    (seed) => {
      const { problem, feasible, dualObjective } = randomProgram(seed);
      const solution = createConicSolver(problem).solve();
      expectOptimal(problem, solution);
      const known = violations(problem, { ...solution, x: feasible }).primalObjective;
      const slack = 1e-8 * Math.max(1, Math.abs(known), Math.abs(dualObjective));
      expect(solution.primalObjective).toBeLessThanOrEqual(known + slack);
      expect(solution.primalObjective).toBeGreaterThanOrEqual(dualObjective - slack);
      expect(solution.dualObjective).toBeLessThanOrEqual(known + slack);
    },
  );
});
