/**
 * The last answer corrected for what has changed, with a proof; and where no search ends in time, the last
 * prices as they are.
 *
 * A correction is a local optimum of the exact equations. At its prices every community is asked what would
 * be best over its whole range; where that is another import than the one found, the correction starts again
 * from there. The Lagrangian at the prices bounds the whole market, without envelopes; once it meets the outcome of the
 * exact power flow, nothing is left to search.
 */
import { isGapClosed } from '../bnb/search.js';
import { GAP_SHARE, type NetworkClearing } from '../clearing/networkClearing.js';
import { openNetworkMarket } from '../clearing/networkMarket.js';
import { type Candidate, OutcomeFinder } from '../clearing/outcomeFinder.js';
import { type CorrectedPoint, Correction } from '../correction/correction.js';
import { arcAt, curveValueAt } from '../market/costCurve.js';
import { findLeastAnswer, type LeastAnswer } from '../market/leastAnswer.js';
import { importAt } from '../market/responseFunction.js';
import { revenueAt } from '../market/revenueCurve.js';
import { WHOLE_RANGE } from '../program/importModels.js';
import {
  boundedActivePrices,
  impliedCurrentLimits,
  type NetworkPrices,
  networkBound,
} from '../program/lagrangian.js';
import type { PresentMarket } from './keptMarket.js';
import type { RememberedPoint } from './memory.js';

/** Corrections from better starts; one or two are usual. */
const ROUND_LIMIT = 6;

/** What communities may be off by together, as a share of the gap to be closed, before a correction starts again. */
const OFF_SHARE = 0.1;

/** Violations above this many times their tolerance are broken limits. */
const KEPT = 1;

/** Undefined where the correction does not lead to a proven optimum. */
export function correctClearing(
  market: PresentMarket,
  last: RememberedPoint,
  gap: number,
  shouldStop: () => boolean,
): NetworkClearing | undefined {
  const { frame, curves, places } = market;
  const tolerance = GAP_SHARE * gap;
  const correction = new Correction(frame, places, curves.costs, curves.revenues);
  const finder = openFinder(market, shouldStop);
  const bound = new MarketBound(market);
  let start: CorrectedPoint = last;
  for (let round = 0; round < ROUND_LIMIT && !shouldStop(); round += 1) {
    const found = correction.find(start);
    if (found === undefined) return undefined;
    bound.evaluate(found.prices, found.netImport);
    const allowed = tolerance * Math.max(1, Math.abs(bound.value));
    if (bound.off > OFF_SHARE * allowed && round + 1 < ROUND_LIMIT) {
      start = { ...found, netImport: bound.netImport.slice() };
      continue;
    }
    const candidate = finder.outcomeOf(found, 0);
    return candidate && isProven(candidate, bound.value, tolerance)
      ? clearingOf(market, candidate, bound.value, '')
      : undefined;
  }
  return undefined;
}

/**
 * The last prices and what prosumers answer to them, repaired against the network: the documented answer
 * where nothing better is found in time. Undefined where the power flow has no solution.
 *
 * @param reason why it is needed
 */
export function fallBack(
  market: PresentMarket,
  last: RememberedPoint,
  reason: string,
  shouldStop: () => boolean,
): NetworkClearing | undefined {
  const { state } = market;
  const netImport = last.price.map((price, m) => importAt(state.responses, m, price));
  const finder = openFinder(market, shouldStop);
  const answered = finder.outcomeOf({ ...last, netImport }, 0);
  if (answered === undefined) return undefined;
  const candidate =
    answered.point.violation <= KEPT || shouldStop() ? answered : finder.improveLocally(answered);
  const bound = new MarketBound(market);
  bound.evaluate(last.prices, netImport);
  return clearingOf(market, candidate, bound.value, reason);
}

function openFinder({ state, frame, curves }: PresentMarket, shouldStop: () => boolean) {
  return new OutcomeFinder(state, frame, curves, () => openNetworkMarket(state), shouldStop);
}

/** An outcome that keeps its limits, and is neither dearer nor cheaper than the bound. */
function isProven({ objective, point }: Candidate, bound: number, tolerance: number): boolean {
  return (
    point.violation <= KEPT &&
    isGapClosed(objective, bound, tolerance) &&
    isGapClosed(bound, objective, tolerance)
  );
}

function clearingOf(
  { frame }: PresentMarket,
  { objective, point }: Candidate,
  bound: number,
  reason: string,
): NetworkClearing {
  const proof = { prices: point.prices, parts: undefined };
  return {
    search: {
      status: reason === '' ? 'proven' : 'stopped',
      incumbent: { objective, point },
      bound,
      nodes: 1,
      leaves: [{ box: WHOLE_RANGE, bound, proof }],
    },
    point,
    market: frame.market,
    reason,
    trace: [],
  };
}

/** The Lagrangian bound of the whole market at given prices, over the curves themselves. */
class MarketBound {
  /** $/h. */
  value = Number.NEGATIVE_INFINITY;
  /** By how much the given imports are dearer than the best ones at these prices, $/h. */
  off = 0;
  /** The best imports at the prices evaluated last, kW. */
  readonly netImport: Float64Array;
  private readonly currentLimit: Float64Array;
  private readonly least: LeastAnswer = { netImport: 0, value: 0 };

  constructor(private readonly market: PresentMarket) {
    const { frame, curves, state } = market;
    const { baseKva } = frame.network;
    const smallest = state.importMin.map((least) => least / baseKva);
    this.currentLimit = impliedCurrentLimits(frame, smallest);
    this.netImport = new Float64Array(curves.costs.arcCount.length);
  }

  evaluate(prices: NetworkPrices, given: Float64Array): void {
    const { frame, curves } = this.market;
    const { costs, revenues } = curves;
    const { junction } = frame.market;
    const { least, netImport } = this;
    const active = boundedActivePrices(frame, prices, 1 + prices.revenue);
    this.value = networkBound(frame, prices, this.currentLimit);
    this.off = 0;
    for (let m = 0; m < netImport.length; m += 1) {
      const price = active[junction[m]] / frame.network.baseKva;
      findLeastAnswer(costs, revenues, m, prices.revenue, price, least);
      const at = given[m];
      let own = curveValueAt(costs, m, at) + price * at;
      if (revenues) own -= prices.revenue * revenueAt(costs, revenues, m, arcAt(costs, m, at), at);
      this.value += least.value;
      this.off += own - least.value;
      netImport[m] = least.netImport;
    }
    if (Number.isNaN(this.value)) this.value = Number.NEGATIVE_INFINITY;
  }
}
