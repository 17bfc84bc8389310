/** A typed array that grows: for columns whose length is not known before they have been read. */

type Numbers = Float64Array | Int32Array | Uint32Array | Uint8Array;

const SMALLEST_CAPACITY = 64;

/** Doubles its room when it is full, so that n entries are copied at most n times in all. */
export class GrowingColumn<Column extends Numbers> {
  /** Entries from `length` on mean nothing. */
  values: Column;
  length = 0;

  /** @param capacity entries expected: with the right number nothing is ever copied */
  constructor(
    private readonly allocate: (length: number) => Column,
    capacity = 0,
  ) {
    this.values = allocate(capacity);
  }

  push(value: number): void {
    if (this.length === this.values.length) this.reserve(this.length + 1);
    this.values[this.length] = value;
    this.length += 1;
  }

  /** Makes room for so many entries in all; memory that is never written costs nothing. */
  reserve(capacity: number): void {
    if (capacity <= this.values.length) return;
    const grown = this.allocate(Math.max(capacity, 2 * this.values.length, SMALLEST_CAPACITY));
    grown.set(this.values.subarray(0, this.length));
    this.values = grown;
  }

  /** The entries, in an array of their number. */
  finish(): Column {
    if (this.length === this.values.length) return this.values;
    const exact = this.allocate(this.length);
    exact.set(this.values.subarray(0, this.length));
    return exact;
  }
}
