/**
 * A lower bound from any multipliers, whatever solver they come from. With z in K, the Lagrangian of
 * (engine/conic/problem.ts) is
 *
 *     −bᵀy − hᵀz + Σ_j min { ½ q_j x² + d_j x : lower_j ≤ x ≤ upper_j },   d = linear + Aᵀy + Gᵀz
 *
 * Weak duality makes it a bound for every y and every z in K; a z beside its cone is moved into it first. A
 * variable without a bound where its d_j points, and without a quadratic cost, leaves no bound at all: then
 * −Infinity is returned.
 */
import type { ConicProblem, ConicSolution } from '../../engine/conic/problem.js';
import type { SparseColumns } from '../../engine/sparse/columns.js';

/**
 * Every sum here is taken in floating point. Its error is at most (terms) · 1e-16 of the sum of sizes; for
 * up to 10,000 terms that is this share of it, and is taken off.
 */
const ROUNDING_SHARE = 1e-12;

export function verifiedBound(
  problem: ConicProblem,
  { equalityDual, coneDual }: Pick<ConicSolution, 'equalityDual' | 'coneDual'>,
): number {
  const { variableCount, quadratic, linear, lower, upper, equalityRight, coneRight } = problem;
  const inside = insideCones(coneDual, problem.coneSizes);
  let bound = 0;
  let size = 0;
  const add = (value: number): void => {
    bound += value;
    size += Math.abs(value);
  };
  for (let i = 0; i < equalityRight.length; i += 1) add(-equalityRight[i] * equalityDual[i]);
  for (let i = 0; i < coneRight.length; i += 1) add(-coneRight[i] * inside[i]);
  for (let j = 0; j < variableCount; j += 1) {
    const slope =
      linear[j] +
      columnProduct(problem.equalities, j, equalityDual) +
      columnProduct(problem.cones, j, inside);
    add(leastTerm(quadratic[j], slope, lower[j], upper[j]));
  }
  return Number.isFinite(bound) ? bound - ROUNDING_SHARE * size : Number.NEGATIVE_INFINITY;
}

/** z with each first entry raised to the length of the others, where it is below. */
function insideCones(dual: Float64Array, sizes: Int32Array): Float64Array {
  const inside = Float64Array.from(dual);
  let start = 0;
  for (const size of sizes) {
    let squares = 0;
    for (let i = start + 1; i < start + size; i += 1) squares += inside[i] * inside[i];
    inside[start] = Math.max(inside[start], Math.sqrt(squares) * (1 + ROUNDING_SHARE));
    start += size;
  }
  return inside;
}

function columnProduct(matrix: SparseColumns, column: number, factors: Float64Array): number {
  let sum = 0;
  for (let entry = matrix.start[column]; entry < matrix.start[column + 1]; entry += 1) {
    sum += matrix.value[entry] * factors[matrix.row[entry]];
  }
  return sum;
}

/** min ½ q x² + d x on [lower, upper] */
function leastTerm(quadratic: number, slope: number, lower: number, upper: number): number {
  if (slope === 0 && quadratic === 0) return 0;
  const free = quadratic > 0 ? -slope / quadratic : slope > 0 ? lower : upper;
  const x = Math.min(Math.max(free, lower), upper);
  return (0.5 * quadratic * x + slope) * x;
}
