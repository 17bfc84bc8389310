/**
 * Sorts row numbers by a key: stable merge sort of an index over insertion-sorted runs, in
 * workspaces the caller keeps. Stable, so that ties stay in row order and every run of the program
 * gives the same bytes.
 */

const RUN_LENGTH = 12;

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
