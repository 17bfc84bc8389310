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
}

/**
 * Writes the minimum over X of F_m(X) − μ R_m(X) + p X into `least`.
 *
 * @param revenues undefined where revenues do not count
 * @param revenuePrice μ ≥ 0
 * @param price p, $/kWh
 */
export function findLeastAnswer(
  curves: CostCurves,
  revenues: RevenueCurves | undefined,
  community: number,
  revenuePrice: number,
  price: number,
  least: LeastAnswer,
): void {
  const { knot, value, slope, curvature } = curves;
  const start = curves.start[community];
  const end = start + curves.arcCount[community];
  const mu = revenues === undefined ? 0 : revenuePrice;
  const from = revenues ?? NO_REVENUES;
  least.netImport = knot[end];
  least.value = curves.least[end] + price * knot[end];
  if (mu > 0) least.value -= mu * from.most[end];
  for (let arc = start; arc < end; arc += 1) {
    const left = knot[arc];
    const width = knot[arc + 1] - left;
    let atKnot = curves.least[arc] + price * left;
    let base = value[arc] + price * left;
    let steepness = slope[arc] + price;
    let bend = curvature[arc];
    if (mu > 0) {
      atKnot -= mu * from.most[arc];
      base -= mu * from.value[arc];
      steepness -= mu * from.slope[arc];
      bend -= mu * from.curvature[arc];
    }
    if (atKnot < least.value) {
      least.value = atKnot;
      least.netImport = left;
    }
    if (steepness >= 0) continue;
    // Inside the arc, or in the limit towards its right end.
    const step = steepness + bend * width <= 0 ? width : -steepness / bend;
    const inside = base + (steepness + 0.5 * bend * step) * step;
    if (inside < least.value) {
      least.value = inside;
      least.netImport = left + step;
    }
  }
}

const NOTHING = new Float64Array(0);
const NO_REVENUES = { most: NOTHING, value: NOTHING, slope: NOTHING, curvature: NOTHING };
