/**
 * Certificates of infeasibility, checked on the problem's own data.
 *
 * Primal: y and z ∈ K (lifted into it if need be) prove that no x satisfies rows and bounds when, with
 * g = Aᵀy + Gᵀz and the cheapest bound duals that cancel it (lowerDual = g⁺, upperDual = g⁻),
 *
 *     value = bᵀy + hᵀz − lowerᵀlowerDual + upperᵀupperDual < 0.
 *
 * Where a bound that g needs is missing, |g| is a residual: scaled to value −1 the certificate then excludes
 * every point with ‖x‖₁ < 1/residual.
 *
 * Dual: a direction x with linearᵀx = −1, A x = 0, −G x ∈ K that no bound blocks and whose curvature
 * xᵀ diag(quadratic) x is 0 proves that the cost falls without limit from any feasible point. With a small
 * curvature it falls by 1/(2 · curvature).
 */
import type { ConicProblem } from './problem.js';
import type { SolutionArrays } from './solution.js';
import { CERTIFICATE_ROUNDING, INFINITE_BOUND } from './tolerances.js';

/**
 * Completes (equalityDual, coneDual) to a certificate of value −1, if it is one.
 *
 * @returns whether it proves primal infeasibility to this tolerance
 */
export function completePrimalCertificate(
  problem: ConicProblem,
  arrays: SolutionArrays,
  tolerance: number,
): boolean {
  const { equalities, cones, lower, upper } = problem;
  const { equalityDual, coneDual, lowerDual, upperDual } = arrays;
  liftIntoCones(problem.coneSizes, coneDual);
  let value = 0;
  let size = 0;
  for (let i = 0; i < equalityDual.length; i++) {
    const term = problem.equalityRight[i] * equalityDual[i];
    value += term;
    size += Math.abs(term);
  }
  for (let i = 0; i < coneDual.length; i++) {
    const term = problem.coneRight[i] * coneDual[i];
    value += term;
    size += Math.abs(term);
  }
  let residual = 0;
  for (let j = 0; j < problem.variableCount; j++) {
    let g = 0;
    for (let entry = equalities.start[j]; entry < equalities.start[j + 1]; entry++) {
      g += equalities.value[entry] * equalityDual[equalities.row[entry]];
    }
    for (let entry = cones.start[j]; entry < cones.start[j + 1]; entry++) {
      g += cones.value[entry] * coneDual[cones.row[entry]];
    }
    const bound = g > 0 ? lower[j] : upper[j];
    if (Math.abs(bound) < INFINITE_BOUND) {
      lowerDual[j] = Math.max(0, g);
      upperDual[j] = Math.max(0, -g);
      value -= bound * g;
      size += Math.abs(bound * g);
    } else {
      lowerDual[j] = 0;
      upperDual[j] = 0;
      residual = Math.max(residual, Math.abs(g));
    }
  }
  const proved = value < -CERTIFICATE_ROUNDING * size && residual <= -tolerance * value;
  if (!proved) return false;
  const factor = -1 / value;
  scale(equalityDual, factor);
  scale(coneDual, factor);
  scale(lowerDual, factor);
  scale(upperDual, factor);
  return true;
}

/** The certificate for crossed bounds lower_j > upper_j: their duals, everything else 0. */
export function certifyCrossedBounds(
  problem: ConicProblem,
  arrays: SolutionArrays,
  variable: number,
): void {
  arrays.clearDuals();
  const dual = 1 / (problem.lower[variable] - problem.upper[variable]);
  arrays.lowerDual[variable] = dual;
  arrays.upperDual[variable] = dual;
}

/**
 * Clips x to what the bounds let pass for ever and scales it to linearᵀx = −1, if it is a ray.
 *
 * @returns whether it proves dual infeasibility to this tolerance
 */
export function completeDualCertificate(
  problem: ConicProblem,
  arrays: SolutionArrays,
  tolerance: number,
): boolean {
  const { equalities, cones, lower, upper, quadratic, linear } = problem;
  const { x, equalityProduct, coneProduct } = arrays;
  equalityProduct.fill(0);
  coneProduct.fill(0);
  let value = 0;
  let curvature = 0;
  for (let j = 0; j < problem.variableCount; j++) {
    if (lower[j] > -INFINITE_BOUND) x[j] = Math.max(0, x[j]);
    if (upper[j] < INFINITE_BOUND) x[j] = Math.min(0, x[j]);
    value += linear[j] * x[j];
    curvature += quadratic[j] * x[j] * x[j];
    for (let entry = equalities.start[j]; entry < equalities.start[j + 1]; entry++) {
      equalityProduct[equalities.row[entry]] += equalities.value[entry] * x[j];
    }
    for (let entry = cones.start[j]; entry < cones.start[j + 1]; entry++) {
      coneProduct[cones.row[entry]] -= cones.value[entry] * x[j];
    }
  }
  let residual = 0;
  for (let i = 0; i < equalityProduct.length; i++) {
    residual = Math.max(residual, Math.abs(equalityProduct[i]));
  }
  residual = Math.max(residual, coneViolation(problem.coneSizes, coneProduct));
  // Curvature is of second order in x: scaled to value −1 it is divided by value².
  const proved = residual <= -tolerance * value && curvature <= tolerance * value * value;
  if (!(value < 0 && proved)) return false;
  scale(x, -1 / value);
  return true;
}

/** Raises heads to the lengths of their tails: a dual on the boundary may be outside by its rounding. */
function liftIntoCones(sizes: Int32Array, vector: Float64Array): void {
  let head = 0;
  for (let k = 0; k < sizes.length; k++) {
    const end = head + sizes[k];
    let square = 0;
    for (let i = head + 1; i < end; i++) square += vector[i] * vector[i];
    vector[head] = Math.max(vector[head], Math.sqrt(square));
    head = end;
  }
}

/** The largest ‖tail‖ − head over all cones, at least 0; NaN counts as violated. */
function coneViolation(sizes: Int32Array, vector: Float64Array): number {
  let worst = 0;
  let head = 0;
  for (let k = 0; k < sizes.length; k++) {
    const end = head + sizes[k];
    let square = 0;
    for (let i = head + 1; i < end; i++) square += vector[i] * vector[i];
    const violation = Math.sqrt(square) - vector[head];
    if (!(violation <= worst))
      worst = Number.isNaN(violation) ? Number.POSITIVE_INFINITY : violation;
    head = end;
  }
  return worst;
}

function scale(vector: Float64Array, factor: number): void {
  for (let i = 0; i < vector.length; i++) vector[i] *= factor;
}
