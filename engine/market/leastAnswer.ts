/**
 * The least that a community can contribute to a Lagrangian, over its whole range of imports and without an
 * envelope: one look at every arc (docs/model.md (5.7)).
 */
import type { CostCurves } from './costCurve.js';
import type { RevenueCurves } from './revenueCurve.js';
import { jumpsAt } from './revenueJump.js';

/** Where F_m − μ R_m + p X is least, kW, and its value there, $/h. */
export interface LeastAnswer {
  netImport: number;
  value: number;
  /** The knot at which the revenue jumps, if that is the place; else −1. */
  knot: number;
}

/** Values that differ by less, relative to max(1, |value|), do by rounding. */
const ROUNDING = 1e-12;

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
  const { knot, value, slope, curvature } = curves;
  const start = curves.start[community];
  const end = start + curves.arcCount[community];
  const mu = revenues === undefined ? 0 : revenuePrice;
  const from = revenues ?? NO_REVENUES;
  least.value = Number.POSITIVE_INFINITY;
  least.knot = -1;
  for (let arc = start; arc < end; arc += 1) {
    const left = Math.max(knot[arc], low) - knot[arc];
    const right = Math.min(knot[arc + 1], high) - knot[arc];
    if (right < left) continue;
    let base = value[arc] + price * knot[arc];
    let steepness = slope[arc] + price;
    let bend = curvature[arc];
    if (mu > 0) {
      base -= mu * from.value[arc];
      steepness -= mu * from.slope[arc];
      bend -= mu * from.curvature[arc];
    }
    // Inside the arc, or in the limit towards one of its ends.
    let step = left;
    if (steepness + bend * right <= 0) step = right;
    else if (steepness + bend * left < 0) step = -steepness / bend;
    const inside = base + (steepness + 0.5 * bend * step) * step;
    if (inside >= least.value) continue;
    least.value = inside;
    least.netImport = knot[arc] + step;
  }
  // Curves leap at knots, and not otherwise, where revenues count; one without arcs is a knot.
  if (mu === 0 && end > start) return;
  for (let at = start; at <= end; at += 1) {
    if (knot[at] < low || knot[at] > high) continue;
    const atKnot = curves.least[at] + price * knot[at] - mu * (revenues?.most[at] ?? 0);
    if (atKnot > least.value + ROUNDING * Math.max(1, Math.abs(atKnot))) continue;
    if (end > start && !(revenues && jumpsAt(curves, revenues, at, start, end))) continue;
    least.value = Math.min(atKnot, least.value);
    least.netImport = knot[at];
    least.knot = at;
  }
}

const NOTHING = new Float64Array(0);
const NO_REVENUES = { most: NOTHING, value: NOTHING, slope: NOTHING, curvature: NOTHING };
