/** Turns the plain columns of one table into the typed columns of a case. */
import { sharedFloats } from '../base/columns.js';
import { CaseError, type ProblemList } from '../base/errors.js';
import type { IdColumn } from './idColumn.js';
import type { IdIndex } from './idIndex.js';
import type { LabelColumn, Runs } from './labelColumn.js';
import { fileOf, type Provenance, type TableName } from './provenance.js';
import { TableCheck } from './tableCheck.js';

export class ColumnReader {
  private readonly check: TableCheck;

  /** @param count rows of the table; every column has to have so many */
  constructor(
    problems: ProblemList,
    private readonly provenance: Provenance,
    private readonly table: TableName,
    private readonly count: number,
  ) {
    this.check = new TableCheck(problems, provenance, table);
  }

  /**
   * A column of numbers, in memory of its own.
   * @param absent what stands for "not given" in the case
   */
  numbers(
    column: string,
    values: ArrayLike<number> | undefined,
    absent = Number.NaN,
  ): Float64Array {
    if (values === undefined) return new Float64Array(this.count).fill(absent);
    this.expectLength(column, values.length);
    return filled(Float64Array.from(values), absent);
  }

  /** The same in shared memory, and the column itself where it is there already and every entry is given. */
  sharedNumbers(
    column: string,
    values: ArrayLike<number> | undefined,
    absent = Number.NaN,
  ): Float64Array {
    const isShared = values instanceof Float64Array && values.buffer instanceof SharedArrayBuffer;
    if (isShared && (Number.isNaN(absent) || isGivenThroughout(values))) {
      this.expectLength(column, values.length);
      return values;
    }
    const result = sharedFloats(this.count);
    if (values === undefined) return result.fill(absent);
    this.expectLength(column, values.length);
    result.set(values);
    return filled(result, absent);
  }

  texts(column: string, values: readonly string[] | undefined): readonly string[] {
    if (values === undefined) return new Array<string>(this.count).fill('');
    this.expectLength(column, values.length);
    return values;
  }

  /** Rows of the ids in another table; −1 where there is none, which is reported. */
  references(
    column: string,
    ids: readonly string[],
    rowOf: ReadonlyMap<string, number>,
    target: TableName,
  ): Int32Array {
    this.expectLength(column, ids.length);
    const result = new Int32Array(this.count);
    for (let row = 0; row < result.length; row += 1) {
      const found = rowOf.get(ids[row]);
      result[row] = found ?? -1;
      if (found === undefined) this.reportDangling(row, column, ids[row], target);
    }
    return result;
  }

  /** As {@link references}, run by run. */
  labelReferences(
    column: string,
    labels: LabelColumn,
    rowOf: ReadonlyMap<string, number>,
    target: TableName,
  ): Runs {
    this.expectLength(column, labels.length);
    const { value, start } = labels.runs;
    const rows = value.map((label) => rowOf.get(labels.labels[label]) ?? -1);
    rows.forEach((found, run) => {
      if (found >= 0) return;
      for (let row = start[run]; row < start[run + 1]; row += 1) {
        this.reportDangling(row, column, labels.labels[value[run]], target);
      }
    });
    return { value: rows, start };
  }

  /** As {@link references}, by bytes. */
  idReferences(column: string, ids: IdColumn, index: IdIndex, target: TableName): Int32Array {
    this.expectLength(column, ids.length);
    const result = new Int32Array(this.count);
    for (let row = 0; row < result.length; row += 1) {
      result[row] = index.find(ids.bytes, ids.offset[row], ids.offset[row + 1]);
      if (result[row] < 0) this.reportDangling(row, column, ids.get(row), target);
    }
    return result;
  }

  private reportDangling(row: number, column: string, id: string, target: TableName): void {
    const message =
      id === '' ? 'an id is needed' : `not an id of ${fileOf(this.provenance, target)}`;
    this.check.report(row, column, id, message);
  }

  /** 1 for `closed`, which is the default, 0 for `open`. */
  closed(column: string, values: readonly string[] | undefined): Uint8Array {
    const result = new Uint8Array(this.count).fill(1);
    this.texts(column, values).forEach((status, row) => {
      if (status === 'open') result[row] = 0;
      else if (status !== 'closed' && status !== '') {
        this.check.report(row, column, status, 'neither "closed" nor "open"');
      }
    });
    return result;
  }

  private expectLength(column: string, length: number): void {
    if (length === this.count) return;
    const file = fileOf(this.provenance, this.table);
    const message = `${length} entries where the table has ${this.count} rows`;
    throw new CaseError([{ file, column, message }]);
  }
}

function isGivenThroughout(values: Float64Array): boolean {
  for (let row = 0; row < values.length; row += 1) if (Number.isNaN(values[row])) return false;
  return true;
}

/** Writes `absent` where nothing was given. */
function filled<Column extends Float64Array>(column: Column, absent: number): Column {
  if (Number.isNaN(absent)) return column;
  for (let row = 0; row < column.length; row += 1) {
    if (Number.isNaN(column[row])) column[row] = absent;
  }
  return column;
}

/** Row of every id; of the first one where an id is used twice. */
export function rowsById(ids: readonly string[]): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  ids.forEach((id, row) => {
    if (!rows.has(id)) rows.set(id, row);
  });
  return rows;
}
