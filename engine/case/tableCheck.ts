/**
 * Checks on the columns of one table; each failure becomes a problem with file, row, column and
 * value.
 */
import type { ProblemList } from '../base/errors.js';
import { fileOf, type Provenance, rowNumberOf, type TableName } from './provenance.js';

/** Beyond this no quantity of a distribution network is meant; sums would lose whole units. */
export const LARGEST_MAGNITUDE = 1e15;

/** What CSV cannot carry, or what says that a file is not UTF-8 (the replacement character). */
const UNWRITABLE = /[\0\uFFFD]/;

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

  /** Every id is given, writable and used once. */
  ids(column: string, ids: readonly string[]): void {
    const first = new Map<string, number>();
    ids.forEach((id, row) => {
      const earlier = first.get(id);
      if (id === '') this.report(row, column, id, 'an id is needed');
      else if (id !== id.trim()) this.report(row, column, id, 'begins or ends with a space');
      else if (UNWRITABLE.test(id)) {
        this.report(
          row,
          column,
          id,
          'holds a character that is not valid text (is the file UTF-8?)',
        );
      } else if (earlier !== undefined) {
        const number = rowNumberOf(this.provenance, this.table, earlier);
        this.report(row, column, id, `the same id as in row ${number}`);
      } else first.set(id, row);
    });
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
   */
  finite(column: string, values: Float64Array, absent?: number): void {
    for (let row = 0; row < values.length; row += 1) {
      const value = values[row];
      if (
        Math.abs(value) <= LARGEST_MAGNITUDE ||
        (absent !== undefined && Object.is(value, absent))
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
  ): void {
    for (let row = 0; row < values.length; row += 1) {
      const value = values[row];
      if (!Number.isNaN(value) && !rule(value)) this.report(row, column, value, message);
    }
  }

  /** No lower bound is above its upper bound. */
  ordered(lowName: string, low: Float64Array, highName: string, high: Float64Array): void {
    for (let row = 0; row < low.length; row += 1) {
      if (low[row] > high[row]) {
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
