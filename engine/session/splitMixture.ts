/** Boxes on both sides of a kink between the two imports of a mixed community. */
import type { MarketCurves } from '../clearing/networkMarket.js';
import { nearestPlace } from '../clearing/splitting.js';
import type { RelaxedMarket } from '../correction/correction.js';
import { arcAt, curveValueAt } from '../market/costCurve.js';
import { revenueAt } from '../market/revenueCurve.js';
import { type ImportBox, intersectBoxes } from '../program/importModels.js';

/** None where nobody is mixed. */
export function splitMixture(
  curves: MarketCurves,
  relaxed: RelaxedMarket,
  box: ImportBox,
): ImportBox[] {
  let widest = 0;
  let chosen: RelaxedMarket['mixed'][number] | undefined;
  for (const mixture of relaxed.mixed) {
    const gap = gapOf(curves, mixture, relaxed.prices.revenue);
    if (gap <= widest) continue;
    widest = gap;
    chosen = mixture;
  }
  if (chosen === undefined) return [];
  const { community } = chosen;
  const place = kinkBetween(curves, chosen);
  const part = (low: number, high: number): ImportBox =>
    intersectBoxes(
      { community: box.community, low: box.low, high: box.high },
      { community: [community], low: [low], high: [high] },
    );
  return [part(Number.NEGATIVE_INFINITY, place), part(place, Number.POSITIVE_INFINITY)];
}

type Mixture = RelaxedMarket['mixed'][number];

function mixedImport({ ends, share }: Mixture): number {
  return ends[0] + share * (ends[1] - ends[0]);
}

/** What the community's curve lies above the mixture, $/h. */
function gapOf(curves: MarketCurves, mixture: Mixture, revenuePrice: number): number {
  const { community, ends, share } = mixture;
  const valueAt = (at: number): number => weighedValue(curves, community, at, revenuePrice);
  const between = valueAt(ends[0]) + share * (valueAt(ends[1]) - valueAt(ends[0]));
  return valueAt(mixedImport(mixture)) - between;
}

/** F − μ R at an import. */
function weighedValue(
  { costs, revenues }: MarketCurves,
  community: number,
  at: number,
  revenuePrice: number,
): number {
  const cost = curveValueAt(costs, community, at);
  if (revenues === undefined) return cost;
  return (
    cost - revenuePrice * revenueAt(costs, revenues, community, arcAt(costs, community, at), at)
  );
}

/** The knot nearest to the mixture strictly between its ends; the mixture itself without one. */
function kinkBetween({ costs }: MarketCurves, mixture: Mixture): number {
  const { community, ends } = mixture;
  const at = mixedImport(mixture);
  const [left, right] = [Math.min(...ends), Math.max(...ends)];
  const nearest = nearestPlace(costs, community, at, left, right, (knot) => costs.knot[knot]);
  return Number.isNaN(nearest) ? at : nearest;
}
