import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import { traceTree } from '../../engine/case/topology.js';
import { branchTable, randomNetworkCase } from '../fixtures/cases.js';

/** Branches as pairs of ends. */
function ends(...pairs: readonly [number, number][]) {
  return branchTable(pairs.map(([from, to]) => ({ from, to })));
}

describe('traceTree', () => {
  it('visits buses in preorder, children in the order of the branch table, either way round', () => {
    const trace = traceTree(6, ends([3, 1], [1, 0], [1, 5], [3, 4], [2, 3]), 3);
    expect(trace).toEqual({
      status: 'tree',
      order: Int32Array.of(3, 1, 0, 5, 4, 2),
      parentBus: Int32Array.of(1, 3, 3, -1, 3, 1),
      parentBranch: Int32Array.of(1, 0, 4, -1, 3, 2),
    });
  });

  it('takes a single bus for a tree', () => {
    expect(traceTree(1, ends(), 0)).toMatchObject({ status: 'tree', order: Int32Array.of(0) });
  });

  it('names the branches of a loop in order around it, and none that only lead to it', () => {
    // 0 – 1 – 2 – 3 – 4 – back to 1; 5 hangs on 3.
    const trace = traceTree(6, ends([0, 1], [1, 2], [3, 2], [3, 5], [3, 4], [4, 1]), 0);
    expect(trace).toEqual({ status: 'loop', branches: Int32Array.of(1, 2, 4, 5) });
  });

  it('calls two branches between the same buses a loop', () => {
    const trace = traceTree(3, ends([0, 1], [1, 2], [2, 1]), 0);
    expect(trace).toEqual({ status: 'loop', branches: Int32Array.of(1, 2) });
  });

  it('calls a branch from a bus to itself a loop', () => {
    const trace = traceTree(2, ends([0, 1], [1, 1]), 0);
    expect(trace).toEqual({ status: 'loop', branches: Int32Array.of(1) });
  });

  it('names every bus that the root does not reach', () => {
    const trace = traceTree(6, ends([0, 2], [1, 4], [4, 5]), 0);
    expect(trace).toEqual({ status: 'island', buses: Int32Array.of(1, 3, 4, 5) });
  });

  it('takes open branches for absent', () => {
    const branches = branchTable([
      { from: 0, to: 1 },
      { from: 1, to: 2, open: true },
      { from: 0, to: 2 },
    ]);
    expect(traceTree(3, branches, 0).status).toBe('tree');
    const cut = branchTable([
      { from: 0, to: 1 },
      { from: 1, to: 2, open: true },
    ]);
    expect(traceTree(3, cut, 0)).toEqual({ status: 'island', buses: Int32Array.of(2) });
  });

  it('walks a chain of 100,000 buses and finds the loop of all of it', () => {
    const count = 100_000;
    const chain = Array.from({ length: count - 1 }, (_, bus) => ({ from: bus, to: bus + 1 }));
    expect(traceTree(count, branchTable(chain), 0).status).toBe('tree');
    const closed = traceTree(count, branchTable([...chain, { from: count - 1, to: 0 }]), 0);
    expect(closed.status === 'loop' && closed.branches.length).toBe(count);
  });

  it.each([1, 2, 3])('orders parents before children in random trees (seed %i)', (seed) => {
    const { branches, buses, settings } = randomNetworkCase(seededRandom(seed), 200);
    const trace = traceTree(buses.id.length, branches, settings.rootBus);
    if (trace.status !== 'tree') throw new Error(trace.status);
    const position = new Int32Array(200).fill(-1);
    trace.order.forEach((bus, place) => {
      expect(position[bus]).toBe(-1);
      position[bus] = place;
      if (place === 0) return;
      expect(position[trace.parentBus[bus]]).toBeGreaterThanOrEqual(0);
      const branch = trace.parentBranch[bus];
      expect([branches.from[branch], branches.to[branch]].sort()).toEqual(
        [bus, trace.parentBus[bus]].sort(),
      );
    });
  });
});
