/**
 * A linear program whose rows come and go:
 *
 *     min cᵀx   subject to   rowLower ≤ A x ≤ rowUpper,   lower ≤ x ≤ upper
 *
 * Columns are laid out once and have finite bounds; rows are kept one after the other (compressed rows). This
 * copy, not the solver's, is what bounds are computed from.
 */
export class LinearProgram {
  readonly cost: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  rowCount = 0;
  rowLower = new Float64Array(64);
  rowUpper = new Float64Array(64);
  /** Entries of row i are rowStart[i] … rowStart[i + 1] − 1. */
  rowStart = new Int32Array(65);
  column = new Int32Array(256);
  value = new Float64Array(256);

  constructor(readonly columnCount: number) {
    this.cost = new Float64Array(columnCount);
    this.lower = new Float64Array(columnCount);
    this.upper = new Float64Array(columnCount);
  }

  setColumn(column: number, cost: number, lower: number, upper: number): void {
    this.cost[column] = cost;
    this.lower[column] = lower;
    this.upper[column] = upper;
  }

  /** Opens a row without entries, and returns its number. */
  addRow(lower: number, upper: number): number {
    const row = this.rowCount;
    if (row === this.rowLower.length) this.growRows();
    this.rowLower[row] = lower;
    this.rowUpper[row] = upper;
    this.rowStart[row + 1] = this.rowStart[row];
    this.rowCount = row + 1;
    return row;
  }

  /** Adds an entry to the last row; a column stands there once at most, and a zero is no entry. */
  addEntry(column: number, value: number): void {
    if (value === 0) return;
    const at = this.rowStart[this.rowCount];
    if (at === this.column.length) this.growEntries();
    this.column[at] = column;
    this.value[at] = value;
    this.rowStart[this.rowCount] = at + 1;
  }

  /** Replaces the values of a row's entries, in the order in which they were added. */
  setEntries(row: number, values: Float64Array): void {
    this.value.set(values, this.rowStart[row]);
  }

  /** Deletes the rows whose entry in `drop` is 1; the others keep their order. */
  deleteRows(drop: Uint8Array): void {
    let kept = 0;
    let at = 0;
    for (let row = 0; row < this.rowCount; row += 1) {
      const start = this.rowStart[row];
      const end = this.rowStart[row + 1];
      if (drop[row] === 1) continue;
      this.rowLower[kept] = this.rowLower[row];
      this.rowUpper[kept] = this.rowUpper[row];
      this.column.copyWithin(at, start, end);
      this.value.copyWithin(at, start, end);
      this.rowStart[kept] = at;
      at += end - start;
      kept += 1;
      this.rowStart[kept] = at;
    }
    this.rowCount = kept;
    this.rowStart[kept] = at;
  }

  private growRows(): void {
    const capacity = 2 * this.rowLower.length;
    this.rowLower = extended(this.rowLower, new Float64Array(capacity));
    this.rowUpper = extended(this.rowUpper, new Float64Array(capacity));
    this.rowStart = extended(this.rowStart, new Int32Array(capacity + 1));
  }

  private growEntries(): void {
    const capacity = 2 * this.column.length;
    this.column = extended(this.column, new Int32Array(capacity));
    this.value = extended(this.value, new Float64Array(capacity));
  }
}

function extended<T extends Float64Array | Int32Array>(old: T, room: T): T {
  room.set(old);
  return room;
}
