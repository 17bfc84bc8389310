/**
 * What crosses the thread boundary. Every array lies in shared memory: a message carries handles, and the
 * population is never copied.
 */
import type { Bids } from '../engine/market/buildResponses.js';
import type { ResponseFunctions } from '../engine/market/responseFunction.js';

/** Fill the response functions of communities first … end − 1 in place. */
export interface ResponseShard {
  readonly bids: Bids;
  readonly responses: ResponseFunctions;
  readonly first: number;
  readonly end: number;
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
