/**
 * Is it an equilibrium? (docs/model.md section 6, point 1.) Given the others' bids, prosumer i at purchase x
 * meets the price λ_m + κ (x − x_i), and pays
 *
 *     C_i(D_i − x) + (λ_m + κ (x − x_i)) x,
 *
 * least where  C_i'(p) + 2 κ p = λ_m + κ (2 D_i − x_i).  At an equilibrium that is p_i itself. In
 * `isolated` there is no market: the prosumer meets the tariff.
 */
import type { Case } from '../case/case.js';
import type { Mode, Outcome } from '../clearing/result.js';
import { type OutputRange, Supply } from './supply.js';

export interface EquilibriumCheck {
  /** $/h, and relative to the size of what the prosumer pays and spends (at least 1 $/h). */
  readonly largestGain: number;
  readonly largestRelativeGain: number;
  /** kW, and relative to the size of the output (at least 1 kW). */
  readonly largestAnswerError: number;
  readonly largestRelativeAnswerError: number;
}

/** @param recomputedCost of each prosumer's output, $/h, from its bids */
export function checkEquilibrium(
  theCase: Case,
  mode: Mode,
  kappa: Float64Array,
  outcome: Outcome,
  recomputedCost: Float64Array,
): EquilibriumCheck {
  const { demandKw } = theCase.prosumers;
  const { prosumerStart } = theCase.communities;
  const { outputKw, reported } = outcome.prosumers;
  const supply = new Supply(theCase);
  const range: OutputRange = { low: 0, high: 0 };
  let largestGain = 0;
  let largestRelativeGain = 0;
  let largestAnswerError = 0;
  let largestRelativeAnswerError = 0;
  for (let m = 0; m < kappa.length; m += 1) {
    const slope = kappa[m];
    for (let i = prosumerStart[m]; i < prosumerStart[m + 1]; i += 1) {
      supply.load(i);
      const demand = demandKw[i];
      const output = outputKw[i];
      const price = reported === undefined ? outcome.communities.price[m] : reported.price[i];
      const cost = recomputedCost[i];
      let best: number;
      let present: number;
      if (mode === 'isolated') {
        present = cost + tariffPayment(theCase, demand - output);
        best = cheapestAtTariff(theCase, supply, demand, range);
      } else {
        supply.solve(slope, price + slope * demand, range);
        const error = Math.max(range.low - output, output - range.high, 0);
        largestAnswerError = Math.max(largestAnswerError, error);
        largestRelativeAnswerError = Math.max(
          largestRelativeAnswerError,
          error / Math.max(1, Math.abs(output)),
        );
        const purchase = demand - output;
        present = cost + price * purchase;
        supply.solve(2 * slope, price + slope * (2 * demand - purchase), range);
        const answer = Math.min(Math.max(output, range.low), range.high);
        const bestPurchase = demand - answer;
        best = supply.costOf(answer) + (price + slope * (bestPurchase - purchase)) * bestPurchase;
      }
      const gain = present - best;
      const scale = Math.max(1, Math.abs(cost), Math.abs(present));
      largestGain = Math.max(largestGain, gain);
      largestRelativeGain = Math.max(largestRelativeGain, gain / scale);
      if (Number.isNaN(gain)) largestGain = largestRelativeGain = Number.POSITIVE_INFINITY;
    }
  }
  return { largestGain, largestRelativeGain, largestAnswerError, largestRelativeAnswerError };
}

/** What the retail tariff asks for a purchase, $/h; negative: what it pays. */
export function tariffPayment(theCase: Case, purchase: number): number {
  const { gridBuy, gridSell } = theCase.settings;
  return purchase > 0 ? gridBuy * purchase : gridSell * purchase;
}

/** Least cost of a prosumer alone at the tariff: buying, selling, or covering its own demand. */
export function cheapestAtTariff(
  theCase: Case,
  supply: Supply,
  demand: number,
  range: OutputRange,
): number {
  const { gridBuy, gridSell } = theCase.settings;
  supply.outputAt(gridBuy, range);
  const buying = Math.min(range.low, range.high);
  supply.outputAt(gridSell, range);
  const selling = range.high;
  supply.solve(0, Number.NEGATIVE_INFINITY, range);
  const least = range.low;
  supply.solve(0, Number.POSITIVE_INFINITY, range);
  const own = Math.min(Math.max(demand, least), range.high);
  return Math.min(
    supply.costOf(buying) + tariffPayment(theCase, demand - buying),
    supply.costOf(selling) + tariffPayment(theCase, demand - selling),
    supply.costOf(own) + tariffPayment(theCase, demand - own),
  );
}
