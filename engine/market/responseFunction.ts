/**
 * The best-response function Φ_m of every community: its net import as a function of its price, and
 * the cost of its prosumers at equilibrium (docs/model.md section 2; Liu et al. 2026). Exact: a
 * polyline whose knots are the prices at which some prosumer's output meets a bound.
 *
 * Knots of community m are entries knotStart[m] … knotStart[m] + knotCount[m] − 1, prices not
 * descending, imports not ascending. Segment k lies between knot k and knot k + 1. Left of the first
 * knot and right of the last one Φ is flat. Two knots of one price with different imports bound a
 * vertical stretch (κ = 0 and c = 0; Σ s infinite there). A community in which nobody can move has no
 * knot.
 *
 * Sums run over the set A of prosumers strictly inside their bounds, with s_i = 1/(c_i + κ_m):
 *
 *     dΦ/dλ   = −Σ_A s_i
 *     F'(X)   = −(λ + κ Σ_A s_i x_i / Σ_A s_i)
 *     F''(X)  = (1 − κ Σ_A s_i² / Σ_A s_i) / Σ_A s_i
 */
import { sharedFloats, sharedIntegers } from '../base/columns.js';

/** Units: $/kWh, kW, $/h. All arrays lie in shared memory, so that workers fill them in place. */
export interface ResponseFunctions {
  readonly knotStart: Int32Array;
  readonly knotCount: Int32Array;
  /** κ_m, $/kWh per kW. */
  readonly kappa: Float64Array;
  /** Import and cost with every output at its lower bound, and import with every one at its upper. */
  readonly largestImport: Float64Array;
  readonly smallestImport: Float64Array;
  readonly costAtLargestImport: Float64Array;
  /** Potential Σ C_i + ½ κ Σ x_i² there. */
  readonly potentialAtLargestImport: Float64Array;
  /** By knot. */
  readonly price: Float64Array;
  readonly netImport: Float64Array;
  readonly cost: Float64Array;
  /** By segment, stored at its first knot: Σ_A s_i, and F' at that knot and F'' inside the segment. */
  readonly slope: Float64Array;
  readonly marginalCost: Float64Array;
  readonly curvature: Float64Array;
}

/** Room for the response functions of communities whose prosumers may have `knotCapacity[m]` knots. */
export function allocateResponses(
  knotCapacity: ArrayLike<number>,
  kappa: Float64Array,
): ResponseFunctions {
  const communities = knotCapacity.length;
  const knotStart = sharedIntegers(communities + 1);
  for (let m = 0; m < communities; m += 1) {
    knotStart[m + 1] = knotStart[m] + (knotCapacity[m] as number);
  }
  const knots = knotStart[communities];
  return {
    knotStart,
    knotCount: sharedIntegers(communities),
    kappa,
    largestImport: sharedFloats(communities),
    smallestImport: sharedFloats(communities),
    costAtLargestImport: sharedFloats(communities),
    potentialAtLargestImport: sharedFloats(communities),
    price: sharedFloats(knots),
    netImport: sharedFloats(knots),
    cost: sharedFloats(knots),
    slope: sharedFloats(knots),
    marginalCost: sharedFloats(knots),
    curvature: sharedFloats(knots),
  };
}

/** Φ_m(λ), kW. On a vertical stretch, its greatest value. */
export function importAt(responses: ResponseFunctions, community: number, price: number): number {
  const first = responses.knotStart[community];
  const last = first + responses.knotCount[community] - 1;
  if (last < first || price <= responses.price[first]) return responses.largestImport[community];
  if (price > responses.price[last]) return responses.smallestImport[community];
  const knot = lastKnotBelow(responses.price, first, last, price);
  const value = responses.netImport[knot] - responses.slope[knot] * (price - responses.price[knot]);
  return Math.max(value, responses.netImport[knot + 1]);
}

/** −dΦ/dλ just above λ, kW per $/kWh. */
export function slopeAt(responses: ResponseFunctions, community: number, price: number): number {
  const first = responses.knotStart[community];
  const last = first + responses.knotCount[community] - 1;
  if (last < first || price < responses.price[first] || price >= responses.price[last]) return 0;
  let knot = lastKnotBelow(responses.price, first, last, price);
  while (knot < last && responses.price[knot + 1] <= price) knot += 1;
  return responses.slope[knot];
}

/** Whether a price leaves the import open: κ = 0, and c = 0 for somebody with b = λ. */
export function isVerticalAt(
  responses: ResponseFunctions,
  community: number,
  price: number,
): boolean {
  const first = responses.knotStart[community];
  const end = first + responses.knotCount[community];
  let knot = first;
  if (end > first && price > responses.price[first]) {
    knot = lastKnotBelow(responses.price, first, end, price) + 1;
  }
  for (; knot < end && responses.price[knot] === price; knot += 1) {
    if (responses.slope[knot] === Number.POSITIVE_INFINITY) return true;
  }
  return false;
}

