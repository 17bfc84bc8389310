/**
 * What the operator takes in: R_m(X) = λ_m(X) X, the revenue from a community at import X, and the
 * combination of cost and revenue that the clearing weighs when prices must cover the grid's bill
 * (docs/model.md section 4).
 *
 * Inside a segment of Φ the price is affine in the import, λ = λ_a − (X − X_a)/s, so that R is a concave
 * parabola,
 *
 *     R' = λ − X/s,   R'' = −2/s
 *
 * and F − μ R, with F convex there, is convex for every μ ≥ 0. Where Φ is flat, one import goes with an
 * interval of prices; R is the largest revenue among them, λ_high X or λ_low X by the sign of X. So R may
 * jump at a knot, always with the larger value at the knot itself, and −R is lower semicontinuous.
 *
 * Prices beyond the caps are not allowed. Where a cap is missing, a price at which nobody answers any more
 * must not be a source of revenue: the allowed prices then end with the last one that moves somebody, or with
 * the grid's tariff where that is further out.
 *
 * Curves of revenue have the arcs and knots of the cost curves beside them (costCurve.ts). Units: kW, $/h,
 * $/kWh, $/kWh per kW.
 */
import { arcAt, type CostCurves, curveValueAt } from './costCurve.js';
import type { ResponseFunctions } from './responseFunction.js';

