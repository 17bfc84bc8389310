import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import { factorPattern } from '../../engine/sparse/factorPattern.js';
import { fillReducingOrder, minimumDegreeOrder } from '../../engine/sparse/ordering.js';
import {
  compressPlaces,
  identityPermutation,
  type SymmetricPlaces,
} from '../../engine/sparse/symmetric.js';
import { placesOf, randomEdges, randomTreeEdges, shuffled } from './matrices.js';

function factorEntries(places: SymmetricPlaces, order: Int32Array): number {
  const { pattern } = compressPlaces(places, order);
  return factorPattern(pattern).entryRow.length;
}

function expectPermutation(order: Int32Array, size: number): void {
  expect(order.length).toBe(size);
  expect(Array.from(order).sort((a, b) => a - b)).toEqual(Array.from(identityPermutation(size)));
}

describe('the fill-reducing order', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'is a permutation of random graphs, dense and sparse (seed %i)',
    (seed) => {
      const random = seededRandom(seed);
      const size = random.integer(1, 120);
      const places = placesOf(size, randomEdges(random, size, random.next() ** 3));
      const { pattern } = compressPlaces(places, identityPermutation(size));
      expectPermutation(minimumDegreeOrder(pattern), size);
      expectPermutation(fillReducingOrder(places), size);
    },
  );

  it.each([0, 1, 2, 3])('makes no fill on a random tree of 20,000 nodes (seed %i)', (seed) => {
    const size = 20_000;
    const places = placesOf(size, randomTreeEdges(seededRandom(seed), size));
    expect(factorEntries(places, fillReducingOrder(places))).toBe(size - 1);
  });

  it('makes no fill on a shuffled chain of 20,000 nodes', () => {
    const size = 20_000;
    const name = shuffled(seededRandom(7), size);
    const edges = Array.from({ length: size - 1 }, (_, k) => [name[k], name[k + 1]] as const);
    const places = placesOf(size, edges);
    expect(factorEntries(places, fillReducingOrder(places))).toBe(size - 1);
  });

  it('puts the hub of a star last and makes no fill, however large the star', () => {
    const size = 5_000;
    const edges = Array.from({ length: size - 1 }, (_, k) => [0, k + 1] as const);
    const places = placesOf(size, edges);
    const order = fillReducingOrder(places);
    expect(order[size - 1]).toBe(0);
    expect(factorEntries(places, order)).toBe(size - 1);
  });

  it('orders a complete graph, which is all fill anyway', () => {
    const places = placesOf(30, randomEdges(seededRandom(1), 30, 2));
    expect(factorEntries(places, fillReducingOrder(places))).toBe((30 * 29) / 2);
  });

  it('orders a matrix without off-diagonal entries, and one without rows', () => {
    expectPermutation(fillReducingOrder(placesOf(5, [])), 5);
    expectPermutation(fillReducingOrder(placesOf(0, [])), 0);
  });

  it('needs far less fill than the natural order on a shuffled grid', () => {
    const side = 40;
    const name = shuffled(seededRandom(3), side * side);
    const edges: [number, number][] = [];
    for (let a = 0; a < side; a++) {
      for (let b = 0; b < side; b++) {
        if (a > 0) edges.push([name[a * side + b], name[(a - 1) * side + b]]);
        if (b > 0) edges.push([name[a * side + b], name[a * side + b - 1]]);
      }
    }
    const places = placesOf(side * side, edges);
    const ordered = factorEntries(places, fillReducingOrder(places));
    // Row by row the band alone holds side³ entries; minimum degree stays near 31 n log₂ n / 4 (George 1973).
    const n = side * side;
    expect(ordered).toBeLessThan(side ** 3 / 2);
    expect(ordered).toBeLessThan((31 * n * Math.log2(n)) / 4);
  });

  it('keeps rows that touch everything out of the way', () => {
    const size = 4_000;
    const random = seededRandom(11);
    const edges: [number, number][] = randomTreeEdges(random, size - 1);
    for (let k = 0; k < size - 1; k++) edges.push([size - 1, k]);
    const places = placesOf(size, edges);
    const order = fillReducingOrder(places);
    expect(order[size - 1]).toBe(size - 1);
    expect(factorEntries(places, order)).toBe(size - 2 + (size - 1));
  });

  it('is the same on every call', () => {
    const places = placesOf(300, randomEdges(seededRandom(5), 300, 0.02));
    expect(fillReducingOrder(places)).toEqual(fillReducingOrder(places));
  });
});
