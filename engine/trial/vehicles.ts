/**
 * Electric vehicles come, charge and go. Those of homes come in the evening and leave in the morning, those of
 * work places stay for the day; times are drawn for every vehicle and day. With stored energy E, battery E_max,
 * power P, efficiency η and n intervals of Δt hours left before the vehicle leaves, this one included:
 *
 *     charge ≤ min(P, (E_max − E) / (η Δt))
 *     charge ≥ min(that, (E_need − E) / (η Δt) − (n − 1) P)
 *
 * so that what the vehicle needs is forced as late as possible and as early as necessary. Charging is a device
 * with p = −charge ≤ 0 and cost ½ c p² + w p, w = η v what charging is worth at no power:
 *
 *     v = low where E ≥ E_need,   low + (high − low) (u₀ + (1 − u₀) u) else,   u = (E_need − E)/(η P n Δt) ≤ 1
 *
 * with high and low as for batteries. On its trip a vehicle uses energy, but never its last
 * {@link VEHICLE.reserve}.
 */
import { hashed, hashedUniform } from '../base/random.js';
import { NEGLIGIBLE, type Offers, type ValueRange } from './batteries.js';
import { DAY_MINUTES, dayOf, minuteOfDay } from './clock.js';

type Range = readonly [low: number, high: number];

export const VEHICLE = {
  efficiency: 0.92,
  /** Power over load. */
  power: [2, 4] as Range,
  /** E_max over power, hours. */
  hours: [6, 10] as Range,
  /** E_need over E_max. */
  need: [0.7, 0.9] as Range,
  /** What a trip uses over E_max. */
  trip: [0.15, 0.4] as Range,
  reserve: 0.1,
  /** u₀. */
  patience: 0.3,
  /** Rise of the marginal cost from nothing to full power, $/kWh. */
  rise: 0.04,
  /** Share of the vehicles that charge at work. */
  workShare: 0.3,
  /** Minutes of the day at which they come and leave. */
  home: { come: [960, 1170] as Range, leave: [390, 540] as Range },
  work: { come: [450, 570] as Range, leave: [930, 1080] as Range },
} as const;

/** One entry a vehicle. */
export interface Vehicles {
  /** Rows of their owners, ascending, and of the owners' communities. */
  readonly prosumer: Int32Array;
  readonly community: Int32Array;
  /** Row of the device in the case of the trial. */
  readonly device: Int32Array;
  readonly powerKw: Float64Array;
  readonly capacityKwh: Float64Array;
  readonly needKwh: Float64Array;
  readonly tripKwh: Float64Array;
  readonly atWork: Uint8Array;
  readonly initialKwh: Float64Array;
}

/** Minutes at which each vehicle that is connected leaves; NaN for those that are away. */
export function departures(vehicles: Vehicles, key: number, minutes: number): Float64Array {
  const day = dayOf(minutes);
  const minute = minuteOfDay(minutes);
  const result = new Float64Array(vehicles.prosumer.length).fill(Number.NaN);
  for (let k = 0; k < result.length; k += 1) {
    const ownKey = hashed(key, k);
    const { come, leave } = vehicles.atWork[k] === 1 ? VEHICLE.work : VEHICLE.home;
    const hasLeft = minute >= timeOn(day, leave, hashed(ownKey, LEAVE));
    const hasCome = minute >= timeOn(day, come, hashed(ownKey, COME));
    const isHere = vehicles.atWork[k] === 1 ? hasCome && !hasLeft : hasCome || !hasLeft;
    if (!isHere) continue;
    const lastDay = hasLeft ? day + 1 : day;
    result[k] = lastDay * DAY_MINUTES + timeOn(lastDay, leave, hashed(ownKey, LEAVE));
  }
  return result;
}

const COME = 0;
const LEAVE = 1;

/** Minute of a day. */
function timeOn(day: number, [from, to]: Range, key: number): number {
  return from + (to - from) * hashedUniform(key, day);
}

/** Writes what vehicles offer, by row of the devices. */
export function offerVehicles(
  vehicles: Vehicles,
  storedKwh: Float64Array,
  departure: Float64Array,
  minutes: number,
  { low, high }: ValueRange,
  hours: number,
  into: Offers,
): void {
  const { efficiency, patience, rise } = VEHICLE;
  for (let k = 0; k < storedKwh.length; k += 1) {
    const device = vehicles.device[k];
    const power = vehicles.powerKw[k];
    const missing = vehicles.needKwh[k] - storedKwh[k];
    const full = efficiency * power * hours;
    const left = Math.ceil((departure[k] - minutes) / (60 * hours));
    const urgency =
      missing > 0 ? patience + (1 - patience) * Math.min(missing / (full * left), 1) : 0;
    const room = (vehicles.capacityKwh[k] - storedKwh[k]) / (efficiency * hours);
    const most = room > NEGLIGIBLE * power ? Math.min(power, room) : 0;
    const required = Math.max(0, (missing - full * (left - 1)) / (efficiency * hours));
    const forced = most - required > NEGLIGIBLE * power ? required : most;
    const isAway = Number.isNaN(departure[k]);
    into.pMinKw[device] = isAway ? 0 : -most;
    into.pMaxKw[device] = isAway ? 0 : -forced;
    into.costQuadratic[device] = rise / power;
    into.costLinear[device] = efficiency * (low + (high - low) * (isAway ? 0 : urgency));
  }
}

/** Charges vehicles by the devices' outputs. @returns what they draw, kW */
export function settleVehicles(
  vehicles: Vehicles,
  deviceOutputKw: Float64Array,
  hours: number,
  storedKwh: Float64Array,
): number {
  let drawn = 0;
  for (let k = 0; k < storedKwh.length; k += 1) {
    const charge = -deviceOutputKw[vehicles.device[k]];
    storedKwh[k] += hours * VEHICLE.efficiency * charge;
    drawn += charge;
  }
  return drawn;
}

/**
 * Vehicles that come have used energy on their trip.
 * @returns energy that those that come bring, less what those that go take, kWh
 */
export function travel(
  vehicles: Vehicles,
  before: Float64Array,
  after: Float64Array,
  storedKwh: Float64Array,
): number {
  let brought = 0;
  for (let k = 0; k < storedKwh.length; k += 1) {
    const wasHere = !Number.isNaN(before[k]);
    const isHere = !Number.isNaN(after[k]);
    if (wasHere && !isHere) brought -= storedKwh[k];
    if (wasHere || !isHere) continue;
    const least = Math.min(storedKwh[k], VEHICLE.reserve * vehicles.capacityKwh[k]);
    storedKwh[k] = Math.max(storedKwh[k] - vehicles.tripKwh[k], least);
    brought += storedKwh[k];
  }
  return brought;
}
