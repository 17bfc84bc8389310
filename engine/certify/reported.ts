/**
 * Reported columns that follow from others: purchases, payments, costs, bids, and in `dlmp` prices. A result
 * is only as good as every number in it. Those of prosumers are there where it was read from disk.
 */
import type { Case } from '../case/case.js';
import type { Mode, Outcome, ProsumerFigures } from '../clearing/result.js';
import type { Bids } from './bids.js';
import { CHECK, raise, raiseError } from './checkSums.js';
import { Supply } from './supply.js';
import { type Tariff, tariffPayment } from './tariff.js';

/** What the columns of a community follow from. */
export interface ReportedTerms {
  /** λ_m, $/kWh; NaN at the tariff. */
  readonly price: number;
  /** a_m, kW per $/kWh; NaN where nobody bids. */
  readonly priceSensitivity: number;
}

/**
 * Checks rows `first` to before `end`, which belong to one community: everyone in it pays its price; without a
 * market, the tariff.
 *
 * @param sums CHECK_COUNT numbers from `at`
 */
export function checkReported(
  bids: Bids,
  tariff: Tariff,
  { price, priceSensitivity }: ReportedTerms,
  first: number,
  end: number,
  outputKw: Float64Array,
  reported: ProsumerFigures,
  sums: Float64Array,
  at: number,
): void {
  const supply = new Supply(bids);
  const { demandKw } = bids.prosumers;
  for (let i = first; i < end; i += 1) {
    const purchase = demandKw[i] - outputKw[i];
    const purchaseError = Math.abs(purchase - reported.purchaseKw[i]);
    const size = Math.abs(purchase);
    const { purchaseError: ofPurchase, relativePurchaseError } = CHECK;
    raiseError(sums, at, ofPurchase, relativePurchaseError, purchaseError, size);
    const due = Number.isNaN(price) ? tariffPayment(tariff, purchase) : price * purchase;
    sums[at + CHECK.overpaid] += reported.payment[i] - due;
    raise(sums, at, CHECK.paymentError, Math.abs(reported.payment[i] - due));
    raise(sums, at, CHECK.paymentError, Math.abs(reported.price[i] * purchase - due));
    supply.load(i);
    const cost = supply.costOf(outputKw[i]);
    const costError = Math.abs(reported.cost[i] - cost);
    raiseError(sums, at, CHECK.costError, CHECK.relativeCostError, costError, Math.abs(cost));
    if (Number.isNaN(priceSensitivity)) continue;
    const bid = reported.purchaseKw[i] + priceSensitivity * reported.price[i];
    const bidSize = Math.abs(reported.purchaseKw[i]) + Math.abs(bid);
    const bidError = Math.abs(reported.bidKw[i] - bid);
    raiseError(sums, at, CHECK.bidError, CHECK.relativeBidError, bidError, bidSize);
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
