/**
 * Prices that an operator bound to revenue adequacy may post (docs/model.md section 4): within the price caps,
 * and where a cap is not given, within
 *
 *     [ min(grid_sell, lowest price at which a prosumer of the community meets a bound),
 *       max(grid_buy, highest such price) ].
 *
 * Beyond these nobody answers any more, so that no outcome is lost; but an operator who may ask any price of
 * somebody who cannot answer could always collect enough, and the row would say nothing.
 */
import type { Case } from '../case/case.js';
import type { Mode } from '../clearing/result.js';

/** By community, $/kWh. */
export interface AllowedPrices {
  readonly floor: Float64Array;
  readonly ceiling: Float64Array;
}

/** The price caps alone, which `social` does not know: ±Infinity where there are none. */
export function priceCaps({ communities }: Case, mode: Mode): AllowedPrices {
  if (mode !== 'social') return { floor: communities.priceMin, ceiling: communities.priceMax };
  return {
    floor: communities.priceMin.map(() => Number.NEGATIVE_INFINITY),
    ceiling: communities.priceMax.map(() => Number.POSITIVE_INFINITY),
  };
}

/** @param kappa κ_m by community */
export function pricesUnderAdequacy(theCase: Case, kappa: Float64Array): AllowedPrices {
  const { settings, communities, prosumers } = theCase;
  const { priceMin, priceMax, prosumerStart } = communities;
  const floor = new Float64Array(priceMin.length).fill(settings.gridSell);
  const ceiling = new Float64Array(priceMin.length).fill(settings.gridBuy);
  for (let m = 0; m < priceMin.length; m += 1) {
    for (let i = prosumerStart[m]; i < prosumerStart[m + 1]; i += 1) {
      const { first, last } = marginalCostsOf(theCase, i);
      const demand = prosumers.demandKw[i];
      floor[m] = Math.min(floor[m], first + kappa[m] * (prosumers.pMinKw[i] - demand));
      ceiling[m] = Math.max(ceiling[m], last + kappa[m] * (prosumers.pMaxKw[i] - demand));
    }
    // A cap holds on its own side; the other side must not exclude it.
    floor[m] = hasCap(priceMin[m]) ? priceMin[m] : Math.min(floor[m], priceMax[m]);
    ceiling[m] = hasCap(priceMax[m]) ? priceMax[m] : Math.max(ceiling[m], priceMin[m]);
  }
  return { floor, ceiling };
}

function hasCap(price: number): boolean {
  return Number.isFinite(price);
}

interface MarginalCosts {
  /** Where the first unit that can move leaves its lower bound; Infinity where none can. */
  first: number;
  /** Where the last one reaches its upper bound; −Infinity where none can. */
  last: number;
}

const marginalCosts: MarginalCosts = { first: 0, last: 0 };

/** Of a prosumer's devices, or of itself without any. */
function marginalCostsOf({ prosumers, devices }: Case, prosumer: number): MarginalCosts {
  const hasDevices = prosumers.deviceStart[prosumer + 1] > prosumers.deviceStart[prosumer];
  const table = hasDevices ? devices : prosumers;
  const start = hasDevices ? prosumers.deviceStart[prosumer] : prosumer;
  const end = hasDevices ? prosumers.deviceStart[prosumer + 1] : prosumer + 1;
  marginalCosts.first = Number.POSITIVE_INFINITY;
  marginalCosts.last = Number.NEGATIVE_INFINITY;
  for (let k = start; k < end; k += 1) {
    const { pMinKw, pMaxKw, costQuadratic, costLinear } = table;
    if (!(pMaxKw[k] > pMinKw[k])) continue;
    const first = costLinear[k] + costQuadratic[k] * pMinKw[k];
    const last = costLinear[k] + costQuadratic[k] * pMaxKw[k];
    marginalCosts.first = Math.min(marginalCosts.first, first);
    marginalCosts.last = Math.max(marginalCosts.last, last);
  }
  return marginalCosts;
}
