/**
 * Says why no prices cover the grid's bill (docs/model.md section 4): the most that the operator could earn,
 * with all costs left out.
 */
import { WHOLE_RANGE } from '../program/importModels.js';
import { MarketRelaxation } from '../program/relaxation.js';
import { RevenueRelaxation } from '../program/revenueRelaxation.js';
import type { NetworkMarket } from './networkMarket.js';

/**
 * An upper bound on what the operator of a market with revenue adequacy can earn, $/h: negative where no
 * prices cover the bill, −Infinity where the network allows nothing, Infinity where no bound was found.
 */
export function largestSurplus(market: NetworkMarket, shouldStop: () => boolean): number {
  const { program, models } = market;
  const relaxation = new MarketRelaxation(program, models, shouldStop);
  return new RevenueRelaxation(program, models, relaxation).largestSurplus(WHOLE_RANGE);
}

/** The sentence for such a market; undefined where the bill is not what excludes every outcome. */
export function explainShortfall(
  market: NetworkMarket,
  shouldStop: () => boolean,
): string | undefined {
  if (market.models.revenues === undefined) return undefined;
  const surplus = largestSurplus(market, shouldStop);
  if (!(surplus < 0 && Number.isFinite(surplus))) return undefined;
  return (
    `no prices cover the grid's bill: at best the operator loses ${(-surplus).toFixed(4)} $/h; ` +
    'use --subsidised to let it'
  );
}
