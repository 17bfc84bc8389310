import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import { factorPattern } from '../../engine/sparse/factorPattern.js';
import { Factorisation, type PivotRule } from '../../engine/sparse/ldl.js';
import { fillReducingOrder } from '../../engine/sparse/ordering.js';
import {
  compressPlaces,
  identityPermutation,
  inversePermutation,
  multiplySymmetric,
  type SymmetricPlaces,
} from '../../engine/sparse/symmetric.js';
import { placesOf, quasiDefiniteValues, randomEdges } from './matrices.js';

const EXACT: PivotRule = { positiveShift: 0, negativeShift: 0, least: 0, replacement: 1 };

interface Prepared {
  readonly factorisation: Factorisation;
  readonly value: Float64Array;
  readonly rank: Int32Array;
}

function prepare(
  places: SymmetricPlaces,
  placeValue: Float64Array,
  isPositive: (node: number) => boolean,
): Prepared {
  const order = fillReducingOrder(places);
  const { pattern, position } = compressPlaces(places, order);
  const value = new Float64Array(placeValue.length);
  for (let t = 0; t < placeValue.length; t++) value[position[t]] = placeValue[t];
  const sign = Float64Array.from(order, (node) => (isPositive(node) ? 1 : -1));
  return {
    factorisation: new Factorisation(pattern, factorPattern(pattern), sign),
    value,
    rank: inversePermutation(order),
  };
}

/** matrix · vector straight from the list of places. */
function multiply(places: SymmetricPlaces, value: Float64Array, vector: Float64Array) {
  const product = new Float64Array(places.size);
  for (let t = 0; t < value.length; t++) {
    const [i, j] = [places.row[t], places.column[t]];
    product[i] += value[t] * vector[j];
    if (i !== j) product[j] += value[t] * vector[i];
  }
  return product;
}

function solve(prepared: Prepared, right: Float64Array): Float64Array {
  const { factorisation, rank } = prepared;
  const permuted = new Float64Array(right.length);
  for (let i = 0; i < right.length; i++) permuted[rank[i]] = right[i];
  factorisation.solve(permuted);
  return Float64Array.from(right, (_, i) => permuted[rank[i]]);
}