/** Prices at which a community imports X: one number, or an interval where Φ is flat. */
export interface PriceInterval {
  low: number;
  high: number;
}

/**
 * Φ_m⁻¹(X) into `interval`. X is taken into the range of Φ. An import within `tolerance` (kW) of a
 * flat stretch counts as on it.
 */
export function priceIntervalAt(
  responses: ResponseFunctions,
  community: number,
  netImport: number,
  tolerance: number,
  interval: PriceInterval,
): void {
  const first = responses.knotStart[community];
  const last = first + responses.knotCount[community] - 1;
  if (last < first) {
    interval.low = Number.NEGATIVE_INFINITY;
    interval.high = Number.POSITIVE_INFINITY;
    return;
  }
  const clipped = Math.min(
    Math.max(netImport, responses.netImport[last]),
    responses.netImport[first],
  );
  if (nearestFlat(responses, first, last, clipped, tolerance, interval)) return;
  const knot = firstKnotAtMost(responses.netImport, first, last, clipped);
  const rise = responses.price[knot] - responses.price[knot - 1];
  const offset = (responses.netImport[knot - 1] - clipped) / responses.slope[knot - 1];
  interval.low = interval.high = responses.price[knot - 1] + Math.min(Math.max(offset, 0), rise);
}

/** The flat stretch nearest to X and within `tolerance` of it; false when there is none. */
function nearestFlat(
  responses: ResponseFunctions,
  first: number,
  last: number,
  netImport: number,
  tolerance: number,
  interval: PriceInterval,
): boolean {
  let smallestDistance = Number.POSITIVE_INFINITY;
  let knot = firstKnotAtMost(responses.netImport, first, last, netImport + tolerance);
  for (; knot <= last && responses.netImport[knot] >= netImport - tolerance; knot += 1) {
    const distance = Math.abs(responses.netImport[knot] - netImport);
    if (distance >= smallestDistance) continue;
    const flatAfter = knot === last || responses.slope[knot] === 0;
    if (!flatAfter && knot !== first) continue;
    smallestDistance = distance;
    interval.low = knot === first ? Number.NEGATIVE_INFINITY : responses.price[knot];
    interval.high = flatAfter ? Number.POSITIVE_INFINITY : responses.price[knot];
    if (flatAfter && knot < last) interval.high = responses.price[knot + 1];
  }
  return smallestDistance < Number.POSITIVE_INFINITY;
}

/** F_m(X), $/h. */
export function costAt(responses: ResponseFunctions, community: number, netImport: number): number {
  const knot = segmentOf(responses, community, netImport);
  if (knot < 0) return responses.costAtLargestImport[community];
  const step = netImport - responses.netImport[knot];
  return (
    responses.cost[knot] +
    (responses.marginalCost[knot] + 0.5 * responses.curvature[knot] * step) * step
  );
}

/** F_m'(X), $/kWh; at a kink, the derivative on the side of smaller imports. */
export function marginalCostAt(
  responses: ResponseFunctions,
  community: number,
  netImport: number,
): number {
  const knot = segmentOf(responses, community, netImport);
  if (knot < 0) return 0;
  return (
    responses.marginalCost[knot] +
    responses.curvature[knot] * (netImport - responses.netImport[knot])
  );
}

/** The segment (of positive width) that holds X; −1 where the import cannot change. */
function segmentOf(responses: ResponseFunctions, community: number, netImport: number): number {
  const first = responses.knotStart[community];
  const last = first + responses.knotCount[community] - 1;
  if (last <= first) return -1;
  let knot = firstKnotAtMost(responses.netImport, first, last, netImport);
  // Segments end at the first knot whose import is smaller.
  while (knot <= last && responses.netImport[knot] === netImport) knot += 1;
  knot = Math.min(knot, last);
  while (knot > first && responses.netImport[knot - 1] === responses.netImport[knot]) knot -= 1;
  return knot > first ? knot - 1 : -1;
}

/** Largest k in [first, last) with price[k] < price. */
function lastKnotBelow(prices: Float64Array, first: number, last: number, price: number): number {
  let low = first;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (prices[middle] < price) low = middle;
    else high = middle;
  }
  return low;
}

/** Smallest k in [first, last] with imports[k] ≤ value; last + 1 when there is none. */
function firstKnotAtMost(
  imports: Float64Array,
  first: number,
  last: number,
  value: number,
): number {
  let low = first;
  let high = last + 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (imports[middle] <= value) high = middle;
    else low = middle + 1;
  }
  return low;
}
