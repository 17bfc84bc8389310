/**
 * What a community imports at a price of power and a weight of its revenue, on the curves themselves and not
 * on their envelope (docs/model.md section 4).
 */
import { arcAt, type CostCurves } from './costCurve.js';
import type { RevenueCurves } from './revenueCurve.js';

/** An import, what it brings in, and the knot where it is or to the right of which it lies. */
export interface Answer {
  netImport: number;
  revenue: number;
  knot: number;
}

/** What a community is asked: the import in [low, high] that makes costs less revenues plus p X least. */
export interface Question {
  costWeight: number;
  revenueWeight: number;
  /** $/kWh. */
  price: number;
  /** kW. */
  low: number;
  high: number;
}

/** The first and the last knot of the curve that matter where imports lie in [low, high]. */
export function knotRange(
  costs: CostCurves,
  community: number,
  low: number,
  high: number,
): readonly [first: number, last: number] {
  const start = costs.start[community];
  const end = start + costs.arcCount[community];
  const first = Math.max(arcAt(costs, community, low), start);
  return [first, Math.min(Math.max(arcAt(costs, community, high), start) + 1, end)];
}

/**
 * The import that makes costWeight · F − revenueWeight · R + price · X least, into `answer`: on the curves
 * themselves, over the knots from `first` to `last` and the arcs between them.
 */
export function bestImport(
  costs: CostCurves,
  revenues: RevenueCurves,
  { costWeight, revenueWeight, price, low, high }: Question,
  first: number,
  last: number,
  answer: Answer,
): void {
  let least = Number.POSITIVE_INFINITY;
  for (let k = first; k <= last; k += 1) {
    const knot = costs.knot[k];
    if (knot >= low && knot <= high) {
      const value = costWeight * costs.least[k] - revenueWeight * revenues.most[k] + price * knot;
      if (value < least) {
        least = value;
        answer.netImport = knot;
        answer.revenue = revenues.most[k];
        answer.knot = k;
      }
    }
    if (k === last) break;
    const slope = costWeight * costs.slope[k] - revenueWeight * revenues.slope[k] + price;
    const curvature = costWeight * costs.curvature[k] - revenueWeight * revenues.curvature[k];
    const from = Math.max(low - knot, 0);
    const to = Math.min(high, costs.knot[k + 1]) - knot;
    const free = curvature > 0 ? -slope / curvature : slope > 0 ? from : to;
    const step = Math.min(Math.max(free, from), to);
    // At the knots themselves the curve is no higher; only what lies between is new.
    if (!(step > 0 && knot + step < costs.knot[k + 1])) continue;
    const revenue =
      revenues.value[k] + (revenues.slope[k] + 0.5 * revenues.curvature[k] * step) * step;
    const cost = costs.value[k] + (costs.slope[k] + 0.5 * costs.curvature[k] * step) * step;
    const value = costWeight * cost - revenueWeight * revenue + price * (knot + step);
    if (value < least) {
      least = value;
      answer.netImport = knot + step;
      answer.revenue = revenue;
      answer.knot = k;
    }
  }
}