describe('the sparse factorisation', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))(
    'solves random quasi-definite systems to rounding (seed %i)',
    (seed) => {
      const random = seededRandom(seed);
      const size = random.integer(1, 150);
      const split = random.integer(0, size + 1);
      const isPositive = (node: number) => node < split;
      const places = placesOf(size, randomEdges(random, size, random.next() ** 3));
      const value = quasiDefiniteValues(random, places, isPositive);
      const prepared = prepare(places, value, isPositive);
      const wanted = Float64Array.from({ length: size }, () => random.normal());
      const right = multiply(places, value, wanted);

      expect(
        prepared.factorisation.factorise(
          prepared.value,
          EXACT,
          new Float64Array(prepared.value.length),
        ),
      ).toBe(true);
      const found = solve(prepared, right);
      const residual = multiply(places, value, found).map((p, i) => p - right[i]);
      const scale = Math.max(1, ...right.map(Math.abs));
      expect(Math.max(...residual.map(Math.abs))).toBeLessThan(1e-11 * scale);
    },
  );

  it('factorises new values of the same pattern in place', () => {
    const random = seededRandom(4);
    const places = placesOf(80, randomEdges(random, 80, 0.05));
    const isPositive = (node: number) => node < 50;
    const prepared = prepare(places, quasiDefiniteValues(random, places, isPositive), isPositive);
    prepared.factorisation.factorise(
      prepared.value,
      EXACT,
      new Float64Array(prepared.value.length),
    );
    for (let t = 0; t < prepared.value.length; t++) prepared.value[t] *= 3;
    const right = Float64Array.from({ length: 80 }, () => random.normal());
    const before = solve(prepared, right);
    prepared.factorisation.factorise(
      prepared.value,
      EXACT,
      new Float64Array(prepared.value.length),
    );
    const after = solve(prepared, right);
    for (let i = 0; i < 80; i++) expect(after[i]).toBeCloseTo(before[i] / 3, 12);
  });

  it('shifts pivots in the direction of their signs and replaces those that are too small', () => {
    // [0 1; 1 0] with signs (+, −): pivots 0 + δ and −δ − 1/δ.
    const places = placesOf(2, [[0, 1]]);
    const { pattern, position } = compressPlaces(places, identityPermutation(2));
    const value = new Float64Array(3);
    value[position[2]] = 1;
    const factorisation = new Factorisation(
      pattern,
      factorPattern(pattern),
      Float64Array.of(1, -1),
    );
    expect(
      factorisation.factorise(
        value,
        {
          positiveShift: 0.5,
          negativeShift: 0.5,
          least: 0,
          replacement: 1,
        },
        new Float64Array(2),
      ),
    ).toBe(true);
    const shifted = Float64Array.of(1, 0);
    factorisation.solve(shifted);
    // [½ 1; 1 −½]⁻¹ (1, 0) = (½, 1)/1.25
    expect(shifted[0]).toBeCloseTo(0.4, 14);
    expect(shifted[1]).toBeCloseTo(0.8, 14);

    expect(
      factorisation.factorise(
        value,
        {
          positiveShift: 0,
          negativeShift: 0,
          least: 1e-3,
          replacement: 0.5,
        },
        new Float64Array(2),
      ),
    ).toBe(true);
    const replaced = Float64Array.of(1, 0);
    factorisation.solve(replaced);
    // Pivots ½ (replaced) and −2: [½ 1; 1 0]⁻¹ (1, 0) = (0, 1)
    expect(replaced[0]).toBeCloseTo(0, 14);
    expect(replaced[1]).toBeCloseTo(1, 14);
  });

  it('refuses values that are not finite, and recovers with the next ones', () => {
    const places = placesOf(3, [
      [0, 1],
      [1, 2],
    ]);
    const { pattern, position } = compressPlaces(places, identityPermutation(3));
    const factorisation = new Factorisation(
      pattern,
      factorPattern(pattern),
      new Float64Array(3).fill(1),
    );
    const value = new Float64Array(5);
    value.fill(2, 0, 5);
    value[position[3]] = Number.NaN;
    expect(factorisation.factorise(value, EXACT, new Float64Array(3))).toBe(false);
    value[position[3]] = 1;
    value[position[4]] = 1;
    expect(factorisation.factorise(value, EXACT, new Float64Array(3))).toBe(true);
    const vector = Float64Array.of(3, 4, 3);
    factorisation.solve(vector);
    for (const entry of vector) expect(entry).toBeCloseTo(1, 13);
  });

  it('multiplies by the symmetric matrix that its upper triangle stands for', () => {
    const random = seededRandom(9);
    const places = placesOf(40, randomEdges(random, 40, 0.1));
    const placeValue = quasiDefiniteValues(random, places, () => true);
    const { pattern, position } = compressPlaces(places, identityPermutation(40));
    const value = new Float64Array(placeValue.length);
    for (let t = 0; t < value.length; t++) value[position[t]] = placeValue[t];
    const vector = Float64Array.from({ length: 40 }, () => random.normal());
    const product = new Float64Array(40).fill(Number.NaN);
    multiplySymmetric(pattern, value, vector, product);
    const wanted = multiply(places, placeValue, vector);
    for (let i = 0; i < 40; i++) expect(product[i]).toBeCloseTo(wanted[i], 13);
  });

  it('insists on a diagonal', () => {
    const missing = { size: 2, row: Int32Array.of(0, 0), column: Int32Array.of(0, 1) };
    expect(() => compressPlaces(missing, identityPermutation(2))).toThrow(/diagonal place 1/);
  });
});
