/**
 * What prosumers are, from their bids alone. In this order, with p_min ≤ p ≤ p_max and D the net demand:
 *
 *     devices      owns devices in the case
 *     battery      p_min < 0 < p_max
 *     solar        p_min ≥ 0 and b below what the grid pays for energy (or b ≤ 0), and p_max > 0; or p_max = 0
 *                  with c > 0: a solar owner at night
 *     load         p_min = p_max: nothing flexible
 *     flexible     p_min ≥ 0 and p_max ≤ D: it can give no more than it uses, so it is load that is shed
 *     generator    everything else
 */
import type { Case } from '../case/case.js';

export const CLASS_NAMES = [
  'load',
  'solar',
  'battery',
  'flexible',
  'generator',
  'devices',
] as const;

export type ClassName = (typeof CLASS_NAMES)[number];

/** Classes as small integers: places in {@link CLASS_NAMES}. */
export const CLASS = {
  load: 0,
  solar: 1,
  battery: 2,
  flexible: 3,
  generator: 4,
  devices: 5,
} as const satisfies Readonly<Record<ClassName, number>>;

/** Output at the sun of the case over load, of owners whose case is at night and does not say. */
const NIGHT_SOLAR_OVER_LOAD = 1.5;

export interface Classes {
  /** By prosumer: one of {@link CLASS}. */
  readonly kind: Uint8Array;
  /** By prosumer, kW: what solar owners give at the sun of the case; 0 for others. */
  readonly solarKw: Float64Array;
}

export function inferClasses({ prosumers, settings }: Case): Classes {
  const { demandKw, pMinKw, pMaxKw, costQuadratic, costLinear, deviceStart } = prosumers;
  const count = demandKw.length;
  const kind = new Uint8Array(count);
  const solarKw = new Float64Array(count);
  for (let i = 0; i < count; i += 1) {
    const low = pMinKw[i];
    const high = pMaxKw[i];
    const isCheap = costLinear[i] <= 0 || costLinear[i] < settings.gridSell;
    const isNight = low === 0 && high === 0 && costQuadratic[i] > 0 && isCheap;
    if (deviceStart.length > 0 && deviceStart[i] < deviceStart[i + 1]) kind[i] = CLASS.devices;
    else if (low < 0 && high > 0) kind[i] = CLASS.battery;
    else if (isNight || (low >= 0 && low < high && isCheap)) {
      kind[i] = CLASS.solar;
      solarKw[i] = isNight ? NIGHT_SOLAR_OVER_LOAD * Math.max(demandKw[i], 0) : high;
    } else if (low === high) kind[i] = CLASS.load;
    else if (low >= 0 && high <= demandKw[i]) kind[i] = CLASS.flexible;
    else kind[i] = CLASS.generator;
  }
  return { kind, solarKw };
}
