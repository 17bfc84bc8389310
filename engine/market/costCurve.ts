/**
 * What a net import costs: one piecewise-quadratic function f_m(X) for every community, in flat arrays
 * (docs/model.md sections 2 and 4).
 *
 * Arcs of curve m are entries start[m] … start[m] + arcCount[m] − 1; its knots are those and one more.
 * On arc k, between knot k and knot k + 1, with t = X − knot_k:
 *
 *     f(X) = value_k + slope_k t + ½ curvature_k t²,   curvature_k ≥ 0
 *
 * A curve may jump at a knot, and is then least_k there, at most the limits from both sides
 * (revenueCurve.ts); costs and potentials are continuous. A curve without arcs is a single point. Units: kW,
 * $/h, $/kWh, $/kWh per kW.
 */
import { costAt, type ResponseFunctions } from './responseFunction.js';

export interface CostCurves {
  readonly start: Int32Array;
  readonly arcCount: Int32Array;
  readonly knot: Float64Array;
  /** f right of each knot; at the last one, f itself. */
  readonly value: Float64Array;
  /** f at each knot: where no curve jumps, the array `value` itself. */
  readonly least: Float64Array;
  /** f' at the left end of each arc. */
  readonly slope: Float64Array;
  readonly curvature: Float64Array;
}

/**
 * `welfare` pays the prosumers' cost F; `dlmp` follows the potential W, and so does `social`, where W = F.
 */
export type CostKind = 'cost' | 'potential';

/** Room for `arcCapacity[m]` arcs in each of some continuous curves. */
export function allocateCurves(arcCapacity: ArrayLike<number>): CostCurves {
  const communities = arcCapacity.length;
  const start = new Int32Array(communities + 1);
  for (let m = 0; m < communities; m += 1) {
    start[m + 1] = start[m] + (arcCapacity[m] as number) + 1;
  }
  const knots = start[communities];
  const value = new Float64Array(knots);
  return {
    start,
    arcCount: new Int32Array(communities),
    knot: new Float64Array(knots),
    value,
    least: value,
    slope: new Float64Array(knots),
    curvature: new Float64Array(knots),
  };
}

/** Room for curves with the arcs of others; these may jump. */
export function allocateLike({ start }: CostCurves): CostCurves {
  const capacity = start.subarray(1).map((end, m) => end - start[m] - 1);
  return { ...allocateCurves(capacity), least: new Float64Array(start[capacity.length]) };
}

/** Arcs that the curve of each community can have at most. */
export function countArcCapacity(responses: ResponseFunctions): Int32Array {
  return responses.knotCount.map((knots) => Math.max(knots - 1, 0));
}

/**
 * Writes the curve of one community on imports [low, high], which lie in the range of Φ_m.
 *
 * @param curves made by `allocateCurves`
 */
export function loadCurve(
  responses: ResponseFunctions,
  community: number,
  kind: CostKind,
  low: number,
  high: number,
  curves: CostCurves,
): void {
  const first = responses.knotStart[community];
  const last = first + responses.knotCount[community] - 1;
  const arcs = countArcs(responses.netImport, first, last, low, high);
  const start = curves.start[community];
  curves.arcCount[community] = arcs;
  const potential = responses.potentialAtLargestImport[community];
  if (arcs > 0) {
    writeArcs(responses, first, last, kind, potential, low, high, curves, start + arcs);
    return;
  }
  curves.knot[start] = high;
  curves.value[start] =
    kind === 'cost'
      ? costAt(responses, community, high)
      : potentialAt(responses, first, last, potential, high);
}

/** Imports fall as prices rise: the first segments are the last arcs, before knot `end` of the curve. */
function writeArcs(
  responses: ResponseFunctions,
  first: number,
  last: number,
  kind: CostKind,
  potentialAtLargestImport: number,
  low: number,
  high: number,
  curves: CostCurves,
  end: number,
): void {
  const { netImport, price } = responses;
  const { knot, value, slope, curvature } = curves;
  let potential = potentialAtLargestImport;
  let arc = end;
  for (let k = first; k < last && netImport[k] > low; k += 1) {
    const right = Math.min(netImport[k], high);
    const left = Math.max(netImport[k + 1], low);
    if (right > left) {
      if (arc === end) {
        knot[arc] = right;
        value[arc] = valueOnSegment(responses, k, kind, right, potential);
      }
      arc -= 1;
      knot[arc] = left;
      value[arc] = valueOnSegment(responses, k, kind, left, potential);
      const step = left - netImport[k];
      if (kind === 'cost') {
        slope[arc] = responses.marginalCost[k] + responses.curvature[k] * step;
        curvature[arc] = responses.curvature[k];
      } else {
        slope[arc] = -price[k] + step / responses.slope[k];
        curvature[arc] = 1 / responses.slope[k];
      }
    }
    potential += 0.5 * (price[k] + price[k + 1]) * (netImport[k] - netImport[k + 1]);
  }
}

