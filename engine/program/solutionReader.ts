/** Reads a conic solution of a network program back into the network's own terms. */
import type { ConicSolution } from '../conic/problem.js';
import type { FlowKind } from './flowBox.js';
import type { NetworkPrices } from './lagrangian.js';
import type { NetworkProgram } from './networkProgram.js';

/** Multipliers of the balances and voltage equations (networkProgram.ts). */
export function readPrices(
  { layout, network, weights }: NetworkProgram,
  { equalityDual, x }: ConicSolution,
): NetworkPrices {
  const reactive = new Float64Array(layout.junctionCount);
  const squaredVoltage = new Float64Array(layout.junctionCount);
  squaredVoltage[0] = network.rootVoltage;
  for (let e = 0; e < layout.branchCount; e += 1) {
    reactive[e + 1] = equalityDual[layout.reactiveBalance + e];
    const voltage = x[layout.squaredVoltage + e];
    squaredVoltage[e + 1] = Math.min(Math.max(voltage, network.vMin[e + 1]), network.vMax[e + 1]);
  }
  return {
    active: equalityDual.slice(layout.activeBalance, layout.activeBalance + layout.junctionCount),
    reactive,
    voltageDrop: equalityDual.slice(layout.voltageDrop, layout.voltageDrop + layout.branchCount),
    squaredVoltage,
    revenue: weights.revenue,
  };
}

/** Free reactive consumption by junction, within its range, pu. */
export function readFreeReactive(
  { layout, market }: NetworkProgram,
  { x }: ConicSolution,
): Float64Array {
  return Float64Array.from({ length: layout.junctionCount }, (_, j) =>
    Math.min(Math.max(x[layout.reactive + j], market.reactiveMin[j]), market.reactiveMax[j]),
  );
}

/** By branch, pu². */
export function readSquaredCurrent({ layout }: NetworkProgram, { x }: ConicSolution): Float64Array {
  return x.slice(layout.squaredCurrent, layout.squaredCurrent + layout.branchCount);
}

/** P' = P − r ℓ or Q' = Q − x ℓ, by branch, pu. */
export function readArriving(
  { layout, network }: NetworkProgram,
  { x }: ConicSolution,
  kind: FlowKind,
): Float64Array {
  const flow = kind === 'active' ? layout.flowP : layout.flowQ;
  const impedance = kind === 'active' ? network.r : network.x;
  return impedance.map((part, e) => x[flow + e] - part * x[layout.squaredCurrent + e]);
}

/** P_0, pu. */
export function readExchange({ layout }: NetworkProgram, { x }: ConicSolution): number {
  return x[layout.gridImport] - x[layout.gridExport];
}
