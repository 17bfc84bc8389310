/**
 * A starting point near the last solution, for a program that differs from the last one in its values. The
 * solution itself is on the boundary, from where the method cannot move; mixed with the cold start it is inside:
 *
 *     start = share · (last solution, clipped to the present bounds) + (1 − share) · cold start
 *
 * for x, slacks and duals alike, so that slacks of bounds stay exact. A. Skajaa, E. Andersen, Y. Ye,
 * "Warmstarting the homogeneous and self-dual interior point method for linear and conic quadratic problems",
 * Mathematical Programming Computation 5 (2013).
 */
import type { Iterate } from './iterate.js';
import type { ConicProblem } from './problem.js';
import type { ScaledProblem } from './scaledProblem.js';
import type { SolutionArrays } from './solution.js';
import { WARM_SHARE } from './tolerances.js';

/** The last solution, in the units of the problem: scales may differ when it is used. */
export class LastSolution {
  /** Whether there is one. */
  isKnown = false;
  private readonly x: Float64Array;
  private readonly lowerDual: Float64Array;
  private readonly upperDual: Float64Array;
  /** y and z, and s. */
  private readonly rowDual: Float64Array;
  private readonly coneSlack: Float64Array;

  constructor(problem: ConicProblem) {
    this.x = new Float64Array(problem.variableCount);
    this.lowerDual = new Float64Array(problem.variableCount);
    this.upperDual = new Float64Array(problem.variableCount);
    this.rowDual = new Float64Array(problem.equalities.rowCount + problem.cones.rowCount);
    this.coneSlack = new Float64Array(problem.cones.rowCount);
  }

  /** Keeps the solution that these arrays and this iterate hold. */
  keep(arrays: SolutionArrays, scaled: ScaledProblem, iterate: Iterate): void {
    this.isKnown = true;
    this.x.set(arrays.x);
    this.lowerDual.set(arrays.lowerDual);
    this.upperDual.set(arrays.upperDual);
    this.rowDual.set(arrays.equalityDual);
    this.rowDual.set(arrays.coneDual, scaled.equalityCount);
    for (let i = 0; i < this.coneSlack.length; i++) {
      this.coneSlack[i] = iterate.coneSlack[i] / (scaled.scale[scaled.firstCone + i] * iterate.tau);
    }
  }

  /** Mixes the solution into a cold start. */
  mixInto(scaled: ScaledProblem, iterate: Iterate): void {
    iterate.kappa *= 1 - WARM_SHARE;
    this.mixColumns(scaled, iterate);
    this.mixBounds(scaled, iterate);
    this.mixRows(scaled, iterate);
  }

  /** Columns without bounds, whose cold start is 0; the others are written by `mixBounds`. */
  private mixColumns({ place, fixed, scale }: ScaledProblem, { point }: Iterate): void {
    for (let j = 0; j < place.length; j++) {
      if (fixed[j] === 0) point[place[j]] += (WARM_SHARE * this.x[j]) / scale[place[j]];
    }
  }

  private mixBounds({ bounds, scale, costScale }: ScaledProblem, iterate: Iterate): void {
    const { count, variable, place, limit, presence } = bounds;
    const { point, boundSlack, boundDual } = iterate;
    for (let k = 0; k < count; k++) {
      const lower = 2 * k;
      const upper = lower + 1;
      const j = variable[k];
      const unit = scale[place[k]];
      const least = presence[lower] === 1 ? limit[lower] : Number.NEGATIVE_INFINITY;
      const most = presence[upper] === 1 ? limit[upper] : Number.POSITIVE_INFINITY;
      const x = Math.min(Math.max(this.x[j] / unit, least), most);
      if (presence[lower] === 1) {
        boundSlack[lower] = mixed(boundSlack[lower], x - least);
        boundDual[lower] = mixed(boundDual[lower], this.lowerDual[j] * costScale * unit);
        point[place[k]] = least + boundSlack[lower];
      }
      if (presence[upper] === 1) {
        boundSlack[upper] = mixed(boundSlack[upper], most - x);
        boundDual[upper] = mixed(boundDual[upper], this.upperDual[j] * costScale * unit);
        point[place[k]] = most - boundSlack[upper];
      }
    }
  }

  private mixRows(scaled: ScaledProblem, { point, coneSlack }: Iterate): void {
    const { firstRow, firstCone, rowCount, scale, costScale } = scaled;
    for (let i = 0; i < rowCount; i++) {
      const dual = (this.rowDual[i] * costScale) / scale[firstRow + i];
      point[firstRow + i] = mixed(point[firstRow + i], dual);
    }
    for (let i = 0; i < coneSlack.length; i++) {
      coneSlack[i] = mixed(coneSlack[i], this.coneSlack[i] * scale[firstCone + i]);
    }
  }
}

function mixed(cold: number, last: number): number {
  return (1 - WARM_SHARE) * cold + WARM_SHARE * last;
}
