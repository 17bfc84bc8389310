/**
 * Which row has an id: a hash table of row numbers (open addressing, linear probing; Knuth, The Art of
 * Computer Programming 3, section 6.4). Four bytes a slot and no object a row.
 */
import type { IdBytes } from './idColumn.js';

/** The table doubles beyond this share of slots in use; a search then looks at some two slots. */
const LARGEST_LOAD = 0.75;
const SMALLEST_SLOTS = 16;

/** Constants of MurmurHash3 (Appleby, public domain). */
const SEED = 0x9747b28c;
const STEP = 0x5bd1e995;
const MIX_FIRST = 0x85ebca6b;
const MIX_SECOND = 0xc2b2ae35;

export class IdIndex {
  /** Row + 1, or 0 where a slot is free. */
  private slots: Int32Array;
  private count = 0;

  /**
   * @param ids what rows refer to; it may grow
   * @param rows how many are expected
   */
  constructor(
    private readonly ids: IdBytes,
    rows = 0,
  ) {
    let size = SMALLEST_SLOTS;
    while (size * LARGEST_LOAD < rows) size *= 2;
    this.slots = new Int32Array(size);
  }

  /** An index of all ids of a column; of ids used twice, the first row. */
  static of(ids: IdBytes & { readonly length: number }): IdIndex {
    const index = new IdIndex(ids, ids.length);
    for (let row = 0; row < ids.length; row += 1) index.add(row);
    return index;
  }

  /** @returns the row that has the same id already, in which case nothing is added; else −1 */
  add(row: number): number {
    const { bytes, offset } = this.ids;
    const slot = this.slotOf(bytes, offset[row], offset[row + 1]);
    if (this.slots[slot] > 0) return this.slots[slot] - 1;
    this.slots[slot] = row + 1;
    this.count += 1;
    if (this.count > LARGEST_LOAD * this.slots.length) this.grow();
    return -1;
  }

  /** The row with these bytes as its id, or −1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    return this.slots[this.slotOf(bytes, start, end)] - 1;
  }

  /** The slot that holds the id, or the free one where it would go. */
  private slotOf(bytes: Uint8Array, start: number, end: number): number {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = hashOf(bytes, start, end) & mask;
    while (slots[slot] > 0 && !this.hasId(slots[slot] - 1, bytes, start, end)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private hasId(row: number, bytes: Uint8Array, start: number, end: number): boolean {
    const own = this.ids.offset[row];
    return sameBytes(this.ids.bytes, own, this.ids.offset[row + 1], bytes, start, end);
  }

  private grow(): void {
    const before = this.slots;
    this.slots = new Int32Array(2 * before.length);
    const { bytes, offset } = this.ids;
    for (const entry of before) {
      if (entry > 0) this.slots[this.slotOf(bytes, offset[entry - 1], offset[entry])] = entry;
    }
  }
}

/** Whether two stretches of bytes are the same. */
export function sameBytes(
  one: Uint8Array,
  oneStart: number,
  oneEnd: number,
  other: Uint8Array,
  otherStart: number,
  otherEnd: number,
): boolean {
  const length = oneEnd - oneStart;
  if (otherEnd - otherStart !== length) return false;
  for (let k = 0; k < length; k += 1) {
    if (one[oneStart + k] !== other[otherStart + k]) return false;
  }
  return true;
}

/** One byte at a time, then the finaliser of MurmurHash3, so that the low bits depend on all bytes. */
export function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = SEED ^ (end - start);
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ bytes[at], STEP);
  hash = Math.imul(hash ^ (hash >>> 16), MIX_FIRST);
  hash = Math.imul(hash ^ (hash >>> 13), MIX_SECOND);
  return hash ^ (hash >>> 16);
}
