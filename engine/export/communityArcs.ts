/**
 * What a community's import costs, arc by arc (market/costCurve.ts), in per unit and $/h:
 *
 *     f(X) = value + slope (X − left) + ½ curvature (X − left)²,   left ≤ X ≤ right
 */
import type { MarketState } from '../clearing/marketState.js';
import {
  allocateCurves,
  type CostCurves,
  type CostKind,
  countArcCapacity,
  loadCurve,
} from '../market/costCurve.js';
import { loadEnvelope } from '../market/envelope.js';
import { allowedPrices, type RevenueCurves, revenueCurves } from '../market/revenueCurve.js';

export interface CommunityArc {
  readonly left: number;
  readonly right: number;
  readonly value: number;
  readonly slope: number;
  readonly curvature: number;
}

/** A curve of one community from left to right; without an arc it is the point (`left`, `value`). */
export interface CommunityCurve {
  readonly left: number;
  readonly right: number;
  readonly value: number;
  readonly arcs: readonly CommunityArc[];
}

/** F_m or W_m of every community between its price caps, kW. */
export function costCurves(state: MarketState, kind: CostKind): CostCurves {
  const curves = allocateCurves(countArcCapacity(state.responses));
  for (let m = 0; m < state.importMin.length; m += 1) {
    loadCurve(state.responses, m, kind, state.importMin[m], state.importMax[m], curves);
  }
  return curves;
}

/** R_m of every community, beside its cost. */
export function communityRevenues(state: MarketState, costs: CostCurves): RevenueCurves {
  const { gridBuy, gridSell } = state.theCase.settings;
  const { responses, priceMin, priceMax } = state;
  const allowed = allowedPrices(responses, priceMin, priceMax, gridBuy, gridSell);
  return revenueCurves(responses, costs, allowed);
}

/** The convex envelope of every curve. */
export function envelopesOf(state: MarketState, curves: CostCurves): CostCurves {
  // Two arcs for each, and the points at both ends where a revenue jumps.
  const envelopes = allocateCurves(curves.arcCount.map((arcs) => 2 * arcs + 3));
  for (let m = 0; m < state.importMin.length; m += 1) {
    loadEnvelope(curves, m, state.importMin[m], state.importMax[m], envelopes);
  }
  return envelopes;
}

/** One curve in per unit. */
export function curveOf(curves: CostCurves, community: number, base: number): CommunityCurve {
  const start = curves.start[community];
  const end = start + curves.arcCount[community];
  const arcs: CommunityArc[] = [];
  for (let arc = start; arc < end; arc += 1) {
    if (curves.knot[arc + 1] === curves.knot[arc]) continue;
    arcs.push({
      left: curves.knot[arc] / base,
      right: curves.knot[arc + 1] / base,
      value: curves.value[arc],
      slope: curves.slope[arc] * base,
      curvature: curves.curvature[arc] * base * base,
    });
  }
  return {
    left: curves.knot[start] / base,
    right: curves.knot[end] / base,
    value: curves.value[start],
    arcs,
  };
}
