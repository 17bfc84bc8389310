/** Random leaves around given prices and outcomes: limits of flows, parts, multipliers of about any size. */
import type { RandomSource } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { traceTree } from '../../engine/case/topology.js';
import {
  NO_FLOWS,
  type ProofFlows,
  type ProofLeaf,
  type ProofPart,
} from '../../engine/clearing/result.js';
import type { SampledOutcome } from './sampledOutcomes.js';

/** A leaf of the whole network without limits. */
export function plainLeaf(prices: Partial<ProofLeaf> & Pick<ProofLeaf, 'activePrice'>): ProofLeaf {
  const zeros = new Float64Array(prices.activePrice.length);
  return {
    kind: 'bound',
    community: new Int32Array(0),
    importMinKw: new Float64Array(0),
    importMaxKw: new Float64Array(0),
    reactivePrice: zeros,
    voltagePrice: zeros,
    revenuePrice: 0,
    flows: NO_FLOWS,
    parts: [],
    ...prices,
  };
}

/** Prices moved by about `spread` (voltage prices by a hundred times as much: they are per pu). */
export function movedPrices(leaf: ProofLeaf, spread: number, random: RandomSource): ProofLeaf {
  const moved = (prices: Float64Array, size: number): Float64Array =>
    prices.map((price) => price + size * random.normal());
  return {
    ...leaf,
    activePrice: moved(leaf.activePrice, spread),
    reactivePrice: moved(leaf.reactivePrice, spread),
    voltagePrice: moved(leaf.voltagePrice, 100 * spread),
  };
}

/** Limits around the flows of an outcome on some branches, with multipliers of the given size. */
export function randomFlows(
  buses: readonly number[],
  outcome: SampledOutcome,
  size: number,
  random: RandomSource,
): ProofFlows {
  const width = 10 ** random.between(-2, 1.5);
  const beside = (values: Float64Array, side: -1 | 1): Float64Array =>
    Float64Array.from(buses, (bus) =>
      random.next() < 0.2
        ? side * Number.POSITIVE_INFINITY
        : values[bus] + side * width * random.next(),
    );
  const multipliers = (scale: number): Float64Array =>
    Float64Array.from(buses, () => (random.next() < 0.3 ? 0 : scale * size * random.next()));
  return {
    bus: Int32Array.from(buses),
    minKw: beside(outcome.arrivingKw, -1),
    maxKw: beside(outcome.arrivingKw, 1),
    minKvar: beside(outcome.arrivingKvar, -1),
    maxKvar: beside(outcome.arrivingKvar, 1),
    minKwPrice: multipliers(1),
    maxKwPrice: multipliers(1),
    minKvarPrice: multipliers(1),
    maxKvarPrice: multipliers(1),
    lowVoltageCutPrice: multipliers(1000),
    highVoltageCutPrice: multipliers(1000),
  };
}

/** Limits on the imports of some communities, around those of an outcome. */
export function randomImports(
  outcome: SampledOutcome,
  share: number,
  random: RandomSource,
): Pick<ProofLeaf, 'community' | 'importMinKw' | 'importMaxKw'> {
  const chosen = [...outcome.importKw.keys()].filter(() => random.next() < share);
  return {
    community: Int32Array.from(chosen),
    importMinKw: Float64Array.from(chosen, (m) => outcome.importKw[m] - 3 * random.next()),
    importMaxKw: Float64Array.from(chosen, (m) => outcome.importKw[m] + 3 * random.next()),
  };
}

/**
 * The tree of a case: buses from the root outwards, who feeds them, over links or not, and what lies
 * behind.
 */
export interface Tree {
  readonly order: Int32Array;
  readonly parentBus: Int32Array;
  readonly isLink: (bus: number) => boolean;
  readonly behind: (bus: number) => ReadonlySet<number>;
}

export function treeOf({ settings, buses, branches }: Case): Tree {
  const trace = traceTree(buses.id.length, branches, settings.rootBus);
  if (trace.status !== 'tree') throw new Error('a case is a tree');
  const { order, parentBus, parentBranch } = trace;
  const isLink = (bus: number): boolean => {
    const row = parentBranch[bus];
    const { rOhm, xOhm, iMaxA } = branches;
    return row >= 0 && rOhm[row] === 0 && xOhm[row] === 0 && !Number.isFinite(iMaxA[row]);
  };
  const behind = (head: number): ReadonlySet<number> => {
    const found = new Set([head]);
    for (const bus of order) if (found.has(parentBus[bus])) found.add(bus);
    return found;
  };
  return { order, parentBus, isLink, behind };
}

/** Heads of disjoint subtrees that a branch feeds. */
export function randomHeads(tree: Tree, random: RandomSource, most: number): number[] {
  const taken = new Set<number>();
  const heads: number[] = [];
  for (let draw = 0; draw < 4 * most && heads.length < most; draw += 1) {
    const head = tree.order[random.integer(0, tree.order.length)];
    if (tree.parentBus[head] < 0 || tree.isLink(head)) continue;
    const buses = tree.behind(head);
    if ([...buses].some((bus) => taken.has(bus))) continue;
    for (const bus of buses) taken.add(bus);
    heads.push(head);
  }
  return heads;
}

/** Two leaves that cut the box of their leaf at the flow to the head, or one that does not. */
export function randomPart(
  leaf: ProofLeaf,
  head: number,
  outcome: SampledOutcome,
  random: RandomSource,
): ProofPart {
  const spread = 10 ** random.between(-4, 0);
  const inner = (flows: ProofFlows): ProofLeaf => ({
    ...movedPrices(leaf, random.next() < 0.3 ? 0 : spread, random),
    kind: 'bound',
    flows,
    parts: [],
  });
  const cut = outcome.arrivingKw[head] + random.between(-1, 1);
  const side = (minKw: number, maxKw: number): ProofLeaf => {
    const flows = randomFlows([head], outcome, spread, random);
    const open = Float64Array.of(Number.POSITIVE_INFINITY);
    return inner({
      ...flows,
      minKw: Float64Array.of(minKw),
      maxKw: Float64Array.of(maxKw),
      minKvar: open.map((value) => -value),
      maxKvar: open,
    });
  };
  const leaves =
    random.next() < 0.3
      ? [inner(NO_FLOWS)]
      : [side(Number.NEGATIVE_INFINITY, cut), side(cut, Number.POSITIVE_INFINITY)];
  return { bus: head, senderVoltagePrice: 100 * spread * random.normal(), leaves };
}
