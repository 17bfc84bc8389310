/**
 * The starting point: strictly inside all bounds and cones.
 *
 * A variable between two bounds starts in the middle, where the duals of the two cancel; one beside a single
 * bound at distance 1 from it; a free one at 0. Slacks and duals of the cones start at their axes, and the
 * bounds on their central path. Measured on programs over trees, this takes fewer iterations than a start
 * from the least-squares solution of the rows, and no factorisation.
 */
import type { ConeScaling } from './coneScaling.js';
import type { Iterate } from './iterate.js';
import type { ScaledProblem } from './scaledProblem.js';
import { START_COMPLEMENTARITY, START_SLACK } from './tolerances.js';

/** Writes the starting point into `iterate`. */
export function startIterate(scaled: ScaledProblem, cones: ConeScaling, iterate: Iterate): void {
  const { point, coneSlack } = iterate;
  const firstCone = scaled.variableCount + scaled.equalityCount;
  iterate.tau = 1;
  iterate.kappa = 1;
  point.fill(0);
  coneSlack.fill(0);
  for (let k = 0; k < cones.count; k++) {
    coneSlack[cones.start[k]] = 1;
    point[firstCone + cones.start[k]] = 1;
  }
  enterBounds(scaled, iterate);
}

function enterBounds(scaled: ScaledProblem, iterate: Iterate): void {
  const { bounds } = scaled;
  const { point, boundSlack, boundDual } = iterate;
  for (let k = 0; k < bounds.count; k++) {
    const width = bounds.width(k);
    boundSlack[k] = width < Infinity ? 0.5 * width : START_SLACK;
    boundDual[k] = START_COMPLEMENTARITY / boundSlack[k];
    point[bounds.variable[k]] = bounds.limit[k] + bounds.side[k] * boundSlack[k];
  }
}
