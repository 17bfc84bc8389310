/**
 * The weights 1 and μ at which a point (X, t, r) lies farthest below the convex hull of a community's
 * imports, costs and payments. The distance
 *
 *     d(μ) = envelope of f − μ R at X  −  (t − μ r)
 *
 * is concave in μ; where the envelope at X mixes contacts with the mean payment R̄, its slope is r − R̄.
 * Costs and payments may each be on their own envelope, and together on that of one μ, and still not be both
 * at once.
 */
import type { CommunityCurve } from './communityCurve.js';
import type { CommunityPoint } from './cutRows.js';
import type { ImportInterval } from './marketColumns.js';
import {
  type EnvelopePoint,
  envelopeAt,
  REVENUE_ALONE,
  type Weights,
  weightedValue,
  weightsAt,
} from './supportingLine.js';

/** Prices of revenue that are tried: 2 to a power between these. */
const LEAST_POWER = -20;
const MOST_POWER = 10;

/** Halvings of that range: to within a percent. A row need not cut deepest. */
const HALVINGS = 11;

const envelope: EnvelopePoint = { price: 0, value: 0, left: 0, right: 0 };

export function deepestWeights(
  curve: CommunityCurve,
  point: CommunityPoint,
  { low, high }: ImportInterval,
): Weights {
  let from = LEAST_POWER;
  let to = MOST_POWER;
  for (let k = 0; k < HALVINGS; k += 1) {
    const power = 0.5 * (from + to);
    envelopeAt(curve, weightsAt(2 ** power), point.netImport, low, high, envelope);
    if (point.revenue > mixedPayment(curve, point.netImport, envelope)) from = power;
    else to = power;
  }
  return weightsAt(2 ** (0.5 * (from + to)));
}

/** R̄ between the contacts of an envelope, $/h. */
function mixedPayment(
  curve: CommunityCurve,
  netImport: number,
  { left, right }: EnvelopePoint,
): number {
  const atLeft = -weightedValue(curve, REVENUE_ALONE, left);
  if (!(right > left)) return atLeft;
  const atRight = -weightedValue(curve, REVENUE_ALONE, right);
  return atLeft + ((netImport - left) / (right - left)) * (atRight - atLeft);
}
