/**
 * Some rows of a table: as views of its columns where they are consecutive, else as copies in the given
 * order. Views of shared memory are shared memory.
 */
import { sharedFloats, sharedIntegers } from '../base/columns.js';
import { IdColumn } from './idColumn.js';

/** Rows `start[k]` to `end[k] − 1` of each range k, one range after the other. */
export interface RowRanges {
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** Rows in all. */
  readonly count: number;
}

/** Consecutive ranges become one. @param offsets where the rows of each group begin; length groups + 1 */
export function rangesOfGroups(groups: Int32Array, offsets: Int32Array): RowRanges {
  const start: number[] = [];
  const end: number[] = [];
  let count = 0;
  for (const group of groups) {
    const first = offsets[group];
    const after = offsets[group + 1];
    count += after - first;
    if (end.length > 0 && end[end.length - 1] === first) end[end.length - 1] = after;
    else {
      start.push(first);
      end.push(after);
    }
  }
  return { start: Int32Array.from(start), end: Int32Array.from(end), count };
}

/** Those of another table, whose rows `offsets[i]` to `offsets[i + 1] − 1` belong to row i of this one. */
export function rangesOfRows(rows: RowRanges, offsets: Int32Array): RowRanges {
  if (offsets.length === 0) return { start: new Int32Array(0), end: new Int32Array(0), count: 0 };
  const start = rows.start.map((row) => offsets[row]);
  const end = rows.end.map((row) => offsets[row]);
  const count = start.reduce((sum, first, range) => sum + end[range] - first, 0);
  return { start, end, count };
}

export function floatsOf(column: Float64Array, rows: RowRanges): Float64Array {
  if (rows.start.length === 1) return column.subarray(rows.start[0], rows.end[0]);
  const result = sharedFloats(rows.count);
  let next = 0;
  rows.start.forEach((first, range) => {
    result.set(column.subarray(first, rows.end[range]), next);
    next += rows.end[range] - first;
  });
  return result;
}

export function idsOfRows(column: IdColumn, rows: RowRanges): IdColumn {
  if (rows.start.length === 1) {
    const offset = column.offset.subarray(rows.start[0], rows.end[0] + 1);
    return new IdColumn(column.bytes, offset);
  }
  const order = new Int32Array(rows.count);
  let next = 0;
  rows.start.forEach((first, range) => {
    for (let row = first; row < rows.end[range]; row += 1, next += 1) order[next] = row;
  });
  return column.ordered(order);
}

/** Offsets of the groups that are left, counted from the first of them; length rows + 1, or 0 where there are none. */
export function offsetsOf(offsets: Int32Array, rows: RowRanges): Int32Array<SharedArrayBuffer> {
  if (offsets.length === 0) return sharedIntegers(0);
  const result = sharedIntegers(rows.count + 1);
  let next = 0;
  rows.start.forEach((first, range) => {
    for (let row = first; row < rows.end[range]; row += 1) {
      result[next + 1] = result[next] + offsets[row + 1] - offsets[row];
      next += 1;
    }
  });
  return result;
}
