/**
 * Batteries: what they hold bounds what they can do next, and what energy in them is worth decides whether they
 * do it. With stored energy E (kWh), power P (kW), efficiencies η_c and η_d and an interval of Δt hours:
 *
 *     discharge ≤ min(P, (E − E_min) η_d / Δt)      charge ≤ min(P, (E_max − E) / (η_c Δt))
 *     E' = E + η_c Δt charge − Δt discharge / η_d
 *     v(E) = max(v_min, low + (high − low) (1 − s)),     s = (E − E_min)/(E_max − E_min)
 *
 * with high and low the dearest and the cheapest purchase of the day ahead: an empty battery is worth filling at
 * almost any price below the dearest, a full one worth emptying at almost any above the cheapest. A battery is two
 * devices: discharge p ≥ 0 costs ½ c p² + (v/η_d) p, charge p ≤ 0 costs ½ c p² + v η_c p. As v/η_d > v η_c no price
 * makes both worth while, so no battery ever charges and discharges at once.
 */

export const BATTERY = {
  chargeEfficiency: 0.95,
  dischargeEfficiency: 0.95,
  /** E_max over power, hours: drawn between them. */
  hours: [2, 4],
  /** E_min over E_max. */
  floor: 0.1,
  /** s before the first interval: drawn between them. */
  initialState: [0.3, 0.6],
  /** v_min, $/kWh: above 0, so that v/η_d > v η_c. */
  leastValue: 0.001,
  /** Power over load, and rise of the marginal cost from nothing to full power ($/kWh), of those added to a case. */
  addedPower: [0.8, 2],
  addedRise: 0.05,
} as const;

/** One entry a battery. */
export interface Batteries {
  /** Rows of their owners, ascending, and of the owners' communities. */
  readonly prosumer: Int32Array;
  readonly community: Int32Array;
  /** Rows of their devices in the case of the trial; `discharge` is followed by that of charging. */
  readonly dischargeDevice: Int32Array;
  readonly powerKw: Float64Array;
  readonly capacityKwh: Float64Array;
  readonly costQuadratic: Float64Array;
  readonly initialKwh: Float64Array;
}

/** Columns of the devices of a case. */
export interface Offers {
  readonly pMinKw: Float64Array;
  readonly pMaxKw: Float64Array;
  readonly costQuadratic: Float64Array;
  readonly costLinear: Float64Array;
}

/** What owners' bids make of their batteries; by prosumer. */
export interface Terms {
  /** Share of the power that is offered. */
  readonly share: Float64Array;
  readonly linearFactor: Float64Array;
  readonly quadraticFactor: Float64Array;
}

export interface ValueRange {
  /** $/kWh. */
  readonly low: number;
  readonly high: number;
}

/** Writes what batteries offer, by row of the devices. */
export function offerBatteries(
  batteries: Batteries,
  storedKwh: Float64Array,
  { low, high }: ValueRange,
  hours: number,
  terms: Terms,
  into: Offers,
): void {
  const { chargeEfficiency, dischargeEfficiency, floor, leastValue } = BATTERY;
  const { prosumer, dischargeDevice, powerKw, capacityKwh, costQuadratic } = batteries;
  for (let k = 0; k < prosumer.length; k += 1) {
    const owner = prosumer[k];
    const power = powerKw[k] * terms.share[owner];
    const above = storedKwh[k] - floor * capacityKwh[k];
    const room = capacityKwh[k] - storedKwh[k];
    const state = above / ((1 - floor) * capacityKwh[k]);
    const value = Math.max(
      (low + (high - low) * (1 - state)) * terms.linearFactor[owner],
      leastValue,
    );
    const quadratic = costQuadratic[k] * terms.quadraticFactor[owner];
    const discharge = dischargeDevice[k];
    const charge = discharge + 1;
    into.pMinKw[discharge] = 0;
    into.pMaxKw[discharge] = bounded((above * dischargeEfficiency) / hours, power);
    into.costQuadratic[discharge] = quadratic;
    into.costLinear[discharge] = value / dischargeEfficiency;
    into.pMinKw[charge] = -bounded(room / (chargeEfficiency * hours), power);
    into.pMaxKw[charge] = 0;
    into.costQuadratic[charge] = quadratic;
    into.costLinear[charge] = value * chargeEfficiency;
  }
}

/**
 * Less than this share of the power is nothing: what rounding leaves in a full or empty battery would make a bid
 * whose two ends no price tells apart.
 */
export const NEGLIGIBLE = 1e-9;

function bounded(possible: number, power: number): number {
  return possible > NEGLIGIBLE * power ? Math.min(possible, power) : 0;
}

export interface StorageFlow {
  /** Positive: discharge. */
  powerKw: number;
  lossesKwh: number;
}

/** Moves the energy that the devices' outputs mean. */
export function settleBatteries(
  batteries: Batteries,
  deviceOutputKw: Float64Array,
  hours: number,
  storedKwh: Float64Array,
): StorageFlow {
  const { chargeEfficiency, dischargeEfficiency } = BATTERY;
  const flow: StorageFlow = { powerKw: 0, lossesKwh: 0 };
  for (let k = 0; k < batteries.prosumer.length; k += 1) {
    const discharge = deviceOutputKw[batteries.dischargeDevice[k]];
    const charge = -deviceOutputKw[batteries.dischargeDevice[k] + 1];
    storedKwh[k] += hours * (chargeEfficiency * charge - discharge / dischargeEfficiency);
    flow.powerKw += discharge - charge;
    flow.lossesKwh +=
      hours * ((1 - chargeEfficiency) * charge + (1 / dischargeEfficiency - 1) * discharge);
  }
  return flow;
}
