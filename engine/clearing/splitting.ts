/**
 * How a node of the search is split (docs/model.md section 5): where what a community contributes to the
 * objective lies above its envelope, at a kink under the bitangent. Both parts have a smaller gap there.
 */
import { arcAt, type CostCurves } from '../market/costCurve.js';
import { splitBesideJump } from '../market/revenueJump.js';
import type { ImportBox, ImportModels } from '../program/importModels.js';

/** Curve over envelope of every community at given imports (kW), $/h. */
export function envelopeGaps(models: ImportModels, netImport: Float64Array): Float64Array {
  return netImport.map((at, m) => models.gapAt(m, at));
}

/**
 * Boxes on both sides of a kink under the widest gap between curve and envelope; none where no gap is as wide
 * as `leastGap`.
 *
 * @param isEligible communities that may be split
 */
export function splitBox(
  models: ImportModels,
  box: ImportBox,
  netImport: Float64Array,
  leastGap: number,
  isEligible: (community: number) => boolean = () => true,
): ImportBox[] {
  const { envelopes } = models;
  let widest = leastGap;
  let community = -1;
  let place = 0;
  for (let m = 0; m < netImport.length; m += 1) {
    const gap = models.gapAt(m, netImport[m]);
    if (gap <= widest || !isEligible(m)) continue;
    const kink = kinkUnderBitangent(models, m, netImport[m]);
    if (Number.isNaN(kink)) continue;
    widest = gap;
    community = m;
    place = kink;
  }
  if (community < 0) return [];
  const start = envelopes.start[community];
  const low = envelopes.knot[start];
  const high = envelopes.knot[start + envelopes.arcCount[community]];
  return [restrict(box, community, low, place), restrict(box, community, place, high)];
}

/**
 * The kink of the curve nearest to X strictly inside the envelope's arc around X, or just beside one of its ends
 * where the curve leaps there; NaN without one.
 */
function kinkUnderBitangent(
  { curves, envelopes, revenues }: ImportModels,
  community: number,
  netImport: number,
): number {
  const arc = arcAt(envelopes, community, netImport);
  if (arc < 0) return Number.NaN;
  const placeOf = (knot: number): number =>
    revenues ? splitBesideJump(curves, revenues, community, knot) : curves.knot[knot];
  const [left, right] = [envelopes.knot[arc], envelopes.knot[arc + 1]];
  return nearestPlace(curves, community, netImport, left, right, placeOf);
}

/**
 * Of the places at both knots of the arc that holds X, the one nearest to X strictly between two imports; NaN where
 * none lies there.
 *
 * @param placeOf where to split at a knot
 */
export function nearestPlace(
  curves: CostCurves,
  community: number,
  netImport: number,
  left: number,
  right: number,
  placeOf: (knot: number) => number,
): number {
  const below = arcAt(curves, community, netImport);
  const end = curves.start[community] + curves.arcCount[community];
  let nearest = Number.NaN;
  for (const knot of [below, Math.min(below + 1, end)]) {
    const place = placeOf(knot);
    if (!(place > left && place < right)) continue;
    if (!(Math.abs(place - netImport) >= Math.abs(nearest - netImport))) nearest = place;
  }
  return nearest;
}

function restrict(box: ImportBox, community: number, low: number, high: number): ImportBox {
  const place = box.community.indexOf(community);
  if (place < 0) {
    return {
      ...box,
      community: [...box.community, community],
      low: [...box.low, low],
      high: [...box.high, high],
    };
  }
  return {
    ...box,
    low: box.low.with(place, low),
    high: box.high.with(place, high),
  };
}
