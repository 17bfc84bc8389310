import { describe, expect, it } from 'vitest';
import { sortedOrder } from '../../engine/base/order.js';
import { seededRandom } from '../../engine/base/random.js';

/** The same by the language's own sort, which is stable. */
function stableOrder(key: readonly number[]): number[] {
  return key.map((_, row) => row).sort((a, b) => compare(key[a], key[b]) || a - b);
}

function compare(a = 0, b = 0): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function orderOf(key: readonly number[]): number[] {
  const order = new Int32Array(key.length);
  sortedOrder(Float64Array.from(key), key.length, order, new Int32Array(key.length));
  return [...order];
}

const counts = [0, 1, 2, 3, 12, 13, 100, 1000];

describe('sorted order', () => {
  it.each(counts)('sorts %i even, bell-shaped and geometric keys like a stable sort', (count) => {
    const random = seededRandom(count + 1);
    const even = Array.from({ length: count }, () => random.between(-1, 1));
    const bell = even.map((value) => value ** 3 + random.between(-0.1, 0.1));
    const geometric = even.map((value) => 10 ** (200 * value));
    for (const key of [even, bell, geometric]) expect(orderOf(key)).toEqual(stableOrder(key));
  });

  it.each(counts)('keeps equal ones of %i keys in row order', (count) => {
    const random = seededRandom(count + 2);
    const fewValues = Array.from({ length: count }, () => random.integer(0, 5));
    const crowdedButOne = fewValues.map((_, row) => (row === 1 ? 1e9 : 0));
    for (const key of [fewValues, crowdedButOne, fewValues.map(() => 0.1)]) {
      expect(orderOf(key)).toEqual(stableOrder(key));
    }
  });

  it('takes infinite keys, keys whose range overflows and keys of one rounding apart', () => {
    const most = Number.MAX_VALUE;
    const infinite = [3, Number.POSITIVE_INFINITY, -1, Number.NEGATIVE_INFINITY, 3, 0];
    const overflowing = [most, 1, -most, 0, 2, -most];
    const neighbours = [1 + Number.EPSILON, 1, 1 + 2 * Number.EPSILON, 1, 1 + Number.EPSILON];
    const tiny = [5e-324, 0, 1e-323, 5e-324, 0];
    for (const key of [infinite, overflowing, neighbours, tiny]) {
      expect(orderOf(key)).toEqual(stableOrder(key));
    }
  });
});
