/**
 * Checks on the columns of one table; each failure becomes a problem with file, row, column and
 * value.
 */
import type { ProblemList } from '../base/errors.js';
import type { IdColumn } from './idColumn.js';
import { fileOf, type Provenance, rowNumberOf, type TableName } from './provenance.js';
import { repeatedIds } from './repeatedIds.js';

/** Beyond this no quantity of a distribution network is meant; sums would lose whole units. */
export const LARGEST_MAGNITUDE = 1e15;

/** What CSV cannot carry, or what says that a file is not UTF-8 (the replacement character). */
const UNWRITABLE = /[\0\uFFFD]/;

const SPACE = 0x20;
const FIRST_BEYOND_ASCII = 0x80;

const NO_ROWS = new Uint8Array(0);

export class TableCheck {
  constructor(
    private readonly problems: ProblemList,
    private readonly provenance: Provenance,
    private readonly table: TableName,
  ) {}

  /** Reports one cell. A number that is NaN was not given. */
  report(row: number, column: string, value: string | number, message: string): void {
    this.problems.add({
      file: fileOf(this.provenance, this.table),
      row: rowNumberOf(this.provenance, this.table, row),
      column,
      value: Number.isNaN(value) ? '' : String(value),
      message,
    });
  }

  /** Reports the table as a whole. */
  reportTable(message: string): void {
    this.problems.add({ file: fileOf(this.provenance, this.table), message });
  }

  needsRows(count: number): void {
    if (count === 0) this.reportTable('no rows; at least one is needed');
  }

  /** As {@link ids}, by bytes: no object a row. */
  idColumn(column: string, ids: IdColumn): void {
    for (let row = 0; row < ids.length; row += 1) {
      const fault = isPlain(ids, row) ? undefined : unwritable(ids.get(row));
      if (fault !== undefined) this.report(row, column, ids.get(row), fault);
    }
    const repeated = repeatedIds(ids);
    const inOrder = Array.from(repeated.row.keys()).sort(
      (a, b) => repeated.row[a] - repeated.row[b],
    );
    for (const k of inOrder) {
      const row = repeated.row[k];
      this.reportRepeated(row, column, ids.get(row), repeated.first[k]);
    }
  }

  /** Every id is given, writable and used once. */
  ids(column: string, ids: readonly string[]): void {
    const first = new Map<string, number>();
    ids.forEach((id, row) => {
      const fault = unwritable(id);
      const earlier = first.get(id);
      if (fault !== undefined) this.report(row, column, id, fault);
      else if (earlier !== undefined) this.reportRepeated(row, column, id, earlier);
      else first.set(id, row);
    });
  }

  private reportRepeated(row: number, column: string, id: string, earlier: number): void {
    const number = rowNumberOf(this.provenance, this.table, earlier);
    this.report(row, column, id, `the same id as in row ${number}`);
  }

  /** Every entry is a row of a table with `count` rows. @returns whether that holds */
  references(column: string, rows: Int32Array, count: number, target: TableName): boolean {
    let hold = true;
    rows.forEach((reference, row) => {
      if (reference >= 0 && reference < count) return;
      hold = false;
      this.report(row, column, reference, `there is no such row in ${target}`);
    });
    return hold;
  }

  /**
   * Every entry is a finite number of sane size.
   * @param absent the value that stands for "not given", where that is allowed
   * @param passedOver rows whose entry does not matter, as 1; without entries where all matter
   */
  finite(
    column: string,
    values: Float64Array,
    absent?: number,
    passedOver: Uint8Array = NO_ROWS,
  ): void {
    for (let row = 0; row < values.length; row += 1) {
      const value = values[row];
      if (
        Math.abs(value) <= LARGEST_MAGNITUDE ||
        (absent !== undefined && Object.is(value, absent)) ||
        passedOver[row] === 1
      )
        continue;
      this.report(row, column, value, unusable(value));
    }
  }

  /** Every entry satisfies the rule; NaN is left to {@link finite}. */
  every(
    column: string,
    values: Float64Array,
    rule: (value: number) => boolean,
    message: string,
    passedOver: Uint8Array = NO_ROWS,
  ): void {
    for (let row = 0; row < values.length; row += 1) {
      const value = values[row];
      if (Number.isNaN(value) || rule(value) || passedOver[row] === 1) continue;
      this.report(row, column, value, message);
    }
  }

  /** No lower bound is above its upper bound. */
  ordered(
    lowName: string,
    low: Float64Array,
    highName: string,
    high: Float64Array,
    passedOver: Uint8Array = NO_ROWS,
  ): void {
    for (let row = 0; row < low.length; row += 1) {
      if (low[row] > high[row] && passedOver[row] !== 1) {
        this.report(row, lowName, low[row], `above ${highName}, which is ${high[row]}`);
      }
    }
  }
}

/** Why a number that is not finite and of sane size cannot be used. */
export function unusable(value: number): string {
  if (Number.isNaN(value)) return 'a number is needed';
  if (!Number.isFinite(value)) return 'not a finite number';
  return 'an absurd magnitude: beyond 1e15';
}

/** Why a text cannot be an id. */
function unwritable(id: string): string | undefined {
  if (id === '') return 'an id is needed';
  if (id !== id.trim()) return 'begins or ends with a space';
  if (!UNWRITABLE.test(id)) return undefined;
  return 'holds a character that is not valid text (is the file UTF-8?)';
}

/** Whether an id is printable ASCII without spaces around it: then nothing more has to be asked. */
function isPlain({ bytes, offset }: IdColumn, row: number): boolean {
  const start = offset[row];
  const end = offset[row + 1];
  if (start === end || bytes[start] === SPACE || bytes[end - 1] === SPACE) return false;
  for (let at = start; at < end; at += 1) {
    if (bytes[at] < SPACE || bytes[at] >= FIRST_BEYOND_ASCII) return false;
  }
  return true;
}
