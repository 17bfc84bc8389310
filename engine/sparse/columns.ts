/**
 * Sparse matrix by compressed columns: entries of column j are start[j] to start[j + 1] − 1, with
 * ascending row numbers and no duplicates.
 */
export interface SparseColumns {
  readonly rowCount: number;
  readonly columnCount: number;
  readonly start: Int32Array;
  readonly row: Int32Array;
  readonly value: Float64Array;
}

/** Collects entries in any order, then sorts them into columns. */
export class SparseBuilder {
  private readonly rows: number[] = [];
  private readonly columns: number[] = [];
  private readonly values: number[] = [];

  /** Each place may be set once. */
  set(row: number, column: number, value: number): void {
    this.rows.push(row);
    this.columns.push(column);
    this.values.push(value);
  }

  build(rowCount: number, columnCount: number): SparseColumns {
    const byRow = countingOrder(this.rows, rowCount, identity(this.rows.length));
    const byColumn = countingOrder(this.columns, columnCount, byRow);
    const start = new Int32Array(columnCount + 1);
    for (const column of this.columns) start[column + 1] += 1;
    for (let j = 0; j < columnCount; j += 1) start[j + 1] += start[j];
    const row = new Int32Array(byColumn.length);
    const value = new Float64Array(byColumn.length);
    for (let k = 0; k < byColumn.length; k += 1) {
      row[k] = this.rows[byColumn[k]] as number;
      value[k] = this.values[byColumn[k]] as number;
    }
    return { rowCount, columnCount, start, row, value };
  }
}

function identity(length: number): Int32Array {
  const order = new Int32Array(length);
  for (let k = 0; k < length; k += 1) order[k] = k;
  return order;
}

/** Stable order of the entries by a small integer key. */
function countingOrder(keys: readonly number[], keyCount: number, entries: Int32Array): Int32Array {
  const next = new Int32Array(keyCount + 1);
  for (const key of keys) next[key + 1] += 1;
  for (let k = 0; k < keyCount; k += 1) next[k + 1] += next[k];
  const order = new Int32Array(entries.length);
  for (const entry of entries) {
    const key = keys[entry] as number;
    order[next[key]] = entry;
    next[key] += 1;
  }
  return order;
}
