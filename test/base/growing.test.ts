import { describe, expect, it } from 'vitest';
import { GrowingColumn } from '../../engine/base/growing.js';

describe('a growing column', () => {
  it('holds what was pushed, and no more than that in the end', () => {
    const column = new GrowingColumn((length) => new Float64Array(length));
    for (let k = 0; k < 1000; k += 1) column.push(k / 7);
    expect([...column.finish()]).toEqual(Array.from({ length: 1000 }, (_, k) => k / 7));
  });

  it('is never copied where the number of entries was known', () => {
    const column = new GrowingColumn((length) => new Int32Array(length), 100);
    const { values } = column;
    for (let k = 0; k < 100; k += 1) column.push(k);
    expect(column.finish()).toBe(values);
  });

  it('keeps its entries when room is made for more', () => {
    const column = new GrowingColumn((length) => new Uint8Array(length));
    column.push(7);
    column.reserve(500);
    expect(column.values.length).toBeGreaterThanOrEqual(500);
    expect([...column.finish()]).toEqual([7]);
  });
});
