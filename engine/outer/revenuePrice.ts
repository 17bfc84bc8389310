/**
 * The price of revenue at which the operator's deficit would vanish, foretold from one solution of the linear
 * program. At bus prices p (by the tariff, so that π = (1 + μ) p) every community would import
 *
 *     X_m(μ) = argmin f_m(X) − μ R_m(X) + (1 + μ) p_m X
 *
 * and the deficit, with the bill linear in the imports, would be
 *
 *     d(μ) = G + Σ_m p_m (X_m(μ) − X_m) − Σ_m R_m(X_m(μ))
 *
 * which does not rise with μ. The program itself finds this price slowly: where no line has a weight on
 * revenue yet, it sees costs and payments apart, each on its own envelope.
 */
import type { MarketProgram } from './marketProgram.js';
import { communityPoint } from './separation.js';
import {
  type Contact,
  leastTerm,
  REVENUE_ALONE,
  weightedValue,
  weightsAt,
} from './supportingLine.js';

/** Prices of revenue are 2 to a power between these, or 0. */
const LEAST_POWER = -24;
const MOST_POWER = 12;

/** Halvings of that range: to within a tenth of a percent. */
const HALVINGS = 15;

const answer: Contact = { value: 0, netImport: 0 };

/**
 * @param x columns and `busPrice` by bus, $/kWh by the tariff, of the solution
 * @returns μ; 0 where no deficit is foretold
 */
export function foretoldRevenuePrice(
  market: MarketProgram,
  x: Float64Array,
  busPrice: Float64Array,
): number {
  const { columns, theCase } = market;
  const { gridBuy, gridSell, baseKva } = theCase.settings;
  const bill = baseKva * (gridBuy * x[columns.buying] - gridSell * x[columns.selling]);
  const deficitAt = (revenue: number): number => {
    const weights = weightsAt(revenue);
    let deficit = bill;
    market.curves.forEach((curve, m) => {
      const price = busPrice[theCase.communities.bus[m]];
      const { knot, arcCount } = curve;
      const scaled = (weights.cost + weights.revenue) * price;
      leastTerm(curve, weights, scaled, knot[0], knot[arcCount], answer);
      const { netImport } = communityPoint(market, m, x);
      deficit += price * (answer.netImport - netImport);
      deficit += weightedValue(curve, REVENUE_ALONE, answer.netImport);
    });
    return deficit;
  };
  if (deficitAt(0) <= 0) return 0;
  let from = LEAST_POWER;
  let to = MOST_POWER;
  for (let k = 0; k < HALVINGS; k += 1) {
    const power = 0.5 * (from + to);
    if (deficitAt(2 ** power) > 0) from = power;
    else to = power;
  }
  return 2 ** (0.5 * (from + to));
}
