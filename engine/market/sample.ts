/**
 * A sample of every community, scaled to its size: a first idea of how it answers prices.
 */
import type { Bids } from './buildResponses.js';
import type { ResponseFunctions } from './responseFunction.js';

/** Some rows of every community, evenly spread over it. */
export interface BidSample {
  readonly bids: Bids;
  /** Prosumers that one of the sample stands for, by community. */
  readonly weight: Float64Array;
}

/** @param rows of a community that are taken at most; smaller communities are taken as they are */
export function sampleBids(bids: Bids, rows: number): BidSample {
  const communities = bids.prosumerStart.length - 1;
  const prosumerStart = new Int32Array(communities + 1);
  const weight = new Float64Array(communities);
  for (let m = 0; m < communities; m += 1) {
    const all = bids.prosumerStart[m + 1] - bids.prosumerStart[m];
    const taken = Math.min(all, rows);
    prosumerStart[m + 1] = prosumerStart[m] + taken;
    weight[m] = taken === 0 ? 1 : all / taken;
  }
  const row = new Int32Array(prosumerStart[communities]);
  for (let m = 0; m < communities; m += 1) {
    const first = prosumerStart[m];
    for (let k = first; k < prosumerStart[m + 1]; k += 1) {
      row[k] = bids.prosumerStart[m] + Math.floor((k - first + 0.5) * weight[m]);
    }
  }
  return { bids: bidsOfRows(bids, row, prosumerStart), weight };
}

function bidsOfRows(
  { prosumers, devices }: Bids,
  row: Int32Array,
  prosumerStart: Int32Array,
): Bids {
  const of = (column: Float64Array): Float64Array => Float64Array.from(row, (i) => column[i]);
  const device: number[] = [];
  const deviceStart = new Int32Array(prosumers.deviceStart.length === 0 ? 0 : row.length + 1);
  if (deviceStart.length > 0) {
    row.forEach((i, k) => {
      for (let d = prosumers.deviceStart[i]; d < prosumers.deviceStart[i + 1]; d += 1)
        device.push(d);
      deviceStart[k + 1] = device.length;
    });
  }
  const ofDevices = (column: Float64Array): Float64Array =>
    Float64Array.from(device, (d) => column[d]);
  return {
    prosumerStart,
    prosumers: {
      demandKw: of(prosumers.demandKw),
      pMinKw: of(prosumers.pMinKw),
      pMaxKw: of(prosumers.pMaxKw),
      costQuadratic: of(prosumers.costQuadratic),
      costLinear: of(prosumers.costLinear),
      deviceStart,
    },
    devices: {
      pMinKw: ofDevices(devices.pMinKw),
      pMaxKw: ofDevices(devices.pMaxKw),
      costQuadratic: ofDevices(devices.costQuadratic),
      costLinear: ofDevices(devices.costLinear),
    },
  };
}

/** Scales the response functions of samples to whole communities, in place. */
export function scaleResponses(responses: ResponseFunctions, weight: Float64Array): void {
  const { knotStart, netImport, cost, slope, curvature } = responses;
  for (let m = 0; m < weight.length; m += 1) {
    const factor = weight[m];
    if (factor === 1) continue;
    responses.largestImport[m] *= factor;
    responses.smallestImport[m] *= factor;
    responses.costAtLargestImport[m] *= factor;
    responses.potentialAtLargestImport[m] *= factor;
    for (let k = knotStart[m]; k < knotStart[m + 1]; k += 1) {
      netImport[k] *= factor;
      cost[k] *= factor;
      slope[k] *= factor;
      curvature[k] /= factor;
    }
  }
}

/** Moves the response functions by what they are off, kW, in place. */
export function shiftResponses(responses: ResponseFunctions, difference: Float64Array): void {
  const { knotStart, netImport } = responses;
  for (let m = 0; m < difference.length; m += 1) {
    responses.largestImport[m] += difference[m];
    responses.smallestImport[m] += difference[m];
    for (let k = knotStart[m]; k < knotStart[m + 1]; k += 1) netImport[k] += difference[m];
  }
}
