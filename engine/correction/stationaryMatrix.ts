/**
 * The matrix of the stationarity conditions (stationarySystem.ts), written in the order of stationaryPlaces.ts.
 */
import type { RadialNetwork } from '../network/radial.js';
import { Hold } from './activeLimits.js';
import type { StationaryPlaces } from './stationaryPlaces.js';
import { costOfCurrent, type StationaryPoint, senderVoltage } from './stationaryPoint.js';
import type { Holds } from './stationarySystem.js';

/** What of a point's evaluation the matrix needs. */
export interface Evaluated {
  /** φ_e, by branch. */
  readonly squaredCurrent: Float64Array;
  /** By junction: how Σ X_m falls as π rises. */
  readonly compliance: Float64Array;
}

/** @param value by entry of the pattern */
export function writeMatrix(
  network: RadialNetwork,
  { rows, limited, position }: StationaryPlaces,
  point: StationaryPoint,
  holds: Holds,
  { squaredCurrent, compliance }: Evaluated,
  value: Float64Array,
): void {
  value.fill(0);
  const set = (place: number, entry: number): void => {
    value[position[place]] += entry;
  };
  const exchangeIsFree = holds.exchange === Hold.free;
  set(rows.exchange, exchangeIsFree ? 0 : 1);
  for (let j = 0; j < compliance.length; j += 1) set(rows.active + j, -compliance[j]);
  let place = rows.size;
  set(place++, exchangeIsFree ? -1 : 0);
  for (let e = 0; e < limited.length; e += 1) {
    const sender = network.parent[e];
    const factor = network.senderFactor[e];
    const fed = factor * senderVoltage(network, point, e);
    const r = network.r[e];
    const x = network.x[e];
    const z = r * r + x * x;
    const cost = Math.max(costOfCurrent(network, point, e), 0);
    const ofP = (2 * point.activeFlow[e]) / fed;
    const ofQ = (2 * point.reactiveFlow[e]) / fed;
    const ofVoltage = (-factor * squaredCurrent[e]) / fed;
    const voltageIsFree = holds.squaredVoltage[e] === Hold.free ? 1 : 0;
    const reactiveIsFree = holds.freeReactive[e] === Hold.free ? 1 : 0;
    const limit = limited[e];
    const currentIsHeld = limit >= 0 && holds.current[e] === 1 ? 1 : 0;
    set(rows.activeFlow + e, (2 * cost) / fed);
    set(rows.reactiveFlow + e, (2 * cost) / fed);
    if (voltageIsFree === 0) set(rows.squaredVoltage + e, 1);
    if (reactiveIsFree === 0) set(rows.freeReactive + e, 1);
    if (limit >= 0 && currentIsHeld === 0) set(rows.current + limit, -1);
    set(place++, r * ofP - 1);
    set(place++, r * ofQ);
    set(place++, 1);
    set(place++, x * ofP);
    set(place++, x * ofQ - 1);
    set(place++, -network.shunt[e + 1] * voltageIsFree);
    set(place++, reactiveIsFree);
    set(place++, 2 * r - z * ofP);
    set(place++, 2 * x - z * ofQ);
    set(place++, voltageIsFree);
    if (limit >= 0) {
      set(place++, ofP * currentIsHeld);
      set(place++, ofQ * currentIsHeld);
    }
    if (sender === 0) continue;
    const senderIsFree = holds.squaredVoltage[sender - 1] === Hold.free ? 1 : 0;
    const bend = (-factor * cost * senderIsFree) / fed;
    set(
      rows.squaredVoltage + sender - 1,
      (2 * factor * factor * cost * squaredCurrent[e] * senderIsFree) / (fed * fed),
    );
    set(place++, bend * ofP);
    set(place++, bend * ofQ);
    set(place++, r * ofVoltage * senderIsFree);
    set(place++, x * ofVoltage * senderIsFree);
    set(place++, (-factor - z * ofVoltage) * senderIsFree);
    set(place++, 1);
    if (limit >= 0) set(place++, ofVoltage * currentIsHeld * senderIsFree);
  }
}
