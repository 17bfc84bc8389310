/**
 * Which ids of a column are used twice. One table over all rows would miss the cache at every step, so rows
 * are first dealt out by a part of their hash into parts that fit it (a radix partition; Shatdal, Kant,
 * Naughton, Cache conscious algorithms for relational query processing, VLDB 1994). Equal hashes are
 * compared byte by byte.
 */
import { GrowingColumn } from '../base/growing.js';
import type { IdColumn } from './idColumn.js';
import { hashOf, sameBytes } from './idIndex.js';

/** Rows of a part: its hashes, rows and slots take some 200 kB, less than any second-level cache. */
const PART_ROWS = 8192;

/** Parts are told apart by at most so many low bits: dealing out to more would miss the cache itself. */
const PART_BITS = 12;
const MOST_PARTS = 1 << PART_BITS;

/** Rows whose id an earlier row has, and the first row that has it. */
export interface RepeatedIds {
  readonly row: Int32Array;
  readonly first: Int32Array;
}

/** Rows in no particular order. */
export function repeatedIds(ids: IdColumn): RepeatedIds {
  const row = new GrowingColumn((length) => new Int32Array(length));
  const first = new GrowingColumn((length) => new Int32Array(length));
  const { hashes, rows, start } = dealtOut(ids);
  let most = 0;
  for (let part = 0; part + 1 < start.length; part += 1) {
    most = Math.max(most, start[part + 1] - start[part]);
  }
  let size = 1;
  while (size < 2 * most) size *= 2;
  /** Place in the part's rows + 1, or 0 where free. */
  const slots = new Int32Array(size);
  const mask = size - 1;
  for (let part = 0; part + 1 < start.length; part += 1) {
    slots.fill(0);
    for (let at = start[part]; at < start[part + 1]; at += 1) {
      // The low bits of a part's hashes are the same.
      let slot = (hashes[at] >>> PART_BITS) & mask;
      while (slots[slot] > 0 && !isSame(ids, hashes, rows, slots[slot] - 1, at)) {
        slot = (slot + 1) & mask;
      }
      if (slots[slot] === 0) slots[slot] = at + 1;
      else {
        row.push(rows[at]);
        first.push(rows[slots[slot] - 1]);
      }
    }
  }
  return { row: row.finish(), first: first.finish() };
}

function isSame(
  { bytes, offset }: IdColumn,
  hashes: Int32Array,
  rows: Int32Array,
  one: number,
  other: number,
): boolean {
  if (hashes[one] !== hashes[other]) return false;
  const a = rows[one];
  const b = rows[other];
  return sameBytes(bytes, offset[a], offset[a + 1], bytes, offset[b], offset[b + 1]);
}

interface Parts {
  /** By part, and in each part by row. */
  readonly hashes: Int32Array;
  readonly rows: Int32Array;
  /** One entry more than there are parts. */
  readonly start: Int32Array;
}

function dealtOut({ bytes, offset, length }: IdColumn): Parts {
  let parts = 1;
  while (parts * PART_ROWS < length && parts < MOST_PARTS) parts *= 2;
  const mask = parts - 1;
  const hashOfRow = new Int32Array(length);
  const start = new Int32Array(parts + 1);
  for (let row = 0; row < length; row += 1) {
    const hash = hashOf(bytes, offset[row], offset[row + 1]);
    hashOfRow[row] = hash;
    start[(hash & mask) + 1] += 1;
  }
  for (let part = 0; part < parts; part += 1) start[part + 1] += start[part];
  const next = start.slice(0, parts);
  const hashes = new Int32Array(length);
  const rows = new Int32Array(length);
  for (let row = 0; row < length; row += 1) {
    const hash = hashOfRow[row];
    const at = next[hash & mask];
    next[hash & mask] = at + 1;
    hashes[at] = hash;
    rows[at] = row;
  }
  return { hashes, rows, start };
}
