/**
 * Lines below what a community costs and above what it pays, on an interval of imports. With f its cost,
 * R(X) = λ(X) X its payment, and weights θ, μ ≥ 0, for every price π
 *
 *     θ f(X) − μ R(X) + π X ≥ c,   c = min over X of the left side                              (*)
 *
 * which touches the convex envelope of θ f − μ R, whatever f is. On an arc f and −R are convex quadratics, so
 * that c is the least of as many closed forms as there are arcs. Where the price jumps at one import, the
 * payment is the largest of those it may be.
 *
 * Two prices matter: that of the community's bus, at which the line touches at the community's answer, and
 * minus the slope of the envelope at a given import.
 */
import type { CommunityCurve } from './communityCurve.js';

/** θ and μ of (*). */
export interface Weights {
  readonly cost: number;
  readonly revenue: number;
}

export const COST_ALONE: Weights = { cost: 1, revenue: 0 };
export const REVENUE_ALONE: Weights = { cost: 0, revenue: 1 };

/** 1 and a price of revenue, scaled so that neither is above 1. */
export function weightsAt(revenuePrice: number): Weights {
  const scale = Math.max(1, revenuePrice);
  return { cost: 1 / scale, revenue: revenuePrice / scale };
}

/** The least of θ f − μ R + π X, $/h, and where it is attained, kW. */
export interface Contact {
  value: number;
  netImport: number;
}

/** Writes the least value over X in [low, high], which must meet the curve, and the first X that has it. */
export function leastTerm(
  curve: CommunityCurve,
  weights: Weights,
  price: number,
  low: number,
  high: number,
  into: Contact,
): void {
  const { knot, arcCount } = curve;
  into.value = Number.POSITIVE_INFINITY;
  into.netImport = Math.min(Math.max(knot[0], low), high);
  for (let k = 0; k < arcCount; k += 1) {
    const from = Math.max(knot[k], low);
    const to = Math.min(knot[k + 1], high);
    if (to >= from) leastOnArc(curve, weights, price, k, from, to, into);
  }
  if (arcCount === 0 || weights.revenue > 0) {
    if (low <= knot[0]) takeEnd(curve, weights, price, 0, curve.priceCeiling, into);
    if (high >= knot[arcCount]) takeEnd(curve, weights, price, arcCount, curve.priceFloor, into);
  }
}

function leastOnArc(
  curve: CommunityCurve,
  { cost, revenue }: Weights,
  price: number,
  k: number,
  from: number,
  to: number,
  into: Contact,
): void {
  const netImport = curve.knot[k];
  // R = (λ_k − rate τ)(X_k + τ)
  const payment = curve.price[k] * netImport;
  const paymentSlope = curve.price[k] - curve.priceRate[k] * netImport;
  const slope = cost * curve.slope[k] - revenue * paymentSlope + price;
  const curvature = cost * curve.curvature[k] + 2 * revenue * curve.priceRate[k];
  // An end is that end to the last bit: whether it is a knot matters.
  let at = slope + curvature * (from - netImport) >= 0 ? from : to;
  if (at === to && slope + curvature * (to - netImport) > 0) {
    at = Math.min(Math.max(netImport - slope / curvature, from), to);
  }
  const step = at - netImport;
  const start = cost * curve.value[k] - revenue * payment + price * netImport;
  const value = start + (slope + 0.5 * curvature * step) * step;
  if (value < into.value) {
    into.value = value;
    into.netImport = at;
  }
}

/** An end of the curve, where the price may go on to the last one allowed. */
function takeEnd(
  curve: CommunityCurve,
  { cost, revenue }: Weights,
  price: number,
  knot: number,
  lastPrice: number,
  into: Contact,
): void {
  const netImport = curve.knot[knot];
  const payment = revenue > 0 ? revenue * lastPrice * netImport : 0;
  const value = cost * curve.value[knot] - payment + price * netImport;
  if (value < into.value) {
    into.value = value;
    into.netImport = netImport;
  }
}

/** The arc that holds X, the left one at a knot; −1 without arcs. */
function arcOf({ knot, arcCount }: CommunityCurve, netImport: number): number {
  let low = 0;
  let high = arcCount - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (knot[middle + 1] >= netImport) high = middle;
    else low = middle + 1;
  }
  return high < 0 ? -1 : low;
}

const point: Contact = { value: 0, netImport: 0 };

/** θ f(X) − μ R(X), $/h, the best payment at X counted; X is taken into the curve's domain. */
export function weightedValue(curve: CommunityCurve, weights: Weights, netImport: number): number {
  const { knot, arcCount } = curve;
  const inside = Math.min(Math.max(netImport, knot[0]), knot[arcCount]);
  leastTerm(curve, weights, 0, inside, inside, point);
  return point.value;
}

/** The convex envelope of θ f − μ R at an import: minus its slope, and the contacts around the import. */
export interface EnvelopePoint {
  price: number;
  /** f** at the import, $/h. */
  value: number;
  /** Where the line touches left and right of the import; equal where the envelope follows the curve. */
  left: number;
  right: number;
}

/** More chords than an envelope of a thousand arcs needs; fewer only cost tightness. */
const CHORD_LIMIT = 60;

/** Values that differ by less, relative to their size, are the same. */
const ROUNDING = 1e-14;

const contact: Contact = { value: 0, netImport: 0 };

/**
 * The envelope over [low, high] at an import inside. The tangent of the curve itself is tried first; where it
 * crosses the curve elsewhere, chords between contacts on both sides close in on the bitangent.
 */
export function envelopeAt(
  curve: CommunityCurve,
  weights: Weights,
  netImport: number,
  low: number,
  high: number,
  into: EnvelopePoint,
): void {
  const value = weightedValue(curve, weights, netImport);
  into.left = netImport;
  into.right = netImport;
  into.value = value;
  into.price = -slopeAt(curve, weights, netImport);
  if (liesBelow(curve, weights, into.price, netImport, value, low, high)) return;
  into.left = low;
  into.right = high;
  let leftValue = weightedValue(curve, weights, low);
  let rightValue = weightedValue(curve, weights, high);
  for (let chord = 0; chord < CHORD_LIMIT && into.right > into.left; chord += 1) {
    into.price = (leftValue - rightValue) / (into.right - into.left);
    const isTangent = liesBelow(curve, weights, into.price, into.left, leftValue, low, high);
    into.value = contact.value - into.price * netImport;
    if (isTangent) return;
    const touched = contact.value - into.price * contact.netImport;
    if (contact.netImport <= netImport) {
      if (contact.netImport === into.left) return;
      into.left = contact.netImport;
      leftValue = touched;
    } else {
      if (contact.netImport === into.right) return;
      into.right = contact.netImport;
      rightValue = touched;
    }
  }
}

/** Whether the line of slope −price through a point of the curve stays below it; fills `contact`. */
function liesBelow(
  curve: CommunityCurve,
  weights: Weights,
  price: number,
  netImport: number,
  value: number,
  low: number,
  high: number,
): boolean {
  leastTerm(curve, weights, price, low, high, contact);
  const size = Math.abs(value) + Math.abs(price * netImport);
  return contact.value >= value + price * netImport - ROUNDING * size;
}

function slopeAt(curve: CommunityCurve, { cost, revenue }: Weights, netImport: number): number {
  const k = arcOf(curve, netImport);
  if (k < 0) return 0;
  const step = netImport - curve.knot[k];
  const price = curve.price[k] - curve.priceRate[k] * step;
  const paymentSlope = price - curve.priceRate[k] * netImport;
  return cost * (curve.slope[k] + curve.curvature[k] * step) - revenue * paymentSlope;
}
