import { expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import { PriceOrder } from '../../engine/certify/priceOrder.js';

const random = seededRandom(77);

const prices: readonly (readonly [string, (k: number) => number])[] = [
  ['spread evenly', () => random.next()],
  ['crowded in one place', (k) => (k === 0 ? 1e9 : random.next())],
  ['all the same', () => 0.25],
  ['a few values', () => random.integer(0, 4) / 8],
  ['ascending', (k) => k],
  ['descending', (k) => -k],
];

it.each(prices)('prices %s are sorted, ties in their order (seed 77)', (_, priceOf) => {
  const order = new PriceOrder(500);
  for (const count of [0, 1, 2, 33, 500]) {
    const price = Float64Array.from({ length: 500 }, (_, k) => priceOf(k));
    order.sort(price, count);
    const rows = Array.from({ length: count }, (_, k) => k);
    const expected = rows.sort((a, b) => price[a] - price[b] || a - b);
    expect([...order.order.subarray(0, count)]).toEqual(expected);
  }
});
