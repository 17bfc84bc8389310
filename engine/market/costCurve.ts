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
  /** f at each knot. */
  readonly least: Float64Array;
  /** f' at the left end of each arc. */
  readonly slope: Float64Array;
  readonly curvature: Float64Array;
}

/**
 * `welfare` pays the prosumers' cost F; `dlmp` follows the potential W, and so does `social`, where W = F.
 */
export type CostKind = 'cost' | 'potential';

/** Room for `arcCapacity[m]` arcs in each curve. */
export function allocateCurves(arcCapacity: ArrayLike<number>): CostCurves {
  const communities = arcCapacity.length;
  const start = new Int32Array(communities + 1);
  for (let m = 0; m < communities; m += 1) {
    start[m + 1] = start[m] + (arcCapacity[m] as number) + 1;
  }
  const knots = start[communities];
  return {
    start,
    arcCount: new Int32Array(communities),
    knot: new Float64Array(knots),
    value: new Float64Array(knots),
    least: new Float64Array(knots),
    slope: new Float64Array(knots),
    curvature: new Float64Array(knots),
  };
}

/** Room for curves with the arcs of others. */
export function allocateLike({ start }: CostCurves): CostCurves {
  return allocateCurves(start.subarray(1).map((end, m) => end - start[m] - 1));
}

/** Arcs that the curve of each community can have at most. */
export function countArcCapacity(responses: ResponseFunctions): Int32Array {
  return responses.knotCount.map((knots) => Math.max(knots - 1, 0));
}

/** Writes the curve of one community on imports [low, high], which lie in the range of Φ_m. */
export function loadCurve(
  responses: ResponseFunctions,
  community: number,
  kind: CostKind,
  low: number,
  high: number,
  curves: CostCurves,
): void {
  const start = curves.start[community];
  writeArcs(responses, community, kind, low, high, curves);
  const end = start + curves.arcCount[community] + 1;
  for (let knot = start; knot < end; knot += 1) curves.least[knot] = curves.value[knot];
}

function writeArcs(
  responses: ResponseFunctions,
  community: number,
  kind: CostKind,
  low: number,
  high: number,
  curves: CostCurves,
): void {
  const first = responses.knotStart[community];
  const last = first + responses.knotCount[community] - 1;
  let potential = responses.potentialAtLargestImport[community];
  const start = curves.start[community];
  let arc = start + countArcs(responses, first, last, low, high);
  curves.arcCount[community] = arc - start;
  if (arc === start) {
    curves.knot[start] = high;
    curves.value[start] = kind === 'cost' ? costAt(responses, community, high) : potential;
    if (kind === 'cost') return;
  }
  // Imports fall as prices rise: the first segments are the last arcs.
  for (let k = first; k < last; k += 1) {
    const right = Math.min(responses.netImport[k], high);
    const left = Math.max(responses.netImport[k + 1], low);
    const width = responses.netImport[k] - responses.netImport[k + 1];
    if (right > left) {
      if (arc === start + curves.arcCount[community]) {
        curves.knot[arc] = right;
        curves.value[arc] = valueOnSegment(responses, k, kind, right, potential);
      }
      arc -= 1;
      curves.knot[arc] = left;
      curves.value[arc] = valueOnSegment(responses, k, kind, left, potential);
      const step = left - responses.netImport[k];
      if (kind === 'cost') {
        curves.slope[arc] = responses.marginalCost[k] + responses.curvature[k] * step;
        curves.curvature[arc] = responses.curvature[k];
      } else {
        curves.slope[arc] = -responses.price[k] + step / responses.slope[k];
        curves.curvature[arc] = 1 / responses.slope[k];
      }
    }
    potential += 0.5 * (responses.price[k] + responses.price[k + 1]) * width;
    if (arc === start && curves.arcCount[community] === 0 && responses.netImport[k + 1] >= high) {
      curves.value[start] = potential;
    }
  }
}

function countArcs(
  responses: ResponseFunctions,
  first: number,
  last: number,
  low: number,
  high: number,
): number {
  let arcs = 0;
  for (let k = first; k < last; k += 1) {
    if (Math.min(responses.netImport[k], high) > Math.max(responses.netImport[k + 1], low))
      arcs += 1;
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
