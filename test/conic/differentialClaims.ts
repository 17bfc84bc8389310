/**
 * Whether what the solver claims is so, from the problem's own data and nothing of the solver: points against
 * the optimality conditions, certificates against their definition (both in engine/conic/problem.ts).
 *
 * Sums are allowed the rounding of their terms, which may be much larger than what is left of them.
 */
import type { ConicProblem, ConicSolution } from '../../engine/conic/problem.js';
import type { SparseColumns } from '../../engine/sparse/columns.js';

/** Ten times what the solver is asked for: its own measures may differ from these by the fixed variables. */
const OPTIMALITY = 1e-8;

/** Twice what the solver is asked for. */
const CERTIFICATE = 2e-9;

/** Rounding of a sum relative to the sizes of its terms. */
const ROUNDING = 1e-14;

/** A certificate whose value is −1 as the rest of terms that add up to more than this proves nothing. */
const LARGEST_CERTIFICATE_TERMS = 0.1 / ROUNDING;

/** What is wrong with the claim, or undefined. A solver that makes no claim is not wrong. */
export function claimFault(problem: ConicProblem, solution: ConicSolution): string | undefined {
  if (solution.status === 'optimal') return pointFault(problem, solution);
  if (solution.status === 'primal-infeasible') return dualCertificateFault(problem, solution);
  if (solution.status === 'dual-infeasible') return rayFault(problem, solution);
  return undefined;
}

function pointFault(problem: ConicProblem, solution: ConicSolution): string | undefined {
  const { x, coneDual, primalObjective } = solution;
  const { rightScale, costScale, equality, slack, gradient } = pointResiduals(problem, solution);
  const gap = Math.abs(primalObjective - solution.dualObjective);
  return firstFault({
    'a row is missed': equality / rightScale / OPTIMALITY,
    'a cone is left': slack / rightScale / OPTIMALITY,
    'a bound is passed': x.every((v, j) => v >= problem.lower[j] && v <= problem.upper[j]) ? 0 : 2,
    'the gradient is not 0': gradient / costScale / OPTIMALITY,
    'a dual leaves its cone': outside(problem.coneSizes, exact(coneDual)) / costScale / OPTIMALITY,
    'a bound has a negative dual': boundDualsAreValid(problem, solution) ? 0 : 2,
    'objectives differ': gap / Math.max(1, Math.abs(primalObjective)) / OPTIMALITY,
  });
}

/**
 * How far the objective of an optimal point may be from the optimum because of the point's residuals: the
 * multipliers are the slopes of the optimum by the right-hand sides, and x is that by the cost.
 */
export function objectiveSensitivity(problem: ConicProblem, solution: ConicSolution): number {
  const { gradient } = pointResiduals(problem, solution);
  return rowSensitivity(problem, solution.x, solution) + gradient * total(solution.x);
}

/** The part of it that comes from constraints, for a point of whatever origin. */
export function rowSensitivity(
  problem: ConicProblem,
  x: Float64Array,
  { equalityDual, coneDual, lowerDual, upperDual }: ConicSolution,
): number {
  const { equality, slack } = rowResiduals(problem, x);
  const passed = x.map((v, j) => Math.max(0, problem.lower[j] - v, v - problem.upper[j]));
  const most = Math.max(equality, slack, ...passed);
  return most * total(equalityDual, coneDual, lowerDual, upperDual);
}

/** The largest residuals of a point, and the sizes of what they are residuals of. */
function pointResiduals(problem: ConicProblem, solution: ConicSolution) {
  const { x } = solution;
  const slopes = problem.quadratic.map((curvature, j) => curvature * x[j]);
  const gradient = dualGradient(problem, solution);
  gradient.add(problem.linear);
  gradient.add(slopes);
  // Fixed variables belong to the right-hand sides.
  const fixed = x.map((value, j) => (problem.lower[j] === problem.upper[j] ? value : 0));
  const { equality, slack } = products(problem, fixed);
  return {
    ...rowResiduals(problem, x),
    gradient: gradient.excess(),
    rightScale: largest(problem.equalityRight, problem.coneRight, equality.sizes, slack.sizes),
    costScale: largest(problem.linear, slopes),
  };
}

function rowResiduals(problem: ConicProblem, x: Float64Array) {
  const { equality, slack } = products(problem, x);
  equality.subtract(problem.equalityRight);
  slack.negate();
  slack.add(problem.coneRight);
  return { equality: equality.excess(), slack: outside(problem.coneSizes, slack) };
}

function dualCertificateFault(problem: ConicProblem, solution: ConicSolution): string | undefined {
  const value = new Sums(1);
  const add = (limit: Float64Array, dual: Float64Array, sign: number) => {
    dual.forEach((amount, i) => {
      if (amount !== 0) value.put(0, sign * limit[i] * amount);
    });
  };
  add(problem.equalityRight, solution.equalityDual, 1);
  add(problem.coneRight, solution.coneDual, 1);
  add(problem.lower, solution.lowerDual, -1);
  add(problem.upper, solution.upperDual, 1);
  const terms = value.sizes[0];
  value.put(0, 1);
  return firstFault({
    'the combination of rows is not 0': dualGradient(problem, solution).excess() / CERTIFICATE,
    'a dual leaves its cone':
      outside(problem.coneSizes, exact(solution.coneDual)) / largest(solution.coneDual) / ROUNDING,
    'a bound has a negative dual': boundDualsAreValid(problem, solution) ? 0 : 2,
    'the value is not −1': value.excess() / CERTIFICATE,
    'the value is rounding': terms / LARGEST_CERTIFICATE_TERMS,
  });
}

