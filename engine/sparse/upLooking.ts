/**
 * L D Lᵀ row by row: row k of L solves L(0…k−1) D y = (column k of the upper triangle). The columns that make
 * up each row, and where each entry of the row belongs in its column, are written down once.
 */
import type { FactorMethod, Factors, PivotRule } from './factorPattern.js';
import type { UpperPattern } from './symmetric.js';

export class UpLooking implements FactorMethod {
  /** Row k of L: its columns, ascending, and the place of each entry in the arrays by columns. */
  private readonly rowStart: Int32Array;
  private readonly rowColumn: Int32Array;
  private readonly rowEntry: Int32Array;
  private readonly work: Float64Array;

  constructor(
    private readonly pattern: UpperPattern,
    private readonly sign: Float64Array,
    private readonly factors: Factors,
  ) {
    const { size } = pattern;
    const { columnStart, entryRow } = factors;
    this.rowStart = new Int32Array(size + 1);
    for (let entry = 0; entry < entryRow.length; entry++) this.rowStart[entryRow[entry] + 1]++;
    for (let k = 0; k < size; k++) this.rowStart[k + 1] += this.rowStart[k];
    this.rowColumn = new Int32Array(entryRow.length);
    this.rowEntry = new Int32Array(entryRow.length);
    this.work = new Float64Array(size);
    // Reading the columns in their order sorts the rows.
    const next = this.rowStart.slice();
    for (let column = 0; column < size; column++) {
      for (let entry = columnStart[column]; entry < columnStart[column + 1]; entry++) {
        const place = next[entryRow[entry]]++;
        this.rowColumn[place] = column;
        this.rowEntry[place] = entry;
      }
    }
  }

  factorise(value: Float64Array, rule: PivotRule, extra: Float64Array): boolean {
    const { size, start, row } = this.pattern;
    const { columnStart, entryRow, entryValue, inversePivot } = this.factors;
    const { rowStart, rowColumn, rowEntry, sign, work } = this;
    const { positiveShift, negativeShift, least, replacement } = rule;
    for (let k = 0; k < size; k++) {
      const diagonal = start[k + 1] - 1;
      for (let entry = start[k]; entry < diagonal; entry++) work[row[entry]] = value[entry];
      let pivot = value[diagonal] + extra[k] + (sign[k] > 0 ? positiveShift : -negativeShift);
      const rowEnd = rowStart[k + 1];
      for (let place = rowStart[k]; place < rowEnd; place++) {
        const column = rowColumn[place];
        const target = rowEntry[place];
        const y = work[column];
        work[column] = 0;
        for (let entry = columnStart[column]; entry < target; entry++) {
          work[entryRow[entry]] -= entryValue[entry] * y;
        }
        const scaled = y * inversePivot[column];
        pivot -= y * scaled;
        entryValue[target] = scaled;
      }
      if (!Number.isFinite(pivot)) {
        work.fill(0);
        return false;
      }
      if (pivot * sign[k] < least) pivot = sign[k] * replacement;
      inversePivot[k] = 1 / pivot;
    }
    return true;
  }
}
