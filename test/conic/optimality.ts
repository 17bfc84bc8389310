/** An independent check of the optimality conditions of a conic program, from its own data. */
import { expect } from 'vitest';
import type { ConicProblem, ConicSolution } from '../../engine/conic/problem.js';
import { forEntries } from './programs.js';

export interface Violations {
  /** Rows, cones and bounds of x. */
  readonly primal: number;
  /** Gradient of the Lagrangian, and signs of the duals. */
  readonly dual: number;
  /** Objectives recomputed, and their difference. */
  readonly primalObjective: number;
  readonly dualObjective: number;
  readonly gap: number;
  /** Largest single product of a slack with its dual. */
  readonly complementarity: number;
}

export function violations(problem: ConicProblem, solution: ConicSolution): Violations {
  const { x, equalityDual: y, coneDual: z, lowerDual, upperDual } = solution;
  const row = problem.equalityRight.map((b) => -b);
  const slack = problem.coneRight.slice();
  let primal = 0;
  let dual = 0;
  let complementarity = 0;
  let primalObjective = 0;
  let dualObjective = 0;
  for (let j = 0; j < problem.variableCount; j++) {
    const curvature = problem.quadratic[j] * x[j];
    let gradient = curvature + problem.linear[j] - lowerDual[j] + upperDual[j];
    forEntries(problem.equalities, j, (i, value) => {
      row[i] += value * x[j];
      gradient += value * y[i];
    });
    forEntries(problem.cones, j, (i, value) => {
      slack[i] -= value * x[j];
      gradient += value * z[i];
    });
    primal = Math.max(primal, problem.lower[j] - x[j], x[j] - problem.upper[j]);
    dual = Math.max(dual, Math.abs(gradient), -lowerDual[j], -upperDual[j]);
    primalObjective += (0.5 * curvature + problem.linear[j]) * x[j];
    dualObjective -= 0.5 * curvature * x[j];
    if (Number.isFinite(problem.lower[j])) {
      dualObjective += problem.lower[j] * lowerDual[j];
      const product = (x[j] - problem.lower[j]) * lowerDual[j];
      complementarity = Math.max(complementarity, Math.abs(product));
    } else expect(lowerDual[j]).toBe(0);
    if (Number.isFinite(problem.upper[j])) {
      dualObjective -= problem.upper[j] * upperDual[j];
      const product = (problem.upper[j] - x[j]) * upperDual[j];
      complementarity = Math.max(complementarity, Math.abs(product));
    } else expect(upperDual[j]).toBe(0);
  }
  for (let i = 0; i < row.length; i++) {
    primal = Math.max(primal, Math.abs(row[i]));
    dualObjective -= problem.equalityRight[i] * y[i];
  }
  let head = 0;
  for (const size of problem.coneSizes) {
    primal = Math.max(primal, outside(slack, head, size));
    dual = Math.max(dual, outside(z, head, size));
    let product = 0;
    for (let i = head; i < head + size; i++) {
      product += slack[i] * z[i];
      dualObjective -= problem.coneRight[i] * z[i];
    }
    complementarity = Math.max(complementarity, Math.abs(product));
    head += size;
  }
  const gap = Math.abs(primalObjective - dualObjective);
  return { primal, dual, primalObjective, dualObjective, gap, complementarity };
}

/** How far a vector is outside its cone: ‖tail‖ − head, at least 0. */
function outside(vector: Float64Array, head: number, size: number): number {
  const tail = Math.hypot(...vector.slice(head + 1, head + size));
  return Math.max(0, tail - vector[head]);
}

