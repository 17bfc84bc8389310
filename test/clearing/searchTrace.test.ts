import { describe, expect, it } from 'vitest';
import { SearchTrace } from '../../engine/clearing/searchTrace.js';

describe('the record of a search', () => {
  it('stays short however long the search, and ends where that ends', () => {
    const trace = new SearchTrace();
    for (let nodes = 1; nodes <= 50_000; nodes += 1) {
      trace.add({ nodes, bound: -1 / nodes, incumbent: 1 / nodes });
    }
    const { moments } = trace;
    expect(moments.length).toBeGreaterThan(50);
    expect(moments.length).toBeLessThanOrEqual(201);
    expect(moments[0]?.nodes).toBe(1);
    expect(moments.at(-1)?.nodes).toBe(50_000);
    const nodes = moments.map((moment) => moment.nodes);
    expect(nodes).toEqual([...nodes].sort((one, other) => one - other));
  });

  it('keeps a moment only where something moved, and the last', () => {
    const trace = new SearchTrace();
    for (const [nodes, bound] of [
      [1, 0],
      [2, 0],
      [3, 0.5],
      [4, 0.5],
      [5, 0.5],
    ]) {
      trace.add({ nodes, bound, incumbent: 1 });
    }
    expect(trace.moments.map(({ nodes }) => nodes)).toEqual([1, 3, 5]);
  });

  it('of no search is empty', () => {
    expect(new SearchTrace().moments).toEqual([]);
  });
});
