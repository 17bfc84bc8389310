/**
 * Prices that may be posted to a community: those within its price caps. An operator bound to revenue
 * adequacy (docs/model.md section 4) has, where a cap is not given, besides to keep to
 *
 *     [ min(grid_sell, lowest price at which a prosumer of the community meets a bound),
 *       max(grid_buy, highest such price) ].
 *
 * Beyond these nobody answers any more, so that no outcome is lost; but an operator who may ask any price
 * of somebody who cannot answer could always collect enough, and the row would say nothing.
 */
import type { Case } from '../case/case.js';
import type { Mode } from '../clearing/result.js';
import { populationOf } from './population.js';

/** By community, $/kWh; ±Infinity where there is no limit. */
export interface AllowedPrices {
  readonly floor: Float64Array;
  readonly ceiling: Float64Array;
}

/** The price caps, which `social` does not know. */
export function priceCaps({ communities }: Case, mode: Mode): AllowedPrices {
  if (mode !== 'social') return { floor: communities.priceMin, ceiling: communities.priceMax };
  return {
    floor: communities.priceMin.map(() => Number.NEGATIVE_INFINITY),
    ceiling: communities.priceMax.map(() => Number.POSITIVE_INFINITY),
  };
}

/** @param kappa κ_m by community */
export function pricesUnderAdequacy(
  theCase: Case,
  kappa: Float64Array,
  population = populationOf(theCase, kappa),
): AllowedPrices {
  const { settings, communities } = theCase;
  const { lowestAnswer, highestAnswer } = population;
  const floor = lowestAnswer.map((price) => Math.min(settings.gridSell, price));
  const ceiling = highestAnswer.map((price) => Math.max(settings.gridBuy, price));
  const { priceMin, priceMax } = communities;
  for (let m = 0; m < floor.length; m += 1) {
    // A cap holds on its own side, and the other side must not exclude it.
    floor[m] = Number.isFinite(priceMin[m]) ? priceMin[m] : Math.min(floor[m], priceMax[m]);
    ceiling[m] = Number.isFinite(priceMax[m]) ? priceMax[m] : Math.max(ceiling[m], priceMin[m]);
  }
  return { floor, ceiling };
}

/** Largest amount by which a community's price leaves those allowed, $/kWh. */
export function largestPriceViolation(
  price: Float64Array,
  { floor, ceiling }: AllowedPrices,
): number {
  return price.reduce(
    (largest, posted, m) => Math.max(largest, floor[m] - posted, posted - ceiling[m]),
    0,
  );
}
