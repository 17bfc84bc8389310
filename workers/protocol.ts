/**
 * What crosses the thread boundary. Every large array lies in shared memory: a message carries handles, and
 * the population is never copied.
 */
import type { CheckInput, CheckPartials } from '../engine/certify/blockChecks.js';
import type { WindowInput } from '../engine/certify/windowBlocks.js';
import type { Bids } from '../engine/market/buildResponses.js';
import type { PriceWindows } from '../engine/market/priceWindow.js';
import type { ResponseFunctions } from '../engine/market/responseFunction.js';

/** Fill the response functions of communities first … end − 1 in place. */
export interface ResponseShard {
  readonly bids: Bids;
  readonly responses: ResponseFunctions;
  readonly first: number;
  readonly end: number;
}

/** Read blocks first … end − 1 of the bids; sums are written in place, events come back. */
export interface ReadingShard {
  readonly bids: Bids;
  readonly kappa: Float64Array;
  readonly windows: PriceWindows;
  readonly first: number;
  readonly end: number;
  readonly sums: Float64Array;
}

/** Answer prices in blocks first … end − 1 of the bids; outputs and sums are written in place. */
export interface AnswerShard {
  readonly bids: Bids;
  readonly kappa: Float64Array;
  readonly price: Float64Array;
  readonly first: number;
  readonly end: number;
  readonly output: Float64Array;
  readonly sums: Float64Array;
}

/** Check blocks first … end − 1 of an outcome; partials are written in place. */
export interface CheckShard {
  readonly input: CheckInput;
  readonly first: number;
  readonly end: number;
  readonly partials: CheckPartials;
}

/** Read blocks first … end − 1 of the bids for the certificate; sums are written in place, events come back. */
export interface WindowShard {
  readonly input: WindowInput;
  readonly first: number;
  readonly end: number;
  readonly sums: Float64Array;
}

/** The columns of the bids that a shard needs, and no other. */
export function bidsOnly(bids: Bids): Bids {
  const { prosumers, devices } = bids;
  return {
    prosumerStart: bids.prosumerStart,
    prosumers: {
      demandKw: prosumers.demandKw,
      pMinKw: prosumers.pMinKw,
      pMaxKw: prosumers.pMaxKw,
      costQuadratic: prosumers.costQuadratic,
      costLinear: prosumers.costLinear,
      deviceStart: prosumers.deviceStart,
    },
    devices: {
      pMinKw: devices.pMinKw,
      pMaxKw: devices.pMaxKw,
      costQuadratic: devices.costQuadratic,
      costLinear: devices.costLinear,
    },
  };
}
