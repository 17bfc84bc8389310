/**
 * Where a box is split (docs/model.md section 5): at a knot of the community whose cost less weighted payment
 * lies farthest above its envelope, inside the stretch that the envelope bridges there. Where the stretch
 * holds no knot, it ends at one at which the payment leaps: a little of the stretch is then split off there,
 * on which any payment between is a price of the leap away.
 */
import type { CommunityCurve } from './communityCurve.js';
import { type ImportBox, type ImportInterval, isThin } from './marketColumns.js';
import type { MarketProgram } from './marketProgram.js';
import { communityPoint } from './separation.js';
import {
  type EnvelopePoint,
  envelopeAt,
  REVENUE_ALONE,
  type Weights,
  weightedValue,
  weightsAt,
} from './supportingLine.js';

export interface Split {
  /** Σ over the communities of what lies above the envelopes, $/h. */
  readonly gap: number;
  /** Both parts of the box; none where nothing lies above an envelope, or no knot is left. */
  readonly boxes: readonly ImportBox[];
}

/**
 * @param x columns of a solution in the box
 * @param revenuePrice multiplier of revenue adequacy
 */
export function splitBox(
  market: MarketProgram,
  box: ImportBox,
  x: Float64Array,
  revenuePrice: number,
): Split {
  const weights = weightsAt(revenuePrice);
  const joint = splitByWeights(market, box, x, weights);
  const split = { gap: joint.gap / weights.cost, boxes: joint.boxes };
  if (split.boxes.length > 0 || market.rows.revenue < 0) return split;
  // Nothing lies above the envelopes at this multiplier: left is what payments alone promise too much.
  const { gap, boxes } = splitByWeights(market, box, x, REVENUE_ALONE);
  return { gap: revenuePrice * gap, boxes };
}

function splitByWeights(
  market: MarketProgram,
  box: ImportBox,
  x: Float64Array,
  weights: Weights,
): Split {
  const envelope: EnvelopePoint = { price: 0, value: 0, left: 0, right: 0 };
  let gap = 0;
  let widest = 0;
  let boxes: readonly ImportBox[] = [];
  market.curves.forEach((curve, m) => {
    const interval = box[m];
    if (interval === undefined || isThin(curve, interval)) return;
    const { low, high } = interval;
    const { netImport } = communityPoint(market, m, x);
    const inside = Math.min(Math.max(netImport, low), high);
    envelopeAt(curve, weights, inside, low, high, envelope);
    const above = weightedValue(curve, weights, inside) - envelope.value;
    gap += Math.max(above, 0);
    if (!(above > widest)) return;
    const at = splitPoint(curve, inside, envelope, interval);
    if (Number.isNaN(at)) return;
    widest = above;
    boxes = [box.with(m, { low, high: at }), box.with(m, { low: at, high })];
  });
  return { gap, boxes };
}

/** What is split off before a leap, and how near a contact counts as a knot, relative to the whole range. */
const LEAP_SHARE = 1e-7;

/**
 * The knot nearest to an import among those between the contacts around it, else the nearest point beside a
 * contact that is a knot; NaN without any inside the interval.
 */
function splitPoint(
  { knot, arcCount }: CommunityCurve,
  netImport: number,
  { left, right }: EnvelopePoint,
  { low, high }: ImportInterval,
): number {
  const near = LEAP_SHARE * (knot[arcCount] - knot[0]);
  const nearer = (at: number, than: number): boolean =>
    at > low && at < high && !(Math.abs(at - netImport) >= Math.abs(than - netImport));
  let nearest = Number.NaN;
  let leap = Number.NaN;
  for (const at of knot) {
    if (at > left + near && at < right - near) {
      if (nearer(at, nearest)) nearest = at;
      continue;
    }
    if (Math.abs(at - right) <= near && nearer(at - near, leap)) leap = at - near;
    if (Math.abs(at - left) <= near && nearer(at + near, leap)) leap = at + near;
  }
  return Number.isNaN(nearest) ? leap : nearest;
}
