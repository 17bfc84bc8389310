/**
 * A point of the network with the prices that make it stationary: what a correction works on, in place. Signs and
 * letters are those of stationarySystem.ts.
 *
 * Powers and squared voltages in pu; prices in units of `priceScale` $/h per pu, so that all numbers are of
 * about the same size.
 */
import type { RadialNetwork } from '../network/radial.js';

export interface StationaryPoint {
  /** By branch: P_e and Q_e at the sending end, and v_j and the free reactive amount of the junction it feeds. */
  readonly activeFlow: Float64Array;
  readonly reactiveFlow: Float64Array;
  readonly squaredVoltage: Float64Array;
  readonly freeReactive: Float64Array;
  /** By junction: π_j. */
  readonly active: Float64Array;
  /** By branch: ρ_j and ν_e, and the price σ_e ≥ 0 of the current limit. */
  readonly reactive: Float64Array;
  readonly voltageDrop: Float64Array;
  readonly current: Float64Array;
  /** P_0. */
  exchange: number;
  /** μ of the row Σ R_m ≥ G(P_0). */
  revenue: number;
}

export function newStationaryPoint(branches: number): StationaryPoint {
  return {
    activeFlow: new Float64Array(branches),
    reactiveFlow: new Float64Array(branches),
    squaredVoltage: new Float64Array(branches),
    freeReactive: new Float64Array(branches),
    active: new Float64Array(branches + 1),
    reactive: new Float64Array(branches),
    voltageDrop: new Float64Array(branches),
    current: new Float64Array(branches),
    exchange: 0,
    revenue: 0,
  };
}

/** Squared voltage of the junction that branch e leaves from. */
export function senderVoltage(network: RadialNetwork, point: StationaryPoint, e: number): number {
  const sender = network.parent[e];
  return sender === 0 ? network.rootVoltage : point.squaredVoltage[sender - 1];
}

/** c_e: what one more of ℓ_e costs. */
export function costOfCurrent(network: RadialNetwork, point: StationaryPoint, e: number): number {
  const r = network.r[e];
  const x = network.x[e];
  return (
    r * point.active[e + 1] +
    x * point.reactive[e] -
    (r * r + x * x) * point.voltageDrop[e] +
    point.current[e]
  );
}
