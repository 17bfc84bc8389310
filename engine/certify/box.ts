/**
 * The box of a leaf: what it restricts, as intervals of quantities. A quantity is the import of a community
 * (kW), or the active (kW) or reactive (kvar) flow that arrives over the branch that feeds a bus. What a box
 * does not name is free.
 */
import type { ProofLeaf } from '../clearing/result.js';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Intervals by the numbers that the functions below give to quantities. */
export type Box = ReadonlyMap<number, Interval>;

/** Kinds of quantities: numbers of different kinds never meet. */
const KINDS = 3;

export function importOf(community: number): number {
  return KINDS * community;
}

export function activeFlowTo(bus: number): number {
  return KINDS * bus + 1;
}

export function reactiveFlowTo(bus: number): number {
  return KINDS * bus + 2;
}

/** A quantity that is named twice has to keep both intervals. */
export function boxOf(leaf: ProofLeaf): Box {
  const box = new Map<number, Interval>();
  leaf.community.forEach((community, k) => {
    narrow(box, importOf(community), leaf.importMinKw[k], leaf.importMaxKw[k]);
  });
  const { bus, minKw, maxKw, minKvar, maxKvar } = leaf.flows;
  bus.forEach((to, k) => {
    narrow(box, activeFlowTo(to), minKw[k], maxKw[k]);
    narrow(box, reactiveFlowTo(to), minKvar[k], maxKvar[k]);
  });
  return box;
}

/** What lies in both. */
export function intersection(first: Box, second: Box): Box {
  const box = new Map(first);
  for (const [quantity, { low, high }] of second) narrow(box, quantity, low, high);
  return box;
}

/** A bound that is no number stays one: such a box covers nothing and proves nothing. */
function narrow(box: Map<number, Interval>, quantity: number, low: number, high: number): void {
  const known = box.get(quantity);
  const interval = {
    low: known === undefined ? low : Math.max(known.low, low),
    high: known === undefined ? high : Math.min(known.high, high),
  };
  box.set(quantity, interval);
}