/** Lowest and highest price that may be posted to each community, $/kWh. */
export interface AllowedPrices {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

export interface RevenueCurves {
  readonly allowed: AllowedPrices;
  /** R right of each knot, and R' there; R'' on the arc. */
  readonly value: Float64Array;
  readonly slope: Float64Array;
  readonly curvature: Float64Array;
  /** R at each knot: the largest over the prices that go with this import. */
  readonly most: Float64Array;
  /** By knot: 1 where R is larger at the knot than beside it, because the price is open there. */
  readonly isJump: Uint8Array;
}

/**
 * The price caps, and the ends of what may be posted where there is no cap.
 *
 * @param priceMin by community, −Infinity without a cap
 * @param priceMax by community, Infinity without a cap
 */
export function allowedPrices(
  responses: ResponseFunctions,
  priceMin: Float64Array,
  priceMax: Float64Array,
  gridBuy: number,
  gridSell: number,
): AllowedPrices {
  const firstPrice = (m: number): number =>
    responses.knotCount[m] > 0 ? responses.price[responses.knotStart[m]] : gridSell;
  const lastPrice = (m: number): number =>
    responses.knotCount[m] > 0
      ? responses.price[responses.knotStart[m] + responses.knotCount[m] - 1]
      : gridBuy;
  return {
    low: priceMin.map((cap, m) =>
      Number.isFinite(cap) ? cap : Math.min(firstPrice(m), gridSell, priceMax[m]),
    ),
    high: priceMax.map((cap, m) =>
      Number.isFinite(cap) ? cap : Math.max(lastPrice(m), gridBuy, priceMin[m]),
    ),
  };
}

/** The revenue curves that belong to cost curves between the price caps. */
export function revenueCurves(
  responses: ResponseFunctions,
  costs: CostCurves,
  allowed: AllowedPrices,
): RevenueCurves {
  const curves = allocateRevenues(costs, allowed);
  for (let m = 0; m < costs.arcCount.length; m += 1) loadRevenue(responses, costs, m, curves);
  return curves;
}

/** Room for the revenue curves that belong to cost curves. */
export function allocateRevenues(costs: CostCurves, allowed: AllowedPrices): RevenueCurves {
  const knots = costs.knot.length;
  return {
    allowed,
    value: new Float64Array(knots),
    slope: new Float64Array(knots),
    curvature: new Float64Array(knots),
    most: new Float64Array(knots),
    isJump: new Uint8Array(knots),
  };
}

/** The revenue curve of one community: a walk from small imports, at high prices, to large ones. */
export function loadRevenue(
  responses: ResponseFunctions,
  costs: CostCurves,
  community: number,
  curves: RevenueCurves,
): void {
  const start = costs.start[community];
  const end = start + costs.arcCount[community];
  const first = responses.knotStart[community];
  let segment = first + responses.knotCount[community] - 2;
  let priceBefore = curves.allowed.high[community];
  for (let arc = start; arc < end; arc += 1) {
    const from = costs.knot[arc];
    // The segment of positive width whose imports reach beyond the arc's left end.
    while (segment > first && responses.netImport[segment] <= from) segment -= 1;
    const rate = 1 / responses.slope[segment];
    const price = responses.price[segment] + (responses.netImport[segment] - from) * rate;
    curves.most[arc] = Math.max(priceBefore * from, price * from);
    curves.value[arc] = price * from;
    curves.slope[arc] = price - from * rate;
    curves.curvature[arc] = -2 * rate;
    priceBefore =
      responses.price[segment] + (responses.netImport[segment] - costs.knot[arc + 1]) * rate;
  }
  const last = costs.knot[end];
  curves.most[end] = Math.max(priceBefore * last, curves.allowed.low[community] * last);
  curves.value[end] = curves.most[end];
  for (let knot = start; knot <= end; knot += 1) {
    const falls = fallAfter(curves, knot, end) > 0 || fallBefore(costs, curves, knot, start) > 0;
    curves.isJump[knot] = falls ? 1 : 0;
  }
}

/** Revenues on both sides of a knot that differ by less, relative to max(1, |R|), differ by rounding. */
const JUMP_TOLERANCE = 1e-9;

/** By how much R falls right of a knot, $/h; 0 where it is continuous but for rounding. `end`: the last knot. */
export function fallAfter(revenues: RevenueCurves, knot: number, end: number): number {
  return knot < end ? fall(revenues.most[knot], revenues.value[knot]) : 0;
}

/** The same on its left. `start`: the first knot. */
export function fallBefore(
  costs: CostCurves,
  revenues: RevenueCurves,
  knot: number,
  start: number,
): number {
  if (knot === start) return 0;
  const arc = knot - 1;
  const width = costs.knot[knot] - costs.knot[arc];
  const slope = revenues.slope[arc] + 0.5 * revenues.curvature[arc] * width;
  return fall(revenues.most[knot], revenues.value[arc] + slope * width);
}

function fall(at: number, beside: number): number {
  return at - beside > JUMP_TOLERANCE * Math.max(1, Math.abs(at)) ? at - beside : 0;
}

/**
 * Writes costWeight · F − revenueWeight · R into `target`, which has the arcs of `costs`.
 *
 * @param target made by `allocateLike` from `costs`: revenue jumps at knots, so that the least value at a
 *   knot needs a column of its own, which curves made by `allocateCurves` do not have
 */
export function weighCurves(
  costs: CostCurves,
  revenues: RevenueCurves,
  costWeight: number,
  revenueWeight: number,
  target: CostCurves,
): void {
  target.arcCount.set(costs.arcCount);
  target.knot.set(costs.knot);
  const { value, slope, curvature, least } = target;
  for (let k = 0; k < value.length; k += 1) {
    value[k] = costWeight * costs.value[k] - revenueWeight * revenues.value[k];
    slope[k] = costWeight * costs.slope[k] - revenueWeight * revenues.slope[k];
    curvature[k] = costWeight * costs.curvature[k] - revenueWeight * revenues.curvature[k];
    least[k] = costWeight * costs.least[k] - revenueWeight * revenues.most[k];
  }
}

/** R(X), $/h; `arc` is the arc of the cost curve that holds X. */
export function revenueAt(
  costs: CostCurves,
  revenues: RevenueCurves,
  community: number,
  arc: number,
  netImport: number,
): number {
  if (arc < 0) return revenues.most[costs.start[community]];
  if (netImport === costs.knot[arc]) return revenues.most[arc];
  if (netImport === costs.knot[arc + 1]) return revenues.most[arc + 1];
  const step = netImport - costs.knot[arc];
  return revenues.value[arc] + (revenues.slope[arc] + 0.5 * revenues.curvature[arc] * step) * step;
}

/**
 * Cost and revenue curves differ from their envelope by less than this, relative to max(1, |f|), by rounding.
 */
const CONTACT_TOLERANCE = 1e-12;

/**
 * The revenue that goes with a point of the envelope of weighted curves, $/h: R(X) where the envelope touches
 * the curve, and the mean of the revenues at both ends of a bitangent, weighted as X lies between them. That
 * is what the envelope's value falls by as the weight of the revenue rises.
 */
export function revenueOnEnvelope(
  costs: CostCurves,
  revenues: RevenueCurves,
  weighted: CostCurves,
  envelopes: CostCurves,
  community: number,
  netImport: number,
): number {
  const arc = arcAt(envelopes, community, netImport);
  const atPoint = (x: number): number =>
    revenueAt(costs, revenues, community, arcAt(costs, community, x), x);
  if (arc < 0) return atPoint(netImport);
  const value = curveValueAt(weighted, community, netImport);
  const gap = value - curveValueAt(envelopes, community, netImport);
  if (gap <= CONTACT_TOLERANCE * Math.max(1, Math.abs(value))) return atPoint(netImport);
  const left = envelopes.knot[arc];
  const right = envelopes.knot[arc + 1];
  const share = Math.min(Math.max((netImport - left) / (right - left), 0), 1);
  return (1 - share) * atPoint(left) + share * atPoint(right);
}
