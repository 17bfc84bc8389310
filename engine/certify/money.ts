/**
 * Do the tables add up? Purchases to imports, payments to what the operator collects (section 6, point 5).
 */
import { CompensatedSum } from '../base/compensated.js';
import type { Case } from '../case/case.js';
import type { Outcome } from '../clearing/result.js';
import { tariffPayment } from './equilibrium.js';

export interface MoneyCheck {
  /** Largest difference of D_i − p_i − x_i and of Σ x_i − X_m, kW, and relative to what is summed. */
  readonly largestBalanceError: number;
  readonly largestRelativeBalanceError: number;
  /**
   * |Σ payments − Σ λ_m X_m|, or a prosumer's |payment − λ_m x_i| where that is larger, $/h, and relative
   * to the money that changes hands.
   */
  readonly paymentImbalance: number;
  readonly relativePaymentImbalance: number;
  /** What prosumers pay in total, $/h. */
  readonly collected: number;
}

export function checkMoney(theCase: Case, outcome: Outcome): MoneyCheck {
  const { prosumerStart } = theCase.communities;
  const { demandKw } = theCase.prosumers;
  const { outputKw, reported } = outcome.prosumers;
  const { importKw, price: importPrice } = outcome.communities;
  const payments = new CompensatedSum();
  const owed = new CompensatedSum();
  const imported = new CompensatedSum();
  let turnover = 0;
  let wrongPayment = 0;
  let largest = 0;
  let largestRelative = 0;
  for (let m = 0; m < importKw.length; m += 1) {
    imported.reset();
    let size = 1;
    const communityPrice = importPrice[m];
    const hasPrice = !Number.isNaN(communityPrice);
    for (let i = prosumerStart[m]; i < prosumerStart[m + 1]; i += 1) {
      const purchase = demandKw[i] - outputKw[i];
      imported.add(purchase);
      size += Math.abs(purchase);
      // Everyone in a community pays its price; without a market, the tariff.
      const due = hasPrice ? communityPrice * purchase : tariffPayment(theCase, purchase);
      turnover += Math.abs(due);
      if (!hasPrice) owed.add(due);
      payments.add(reported === undefined ? due : reported.payment[i]);
      if (reported === undefined) continue;
      const error = Math.abs(purchase - reported.purchaseKw[i]);
      largest = Math.max(largest, error);
      largestRelative = Math.max(largestRelative, error / Math.max(1, Math.abs(purchase)));
      wrongPayment = Math.max(
        wrongPayment,
        Math.abs(reported.payment[i] - due),
        Math.abs(reported.price[i] * purchase - due),
      );
    }
    const error = Math.abs(imported.value - importKw[m]);
    largest = Math.max(largest, error);
    largestRelative = Math.max(largestRelative, error / size);
    if (hasPrice) owed.add(communityPrice * importKw[m]);
  }
  const imbalance = Math.max(Math.abs(payments.value - owed.value), wrongPayment);
  return {
    largestBalanceError: largest,
    largestRelativeBalanceError: largestRelative,
    paymentImbalance: imbalance,
    relativePaymentImbalance: imbalance / Math.max(1, turnover),
    collected: payments.value,
  };
}
