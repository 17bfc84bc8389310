/** Turns the plain columns of one table into the typed columns of a case. */
import { CaseError, type ProblemList } from '../base/errors.js';
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
   * A column of numbers.
   * @param absent what stands for "not given" in the case
   */
  numbers(
    column: string,
    values: ArrayLike<number> | undefined,
    absent = Number.NaN,
  ): Float64Array {
    if (values === undefined) return new Float64Array(this.count).fill(absent);
    this.expectLength(column, values.length);
    const result = Float64Array.from(values);
    if (Number.isNaN(absent)) return result;
    for (let row = 0; row < result.length; row += 1) {
      if (Number.isNaN(result[row])) result[row] = absent;
    }
    return result;
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
      if (found !== undefined) continue;
      const message =
        ids[row] === '' ? 'an id is needed' : `not an id of ${fileOf(this.provenance, target)}`;
      this.check.report(row, column, ids[row], message);
    }
    return result;
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

/** Row of every id; of the first one where an id is used twice. */
export function rowsById(ids: readonly string[]): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  ids.forEach((id, row) => {
    if (!rows.has(id)) rows.set(id, row);
  });
  return rows;
}
