/**
 * Which buses a page draws, and where. Coordinates are those of the case; a bus without any stands where the
 * next bus towards the root does. Where most have none, the tree is laid out by depth: x is the number of
 * branches from the root, leaves lie on rows of their own, every other bus in the middle of its children.
 *
 * A page has room for some thousands of buses. Of a larger network those with most buses behind them are
 * drawn: subtrees shrink on the way from the root, so these are a tree themselves.
 */

import { InternalError } from '../base/errors.js';
import type { Case } from '../case/case.js';
import { traceTree } from '../case/topology.js';

export interface ShownBuses {
  /** Rows of the buses drawn, parents first. */
  readonly rows: readonly number[];
  /** Per bus: drawing coordinates. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Whether the coordinates are those of the case. */
  readonly isSurveyed: boolean;
  /** Per bus: Σ |z| of the branches from the root, ohm; where no branch has an impedance, their number. */
  readonly distance: Float64Array;
  readonly distanceUnit: 'ohm' | 'branches';
  /** Per bus: branch row towards the root; −1 at the root. */
  readonly parentBranch: Int32Array;
}

/** @param limit how many buses may be drawn, at least 1 */
export function shownBuses(theCase: Case, limit: number): ShownBuses {
  const { branches, buses, settings } = theCase;
  const count = buses.id.length;
  const tree = traceTree(count, branches, settings.rootBus);
  if (tree.status !== 'tree') throw new InternalError('a case that was checked has no tree');
  const { order, parentBranch, parentBus } = tree;
  const ohm = new Float64Array(count);
  const depth = new Float64Array(count);
  for (const bus of order.subarray(1)) {
    const branch = parentBranch[bus];
    ohm[bus] = ohm[parentBus[bus]] + Math.hypot(branches.rOhm[branch], branches.xOhm[branch]);
    depth[bus] = depth[parentBus[bus]] + 1;
  }
  const hasOhm = ohm.some((value) => value > 0);
  const drawn = surveyed(theCase, order, parentBus);
  return {
    rows: largestSubtrees(order, parentBus, limit),
    ...(drawn ?? treeLayout(order, parentBus, depth)),
    isSurveyed: drawn !== undefined,
    distance: hasOhm ? ohm : depth,
    distanceUnit: hasOhm ? 'ohm' : 'branches',
    parentBranch,
  };
}

interface Coordinates {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Undefined where the root or most buses have no coordinates. */
function surveyed(
  { buses, settings }: Case,
  order: Int32Array,
  parentBus: Int32Array,
): Coordinates | undefined {
  const x = Float64Array.from(buses.x);
  const y = Float64Array.from(buses.y);
  const isPlaced = (bus: number): boolean => Number.isFinite(x[bus]) && Number.isFinite(y[bus]);
  const placed = order.reduce((sum, bus) => sum + (isPlaced(bus) ? 1 : 0), 0);
  if (!isPlaced(settings.rootBus) || 2 * placed < order.length) return undefined;
  for (const bus of order) {
    if (isPlaced(bus)) continue;
    x[bus] = x[parentBus[bus]];
    y[bus] = y[parentBus[bus]];
  }
  return { x, y };
}

function treeLayout(order: Int32Array, parentBus: Int32Array, depth: Float64Array): Coordinates {
  const y = new Float64Array(order.length);
  const first = new Float64Array(order.length).fill(Number.POSITIVE_INFINITY);
  const last = new Float64Array(order.length).fill(Number.NEGATIVE_INFINITY);
  let leaves = 0;
  // Backwards through a preorder, children come before their parents.
  for (const bus of order.toReversed()) {
    if (first[bus] > last[bus]) {
      leaves += 1;
      first[bus] = last[bus] = -leaves;
    }
    y[bus] = 0.5 * (first[bus] + last[bus]);
    const parent = parentBus[bus];
    if (parent < 0) continue;
    first[parent] = Math.min(first[parent], y[bus]);
    last[parent] = Math.max(last[parent], y[bus]);
  }
  return { x: depth, y };
}

function largestSubtrees(order: Int32Array, parentBus: Int32Array, limit: number): number[] {
  if (order.length <= limit) return [...order];
  const size = new Float64Array(order.length).fill(1);
  for (const bus of order.toReversed()) {
    if (parentBus[bus] >= 0) size[parentBus[bus]] += size[bus];
  }
  // The sort is stable, so a parent stays before its children.
  return [...order].sort((one, other) => size[other] - size[one]).slice(0, limit);
}
