/**
 * Ids of many rows without an object a row: their UTF-8 bytes one after the other, and where each begins.
 *
 *     id of row i = bytes[offset[i]] … bytes[offset[i + 1] − 1]
 */
import { GrowingColumn } from '../base/growing.js';

/** `ignoreBOM`: a byte-order mark is a character like any other, not something to leave out. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** Largest number of bytes that one character of a JavaScript string takes in UTF-8. */
const BYTES_PER_UNIT = 3;

const ZERO = 0x30;
const MOST_BYTES = 0xffffffff;

/** Ids as bytes. */
export interface IdBytes {
  readonly bytes: Uint8Array;
  /** One entry more than there are ids. */
  readonly offset: Uint32Array;
}

export class IdColumn implements IdBytes, Iterable<string> {
  constructor(
    readonly bytes: Uint8Array,
    readonly offset: Uint32Array,
  ) {}

  /** The column itself where it is one already. */
  static from(ids: IdColumn | Iterable<string>): IdColumn {
    if (ids instanceof IdColumn) return ids;
    const builder = new IdColumnBuilder();
    for (const id of ids) builder.addText(id);
    return builder.finish();
  }

  get length(): number {
    return this.offset.length - 1;
  }

  get(row: number): string {
    return decodeText(this.bytes, this.offset[row], this.offset[row + 1]);
  }

  *[Symbol.iterator](): Generator<string> {
    for (let row = 0; row < this.length; row += 1) yield this.get(row);
  }

  /** What JSON shows of it: the ids. */
  toJSON(): string[] {
    return [...this];
  }

  /** The ids in another order: entry k is the id of row order[k]. */
  ordered(order: Int32Array): IdColumn {
    const { bytes, offset } = this;
    const newOffset = new Uint32Array(order.length + 1);
    for (let k = 0; k < order.length; k += 1) {
      newOffset[k + 1] = newOffset[k] + offset[order[k] + 1] - offset[order[k]];
    }
    const newBytes = new Uint8Array(newOffset[order.length]);
    for (let k = 0; k < order.length; k += 1) {
      const source = offset[order[k]];
      const end = newOffset[k + 1];
      for (let at = newOffset[k]; at < end; at += 1) {
        newBytes[at] = bytes[source + at - newOffset[k]];
      }
    }
    return new IdColumn(newBytes, newOffset);
  }
}

/** Bytes that are no UTF-8 become replacement characters. */
export function decodeText(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end));
}

/** Collects ids one after the other, or many at once. */
export class IdColumnBuilder {
  private readonly content = new GrowingColumn((length) => new Uint8Array(length));
  private readonly ends: GrowingColumn<Uint32Array>;

  /** @param rows how many ids are expected */
  constructor(rows = 0) {
    this.ends = new GrowingColumn((length) => new Uint32Array(length), rows + 1);
    this.ends.push(0);
  }

  get length(): number {
    return this.ends.length - 1;
  }

  get bytes(): Uint8Array {
    return this.content.values;
  }

  get offset(): Uint32Array {
    return this.ends.values;
  }

  /** Makes room for so many bytes in all. */
  reserveBytes(count: number): void {
    this.content.reserve(count);
  }

  /** Half a surrogate pair becomes a replacement character. */
  addText(id: string): void {
    const { content } = this;
    content.reserve(content.length + BYTES_PER_UNIT * id.length);
    // Most ids are plain, and then faster to write than to hand over.
    let at = content.length;
    for (let k = 0; k < id.length; k += 1) {
      const unit = id.charCodeAt(k);
      if (unit >= 0x80) {
        at =
          content.length + encoder.encodeInto(id, content.values.subarray(content.length)).written;
        break;
      }
      content.values[at] = unit;
      at += 1;
    }
    content.length = at;
    this.ends.push(at);
  }

  /** One id from its bytes. */
  addBytes(source: Uint8Array, start: number, end: number): void {
    const { content } = this;
    content.reserve(content.length + end - start);
    for (let at = start; at < end; at += 1)
      content.values[content.length + at - start] = source[at];
    content.length += end - start;
    this.ends.push(content.length);
  }

  /** Ids that lie behind each other already: `starts` has one entry more than there are ids. */
  addAll(source: Uint8Array, starts: ArrayLike<number>): void {
    const { content, ends } = this;
    const count = starts.length - 1;
    const shift = content.length - starts[0];
    content.reserve(starts[count] + shift);
    content.values.set(source.subarray(starts[0], starts[count]), content.length);
    content.length = starts[count] + shift;
    ends.reserve(ends.length + count);
    for (let k = 0; k < count; k += 1) ends.values[ends.length + k] = starts[k + 1] + shift;
    ends.length += count;
  }

  /** The id `<prefix><number>`, of a whole number from 0 on. */
  addNumbered(prefix: Uint8Array, number: number): void {
    const { content } = this;
    let digits = 1;
    for (let rest = number; rest >= 10; rest = Math.floor(rest / 10)) digits += 1;
    content.reserve(content.length + prefix.length + digits);
    content.values.set(prefix, content.length);
    content.length += prefix.length + digits;
    let rest = number;
    for (let at = content.length - 1; digits > 0; at -= 1, digits -= 1) {
      content.values[at] = ZERO + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    this.ends.push(content.length);
  }

  /** @throws RangeError where there are too many bytes to count them in 32 bits */
  finish(): IdColumn {
    if (this.content.length > MOST_BYTES) throw new RangeError('ids of more than 4 GB');
    // What was reserved beyond the last byte was never written, and takes no memory.
    return new IdColumn(this.content.values.subarray(0, this.content.length), this.ends.finish());
  }
}