/** W at an import, from W at the largest one, which is that of knot `first`. */
function potentialAt(
  responses: ResponseFunctions,
  first: number,
  last: number,
  potentialAtLargestImport: number,
  at: number,
): number {
  const { netImport, price } = responses;
  let potential = potentialAtLargestImport;
  for (let k = first; k < last; k += 1) {
    if (netImport[k + 1] < at) return valueOnSegment(responses, k, 'potential', at, potential);
    potential += 0.5 * (price[k] + price[k + 1]) * (netImport[k] - netImport[k + 1]);
  }
  return potential;
}

/** Segments of positive width between two imports. */
function countArcs(
  netImport: Float64Array,
  first: number,
  last: number,
  low: number,
  high: number,
): number {
  let arcs = 0;
  for (let k = first; k < last && netImport[k] > low; k += 1) {
    const right = Math.min(netImport[k], high);
    if (right > Math.max(netImport[k + 1], low)) arcs += 1;
  }
  return arcs;
}

/** F, or W = W_k + ∫ λ dX downwards from the segment's first knot, whose potential is given. */
function valueOnSegment(
  responses: ResponseFunctions,
  segment: number,
  kind: CostKind,
  netImport: number,
  potentialAtKnot: number,
): number {
  const step = netImport - responses.netImport[segment];
  if (kind === 'cost') {
    const slope = responses.marginalCost[segment] + 0.5 * responses.curvature[segment] * step;
    return responses.cost[segment] + slope * step;
  }
  return (
    potentialAtKnot - (responses.price[segment] - (0.5 * step) / responses.slope[segment]) * step
  );
}

/** The arc that holds X, the left one at a knot; X is taken into the curve's domain. −1 without arcs. */
export function arcAt(curves: CostCurves, community: number, netImport: number): number {
  const start = curves.start[community];
  let low = start;
  let high = start + curves.arcCount[community] - 1;
  if (high < low) return -1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (curves.knot[middle + 1] >= netImport) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** f(X). */
export function curveValueAt(curves: CostCurves, community: number, netImport: number): number {
  const arc = arcAt(curves, community, netImport);
  if (arc < 0 || netImport === curves.knot[arc]) return curves.least[curves.start[community]];
  if (netImport === curves.knot[arc + 1]) return curves.least[arc + 1];
  const step = netImport - curves.knot[arc];
  return curves.value[arc] + (curves.slope[arc] + 0.5 * curves.curvature[arc] * step) * step;
}

/** f' at the right end of an arc. */
export function endSlope(curves: CostCurves, arc: number): number {
  return curves.slope[arc] + curves.curvature[arc] * (curves.knot[arc + 1] - curves.knot[arc]);
}

/** argmin f(X) + price · X of a convex curve: the point where f' passes −price. */
export function minimiserAt(curves: CostCurves, community: number, price: number): number {
  const start = curves.start[community];
  const end = start + curves.arcCount[community];
  let low = start;
  let high = end;
  // First arc whose right end has a slope of at least −price.
  while (low < high) {
    const middle = (low + high) >> 1;
    if (endSlope(curves, middle) >= -price) high = middle;
    else low = middle + 1;
  }
  if (low === end) return curves.knot[end];
  if (curves.slope[low] >= -price) return curves.knot[low];
  const step = (-price - curves.slope[low]) / curves.curvature[low];
  return Math.min(curves.knot[low] + step, curves.knot[low + 1]);
}

/** min over X of f(X) + price · X for a convex curve, $/h. */
export function conjugateAt(curves: CostCurves, community: number, price: number): number {
  const netImport = minimiserAt(curves, community, price);
  return curveValueAt(curves, community, netImport) + price * netImport;
}
