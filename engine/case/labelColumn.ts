/**
 * A column of texts of which many rows share one, such as the communities of prosumers: the distinct texts,
 * and runs of rows with the same one. Rows in groups take a few runs; in any other order it is eight bytes
 * a row.
 */
import { GrowingColumn } from '../base/growing.js';
import { decodeText, IdColumnBuilder } from './idColumn.js';
import { IdIndex, sameBytes } from './idIndex.js';

/** Rows start[k] to start[k + 1] − 1 have the same value. */
export interface Runs {
  readonly value: Int32Array;
  /** One entry more than there are runs: from 0 to the number of rows. */
  readonly start: Int32Array;
}

export class LabelColumn {
  /** @param runs values are places in `labels` */
  constructor(
    readonly labels: readonly string[],
    readonly runs: Runs,
  ) {}

  /** The column itself where it is one already. */
  static from(texts: LabelColumn | Iterable<string>): LabelColumn {
    if (texts instanceof LabelColumn) return texts;
    const builder = new LabelColumnBuilder();
    for (const text of texts) builder.addText(text);
    return builder.finish();
  }

  /** Group k has rows start[k] to start[k + 1] − 1. */
  static ofGroups(labels: readonly string[], start: Int32Array): LabelColumn {
    return new LabelColumn(labels, runsOfGroups(start));
  }

  get length(): number {
    return this.runs.start[this.runs.value.length];
  }

  /** The texts of rows first … end − 1. */
  *texts(first = 0, end = this.length): Generator<string> {
    const { value, start } = this.runs;
    for (let run = runAt(this.runs, first); start[run] < end; run += 1) {
      const label = this.labels[value[run]];
      const last = Math.min(end, start[run + 1]);
      for (let row = Math.max(first, start[run]); row < last; row += 1) yield label;
    }
  }
}

/** Every row of group k has the value k. */
export function runsOfGroups(start: Int32Array): Runs {
  return { value: Int32Array.from({ length: start.length - 1 }, (_, group) => group), start };
}

/** The run that holds a row; the number of runs for the row behind the last. */
export function runAt({ value, start }: Runs, row: number): number {
  let low = 0;
  let high = value.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (start[middle + 1] > row) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Collects the labels of rows one after the other. */
export class LabelColumnBuilder {
  private readonly labels: string[] = [];
  private readonly labelOf = new Map<string, number>();
  private readonly runValue = new GrowingColumn((length) => new Int32Array(length));
  private readonly runStart = new GrowingColumn((length) => new Int32Array(length));
  private rowCount = 0;
  private lastText: string | undefined;
  /** Byte strings seen, before spaces are taken off, and the label of each. */
  private readonly spellings = new IdColumnBuilder();
  private readonly spellingIndex = new IdIndex(this.spellings);
  private readonly labelOfSpelling: number[] = [];
  /** Spelling of the row before, where that came as bytes. */
  private lastSpelling = -1;

  addText(text: string): void {
    if (text !== this.lastText) {
      this.lastText = text;
      this.lastSpelling = -1;
      this.startRun(this.labelNumber(text));
    }
    this.rowCount += 1;
  }

  /** A row whose label is the text of these bytes without spaces around it. */
  addBytes(bytes: Uint8Array, start: number, end: number): void {
    const { spellings } = this;
    const last = this.lastSpelling;
    const isSame =
      last >= 0 &&
      sameBytes(
        spellings.bytes,
        spellings.offset[last],
        spellings.offset[last + 1],
        bytes,
        start,
        end,
      );
    if (!isSame) {
      this.lastSpelling = this.spellingNumber(bytes, start, end);
      this.lastText = undefined;
      this.startRun(this.labelOfSpelling[this.lastSpelling]);
    }
    this.rowCount += 1;
  }

  /** Rows with a label known by its number (see {@link labelNumber}). */
  addNumber(label: number): void {
    this.lastText = undefined;
    this.lastSpelling = -1;
    this.startRun(label);
    this.rowCount += 1;
  }

  /** The number of a label, a new one where it is new. */
  labelNumber(text: string): number {
    const known = this.labelOf.get(text);
    if (known !== undefined) return known;
    this.labels.push(text);
    this.labelOf.set(text, this.labels.length - 1);
    return this.labels.length - 1;
  }

  private spellingNumber(bytes: Uint8Array, start: number, end: number): number {
    const known = this.spellingIndex.find(bytes, start, end);
    if (known >= 0) return known;
    const spelling = this.spellings.length;
    this.spellings.addBytes(bytes, start, end);
    this.spellingIndex.add(spelling);
    this.labelOfSpelling.push(this.labelNumber(decodeText(bytes, start, end).trim()));
    return spelling;
  }

  private startRun(label: number): void {
    const { runValue } = this;
    if (runValue.length > 0 && runValue.values[runValue.length - 1] === label) return;
    runValue.push(label);
    this.runStart.push(this.rowCount);
  }

  finish(): LabelColumn {
    this.runStart.push(this.rowCount);
    return new LabelColumn(this.labels, {
      value: this.runValue.finish(),
      start: this.runStart.finish(),
    });
  }
}
