/**
 * The least that a community can contribute to a Lagrangian, over its whole range of imports and without an
 * envelope: a look at the arcs whose slopes may pass the price, and at the knots where R jumps (docs/model.md (5.7)).
 */
import { type AnswerCurves, BLOCK_ARCS } from './answerCurves.js';
import type { CostCurves } from './costCurve.js';
import type { RevenueCurves } from './revenueCurve.js';

/** Where F_m − μ R_m + p X is least, kW, and its value there, $/h. */
export interface LeastAnswer {
  netImport: number;
  value: number;
  /** The knot at which the revenue jumps, if that is the place; else −1. */
  knot: number;
}

/**
 * Writes the minimum over X of F_m(X) − μ R_m(X) + p X into `least`.
 *
 * @param revenuePrice μ ≥ 0
 * @param price p, $/kWh
 * @param low imports to choose from, kW, which hold some of the curve
 */
export function findLeastAnswer(
  curves: AnswerCurves,
  community: number,
  revenuePrice: number,
  price: number,
  low: number,
  high: number,
  least: LeastAnswer,
): void {
  const { costs, blockStart } = curves;
  const { knot } = costs;
  const start = costs.start[community];
  const end = start + costs.arcCount[community];
  const mu = curves.revenues === undefined ? 0 : revenuePrice;
  const revenues = curves.revenues ?? NO_REVENUES;
  least.value = Number.POSITIVE_INFINITY;
  least.knot = -1;
  if (end === start) {
    tryKnot(costs, revenues, start, mu, price, least);
    return;
  }
  // Minima lie inside arcs, at kinks that rise, at the ends of the range, and at knots where R jumps.
  let falls = true;
  for (let first = start; first < end; first += BLOCK_ARCS) {
    const stop = Math.min(first + BLOCK_ARCS, end);
    const isWhole = knot[first] >= low && knot[stop] <= high;
    const block = blockStart[community] + (first - start) / BLOCK_ARCS;
    const sign = isWhole ? blockSign(curves, block, mu, price) : 0;
    if (sign === 0)
      falls = scanArcs(costs, revenues, first, stop, falls, mu, price, low, high, least);
    else {
      if (sign > 0 && falls) tryInside(costs, revenues, first, 0, mu, price, least);
      falls = sign < 0;
    }
    // What falls to the end of the range is least there.
    if (falls && (stop === end || knot[stop] >= high) && knot[first] <= high) {
      tryEnd(costs, revenues, first, stop, mu, price, high, least);
    }
  }
  if (mu === 0) return;
  for (let at = start; at <= end; at += 1) {
    if (revenues.isJump[at] === 1 && knot[at] >= low && knot[at] <= high) {
      tryKnot(costs, revenues, at, mu, price, least);
    }
  }
}

/** −1 where everything in a block falls, +1 where it rises, 0 where neither is sure. */
function blockSign(curves: AnswerCurves, block: number, mu: number, price: number): number {
  const least = curves.leastCost[block] - mu * curves.mostRevenue[block] + price;
  if (least > 0) return 1;
  const most = curves.mostCost[block] - mu * curves.leastRevenue[block] + price;
  return most < 0 ? -1 : 0;
}

/** Tries the minima on arcs first … stop − 1; whether the last that lies in the range falls to its end. */
function scanArcs(
  costs: CostCurves,
  revenues: Revenues,
  first: number,
  stop: number,
  fallsBefore: boolean,
  mu: number,
  price: number,
  low: number,
  high: number,
  least: LeastAnswer,
): boolean {
  const { knot, slope, curvature } = costs;
  let falls = fallsBefore;
  for (let arc = first; arc < stop; arc += 1) {
    if (knot[arc + 1] < low || knot[arc] > high) continue;
    const left = Math.max(low - knot[arc], 0);
    const right = Math.min(high, knot[arc + 1]) - knot[arc];
    const bend = mu > 0 ? curvature[arc] - mu * revenues.curvature[arc] : curvature[arc];
    const steepness = price + (mu > 0 ? slope[arc] - mu * revenues.slope[arc] : slope[arc]);
    const rises = steepness + bend * left >= 0;
    const descends = steepness + bend * right <= 0;
    if (rises && falls) tryInside(costs, revenues, arc, left, mu, price, least);
    else if (!rises && !descends) {
      tryInside(costs, revenues, arc, -steepness / bend, mu, price, least);
    }
    falls = descends;
  }
  return falls;
}

/** The end of the range, which lies in arcs first … stop − 1 or at their end. */
function tryEnd(
  costs: CostCurves,
  revenues: Revenues,
  first: number,
  stop: number,
  mu: number,
  price: number,
  high: number,
  least: LeastAnswer,
): void {
  let arc = stop - 1;
  while (arc > first && costs.knot[arc] > high) arc -= 1;
  const right = Math.min(high, costs.knot[arc + 1]) - costs.knot[arc];
  tryInside(costs, revenues, arc, right, mu, price, least);
}

/** Revenues, or none. */
type Revenues = Pick<RevenueCurves, 'most' | 'value' | 'slope' | 'curvature' | 'isJump'>;

function tryInside(
  curves: CostCurves,
  revenues: Revenues,
  arc: number,
  step: number,
  revenuePrice: number,
  price: number,
  least: LeastAnswer,
): void {
  const at = curves.knot[arc] + step;
  let value =
    curves.value[arc] +
    (curves.slope[arc] + 0.5 * curves.curvature[arc] * step) * step +
    price * at;
  if (revenuePrice > 0) {
    const slope = revenues.slope[arc] + 0.5 * revenues.curvature[arc] * step;
    value -= revenuePrice * (revenues.value[arc] + slope * step);
  }
  if (value >= least.value) return;
  least.value = value;
  least.netImport = at;
  least.knot = -1;
}

/** A knot holds an import against one beside it that is as good but for rounding. */
function tryKnot(
  curves: CostCurves,
  revenues: Revenues,
  knot: number,
  revenuePrice: number,
  price: number,
  least: LeastAnswer,
): void {
  const at = curves.knot[knot];
  const revenue = revenuePrice > 0 ? revenuePrice * revenues.most[knot] : 0;
  const value = curves.least[knot] + price * at - revenue;
  if (value > least.value + ROUNDING * Math.max(1, Math.abs(value))) return;
  least.value = Math.min(value, least.value);
  least.netImport = at;
  least.knot = knot;
}

/** Values that differ by less, relative to max(1, |value|), do by rounding. */
const ROUNDING = 1e-12;

const NOTHING = new Float64Array(0);
const NO_REVENUES: Revenues = {
  most: NOTHING,
  value: NOTHING,
  slope: NOTHING,
  curvature: NOTHING,
  isJump: new Uint8Array(0),
};
