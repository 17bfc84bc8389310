/**
 * How a node of the search is split (docs/model.md section 5): where the cost of a community lies above its
 * envelope, at a kink of the cost under the bitangent. Both parts have a smaller gap there.
 */
import { arcAt, type CostCurves, curveValueAt } from '../market/costCurve.js';
import type { ImportBox, ImportModels } from '../program/importModels.js';

/** Σ of cost over envelope at given imports (kW), $/h. */
export function envelopeGap({ curves, envelopes }: ImportModels, netImport: Float64Array): number {
  let gap = 0;
  for (let m = 0; m < netImport.length; m += 1) {
    gap += curveValueAt(curves, m, netImport[m]) - curveValueAt(envelopes, m, netImport[m]);
  }
  return gap;
}

/** Boxes on both sides of a kink under the widest gap between cost and envelope; none without a gap. */
export function splitBox(
  { curves, envelopes }: ImportModels,
  box: ImportBox,
  netImport: Float64Array,
): ImportBox[] {
  let widest = 0;
  let community = -1;
  let kink = 0;
  for (let m = 0; m < netImport.length; m += 1) {
    const gap = curveValueAt(curves, m, netImport[m]) - curveValueAt(envelopes, m, netImport[m]);
    if (gap <= widest) continue;
    const nearest = kinkUnderBitangent(curves, envelopes, m, netImport[m]);
    if (Number.isNaN(nearest)) continue;
    widest = gap;
    community = m;
    kink = nearest;
  }
  if (community < 0) return [];
  const start = envelopes.start[community];
  const low = envelopes.knot[start];
  const high = envelopes.knot[start + envelopes.arcCount[community]];
  return [restrict(box, community, low, kink), restrict(box, community, kink, high)];
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
