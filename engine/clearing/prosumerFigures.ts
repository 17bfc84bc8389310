/**
 * What a result says of every prosumer, from its output p_i, the price of its community and its bids:
 *
 *     x_i = D_i − p_i,   β_i = x_i + a_m λ_m,   C_i(p_i),   payment λ x_i
 *
 * In `isolated` communities have no price: a prosumer that buys pays `gridBuy`, one that sells gets
 * `gridSell`, and one that covers its own demand has its marginal cost, within the two, as its price
 * (docs/model.md section 4). Nothing of it is kept: rows are worked out as they are asked for.
 */
import type { Case } from '../case/case.js';
import { prosumerCost, prosumerMarginalCost } from '../market/answer.js';
import type { Bids } from '../market/buildResponses.js';
import type { Outcome, ProsumerFigures } from './result.js';

/** Writes rows first … end − 1 of one figure to the head of a column. */
export type FillFigure = (first: number, end: number, into: Float64Array) => void;

/** One function a figure. */
export function figureFills(
  theCase: Case,
  outcome: Pick<Outcome, 'communities' | 'prosumers'>,
): Readonly<Record<keyof ProsumerFigures, FillFigure>> {
  const { demandKw } = theCase.prosumers;
  const { priceSensitivity } = theCase.communities;
  const { outputKw } = outcome.prosumers;
  const { price } = outcome.communities;
  const bids = bidsOf(theCase);
  const { gridBuy, gridSell } = theCase.settings;
  const priceOf = (i: number, m: number): number => {
    if (!Number.isNaN(price[m])) return price[m];
    if (outputKw[i] < demandKw[i]) return gridBuy;
    if (outputKw[i] > demandKw[i]) return gridSell;
    return Math.min(Math.max(prosumerMarginalCost(bids, i, outputKw[i]), gridSell), gridBuy);
  };
  const fill =
    (figure: (i: number, m: number) => number): FillFigure =>
    (first, end, into) => {
      forRows(theCase.communities.prosumerStart, first, end, (i, m) => {
        into[i - first] = figure(i, m);
      });
    };
  return {
    purchaseKw: fill((i) => demandKw[i] - outputKw[i]),
    // Without a price there is no market to bid in.
    bidKw: fill((i, m) => demandKw[i] - outputKw[i] + priceSensitivity[m] * price[m]),
    price: fill(priceOf),
    cost: fill((i) => prosumerCost(bids, i, outputKw[i])),
    payment: fill((i, m) => priceOf(i, m) * (demandKw[i] - outputKw[i])),
  };
}

/** All figures of all prosumers. */
export function prosumerFigures(
  theCase: Case,
  outcome: Pick<Outcome, 'communities' | 'prosumers'>,
): ProsumerFigures {
  const fills = figureFills(theCase, outcome);
  const count = outcome.prosumers.outputKw.length;
  const column = (fill: FillFigure): Float64Array => {
    const values = new Float64Array(count);
    fill(0, count, values);
    return values;
  };
  return {
    purchaseKw: column(fills.purchaseKw),
    bidKw: column(fills.bidKw),
    price: column(fills.price),
    cost: column(fills.cost),
    payment: column(fills.payment),
  };
}

function bidsOf({ communities, prosumers, devices }: Case): Bids {
  return { prosumerStart: communities.prosumerStart, prosumers, devices };
}

/** Rows first … end − 1 with the community of each. */
function forRows(
  start: Int32Array,
  first: number,
  end: number,
  visit: (prosumer: number, community: number) => void,
): void {
  for (let m = 0; m + 1 < start.length; m += 1) {
    const last = Math.min(end, start[m + 1]);
    for (let i = Math.max(first, start[m]); i < last; i += 1) visit(i, m);
  }
}
