/**
 * Prosumers alone at the retail tariff (docs/model.md sections 4 and 6): in `isolated` each has a problem of
 * its own, with a closed form.
 */
import type { Bids } from './bids.js';
import { CHECK } from './checkSums.js';
import { recordGain } from './equilibrium.js';
import { type OutputRange, Supply } from './supply.js';

/** $/kWh, buying at least as dear as selling. */
export interface Tariff {
  readonly gridBuy: number;
  readonly gridSell: number;
}

/** What the retail tariff asks for a purchase, $/h; negative: what it pays. */
export function tariffPayment({ gridBuy, gridSell }: Tariff, purchase: number): number {
  return purchase > 0 ? gridBuy * purchase : gridSell * purchase;
}

/** Checks rows by themselves. */
export class TariffCheck {
  private readonly supply: Supply;
  private readonly range: OutputRange = { low: 0, high: 0 };

  constructor(
    private readonly bids: Bids,
    private readonly tariff: Tariff,
  ) {
    this.supply = new Supply(bids);
  }

  /**
   * Checks rows `first` to before `end`, and sums what they do.
   *
   * @param sums CHECK_COUNT numbers from `at`, zero before
   */
  check(first: number, end: number, outputKw: Float64Array, sums: Float64Array, at: number): void {
    const { supply, tariff } = this;
    const { demandKw } = this.bids.prosumers;
    for (let i = first; i < end; i += 1) {
      supply.load(i);
      const output = outputKw[i];
      const cost = supply.costOf(output);
      const purchase = demandKw[i] - output;
      const payment = tariffPayment(tariff, purchase);
      const least = this.cheapest(demandKw[i]);
      recordGain(sums, at, cost + payment - least, cost, cost + payment);
      sums[at + CHECK.purchase] += purchase;
      sums[at + CHECK.traded] += Math.abs(purchase);
      sums[at + CHECK.squaredPurchase] += purchase * purchase;
      sums[at + CHECK.cost] += cost;
      sums[at + CHECK.costSize] += Math.abs(cost);
      sums[at + CHECK.tariff] += payment;
      sums[at + CHECK.tariffSize] += Math.abs(payment);
      sums[at + CHECK.leastAlone] += least;
    }
  }

  /** Least cost of the prosumer that is loaded: buying, selling, or covering its own demand, $/h. */
  private cheapest(demand: number): number {
    const { supply, range, tariff } = this;
    supply.outputAt(tariff.gridBuy, range);
    const buying = Math.min(range.low, range.high);
    supply.outputAt(tariff.gridSell, range);
    const selling = range.high;
    supply.solve(0, Number.NEGATIVE_INFINITY, range);
    const least = range.low;
    supply.solve(0, Number.POSITIVE_INFINITY, range);
    const own = Math.min(Math.max(demand, least), range.high);
    return Math.min(
      supply.costOf(buying) + tariffPayment(tariff, demand - buying),
      supply.costOf(selling) + tariffPayment(tariff, demand - selling),
      supply.costOf(own) + tariffPayment(tariff, demand - own),
    );
  }
}
