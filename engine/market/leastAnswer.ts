/**
 * The least that a community can contribute to a Lagrangian, over its whole range of imports and without an
 * envelope: one look at every arc (docs/model.md (5.7)).
 */
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
 * @param revenues undefined where revenues do not count
 * @param revenuePrice μ ≥ 0
 * @param price p, $/kWh
 * @param low imports to choose from, kW, which hold some of the curve
 */
export function findLeastAnswer(
  curves: CostCurves,
  revenues: RevenueCurves | undefined,
  community: number,
  revenuePrice: number,
  price: number,
  low: number,
  high: number,
  least: LeastAnswer,
): void {
  const { knot, slope, curvature } = curves;
  const start = curves.start[community];
  const end = start + curves.arcCount[community];
  const mu = revenues === undefined ? 0 : revenuePrice;
  const from = revenues ?? NO_REVENUES;
  least.value = Number.POSITIVE_INFINITY;
  least.knot = -1;
  if (end === start) {
    tryKnot(curves, from, start, mu, price, least);
    return;
  }
  // Minima lie inside arcs, at kinks that rise, at the ends of the range, and at knots where R jumps.
  let falls = true;
  for (let arc = start; arc < end; arc += 1) {
    if (knot[arc + 1] < low || knot[arc] > high) continue;
    const left = Math.max(low - knot[arc], 0);
    const right = Math.min(high, knot[arc + 1]) - knot[arc];
    const bend = mu > 0 ? curvature[arc] - mu * from.curvature[arc] : curvature[arc];
    const steepness = price + (mu > 0 ? slope[arc] - mu * from.slope[arc] : slope[arc]);
    const rises = steepness + bend * left >= 0;
    const descends = steepness + bend * right <= 0;
    if (rises && falls) tryInside(curves, from, arc, left, mu, price, least);
    else if (!rises && !descends) {
      tryInside(curves, from, arc, -steepness / bend, mu, price, least);
    }
    if (descends && (arc + 1 === end || knot[arc + 1] >= high)) {
      tryInside(curves, from, arc, right, mu, price, least);
    }
    falls = descends;
  }
  if (mu === 0) return;
  for (let at = start; at <= end; at += 1) {
    if (from.isJump[at] === 1 && knot[at] >= low && knot[at] <= high) {
      tryKnot(curves, from, at, mu, price, least);
    }
  }
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
