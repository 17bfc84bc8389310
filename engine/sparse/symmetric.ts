/**
 * Symmetric matrices by the compressed columns of their upper triangle.
 *
 * A matrix is first described by a list of places (row, column), each unordered pair once. Compressing it
 * under an elimination order gives columns with ascending rows, so that the diagonal entry stands last in
 * its column, and the position of every listed place, so that values can later be refreshed in place.
 */
import { InternalError } from '../base/errors.js';

/** Places of the nonzeros of a symmetric matrix; every diagonal place must be listed. */
export interface SymmetricPlaces {
  readonly size: number;
  readonly row: Int32Array;
  readonly column: Int32Array;
}

/** Upper triangle by columns; the last entry of every column is on the diagonal. */
export interface UpperPattern {
  readonly size: number;
  readonly start: Int32Array;
  readonly row: Int32Array;
}

/** An upper triangle, and where each listed place went. */
export interface CompressedPlaces {
  readonly pattern: UpperPattern;
  /** Entry of the pattern that holds the value of each listed place. */
  readonly position: Int32Array;
}

/** rank[order[k]] = k. */
export function inversePermutation(order: Int32Array): Int32Array {
  const rank = new Int32Array(order.length);
  for (let k = 0; k < order.length; k++) rank[order[k]] = k;
  return rank;
}

/** The order 0, 1, 2 … */
export function identityPermutation(size: number): Int32Array {
  const order = new Int32Array(size);
  for (let k = 0; k < size; k++) order[k] = k;
  return order;
}

/**
 * Compresses listed places after renumbering: node `order[k]` becomes number k.
 *
 * Two counting sorts, first by row and then by column, leave rows ascending inside each column.
 */
export function compressPlaces(places: SymmetricPlaces, order: Int32Array): CompressedPlaces {
  const { size, row, column } = places;
  const count = row.length;
  const rank = inversePermutation(order);
  const smaller = new Int32Array(count);
  const larger = new Int32Array(count);
  for (let t = 0; t < count; t++) {
    const a = rank[row[t]];
    const b = rank[column[t]];
    smaller[t] = Math.min(a, b);
    larger[t] = Math.max(a, b);
  }
  const byRow = countingSort(size, smaller, identityPermutation(count)).sorted;
  const { sorted, start } = countingSort(size, larger, byRow);

  const position = new Int32Array(count);
  const sortedRow = new Int32Array(count);
  for (let entry = 0; entry < count; entry++) {
    position[sorted[entry]] = entry;
    sortedRow[entry] = smaller[sorted[entry]];
  }
  requireDiagonal(size, start, sortedRow);
  return { pattern: { size, start, row: sortedRow }, position };
}

/** Sorts `items` by their key, keeping the order of equal keys; start[k] is where key k begins. */
function countingSort(
  keyCount: number,
  key: Int32Array,
  items: Int32Array,
): { sorted: Int32Array; start: Int32Array } {
  const start = new Int32Array(keyCount + 1);
  for (let t = 0; t < items.length; t++) start[key[items[t]] + 1]++;
  for (let k = 0; k < keyCount; k++) start[k + 1] += start[k];
  const next = start.slice();
  const sorted = new Int32Array(items.length);
  for (let t = 0; t < items.length; t++) sorted[next[key[items[t]]]++] = items[t];
  return { sorted, start };
}

function requireDiagonal(size: number, start: Int32Array, row: Int32Array): void {
  for (let k = 0; k < size; k++) {
    const last = start[k + 1] - 1;
    const single = last === start[k] || row[last - 1] < k;
    if (last < start[k] || row[last] !== k || !single) {
      throw new InternalError(`symmetric matrix: diagonal place ${k} must be listed exactly once`);
    }
  }
}

/** Writes `product = matrix · vector` for the symmetric matrix with this upper triangle. */
export function multiplySymmetric(
  pattern: UpperPattern,
  value: Float64Array,
  vector: Float64Array,
  product: Float64Array,
): void {
  const { size, start, row } = pattern;
  for (let k = 0; k < size; k++) {
    const last = start[k + 1] - 1;
    const factor = vector[k];
    let sum = value[last] * factor;
    for (let entry = start[k]; entry < last; entry++) {
      const i = row[entry];
      const coefficient = value[entry];
      sum += coefficient * vector[i];
      product[i] += coefficient * factor;
    }
    product[k] = sum;
  }
}