/** Fails unless the solution is optimal to `tolerance`, relative to the sizes of the numbers in it. */
export function expectOptimal(
  problem: ConicProblem,
  solution: ConicSolution,
  tolerance = 1e-8,
): void {
  expect(solution.status).toBe('optimal');
  const found = violations(problem, solution);
  const largest = (...arrays: readonly Float64Array[]) =>
    arrays.reduce((all, array) => array.reduce((m, v) => Math.max(m, Math.abs(v)), all), 1);
  const primalScale = largest(solution.x, problem.equalityRight, problem.coneRight);
  const dualScale = largest(
    problem.linear,
    solution.equalityDual,
    solution.coneDual,
    solution.lowerDual,
    solution.upperDual,
  );
  const objectiveScale = Math.max(1, Math.abs(found.primalObjective));
  expect(found.primal / primalScale).toBeLessThan(tolerance);
  expect(found.dual / dualScale).toBeLessThan(tolerance);
  expect(found.gap / objectiveScale).toBeLessThan(tolerance);
  expect(found.complementarity / objectiveScale).toBeLessThan(tolerance);
  expect(Math.abs(solution.primalObjective - found.primalObjective)).toBeLessThan(
    1e-12 * primalScale * dualScale * (1 + problem.variableCount),
  );
  expect(Math.abs(solution.dualObjective - found.dualObjective)).toBeLessThan(
    tolerance * objectiveScale,
  );
}

/** Fails unless the duals prove that no point is feasible; see `ConicSolution` for the conditions. */
export function expectPrimalInfeasible(problem: ConicProblem, solution: ConicSolution): void {
  expect(solution.status).toBe('primal-infeasible');
  const { equalityDual: y, coneDual: z, lowerDual, upperDual } = solution;
  const value = new RoundedSum();
  y.forEach((dual, i) => {
    value.add(problem.equalityRight[i] * dual);
  });
  z.forEach((dual, i) => {
    value.add(problem.coneRight[i] * dual);
  });
  for (let j = 0; j < problem.variableCount; j++) {
    const gradient = new RoundedSum();
    gradient.add(upperDual[j]);
    gradient.add(-lowerDual[j]);
    forEntries(problem.equalities, j, (i, a) => {
      gradient.add(a * y[i]);
    });
    forEntries(problem.cones, j, (i, g) => {
      gradient.add(g * z[i]);
    });
    expect(Math.abs(gradient.sum)).toBeLessThan(1e-9 + gradient.rounding);
    expect(Math.min(lowerDual[j], upperDual[j])).toBeGreaterThanOrEqual(0);
    if (lowerDual[j] > 0) value.add(-problem.lower[j] * lowerDual[j]);
    if (upperDual[j] > 0) value.add(problem.upper[j] * upperDual[j]);
  }
  let head = 0;
  for (const size of problem.coneSizes) {
    expect(outside(z, head, size)).toBeLessThanOrEqual(1e-15 * z[head]);
    head += size;
  }
  expect(Math.abs(value.sum + 1)).toBeLessThan(1e-9 + value.rounding);
  expect(value.rounding).toBeLessThan(0.1);
}

/** A sum and a bound on its rounding error: terms may be much larger than what is left of them. */
class RoundedSum {
  sum = 0;
  rounding = 0;

  add(term: number): void {
    this.sum += term;
    this.rounding += 1e-14 * Math.abs(term);
  }
}

/** Fails unless x is a direction along which the cost falls and nothing blocks. */
export function expectDualInfeasible(problem: ConicProblem, solution: ConicSolution): void {
  expect(solution.status).toBe('dual-infeasible');
  const { x } = solution;
  const row = new Float64Array(problem.equalityRight.length);
  const slack = new Float64Array(problem.coneRight.length);
  let cost = 0;
  let curvature = 0;
  for (let j = 0; j < problem.variableCount; j++) {
    cost += problem.linear[j] * x[j];
    curvature += problem.quadratic[j] * x[j] * x[j];
    if (Number.isFinite(problem.lower[j])) expect(x[j]).toBeGreaterThanOrEqual(0);
    if (Number.isFinite(problem.upper[j])) expect(x[j]).toBeLessThanOrEqual(0);
    forEntries(problem.equalities, j, (i, a) => {
      row[i] += a * x[j];
    });
    forEntries(problem.cones, j, (i, g) => {
      slack[i] -= g * x[j];
    });
  }
  for (const entry of row) expect(Math.abs(entry)).toBeLessThan(2e-9);
  let head = 0;
  for (const size of problem.coneSizes) {
    expect(outside(slack, head, size)).toBeLessThan(2e-9);
    head += size;
  }
  expect(curvature).toBeLessThan(2e-9);
  expect(cost).toBeCloseTo(-1, 9);
}
