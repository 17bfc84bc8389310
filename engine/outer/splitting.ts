/**
 * Where a box is split (docs/model.md section 5): at a knot of the community whose cost less weighted payment
 * lies farthest above its envelope, inside the stretch that the envelope bridges there.
 */
import type { CommunityCurve } from './communityCurve.js';
import type { ImportBox } from './marketColumns.js';
import type { MarketProgram } from './marketProgram.js';
import { communityPoint } from './separation.js';
import {
  COST_ALONE,
  type EnvelopePoint,
  envelopeAt,
  REVENUE_ALONE,
  type Weights,
  weightedValue,
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
  const split = splitByWeights(market, box, x, { ...COST_ALONE, revenue: revenuePrice });
  if (split.boxes.length > 0 || market.rows.revenue < 0) return split;
  // Nothing lies above the envelopes at this multiplier: what is left is what payments alone promise too much.
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
    const { low, high } = box[m] ?? { low: 0, high: 0 };
    const { netImport } = communityPoint(market, m, x);
    const inside = Math.min(Math.max(netImport, low), high);
    envelopeAt(curve, weights, inside, low, high, envelope);
    const above = weightedValue(curve, weights, inside) - envelope.value;
    gap += Math.max(above, 0);
    if (!(above > widest)) return;
    const knot = knotInside(curve, inside, envelope);
    if (Number.isNaN(knot)) return;
    widest = above;
    boxes = [box.with(m, { low, high: knot }), box.with(m, { low: knot, high })];
  });
  return { gap, boxes };
}

/** The knot nearest to an import among those strictly between the contacts around it; NaN without one. */
function knotInside(
  { knot }: CommunityCurve,
  netImport: number,
  { left, right }: EnvelopePoint,
): number {
  let nearest = Number.NaN;
  for (const at of knot) {
    if (!(at > left && at < right)) continue;
    if (!(Math.abs(at - netImport) >= Math.abs(nearest - netImport))) nearest = at;
  }
  return nearest;
}
