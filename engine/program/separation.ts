/**
 * Where a market falls apart (docs/model.md section 5): subtrees that hold communities off their envelope,
 * and that meet only where no limit binds. Between them power has a price that none of them moves, so each
 * can be searched by itself.
 */
import { joinFlowPrices } from './flowPrices.js';
import { type NetworkPrices, REST, type Separation, type VoltageRanges } from './lagrangian.js';
import type { NetworkProgram } from './networkProgram.js';
import type { RelaxedPoint } from './relaxation.js';

/** A squared voltage or current this near its limit, relative to it, is at the limit. */
const BINDING_DISTANCE = 1e-5;

/**
 * The subtrees of a solution; undefined where there are fewer than two.
 *
 * The trunk is every junction where two branches lead to communities off their envelope, and all junctions on
 * the way there; where a limit binds on it, it and everything behind belongs to one subtree.
 *
 * @param isOff by community: 1 where its cost lies above its envelope
 * @param voltages ranges that hold for every outcome
 */
export function separate(
  program: NetworkProgram,
  point: RelaxedPoint,
  isOff: Uint8Array,
  voltages: VoltageRanges,
): Separation | undefined {
  const { parent } = program.network;
  const holdsOff = new Uint8Array(program.layout.junctionCount);
  isOff.forEach((off, m) => {
    if (off === 1) holdsOff[program.market.junction[m]] = 1;
  });
  const isTrunk = markTrunk(program, holdsOff);
  const binds = bindingJunctions(program, point);
  const part = new Int32Array(program.layout.junctionCount).fill(REST);
  const headBranch: number[] = [];
  for (let e = 0; e < parent.length; e += 1) {
    const junction = e + 1;
    const sender = parent[e];
    if (part[sender] !== REST) {
      part[junction] = part[sender];
      continue;
    }
    const staysTrunk = isTrunk[junction] === 1 && binds[junction] === 0;
    if (holdsOff[junction] === 0 || staysTrunk || isTrunk[sender] === 0) continue;
    part[junction] = headBranch.length;
    headBranch.push(e);
  }
  if (headBranch.length < 2) return undefined;
  return {
    part,
    headBranch: Int32Array.from(headBranch),
    senderCoefficient: new Float64Array(headBranch.length),
    voltages,
  };
}

/** Marks the trunk, and in `holdsOff` every junction with a marked one behind it. */
function markTrunk({ network, layout }: NetworkProgram, holdsOff: Uint8Array): Uint8Array {
  const ways = new Int32Array(layout.junctionCount);
  const isTrunk = new Uint8Array(layout.junctionCount);
  for (let e = layout.branchCount - 1; e >= 0; e -= 1) {
    const sender = network.parent[e];
    if (ways[e + 1] >= 2) isTrunk[e + 1] = 1;
    if (isTrunk[e + 1] === 1) isTrunk[sender] = 1;
    if (holdsOff[e + 1] === 0) continue;
    holdsOff[sender] = 1;
    ways[sender] += 1;
  }
  if (ways[0] >= 2) isTrunk[0] = 1;
  return isTrunk;
}

/** By junction: 1 where its voltage, or the current of the branch that feeds it, is at a limit. */
function bindingJunctions({ network, layout }: NetworkProgram, point: RelaxedPoint): Uint8Array {
  const binds = new Uint8Array(layout.junctionCount);
  for (let e = 0; e < layout.branchCount; e += 1) {
    const voltage = point.prices.squaredVoltage[e + 1];
    const atLow = voltage <= network.vMin[e + 1] * (1 + BINDING_DISTANCE);
    const atHigh = voltage >= network.vMax[e + 1] * (1 - BINDING_DISTANCE);
    const atLimit = point.squaredCurrent[e] >= network.currentLimit[e] * (1 - BINDING_DISTANCE);
    if (atLow || atHigh || atLimit) binds[e + 1] = 1;
  }
  return binds;
}

/** Prices of a part inside it, common ones outside. */
export function joinPrices(
  { network }: NetworkProgram,
  { part }: Separation,
  number: number,
  own: NetworkPrices,
  common: NetworkPrices,
): NetworkPrices {
  const active = Float64Array.from(common.active);
  const reactive = Float64Array.from(common.reactive);
  const voltageDrop = Float64Array.from(common.voltageDrop);
  const squaredVoltage = Float64Array.from(common.squaredVoltage);
  for (let e = 0; e < network.parent.length; e += 1) {
    const junction = e + 1;
    if (part[junction] !== number) continue;
    active[junction] = own.active[junction];
    reactive[junction] = own.reactive[junction];
    voltageDrop[e] = own.voltageDrop[e];
    squaredVoltage[junction] = own.squaredVoltage[junction];
  }
  const joined = { ...common, active, reactive, voltageDrop, squaredVoltage };
  if (own.flows === undefined || common.flows === undefined) return joined;
  return { ...joined, flows: joinFlowPrices(part, number, own.flows, common.flows) };
}

/** The branches between the root and the junctions that subtrees hang from. */
export function trunkOf({ network }: NetworkProgram, { headBranch }: Separation): Set<number> {
  const trunk = new Set<number>();
  for (const head of headBranch) {
    for (let j = network.parent[head]; j > 0; j = network.parent[j - 1]) trunk.add(j - 1);
  }
  return trunk;
}
