/**
 * Sorts row numbers by a key, in workspaces the caller keeps. Stable, so that ties stay in row order and every
 * run of the program gives the same bytes.
 *
 * Keys are first spread over as many buckets of equal width as there are keys; the bucket of a key rises with
 * the key, rounding included. An insertion sort of the whole puts right what is left: on keys without heavy
 * crowding a few steps each. Crowded keys go to a stable merge sort over insertion-sorted runs.
 */

const RUN_LENGTH = 12;

/** Mean of squared bucket sizes above which insertion would cost more than merging; 2 for even random keys. */
const CROWDED = 16;

/**
 * Fills order[0 … count − 1] with 0 … count − 1 such that key[order[k]] ascends.
 *
 * @param scratch at least `count` long
 */
export function sortedOrder(
  key: Float64Array,
  count: number,
  order: Int32Array,
  scratch: Int32Array,
): void {
  if (spread(key, count, order, scratch)) insertAll(key, count, order);
  else mergeSort(key, count, order, scratch);
}

/**
 * Writes the row numbers bucket by bucket, in row order within each; false when the keys are crowded.
 *
 * @param next by bucket: workspace
 */
function spread(key: Float64Array, count: number, order: Int32Array, next: Int32Array): boolean {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < count; k += 1) {
    const value = key[k];
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const bucketsPerUnit = (count - 1) / (most - least);
  // Also false where a key is infinite, or all are the same.
  if (!(bucketsPerUnit > 0 && bucketsPerUnit < Number.POSITIVE_INFINITY)) return false;
  next.fill(0, 0, count);
  let squares = 0;
  for (let k = 0; k < count; k += 1) {
    const bucket = Math.trunc((key[k] - least) * bucketsPerUnit);
    squares += 2 * next[bucket] + 1;
    next[bucket] += 1;
  }
  if (!(squares <= CROWDED * count)) return false;
  let start = 0;
  for (let bucket = 0; bucket < count; bucket += 1) {
    const size = next[bucket];
    next[bucket] = start;
    start += size;
  }
  for (let k = 0; k < count; k += 1) {
    const bucket = Math.trunc((key[k] - least) * bucketsPerUnit);
    order[next[bucket]] = k;
    next[bucket] += 1;
  }
  return true;
}

function insertAll(key: Float64Array, count: number, order: Int32Array): void {
  let most = key[order[0]];
  for (let k = 1; k < count; k += 1) {
    const row = order[k];
    const value = key[row];
    if (value >= most) {
      most = value;
      continue;
    }
    let slot = k;
    do {
      order[slot] = order[slot - 1];
      slot -= 1;
    } while (slot > 0 && key[order[slot - 1]] > value);
    order[slot] = row;
  }
}

function mergeSort(key: Float64Array, count: number, order: Int32Array, scratch: Int32Array): void {
  for (let start = 0; start < count; start += RUN_LENGTH) {
    insertionSort(key, start, Math.min(start + RUN_LENGTH, count), order);
  }
  let source = order;
  let target = scratch;
  for (let width = RUN_LENGTH; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      const middle = Math.min(start + width, count);
      mergeRuns(key, source, target, start, middle, Math.min(start + 2 * width, count));
    }
    [source, target] = [target, source];
  }
  if (source !== order) for (let k = 0; k < count; k += 1) order[k] = source[k];
}

function insertionSort(key: Float64Array, start: number, end: number, order: Int32Array): void {
  for (let k = start; k < end; k += 1) {
    const value = key[k];
    let slot = k;
    while (slot > start && key[order[slot - 1]] > value) {
      order[slot] = order[slot - 1];
      slot -= 1;
    }
    order[slot] = k;
  }
}

function mergeRuns(
  key: Float64Array,
  source: Int32Array,
  target: Int32Array,
  start: number,
  middle: number,
  end: number,
): void {
  let left = start;
  let right = middle;
  for (let k = start; k < end; k += 1) {
    if (right >= end || (left < middle && key[source[left]] <= key[source[right]])) {
      target[k] = source[left];
      left += 1;
    } else {
      target[k] = source[right];
      right += 1;
    }
  }
}

/** Puts a value among the first `count`, which ascend, so that one more does. For a handful of values. */
export function insertInOrder(values: Float64Array, count: number, value: number): void {
  let place = count;
  while (place > 0 && values[place - 1] > value) {
    values[place] = values[place - 1];
    place -= 1;
  }
  values[place] = value;
}
