/**
 * The starting point: strictly inside all bounds and cones.
 *
 * A variable between two bounds starts in the middle, where the duals of the two cancel; one beside a single
 * bound at distance 1 from it; a free one at 0. Slacks of the cones start at their axes, and all duals where
 * the complementarity is the same everywhere. Measured on programs over trees, this takes fewer iterations
 * than a start from the least-squares solution of the rows, and no factorisation.
 */
import type { ConeScaling } from './coneScaling.js';
import type { Iterate } from './iterate.js';
import type { ScaledProblem } from './scaledProblem.js';
import { START_COMPLEMENTARITY, START_SLACK } from './tolerances.js';

/** Writes the starting point into `iterate`. */
export function startIterate(scaled: ScaledProblem, cones: ConeScaling, iterate: Iterate): void {
  const { point, coneSlack } = iterate;
  const { firstCone } = scaled;
  iterate.tau = 1;
  iterate.kappa = START_COMPLEMENTARITY;
  point.fill(0);
  coneSlack.fill(0);
  for (let k = 0; k < cones.count; k++) {
    coneSlack[cones.start[k]] = 1;
    point[firstCone + cones.start[k]] = START_COMPLEMENTARITY;
  }
  enterBounds(scaled, iterate);
}

function enterBounds(scaled: ScaledProblem, iterate: Iterate): void {
  const { count, place, limit, presence } = scaled.bounds;
  const { point, boundSlack, boundDual } = iterate;
  for (let k = 0; k < count; k++) {
    const lower = 2 * k;
    const upper = lower + 1;
    const isBox = presence[lower] + presence[upper] === 2;
    const slack = isBox ? 0.5 * (limit[upper] - limit[lower]) : START_SLACK;
    for (let side = lower; side <= upper; side++) {
      boundSlack[side] = presence[side] === 1 ? slack : 1;
      boundDual[side] = presence[side] === 1 ? START_COMPLEMENTARITY / slack : 0;
    }
    point[place[k]] = presence[lower] === 1 ? limit[lower] + slack : limit[upper] - slack;
  }
}
