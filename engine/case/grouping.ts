/**
 * Stable grouping of rows by the row they belong to: prosumers by community, devices by prosumer.
 */
import { sharedFloats, sharedIntegers } from '../base/columns.js';
import type { Runs } from './labelColumn.js';

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

/** As {@link groupOrder}, of rows whose groups come in runs. */
export function orderOfRuns(runs: Runs, groupCount: number): Int32Array | undefined {
  const { value, start } = runs;
  if (value.every((group, run) => run === 0 || value[run - 1] <= group)) return undefined;
  const next = startOfRuns(runs, groupCount);
  const order = new Int32Array(start[value.length]);
  for (let run = 0; run < value.length; run += 1) {
    for (let row = start[run]; row < start[run + 1]; row += 1) {
      order[next[value[run]]] = row;
      next[value[run]] += 1;
    }
  }
  return order;
}

/** As {@link groupStart}, of rows whose groups come in runs. */
export function startOfRuns(runs: Runs, groupCount: number): Int32Array<SharedArrayBuffer> {
  const start = sharedIntegers(groupCount + 1);
  for (let run = 0; run < runs.value.length; run += 1) {
    const group = runs.value[run];
    if (group >= 0) start[group + 1] += runs.start[run + 1] - runs.start[run];
  }
  for (let index = 0; index < groupCount; index += 1) start[index + 1] += start[index];
  return start;
}

/** Where the devices of each prosumer begin; without entries where there is no device at all. */
export function deviceStartOf(prosumerOfDevice: Int32Array, prosumers: number): Int32Array {
  return prosumerOfDevice.length === 0
    ? sharedIntegers(0)
    : groupStart(prosumerOfDevice, prosumers);
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
