/**
 * What a clearing works on: the case's bids, how each community answers prices, and its place in the
 * network. Built once a clear, whatever the mode.
 */
import { sharedFloats } from '../base/columns.js';
import type { Case } from '../case/case.js';
import { type Bids, buildResponses, countKnotCapacity } from '../market/buildResponses.js';
import { marketKappa } from '../market/kappa.js';
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
}

export interface MarketState extends SearchMarket {
  readonly theCase: Case;
  readonly bids: Bids;
}

export async function openMarketState(
  theCase: Case,
  options: ResolvedOptions,
): Promise<MarketState> {
  const { communities, prosumers, devices } = theCase;
  const count = communities.id.length;
  const bids: Bids = { prosumerStart: communities.prosumerStart, prosumers, devices };
  // Nobody is strategic in the social optimum, and alone at the tariff nobody can be.
  const strategic = options.mode !== 'social' && options.mode !== 'isolated';
  const kappa = strategic ? marketKappa(communities) : sharedFloats(count);
  const responses = allocateResponses(countKnotCapacity(bids), kappa);
  if (options.responseStage) await options.responseStage(bids, responses);
  else buildResponses(bids, responses, 0, count);

  const capped = options.mode !== 'social';
  const priceMin = capped
    ? communities.priceMin
    : new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  const priceMax = capped
    ? communities.priceMax
    : new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const network = buildRadialNetwork(theCase);
  const reactiveDemand = new Float64Array(count);
  for (let m = 0; m < count; m += 1) {
    const end = communities.prosumerStart[m + 1];
    for (let i = communities.prosumerStart[m]; i < end; i += 1) {
      reactiveDemand[m] += prosumers.demandKvar[i];
    }
  }
  return {
    theCase,
    mode: options.mode,
    revenueAdequacy: options.revenueAdequacy,
    bids,
    responses,
    network,
    junction: Int32Array.from(communities.bus, (bus) => network.busJunction[bus]),
    priceMin,
    priceMax,
    importMin: Float64Array.from(priceMax, (price, m) => importAt(responses, m, price)),
    importMax: Float64Array.from(priceMin, (price, m) => importAt(responses, m, price)),
    reactiveDemand,
    reactiveMin: communities.qMinKvar,
    reactiveMax: communities.qMaxKvar,
    gridBuy: theCase.settings.gridBuy,
    gridSell: theCase.settings.gridSell,
    gridLimitKw: theCase.settings.gridLimitKw,
  };
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
