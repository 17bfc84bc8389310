/** Small random communities as bids, for tests of the market layer. */
import type { RandomSource } from '../../engine/base/random.js';
import type { Bids } from '../../engine/market/buildResponses.js';

export interface RandomCommunity {
  readonly prosumers: number;
  /** Share of prosumers with p_min = p_max. */
  readonly fixedShare?: number;
  /** Share of prosumers with several devices. */
  readonly deviceShare?: number;
  /** Share of prosumers and devices with no quadratic cost. */
  readonly linearShare?: number;
}

/** Bids of several communities with costs and bounds of household size. */
export function randomBids(random: RandomSource, communities: readonly RandomCommunity[]): Bids {
  const prosumerStart = [0];
  const columns: number[][] = [[], [], [], [], []];
  const deviceStart = [0];
  const devices: number[][] = [[], [], [], []];
  for (const community of communities) {
    for (let k = 0; k < community.prosumers; k += 1) {
      const count = random.next() < (community.deviceShare ?? 0) ? random.integer(1, 5) : 0;
      let low = 0;
      let high = 0;
      for (let d = 0; d < count; d += 1) {
        const deviceLow = random.between(-2, 0.5);
        const deviceHigh = random.next() < 0.1 ? deviceLow : deviceLow + random.between(0.1, 3);
        devices[0]?.push(deviceLow);
        devices[1]?.push(deviceHigh);
        devices[2]?.push(quadraticCost(random, community));
        devices[3]?.push(random.between(-0.05, 0.4));
        low += deviceLow;
        high += deviceHigh;
      }
      if (count === 0) {
        low = random.between(-2, 0.5);
        high = random.next() < (community.fixedShare ?? 0) ? low : low + random.between(0.1, 4);
      }
      deviceStart.push((deviceStart.at(-1) ?? 0) + count);
      columns[0]?.push(random.between(-3, 5));
      columns[1]?.push(low);
      columns[2]?.push(high);
      columns[3]?.push(count > 0 ? Number.NaN : quadraticCost(random, community));
      columns[4]?.push(count > 0 ? Number.NaN : random.between(-0.05, 0.4));
    }
    prosumerStart.push((prosumerStart.at(-1) ?? 0) + community.prosumers);
  }
  const [demandKw, pMinKw, pMaxKw, costQuadratic, costLinear] = columns.map((column) =>
    Float64Array.from(column),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  const [deviceLow, deviceHigh, deviceQuadratic, deviceLinear] = devices.map((column) =>
    Float64Array.from(column),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  return {
    prosumerStart: Int32Array.from(prosumerStart),
    prosumers: {
      demandKw,
      pMinKw,
      pMaxKw,
      costQuadratic,
      costLinear,
      deviceStart: Int32Array.from(deviceStart),
    },
    devices: {
      pMinKw: deviceLow,
      pMaxKw: deviceHigh,
      costQuadratic: deviceQuadratic,
      costLinear: deviceLinear,
    },
  };
}

function quadraticCost(random: RandomSource, community: RandomCommunity): number {
  return random.next() < (community.linearShare ?? 0) ? 0 : random.between(0.005, 0.3);
}