function rayFault(problem: ConicProblem, { x }: ConicSolution): string | undefined {
  const { lower, upper, linear, quadratic, coneSizes } = problem;
  const { equality, slack } = products(problem, x);
  slack.negate();
  const value = new Sums(1);
  x.forEach((amount, j) => {
    value.put(0, linear[j] * amount);
  });
  value.put(0, 1);
  const isBlocked = x.some(
    (v, j) => (v < 0 && Number.isFinite(lower[j])) || (v > 0 && Number.isFinite(upper[j])),
  );
  return firstFault({
    'a row blocks the ray': equality.excess() / CERTIFICATE,
    'a cone blocks the ray': outside(coneSizes, slack) / CERTIFICATE,
    'a bound blocks the ray': isBlocked ? 2 : 0,
    'the cost curves along the ray':
      x.reduce((sum, v, j) => sum + quadratic[j] * v * v, 0) / CERTIFICATE,
    'the cost does not fall by 1': value.excess() / CERTIFICATE,
  });
}

/** The first entry above 1, with its size; NaN counts as above. */
function firstFault(excesses: Readonly<Record<string, number>>): string | undefined {
  const found = Object.entries(excesses).find(([, excess]) => !(excess <= 1));
  return found && `${found[0]} (${found[1].toExponential(1)} times what is allowed)`;
}

function boundDualsAreValid(problem: ConicProblem, solution: ConicSolution): boolean {
  const { lowerDual, upperDual } = solution;
  const isValid = (bound: number, dual: number) =>
    dual === 0 || (dual > 0 && Number.isFinite(bound));
  return (
    lowerDual.every((dual, j) => isValid(problem.lower[j], dual)) &&
    upperDual.every((dual, j) => isValid(problem.upper[j], dual))
  );
}

/** Sums with the sizes of their largest terms. */
class Sums {
  readonly values: Float64Array;
  readonly sizes: Float64Array;

  constructor(count: number) {
    this.values = new Float64Array(count);
    this.sizes = new Float64Array(count);
  }

  put(i: number, term: number): void {
    this.values[i] += term;
    this.sizes[i] += Math.abs(term);
  }

  add(terms: Float64Array): void {
    terms.forEach((term, i) => {
      this.put(i, term);
    });
  }

  subtract(terms: Float64Array): void {
    this.add(terms.map((term) => -term));
  }

  negate(): void {
    this.values.forEach((value, i) => {
      this.values[i] = -value;
    });
  }

  /** The largest sum in size, beyond its rounding. */
  excess(): number {
    return this.values.reduce(
      (worst, value, i) => Math.max(worst, Math.abs(value) - ROUNDING * this.sizes[i]),
      0,
    );
  }
}

function exact(values: Float64Array): Sums {
  const sums = new Sums(values.length);
  sums.values.set(values);
  return sums;
}

/** A x and G x. */
function products(problem: ConicProblem, x: Float64Array) {
  const multiply = (matrix: SparseColumns): Sums => {
    const sums = new Sums(matrix.rowCount);
    x.forEach((value, j) => {
      for (let k = matrix.start[j]; k < matrix.start[j + 1]; k += 1) {
        sums.put(matrix.row[k], matrix.value[k] * value);
      }
    });
    return sums;
  };
  return { equality: multiply(problem.equalities), slack: multiply(problem.cones) };
}

/** Aᵀy + Gᵀz − lowerDual + upperDual */
function dualGradient(problem: ConicProblem, solution: ConicSolution): Sums {
  const sums = new Sums(problem.variableCount);
  const multiply = (matrix: SparseColumns, dual: Float64Array) => {
    for (let j = 0; j < matrix.columnCount; j += 1) {
      for (let k = matrix.start[j]; k < matrix.start[j + 1]; k += 1) {
        sums.put(j, matrix.value[k] * dual[matrix.row[k]]);
      }
    }
  };
  multiply(problem.equalities, solution.equalityDual);
  multiply(problem.cones, solution.coneDual);
  sums.subtract(solution.lowerDual);
  sums.add(solution.upperDual);
  return sums;
}

/** The largest ‖tail‖ − head over all cones, beyond rounding, at least 0. */
function outside(coneSizes: Int32Array, { values, sizes }: Sums): number {
  let worst = 0;
  let head = 0;
  for (const size of coneSizes) {
    const end = head + size;
    const rounding = ROUNDING * Math.hypot(...sizes.subarray(head, end));
    worst = Math.max(
      worst,
      Math.hypot(...values.subarray(head + 1, end)) - values[head] - rounding,
    );
    head = end;
  }
  return worst;
}

function largest(...arrays: readonly Float64Array[]): number {
  return arrays.reduce((all, array) => array.reduce((m, v) => Math.max(m, Math.abs(v)), all), 1);
}

function total(...arrays: readonly Float64Array[]): number {
  return arrays.reduce((all, array) => array.reduce((sum, v) => sum + Math.abs(v), all), 0);
}
