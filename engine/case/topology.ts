/**
 * The closed branches of a case as a tree: a depth-first walk from the root that either orders the
 * buses, or names the loop or the island that stands in the way.
 *
 * Explicit stacks only: feeders are long chains, and a call a bus would overflow at some 10,000.
 */
import type { BranchTable } from './case.js';

/**
 * What the walk found. A loop is only looked for where the root's supply reaches; buses beyond are
 * an island whatever their shape.
 */
export type TreeTrace =
  | {
      readonly status: 'tree';
      /** Buses in depth-first preorder; the children of a bus in the order of the branch table. */
      readonly order: Int32Array;
      /** Per bus: the next bus towards the root, and the branch row to it; -1 at the root. */
      readonly parentBus: Int32Array;
      readonly parentBranch: Int32Array;
    }
  | {
      readonly status: 'loop';
      /** Branch rows of one loop, in order around it; a single row that joins a bus to itself. */
      readonly branches: Int32Array;
    }
  | {
      readonly status: 'island';
      /** Every bus that no closed branch connects to the root, ascending. */
      readonly buses: Int32Array;
    };

export function traceTree(busCount: number, branches: BranchTable, rootBus: number): TreeTrace {
  const { start, row } = closedBranchesByBus(busCount, branches);
  const parentBus = new Int32Array(busCount).fill(-1);
  const parentBranch = new Int32Array(busCount).fill(-1);
  const reached = new Uint8Array(busCount);
  const order = new Int32Array(busCount);
  const path = new Int32Array(busCount);
  const cursor = start.slice(0, busCount);

  let reachedCount = 0;
  let depth = 0;
  const enter = (bus: number): void => {
    reached[bus] = 1;
    order[reachedCount++] = bus;
    path[depth++] = bus;
  };

  enter(rootBus);
  while (depth > 0) {
    const bus = path[depth - 1];
    if (cursor[bus] === start[bus + 1]) {
      depth -= 1;
      continue;
    }
    const branch = row[cursor[bus]++];
    if (branch === parentBranch[bus]) continue;
    const other = branches.from[branch] === bus ? branches.to[branch] : branches.from[branch];
    // In a depth-first walk a branch outside the tree can only lead back up the present path.
    if (reached[other] === 1) {
      return { status: 'loop', branches: loopThrough(branch, bus, other, parentBus, parentBranch) };
    }
    parentBus[other] = bus;
    parentBranch[other] = branch;
    enter(other);
  }

  if (reachedCount < busCount) return { status: 'island', buses: unreached(reached, reachedCount) };
  return { status: 'tree', order, parentBus, parentBranch };
}

/** Closed branch rows at each bus, ascending: those of bus i are row[start[i]] to row[start[i + 1] − 1]. */
export function closedBranchesByBus(busCount: number, branches: BranchTable) {
  const { from, to, closed } = branches;
  const start = new Int32Array(busCount + 1);
  for (let branch = 0; branch < from.length; branch += 1) {
    if (closed[branch] === 0) continue;
    start[from[branch] + 1] += 1;
    start[to[branch] + 1] += 1;
  }
  for (let bus = 0; bus < busCount; bus += 1) start[bus + 1] += start[bus];
  const row = new Int32Array(start[busCount]);
  const next = start.slice(0, busCount);
  for (let branch = 0; branch < from.length; branch += 1) {
    if (closed[branch] === 0) continue;
    row[next[from[branch]]++] = branch;
    row[next[to[branch]]++] = branch;
  }
  return { start, row };
}

/** The loop that `closing`, from `bottom` back up to its ancestor `top`, makes with the path between them. */
function loopThrough(
  closing: number,
  bottom: number,
  top: number,
  parentBus: Int32Array,
  parentBranch: Int32Array,
): Int32Array {
  const upwards: number[] = [];
  for (let bus = bottom; bus !== top; bus = parentBus[bus]) upwards.push(parentBranch[bus]);
  return Int32Array.from([...upwards.reverse(), closing]);
}

function unreached(reached: Uint8Array, reachedCount: number): Int32Array {
  const buses = new Int32Array(reached.length - reachedCount);
  let count = 0;
  for (let bus = 0; bus < reached.length; bus += 1) {
    if (reached[bus] === 0) buses[count++] = bus;
  }
  return buses;
}
