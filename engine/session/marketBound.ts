/** The Lagrangian bound of a box of imports at given prices, over the curves themselves (docs/model.md (5.7)). */

import type { ImportLimits } from '../correction/localAnswers.js';
import { findLeastAnswer, type LeastAnswer } from '../market/leastAnswer.js';
import type { ImportBox } from '../program/importModels.js';
import {
  boundedActivePrices,
  impliedCurrentLimits,
  type NetworkPrices,
  networkBound,
} from '../program/lagrangian.js';
import type { PresentMarket } from './keptMarket.js';

export class MarketBound {
  /** Of the box that was asked about last, kW. */
  readonly limits: ImportLimits;
  private readonly currentLimit: Float64Array;
  private readonly least: LeastAnswer = { netImport: 0, value: 0, knot: -1 };

  constructor(private readonly market: PresentMarket) {
    const { frame, state } = market;
    const { baseKva } = frame.network;
    const smallest = state.importMin.map((least) => least / baseKva);
    this.currentLimit = impliedCurrentLimits(frame, smallest);
    this.limits = { low: state.importMin.slice(), high: state.importMax.slice() };
  }

  /**
   * $/h; any prices give a valid bound.
   *
   * @param leastAnswers what communities add at these prices, where that is known
   */
  at(prices: NetworkPrices, box: ImportBox, leastAnswers?: number): number {
    this.enter(box);
    const { frame } = this.market;
    const active = boundedActivePrices(frame, prices, 1 + prices.revenue);
    const ofNetwork = networkBound(frame, prices, active, this.currentLimit);
    const bound = ofNetwork + (leastAnswers ?? this.leastAnswersAt(active, prices.revenue));
    return Number.isNaN(bound) ? Number.NEGATIVE_INFINITY : bound;
  }

  private leastAnswersAt(active: Float64Array, revenue: number): number {
    const { frame, curves } = this.market;
    const { junction } = frame.market;
    const { least, limits } = this;
    let sum = 0;
    for (let m = 0; m < junction.length; m += 1) {
      const price = active[junction[m]] / frame.network.baseKva;
      findLeastAnswer(curves, m, revenue, price, limits.low[m], limits.high[m], least);
      sum += least.value;
    }
    return sum;
  }

  /** Makes a box the present one. */
  enter({ community, low, high }: ImportBox): void {
    const { limits } = this;
    const { importMin, importMax } = this.market.state;
    limits.low.set(importMin);
    limits.high.set(importMax);
    community.forEach((m, k) => {
      limits.low[m] = Math.max(limits.low[m], low[k] as number);
      limits.high[m] = Math.min(limits.high[m], high[k] as number);
    });
  }
}
