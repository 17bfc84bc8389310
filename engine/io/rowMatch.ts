/** Rows of a result's table matched to those of the case, whatever order they are in. */
import type { ProblemList } from '../base/errors.js';
import type { IdColumn } from '../case/idColumn.js';
import { IdIndex, sameBytes } from '../case/idIndex.js';
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

/**
 * As {@link matchRows}, of ids by their bytes.
 * @returns undefined where the rows of the table are those of the case, in its order
 */
export function matchIds(
  table: Table,
  column: string,
  expected: IdColumn,
  problems: ProblemList,
  describe: (index: number) => string,
): Int32Array | undefined {
  const keys = table.ids(column);
  if (areSame(keys, expected)) return undefined;
  const index = IdIndex.of(expected);
  const match = new Int32Array(expected.length).fill(-1);
  for (let row = 0; row < keys.length; row += 1) {
    const place = index.find(keys.bytes, keys.offset[row], keys.offset[row + 1]);
    if (place < 0) {
      reportCell(problems, table, row, column, keys.get(row), 'the case has no such row');
    } else if (match[place] >= 0) {
      reportCell(problems, table, row, column, keys.get(row), 'there twice');
    } else match[place] = row;
  }
  match.forEach((row, place) => {
    if (row < 0) problems.add({ file: table.file, message: `no row for ${describe(place)}` });
  });
  return match;
}

function areSame(one: IdColumn, other: IdColumn): boolean {
  if (one.length !== other.length) return false;
  for (let row = 0; row < one.length; row += 1) {
    if (one.offset[row + 1] !== other.offset[row + 1]) return false;
  }
  return sameBytes(one.bytes, 0, one.bytes.length, other.bytes, 0, other.bytes.length);
}

/** Columns of a matched table in the order of the case. */
export class MatchedColumns {
  /** @param match row of the table for every row of the case; undefined where they are the same */
  constructor(
    private readonly table: Table,
    private readonly match: Int32Array | undefined,
    private readonly problems: ProblemList,
  ) {}

  /** Every cell has to hold a number. */
  numbers(column: string): Float64Array {
    const values = this.table.numbers(column);
    const count = this.match === undefined ? values.length : this.match.length;
    for (let index = 0; index < count; index += 1) {
      const row = this.match === undefined ? index : this.match[index];
      if (row < 0 || !Number.isNaN(values[row])) continue;
      reportCell(this.problems, this.table, row, column, '', 'a number is needed');
    }
    return this.optionalNumbers(column);
  }

  /** NaN where the cell is empty. */
  optionalNumbers(column: string): Float64Array {
    const values = this.table.numbers(column);
    if (this.match === undefined) return values;
    return Float64Array.from(this.match, (row) => (row < 0 ? Number.NaN : values[row]));
  }

  /** Reports where the column says something else than the case. */
  expectTexts(column: string, expected: readonly string[]): void {
    const values = this.table.texts(column);
    expected.forEach((text, index) => {
      const row = this.match === undefined ? index : this.match[index];
      if (row >= 0 && values[row] !== text) {
        this.reportOther(row, column, values[row], text);
      }
    });
  }

  /** As {@link expectTexts}, of rows in groups. */
  expectLabels(column: string, groups: readonly string[], start: Int32Array): void {
    const { labels, runs } = this.table.labels(column);
    const labelOfRow = new Int32Array(this.table.rowCount);
    runs.value.forEach((label, run) => {
      labelOfRow.fill(label, runs.start[run], runs.start[run + 1]);
    });
    groups.forEach((group, g) => {
      const expected = labels.indexOf(group);
      for (let index = start[g]; index < start[g + 1]; index += 1) {
        const row = this.match === undefined ? index : this.match[index];
        if (row < 0 || labelOfRow[row] === expected) continue;
        this.reportOther(row, column, labels[labelOfRow[row]], group);
      }
    });
  }

  private reportOther(row: number, column: string, value: string, expected: string): void {
    const message = `in the case it is ${expected}`;
    reportCell(this.problems, this.table, row, column, value, message);
  }
}
