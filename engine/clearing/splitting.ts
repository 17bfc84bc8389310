/**
 * How a node of the search is split (docs/model.md section 5): where what a community contributes to the
 * objective lies above its envelope, at a kink under the bitangent. Both parts have a smaller gap there.
 */
import { arcAt, type CostCurves, curveValueAt } from '../market/costCurve.js';
import type { ImportBox, ImportModels } from '../program/importModels.js';

/** Curve over envelope of every community at given imports (kW), $/h. */
export function envelopeGaps(
  { weighted, envelopes }: ImportModels,
  netImport: Float64Array,
): Float64Array {
  return netImport.map((at, m) => curveValueAt(weighted, m, at) - curveValueAt(envelopes, m, at));
}

/**
 * Boxes on both sides of a kink under the widest gap between curve and envelope; none where no gap is as wide
 * as `leastGap`.
 *
 * @param isEligible communities that may be split
 */
export function splitBox(
  { weighted, envelopes }: ImportModels,
  box: ImportBox,
  netImport: Float64Array,
  leastGap: number,
  isEligible: (community: number) => boolean = () => true,
): ImportBox[] {
  let widest = leastGap;
  let community = -1;
  let place = 0;
  for (let m = 0; m < netImport.length; m += 1) {
    const gap = curveValueAt(weighted, m, netImport[m]) - curveValueAt(envelopes, m, netImport[m]);
    if (gap <= widest || !isEligible(m)) continue;
    const kink = kinkUnderBitangent(weighted, envelopes, m, netImport[m]);
    const candidate = Number.isNaN(kink) ? pointUnderLine(envelopes, m, netImport[m]) : kink;
    if (Number.isNaN(candidate)) continue;
    widest = gap;
    community = m;
    place = candidate;
  }
  if (community < 0) return [];
  const start = envelopes.start[community];
  const low = envelopes.knot[start];
  const high = envelopes.knot[start + envelopes.arcCount[community]];
  return [restrict(box, community, low, place), restrict(box, community, place, high)];
}

/** The kink of the curve nearest to X strictly inside the envelope's arc around X; NaN without one. */
function kinkUnderBitangent(
  curves: CostCurves,
  envelopes: CostCurves,
  community: number,
  netImport: number,
): number {
  const arc = arcAt(envelopes, community, netImport);
  if (arc < 0) return Number.NaN;
  const left = envelopes.knot[arc];
  const right = envelopes.knot[arc + 1];
  const below = arcAt(curves, community, netImport);
  const end = curves.start[community] + curves.arcCount[community];
  let nearest = Number.NaN;
  for (const knot of [below, Math.min(below + 1, end)]) {
    const kink = curves.knot[knot];
    if (!(kink > left && kink < right)) continue;
    if (!(Math.abs(kink - netImport) >= Math.abs(nearest - netImport))) nearest = kink;
  }
  return nearest;
}

/** A point so near the end of a line, relative to its length, does not split it. */
const LEAST_SHARE = 1e-3;

/**
 * Where a line of the envelope begins or ends in a leap of the curve, there is no kink under it: the line is cut
 * at X itself, or a little away from its ends. NaN off lines.
 */
function pointUnderLine(envelopes: CostCurves, community: number, netImport: number): number {
  const arc = arcAt(envelopes, community, netImport);
  if (arc < 0 || envelopes.curvature[arc] > 0) return Number.NaN;
  const left = envelopes.knot[arc];
  const length = envelopes.knot[arc + 1] - left;
  const share = Math.min(Math.max((netImport - left) / length, LEAST_SHARE), 1 - LEAST_SHARE);
  const point = left + share * length;
  return point > left && point < left + length ? point : Number.NaN;
}

function restrict(box: ImportBox, community: number, low: number, high: number): ImportBox {
  const place = box.community.indexOf(community);
  if (place < 0) {
    return {
      community: [...box.community, community],
      low: [...box.low, low],
      high: [...box.high, high],
    };
  }
  return {
    community: box.community,
    low: box.low.with(place, low),
    high: box.high.with(place, high),
  };
}
