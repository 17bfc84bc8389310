/** Rows of a result's table matched to those of the case, whatever order they are in. */
import type { ProblemList } from '../base/errors.js';
import type { Table } from './table.js';

/** Reports a cell of a table. */
export function reportCell(
  problems: ProblemList,
  table: Table,
  row: number,
  column: string,
  value: string,
  message: string,
): void {
  const rowNumber = table.rowNumber?.[row] ?? row + 2;
  problems.add({ file: table.file, row: rowNumber, column, value, message });
}

/**
 * For every key of the case the row of the table that has it. A key that is unknown, there twice
 * or missing is reported, and stands as −1.
 * @param column the column that problems name
 * @param describe what a missing key is called
 */
export function matchRows(
  table: Table,
  column: string,
  keys: readonly string[],
  expected: readonly string[],
  problems: ProblemList,
  describe: (index: number) => string,
): Int32Array {
  const indexOf = new Map(expected.map((key, index) => [key, index]));
  const match = new Int32Array(expected.length).fill(-1);
  const shown = table.texts(column);
  keys.forEach((key, row) => {
    const index = indexOf.get(key);
    if (index === undefined) {
      reportCell(problems, table, row, column, shown[row], 'the case has no such row');
    } else if (match[index] >= 0) {
      reportCell(problems, table, row, column, shown[row], 'there twice');
    } else match[index] = row;
  });
  match.forEach((row, index) => {
    if (row < 0) problems.add({ file: table.file, message: `no row for ${describe(index)}` });
  });
  return match;
}

/** Columns of a matched table in the order of the case. */
export class MatchedColumns {
  constructor(
    private readonly table: Table,
    private readonly match: Int32Array,
    private readonly problems: ProblemList,
  ) {}

  /** Every cell has to hold a number. */
  numbers(column: string): Float64Array {
    const values = this.table.numbers(column);
    return Float64Array.from(this.match, (row) => {
      if (row >= 0 && Number.isNaN(values[row])) {
        reportCell(this.problems, this.table, row, column, '', 'a number is needed');
      }
      return row < 0 ? Number.NaN : values[row];
    });
  }

  /** NaN where the cell is empty. */
  optionalNumbers(column: string): Float64Array {
    const values = this.table.numbers(column);
    return Float64Array.from(this.match, (row) => (row < 0 ? Number.NaN : values[row]));
  }

  /** Reports where the column says something else than the case. */
  expectTexts(column: string, expected: readonly string[]): void {
    const values = this.table.texts(column);
    this.match.forEach((row, index) => {
      if (row < 0 || values[row] === expected[index]) return;
      const message = `in the case it is ${expected[index]}`;
      reportCell(this.problems, this.table, row, column, values[row], message);
    });
  }
}
