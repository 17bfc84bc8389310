/**
 * A starting point near the last solution, for a program that differs from the last one in its values. The
 * solution itself is on the boundary, from where the method cannot move; mixed with the cold start it is
 * inside:
 *
 *     start = share · (last solution, clipped to the present bounds) + (1 − share) · cold start
 *
 * for x, slacks and duals alike, so that slacks of bounds stay exact. A. Skajaa, E. Andersen, Y. Ye,
 * "Warmstarting the homogeneous and self-dual interior point method for linear and conic quadratic problems",
 * Mathematical Programming Computation 5 (2013).
 */
import type { Iterate } from './iterate.js';
import type { ConicProblem, ConicStart } from './problem.js';
import type { ScaledProblem } from './scaledProblem.js';
import type { SolutionArrays } from './solution.js';
import { WARM_SHARE } from './tolerances.js';

/** Arrays for a start of a problem of this structure. */
export function allocateStart(problem: ConicProblem): ConicStart {
  return {
    x: new Float64Array(problem.variableCount),
    lowerDual: new Float64Array(problem.variableCount),
    upperDual: new Float64Array(problem.variableCount),
    equalityDual: new Float64Array(problem.equalities.rowCount),
    coneDual: new Float64Array(problem.cones.rowCount),
    coneSlack: new Float64Array(problem.cones.rowCount),
  };
}

/**
 * Writes the solution that these arrays and this iterate hold, in the units of the problem: scales may
 * change.
 */
export function keepStart(
  start: ConicStart,
  arrays: SolutionArrays,
  scaled: ScaledProblem,
  iterate: Iterate,
): void {
  const { scale, firstCone } = scaled;
  start.x.set(arrays.x);
  start.lowerDual.set(arrays.lowerDual);
  start.upperDual.set(arrays.upperDual);
  start.equalityDual.set(arrays.equalityDual);
  start.coneDual.set(arrays.coneDual);
  for (let i = 0; i < start.coneSlack.length; i++) {
    start.coneSlack[i] = iterate.coneSlack[i] / (scale[firstCone + i] * iterate.tau);
  }
}

/** Mixes a start into the cold start that the iterate holds. */
export function mixStart(start: ConicStart, scaled: ScaledProblem, iterate: Iterate): void {
  const { place, fixed, scale } = scaled;
  iterate.kappa *= 1 - WARM_SHARE;
  // Columns without bounds start cold at 0; the others are written with their bounds.
  for (let j = 0; j < place.length; j++) {
    if (fixed[j] === 0) iterate.point[place[j]] += (WARM_SHARE * start.x[j]) / scale[place[j]];
  }
  mixBounds(start, scaled, iterate);
  mixRows(start, scaled, iterate);
}

function mixBounds(
  start: ConicStart,
  { bounds, scale, costScale }: ScaledProblem,
  { point, boundSlack, boundDual }: Iterate,
): void {
  const { count, variable, place, limit, presence } = bounds;
  for (let k = 0; k < count; k++) {
    const lower = 2 * k;
    const upper = lower + 1;
    const j = variable[k];
    const unit = scale[place[k]];
    const least = presence[lower] === 1 ? limit[lower] : Number.NEGATIVE_INFINITY;
    const most = presence[upper] === 1 ? limit[upper] : Number.POSITIVE_INFINITY;
    const x = Math.min(Math.max(start.x[j] / unit, least), most);
    if (presence[lower] === 1) {
      boundSlack[lower] = mixed(boundSlack[lower], x - least);
      boundDual[lower] = mixed(boundDual[lower], start.lowerDual[j] * costScale * unit);
      point[place[k]] = least + boundSlack[lower];
    }
    if (presence[upper] === 1) {
      boundSlack[upper] = mixed(boundSlack[upper], most - x);
      boundDual[upper] = mixed(boundDual[upper], start.upperDual[j] * costScale * unit);
      point[place[k]] = most - boundSlack[upper];
    }
  }
}

function mixRows(
  start: ConicStart,
  { firstRow, firstCone, scale, costScale }: ScaledProblem,
  { point, coneSlack }: Iterate,
): void {
  for (let i = 0; i < start.equalityDual.length; i++) {
    const p = firstRow + i;
    point[p] = mixed(point[p], (start.equalityDual[i] * costScale) / scale[p]);
  }
  for (let i = 0; i < coneSlack.length; i++) {
    const p = firstCone + i;
    point[p] = mixed(point[p], (start.coneDual[i] * costScale) / scale[p]);
    coneSlack[i] = mixed(coneSlack[i], start.coneSlack[i] * scale[p]);
  }
}

function mixed(cold: number, last: number): number {
  return (1 - WARM_SHARE) * cold + WARM_SHARE * last;
}
