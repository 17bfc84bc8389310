/**
 * What each leaf of a proof is evaluated on. A leaf bounds the whole feeder, or all but the parts that have
 * leaves of their own; a leaf of a part bounds its subtree, the branch that feeds it included, at the
 * prices that the outer leaf gives to the sending bus (docs/model.md section 5). A leaf of a part that shows
 * its box to be impossible does so for the whole feeder, at its own prices.
 */
import type { ProofFlows, ProofLeaf, ProofPart } from '../clearing/result.js';
import { type Box, boxOf, intersection } from './box.js';
import { coversRegion } from './coverage.js';
import type { Feeder } from './feeder.js';

export interface Scope {
  /** Whose prices hold. */
  readonly leaf: ProofLeaf;
  readonly box: Box;
  /** Whether costs count, or limits alone. */
  readonly withCosts: boolean;
  /** Places in the feeder's order, from the head to behind the last bus. */
  readonly first: number;
  readonly end: number;
  /** Subtrees left out, the last one first. */
  readonly holes: readonly Hole[];
  /** Of a part: the leaf whose prices hold at the sending bus, and the part's hole in it. */
  readonly outer: { readonly leaf: ProofLeaf; readonly hole: Hole } | undefined;
}

export interface Hole {
  readonly first: number;
  readonly end: number;
  /** Coefficient of the squared voltage of the sending bus that the rest keeps, $/h per pu². */
  readonly senderVoltagePrice: number;
}

/** A leaf of the proof: its own scope, and those of the leaves of each of its parts. */
export interface LeafScopes {
  readonly whole: Scope;
  readonly parts: readonly (readonly Scope[])[];
}

/**
 * Undefined where the leaf is not one that can prove anything: multipliers of the wrong sign, parts that
 * overlap, or leaves of a part that do not cover the leaf's box.
 *
 * @param hasRevenueRow whether the market keeps revenue adequacy
 */
export function scopesOf(
  feeder: Feeder,
  leaf: ProofLeaf,
  hasRevenueRow: boolean,
): LeafScopes | undefined {
  const count = feeder.order.length;
  const holes = leaf.parts.map((part) => holeOf(feeder, part)).filter((hole) => hole !== undefined);
  const descending = holes.toSorted((a, b) => b.first - a.first);
  const box = boxOf(leaf);
  if (
    holes.length < leaf.parts.length ||
    descending.some((hole, k) => k > 0 && hole.end > descending[k - 1].first) ||
    !isRevenuePrice(leaf.revenuePrice, hasRevenueRow) ||
    !hasUsableFlows(feeder, leaf.flows) ||
    !leaf.parts.every((part) => coversRegion(part.leaves, box))
  ) {
    return undefined;
  }
  const withCosts = leaf.kind === 'bound';
  const whole = { leaf, box, withCosts, first: 0, end: count, holes: descending, outer: undefined };
  const parts = leaf.parts.map((part, k) =>
    part.leaves
      .map((inner) => scopeInPart(feeder, whole, holes[k], inner, hasRevenueRow))
      .filter((scope) => scope !== undefined),
  );
  const isUsable = parts.every((scopes, k) => scopes.length === leaf.parts[k].leaves.length);
  return isUsable ? { whole, parts } : undefined;
}

/** Whether a scope holds a place in the feeder's order. */
export function holdsPlace({ first, end, holes }: Scope, place: number): boolean {
  if (place < first || place >= end) return false;
  for (const hole of holes) if (place >= hole.first && place < hole.end) return false;
  return true;
}

function scopeInPart(
  feeder: Feeder,
  whole: Scope,
  hole: Hole,
  leaf: ProofLeaf,
  hasRevenueRow: boolean,
): Scope | undefined {
  if (leaf.parts.length > 0) return undefined;
  const box = intersection(whole.box, boxOf(leaf));
  const { first, end } = whole;
  if (leaf.kind === 'infeasible') {
    if (!isRevenuePrice(leaf.revenuePrice, hasRevenueRow)) return undefined;
    if (!hasUsableFlows(feeder, leaf.flows)) return undefined;
    return { leaf, box, withCosts: false, first, end, holes: [], outer: undefined };
  }
  if (leaf.revenuePrice !== whole.leaf.revenuePrice) return undefined;
  if (!hasUsableFlows(feeder, leaf.flows)) return undefined;
  const outer = { leaf: whole.leaf, hole };
  return { ...whole, leaf, box, first: hole.first, end: hole.end, holes: [], outer };
}

/** Undefined where the root or a bus behind a link is the head: neither has a branch to cut. */
function holeOf(feeder: Feeder, { bus, senderVoltagePrice }: ProofPart): Hole | undefined {
  const first = feeder.position[bus];
  if (first === undefined || first === 0 || feeder.isLink[bus] === 1) return undefined;
  if (!Number.isFinite(senderVoltagePrice)) return undefined;
  return { first, end: feeder.subtreeEnd[bus], senderVoltagePrice };
}

function isRevenuePrice(price: number, hasRevenueRow: boolean): boolean {
  return hasRevenueRow ? price >= 0 && price < Number.POSITIVE_INFINITY : price === 0;
}

/**
 * Each branch once, and no multiplier negative; links carry none. Limits outside a part belong to its box all
 * the same; multipliers there count for nothing.
 */
function hasUsableFlows(feeder: Feeder, flows: ProofFlows): boolean {
  const seen = new Set<number>();
  for (let k = 0; k < flows.bus.length; k += 1) {
    const bus = flows.bus[k];
    const place = feeder.position[bus];
    // The root is fed by no branch.
    if (!(place > 0) || seen.has(bus)) return false;
    seen.add(bus);
    for (const price of multipliersOf(flows, k)) {
      if (!(price >= 0 && price < Number.POSITIVE_INFINITY)) return false;
      if (price > 0 && feeder.isLink[bus] === 1) return false;
    }
  }
  return true;
}

function multipliersOf(flows: ProofFlows, k: number): number[] {
  return [
    flows.minKwPrice[k],
    flows.maxKwPrice[k],
    flows.minKvarPrice[k],
    flows.maxKvarPrice[k],
    flows.lowVoltageCutPrice[k],
    flows.highVoltageCutPrice[k],
  ];
}
