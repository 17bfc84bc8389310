/**
 * Reported columns that follow from others: costs, bids, and in `dlmp` prices. A result is only as good as
 * every number in it. Those of prosumers are there where the result was read from disk.
 */
import { CompensatedSum } from '../base/compensated.js';
import type { Case } from '../case/case.js';
import type { Mode, Outcome } from '../clearing/result.js';
import { Supply } from './supply.js';

export interface ReportedCheck {
  /** Σ C_i(p_i), $/h, recomputed from the bids. */
  readonly totalCost: number;
  /** Largest difference of a prosumer's or a community's reported cost, $/h, and relative to its size. */
  readonly largestCostError: number;
  readonly largestRelativeCostError: number;
  /** Largest |β_i − (x_i + a_m λ_m)|, kW, and relative to its size. */
  readonly largestBidError: number;
  readonly largestRelativeBidError: number;
}

/** By prosumer: the least cost of its output, $/h. */
export function costsOf(theCase: Case, outputKw: Float64Array): Float64Array {
  const supply = new Supply(theCase);
  const costs = new Float64Array(outputKw.length);
  for (let i = 0; i < costs.length; i += 1) {
    supply.load(i);
    costs[i] = supply.costOf(outputKw[i]);
  }
  return costs;
}

/** @param recomputedCost of each prosumer, from its bids */
export function checkReported(
  theCase: Case,
  mode: Mode,
  outcome: Outcome,
  recomputedCost: Float64Array,
): ReportedCheck {
  const { prosumerStart, priceSensitivity } = theCase.communities;
  const { reported } = outcome.prosumers;
  const total = new CompensatedSum();
  const ofCommunity = new CompensatedSum();
  const costs = new LargestError();
  const bids = new LargestError();
  for (let m = 0; m < priceSensitivity.length; m += 1) {
    ofCommunity.reset();
    let size = 0;
    for (let i = prosumerStart[m]; i < prosumerStart[m + 1]; i += 1) {
      const recomputed = recomputedCost[i];
      size += Math.abs(recomputed);
      ofCommunity.add(recomputed);
      total.add(recomputed);
      if (reported === undefined) continue;
      const { purchaseKw, price, cost, bidKw } = reported;
      costs.compare(cost[i], recomputed, Math.abs(recomputed));
      if (mode === 'isolated' || Number.isNaN(priceSensitivity[m])) continue;
      const bid = purchaseKw[i] + priceSensitivity[m] * price[i];
      bids.compare(bidKw[i], bid, Math.abs(purchaseKw[i]) + Math.abs(bid));
    }
    costs.compare(outcome.communities.cost[m], ofCommunity.value, size);
  }
  return {
    totalCost: total.value,
    largestCostError: costs.absolute,
    largestRelativeCostError: costs.relative,
    largestBidError: bids.absolute,
    largestRelativeBidError: bids.relative,
  };
}

/**
 * Largest difference so far; relative to the size of what is compared, at least 1. NaN counts as infinite.
 */
class LargestError {
  absolute = 0;
  relative = 0;

  compare(reported: number, expected: number, size: number): void {
    const error = Math.abs(reported - expected);
    const counted = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
    this.absolute = Math.max(this.absolute, counted);
    this.relative = Math.max(this.relative, counted / Math.max(1, size));
  }
}

/**
 * In `dlmp` a community's price is the marginal price of its bus, within its caps: the largest difference,
 * $/kWh. NaN in the other modes.
 */
export function marginalPriceDifference(theCase: Case, mode: Mode, outcome: Outcome): number {
  if (mode !== 'dlmp') return Number.NaN;
  const { priceMin, priceMax } = theCase.communities;
  const { price, marginalPrice } = outcome.communities;
  return price.reduce((largest, reported, m) => {
    const capped = Math.min(Math.max(marginalPrice[m], priceMin[m]), priceMax[m]);
    return Math.max(largest, Math.abs(reported - capped));
  }, 0);
}
