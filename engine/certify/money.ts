/**
 * Do the tables add up? Purchases to imports, costs to those of communities, payments to what the operator
 * collects (docs/model.md section 6, points 1 and 5).
 */
import { CompensatedSum } from '../base/compensated.js';
import type { Outcome } from '../clearing/result.js';
import { CHECK, type CheckSums } from './checkSums.js';

export interface MoneyCheck {
  /** Largest difference of D_i − p_i − x_i and of Σ x_i − X_m, kW, and relative to what is summed. */
  readonly largestBalanceError: number;
  readonly largestRelativeBalanceError: number;
  /** Largest difference of a prosumer's or a community's reported cost, $/h, and relative to its size. */
  readonly largestCostError: number;
  readonly largestRelativeCostError: number;
  /**
   * |Σ payments − Σ λ_m X_m|, or a prosumer's |payment − λ_m x_i| where that is larger, $/h, and relative
   * to the money that changes hands.
   */
  readonly paymentImbalance: number;
  readonly relativePaymentImbalance: number;
  /** What prosumers pay in total, $/h. */
  readonly collected: number;
}

export function checkMoney({ communities }: Outcome, sums: CheckSums): MoneyCheck {
  const purchase = sums.totals(CHECK.purchase);
  const traded = sums.totals(CHECK.traded);
  const imports = new LargestError(
    sums.largest(CHECK.purchaseError),
    sums.largest(CHECK.relativePurchaseError),
  );
  const costs = new LargestError(
    sums.largest(CHECK.costError),
    sums.largest(CHECK.relativeCostError),
  );
  const cost = sums.totals(CHECK.cost);
  const costSize = sums.totals(CHECK.costSize);
  purchase.forEach((netImport, m) => {
    imports.compare(communities.importKw[m], netImport, 1 + traded[m]);
    costs.compare(communities.cost[m], cost[m], costSize[m]);
  });
  const overpaid = sums.totals(CHECK.overpaid);
  const tariff = sums.totals(CHECK.tariff);
  const tariffSize = sums.totals(CHECK.tariffSize);
  const paid = new CompensatedSum();
  const owed = new CompensatedSum();
  let turnover = 0;
  communities.price.forEach((price, m) => {
    // Everyone in a community pays its price; without a market, the tariff.
    const hasPrice = !Number.isNaN(price);
    paid.add(hasPrice ? price * purchase[m] : tariff[m]);
    paid.add(overpaid[m]);
    owed.add(hasPrice ? price * communities.importKw[m] : tariff[m]);
    turnover += hasPrice ? Math.abs(price) * traded[m] : tariffSize[m];
  });
  const imbalance = Math.max(Math.abs(paid.value - owed.value), sums.largest(CHECK.paymentError));
  return {
    largestBalanceError: imports.absolute,
    largestRelativeBalanceError: imports.relative,
    largestCostError: costs.absolute,
    largestRelativeCostError: costs.relative,
    paymentImbalance: imbalance,
    relativePaymentImbalance: imbalance / Math.max(1, turnover),
    collected: paid.value,
  };
}

/**
 * Largest difference so far; relative to the size of what is compared, at least 1. NaN counts as infinite.
 */
class LargestError {
  constructor(
    public absolute: number,
    public relative: number,
  ) {}

  compare(reported: number, expected: number, size: number): void {
    const error = Math.abs(reported - expected);
    const counted = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
    this.absolute = Math.max(this.absolute, counted);
    this.relative = Math.max(this.relative, counted / Math.max(1, size));
  }
}
