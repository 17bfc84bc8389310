/**
 * Where the numbers of the stationarity matrix stand (stationarySystem.ts), in the order in which they are
 * written. All of it follows from the tree and the branches with a current limit.
 */
import type { RadialNetwork } from '../network/radial.js';
import { type FactorPattern, factorPattern } from '../sparse/factorPattern.js';
import { fillReducingOrder } from '../sparse/ordering.js';
import { compressPlaces, inversePermutation, type UpperPattern } from '../sparse/symmetric.js';

/** Rows of the system: primal ones, then dual ones. */
export interface StationaryRows {
  readonly activeFlow: number;
  readonly reactiveFlow: number;
  readonly squaredVoltage: number;
  readonly freeReactive: number;
  readonly exchange: number;
  /** Of junction 0, and one a junction from there. */
  readonly active: number;
  readonly reactive: number;
  readonly voltageDrop: number;
  /** One a branch with a current limit. */
  readonly current: number;
  readonly size: number;
}

export interface StationaryPlaces {
  readonly rows: StationaryRows;
  /** By branch: its row among those with a current limit, or −1. */
  readonly limited: Int32Array;
  readonly pattern: UpperPattern;
  readonly factor: FactorPattern;
  /** Entry of the pattern for every place listed, and the row of a place in the elimination order. */
  readonly position: Int32Array;
  readonly rank: Int32Array;
  readonly sign: Float64Array;
}

export function stationaryPlaces(network: RadialNetwork): StationaryPlaces {
  const branches = network.parent.length;
  const limited = new Int32Array(branches).fill(-1);
  let limits = 0;
  for (let e = 0; e < branches; e += 1) {
    if (network.currentLimit[e] < Number.POSITIVE_INFINITY) limited[e] = limits++;
  }
  const rows = rowsOf(branches, limits);
  const row: number[] = [];
  const column: number[] = [];
  const list = (one: number, other: number): void => {
    row.push(one);
    column.push(other);
  };
  for (let k = 0; k < rows.size; k += 1) list(k, k);
  list(rows.exchange, rows.active);
  for (let e = 0; e < branches; e += 1) {
    const sender = network.parent[e];
    const flowP = rows.activeFlow + e;
    const flowQ = rows.reactiveFlow + e;
    const active = rows.active + e + 1;
    const reactive = rows.reactive + e;
    const drop = rows.voltageDrop + e;
    list(active, flowP);
    list(active, flowQ);
    list(rows.active + sender, flowP);
    list(reactive, flowP);
    list(reactive, flowQ);
    list(reactive, rows.squaredVoltage + e);
    list(reactive, rows.freeReactive + e);
    list(drop, flowP);
    list(drop, flowQ);
    list(drop, rows.squaredVoltage + e);
    if (limited[e] >= 0) {
      list(rows.current + limited[e], flowP);
      list(rows.current + limited[e], flowQ);
    }
    if (sender === 0) continue;
    const voltage = rows.squaredVoltage + sender - 1;
    list(voltage, flowP);
    list(voltage, flowQ);
    list(active, voltage);
    list(reactive, voltage);
    list(drop, voltage);
    list(rows.reactive + sender - 1, flowQ);
    if (limited[e] >= 0) list(rows.current + limited[e], voltage);
  }
  const places = { size: rows.size, row: Int32Array.from(row), column: Int32Array.from(column) };
  const order = fillReducingOrder(places);
  const { pattern, position } = compressPlaces(places, order);
  return {
    rows,
    limited,
    pattern,
    factor: factorPattern(pattern),
    position,
    rank: inversePermutation(order),
    sign: Float64Array.from(order, (k) => (k < rows.active ? 1 : -1)),
  };
}

function rowsOf(branches: number, limits: number): StationaryRows {
  const active = 4 * branches + 1;
  const reactive = active + branches + 1;
  const current = reactive + 2 * branches;
  return {
    activeFlow: 0,
    reactiveFlow: branches,
    squaredVoltage: 2 * branches,
    freeReactive: 3 * branches,
    exchange: 4 * branches,
    active,
    reactive,
    voltageDrop: reactive + branches,
    current,
    size: current + limits,
  };
}
