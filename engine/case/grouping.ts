/**
 * Stable grouping of rows by the row they belong to: prosumers by community, devices by prosumer.
 */
import { sharedFloats, sharedIntegers } from '../base/columns.js';

/**
 * Rows ordered by ascending group, inside a group in the given order.
 * @returns undefined where the rows are in that order already
 */
export function groupOrder(group: Int32Array, groupCount: number): Int32Array | undefined {
  if (group.every((value, row) => row === 0 || group[row - 1] <= value)) return undefined;
  const next = groupStart(group, groupCount);
  const order = new Int32Array(group.length);
  for (let row = 0; row < group.length; row += 1) {
    order[next[group[row]]] = row;
    next[group[row]] += 1;
  }
  return order;
}

/** Where each group begins once the rows are grouped; length groupCount + 1. Group −1 is left out. */
export function groupStart(group: Int32Array, groupCount: number): Int32Array<SharedArrayBuffer> {
  const start = sharedIntegers(groupCount + 1);
  for (let row = 0; row < group.length; row += 1) {
    if (group[row] >= 0) start[group[row] + 1] += 1;
  }
  for (let index = 0; index < groupCount; index += 1) start[index + 1] += start[index];
  return start;
}

/** The column in the given order, in shared memory; the column itself where that is so already. */
export function orderedFloats(column: Float64Array, order: Int32Array | undefined): Float64Array {
  if (order === undefined && column.buffer instanceof SharedArrayBuffer) return column;
  const result = sharedFloats(column.length);
  for (let row = 0; row < column.length; row += 1) {
    result[row] = column[order === undefined ? row : order[row]];
  }
  return result;
}

/** As {@link orderedFloats}. */
export function orderedIntegers(column: Int32Array, order: Int32Array | undefined): Int32Array {
  if (order === undefined && column.buffer instanceof SharedArrayBuffer) return column;
  const result = sharedIntegers(column.length);
  for (let row = 0; row < column.length; row += 1) {
    result[row] = column[order === undefined ? row : order[row]];
  }
  return result;
}

export function orderedTexts(
  column: readonly string[],
  order: Int32Array | undefined,
): readonly string[] {
  return order === undefined ? column : Array.from(order, (row) => column[row]);
}
