/**
 * What a clearing works on: the case's bids, how each community answers prices, and its place in the
 * network. Built once a clear, whatever the mode.
 */
import { sharedFloats } from '../base/columns.js';
import type { Case } from '../case/case.js';
import { type Bids, countKnotCapacity } from '../market/buildResponses.js';
import { marketKappa } from '../market/kappa.js';
import type { PriceWindows } from '../market/priceWindow.js';
import {
  allocateResponses,
  importAt,
  type PriceInterval,
  priceIntervalAt,
  type ResponseFunctions,
} from '../market/responseFunction.js';
import { buildRadialNetwork } from '../network/build.js';
import type { RadialNetwork } from '../network/radial.js';
import type { ResolvedOptions } from './options.js';
import type { Mode } from './result.js';

/** What the search needs: arrays and numbers alone, so that it can be handed to a thread. */
export interface SearchMarket {
  readonly mode: Mode;
  /** Whether prices must cover the grid's bill (docs/model.md section 4). */
  readonly revenueAdequacy: boolean;
  readonly responses: ResponseFunctions;
  readonly network: RadialNetwork;
  /** Junction of each community. */
  readonly junction: Int32Array;
  /** Price caps that the mode keeps, $/kWh. */
  readonly priceMin: Float64Array;
  readonly priceMax: Float64Array;
  /** Imports between the price caps, kW. */
  readonly importMin: Float64Array;
  readonly importMax: Float64Array;
  /** By community: prosumers' reactive demand, and the range of the free amount on top, kvar. */
  readonly reactiveDemand: Float64Array;
  readonly reactiveMin: Float64Array;
  readonly reactiveMax: Float64Array;
  /** Tariff, $/kWh, and the largest exchange either way, kW. */
  readonly gridBuy: number;
  readonly gridSell: number;
  readonly gridLimitKw: number;
  /** Where the response functions are exact; everywhere unless given. */
  readonly windows?: PriceWindows;
}

export interface MarketState extends SearchMarket {
  readonly theCase: Case;
  readonly bids: Bids;
}

export function bidsOf({ communities, prosumers, devices }: Case): Bids {
  return { prosumerStart: communities.prosumerStart, prosumers, devices };
}

/** Nobody is strategic in the social optimum, and alone at the tariff nobody can be. */
export function kappaFor(mode: Mode, { communities }: Case): Float64Array {
  const strategic = mode !== 'social' && mode !== 'isolated';
  return strategic ? marketKappa(communities) : sharedFloats(communities.id.length);
}

/** Price caps, which the social optimum ignores, $/kWh. */
export function priceCapsFor(mode: Mode, { communities }: Case): PriceWindows {
  if (mode !== 'social') return { low: communities.priceMin, high: communities.priceMax };
  const count = communities.id.length;
  return {
    low: new Float64Array(count).fill(Number.NEGATIVE_INFINITY),
    high: new Float64Array(count).fill(Number.POSITIVE_INFINITY),
  };
}

/** The state of a case with its whole response functions. */
export async function openMarketState(
  theCase: Case,
  options: ResolvedOptions,
): Promise<MarketState> {
  const bids = bidsOf(theCase);
  const responses = allocateResponses(countKnotCapacity(bids), kappaFor(options.mode, theCase));
  await options.responseStage.build(bids, responses);
  return marketStateOf(theCase, options, responses, importRangesOf(theCase, options, responses));
}

/** Imports between the price caps, kW. */
export interface ImportRanges {
  readonly importMin: Float64Array;
  readonly importMax: Float64Array;
}

/** @param responses that are exact at the price caps */
export function importRangesOf(
  theCase: Case,
  options: ResolvedOptions,
  responses: ResponseFunctions,
): ImportRanges {
  const caps = priceCapsFor(options.mode, theCase);
  return {
    importMin: Float64Array.from(caps.high, (price, m) => importAt(responses, m, price)),
    importMax: Float64Array.from(caps.low, (price, m) => importAt(responses, m, price)),
  };
}

/** The state of a case with given response functions. */
export function marketStateOf(
  theCase: Case,
  options: ResolvedOptions,
  responses: ResponseFunctions,
  { importMin, importMax }: ImportRanges,
): MarketState {
  const { communities, settings } = theCase;
  const caps = priceCapsFor(options.mode, theCase);
  const network = buildRadialNetwork(theCase);
  return {
    theCase,
    mode: options.mode,
    revenueAdequacy: options.revenueAdequacy,
    bids: bidsOf(theCase),
    responses,
    network,
    junction: Int32Array.from(communities.bus, (bus) => network.busJunction[bus]),
    priceMin: caps.low,
    priceMax: caps.high,
    importMin,
    importMax,
    reactiveDemand: reactiveDemands(theCase),
    reactiveMin: communities.qMinKvar,
    reactiveMax: communities.qMaxKvar,
    gridBuy: settings.gridBuy,
    gridSell: settings.gridSell,
    gridLimitKw: settings.gridLimitKw,
  };
}

/** Of the prosumers, by community, kvar. */
function reactiveDemands({ communities, prosumers }: Case): Float64Array {
  const { prosumerStart } = communities;
  return Float64Array.from(communities.id, (_, m) => {
    let demand = 0;
    for (let i = prosumerStart[m]; i < prosumerStart[m + 1]; i += 1) {
      demand += prosumers.demandKvar[i];
    }
    return demand;
  });
}

/**
 * An import this near a flat stretch of Φ_m, relative to the range of Φ_m, is on it: far above what
 * the conic solver leaves undecided, and worth less than 1e-7 of a kink's price step.
 */
export const FLAT_TOLERANCE = 1e-7;

const interval: PriceInterval = { low: 0, high: 0 };

/**
 * The price at which a community imports X; where Φ_m is flat, the one nearest to a reference price
 * (docs/model.md section 2), within the caps.
 */
export function priceFor(
  state: SearchMarket,
  community: number,
  netImport: number,
  reference: number,
): number {
  const { responses, priceMin, priceMax } = state;
  const range = responses.largestImport[community] - responses.smallestImport[community];
  priceIntervalAt(responses, community, netImport, FLAT_TOLERANCE * range, interval);
  const low = Math.max(interval.low, priceMin[community]);
  const high = Math.min(interval.high, priceMax[community]);
  // Rounding may leave the interval just outside a cap; the cap wins.
  if (low > high) {
    return interval.low > priceMax[community] ? priceMax[community] : priceMin[community];
  }
  return Math.min(Math.max(reference, low), high);
}
