/**
 * Cost and revenue curves of all communities, with the ranges of their slopes by blocks of arcs: at a given price
 * only blocks whose slope may pass it hold an answer, and few do.
 */
import { type CostCurves, endSlope } from './costCurve.js';
import type { RevenueCurves } from './revenueCurve.js';

/** Arcs of a block. */
export const BLOCK_ARCS = 16;

export interface AnswerCurves {
  readonly costs: CostCurves;
  /** Undefined where revenues do not count. */
  readonly revenues: RevenueCurves | undefined;
  /** Blocks of community m begin at blockStart[m]; the last may be short. */
  readonly blockStart: Int32Array;
  /** By block: the least and the greatest F', and R', $/kWh. */
  readonly leastCost: Float64Array;
  readonly mostCost: Float64Array;
  readonly leastRevenue: Float64Array;
  readonly mostRevenue: Float64Array;
}

/** Room for the blocks of curves with the arcs that theirs may have. */
export function allocateAnswers(
  costs: CostCurves,
  revenues: RevenueCurves | undefined,
): AnswerCurves {
  const communities = costs.arcCount.length;
  const blockStart = new Int32Array(communities + 1);
  for (let m = 0; m < communities; m += 1) {
    const capacity = costs.start[m + 1] - costs.start[m] - 1;
    blockStart[m + 1] = blockStart[m] + Math.ceil(capacity / BLOCK_ARCS);
  }
  const blocks = blockStart[communities];
  return {
    costs,
    revenues,
    blockStart,
    leastCost: new Float64Array(blocks),
    mostCost: new Float64Array(blocks),
    leastRevenue: new Float64Array(blocks),
    mostRevenue: new Float64Array(blocks),
  };
}

/** Writes the blocks of one community. */
export function loadAnswers(curves: AnswerCurves, community: number): void {
  const { costs, revenues, blockStart, leastCost, mostCost, leastRevenue, mostRevenue } = curves;
  const start = costs.start[community];
  const end = start + costs.arcCount[community];
  let block = blockStart[community];
  for (let first = start; first < end; first += BLOCK_ARCS, block += 1) {
    leastCost[block] = leastRevenue[block] = Number.POSITIVE_INFINITY;
    mostCost[block] = mostRevenue[block] = Number.NEGATIVE_INFINITY;
    for (let arc = first; arc < Math.min(first + BLOCK_ARCS, end); arc += 1) {
      leastCost[block] = Math.min(leastCost[block], costs.slope[arc]);
      mostCost[block] = Math.max(mostCost[block], endSlope(costs, arc));
      // Revenues are concave inside an arc.
      const width = costs.knot[arc + 1] - costs.knot[arc];
      const begins = revenues === undefined ? 0 : revenues.slope[arc];
      const ends = revenues === undefined ? 0 : begins + revenues.curvature[arc] * width;
      leastRevenue[block] = Math.min(leastRevenue[block], ends);
      mostRevenue[block] = Math.max(mostRevenue[block], begins);
    }
  }
}
