/**
 * Sparse factorisation L D Lᵀ of a symmetric quasi-definite matrix, L unit lower triangular.
 *
 * Row k of L solves L(0…k−1) D y = (column k of the upper triangle); rows are computed one after the other
 * ("up-looking"). The pattern of L never changes, so the columns that make up each row, and where each entry
 * of the row belongs in its column, are written down once, and factorising is arithmetic only.
 *
 * The sign of every pivot is known beforehand. Each can be pushed away from zero by a constant amount, and
 * one that still comes out too small or of the wrong sign is replaced. Vanderbei, "Symmetric quasidefinite
 * matrices", SIAM J. Optimization 5 (1995).
 */
import { eliminationTree } from './eliminationTree.js';
import type { UpperPattern } from './symmetric.js';

const NONE = -1;

/** How pivots are kept away from zero. */
export interface PivotRule {
  /** Added to every pivot of positive sign, and taken from every pivot of negative sign. */
  readonly positiveShift: number;
  readonly negativeShift: number;
  /** A pivot below this, measured in the direction of its sign, is replaced … */
  readonly least: number;
  /** … by this, with its sign. */
  readonly replacement: number;
}

/** A factorisation bound to one pattern. */
export class Factorisation {
  /** Nonzeros of L below the diagonal. */
  readonly entryCount: number;
  private readonly columnStart: Int32Array;
  private readonly entryRow: Int32Array;
  private readonly entryValue: Float64Array;
  /** Row k of L: its columns, ascending, and the place of each entry in the arrays by columns. */
  private readonly rowStart: Int32Array;
  private readonly rowColumn: Int32Array;
  private readonly rowEntry: Int32Array;
  private readonly inversePivot: Float64Array;
  private readonly work: Float64Array;

  /** @param sign +1 or −1 for every pivot, in the order of the pattern */
  constructor(
    private readonly pattern: UpperPattern,
    private readonly sign: Float64Array,
  ) {
    const { size } = pattern;
    const tree = eliminationTree(pattern);
    const columnCount = new Int32Array(size);
    this.rowStart = new Int32Array(size + 1);
    forEachEntry(pattern, tree, (row, column) => {
      columnCount[column]++;
      this.rowStart[row + 1]++;
    });
    this.columnStart = new Int32Array(size + 1);
    for (let k = 0; k < size; k++) {
      this.columnStart[k + 1] = this.columnStart[k] + columnCount[k];
      this.rowStart[k + 1] += this.rowStart[k];
    }
    this.entryCount = this.columnStart[size];
    this.entryRow = new Int32Array(this.entryCount);
    this.entryValue = new Float64Array(this.entryCount);
    this.rowColumn = new Int32Array(this.entryCount);
    this.rowEntry = new Int32Array(this.entryCount);
    this.inversePivot = new Float64Array(size);
    this.work = new Float64Array(size);

    // Rows come in ascending order, which sorts the columns; reading the columns back sorts the rows.
    const nextInColumn = this.columnStart.slice();
    forEachEntry(pattern, tree, (row, column) => {
      this.entryRow[nextInColumn[column]++] = row;
    });
    const nextInRow = this.rowStart.slice();
    for (let column = 0; column < size; column++) {
      for (let entry = this.columnStart[column]; entry < this.columnStart[column + 1]; entry++) {
        const place = nextInRow[this.entryRow[entry]]++;
        this.rowColumn[place] = column;
        this.rowEntry[place] = entry;
      }
    }
  }

  /**
   * Factorises the matrix with these values of the pattern's entries.
   *
   * @param extra added to every pivot
   * @returns false when a value was not finite; the factors are then unusable
   */
  factorise(value: Float64Array, rule: PivotRule, extra: Float64Array): boolean {
    const { size, start, row } = this.pattern;
    const { columnStart, entryRow, entryValue, inversePivot, sign, work } = this;
    const { rowStart, rowColumn, rowEntry } = this;
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

  /** Solves L D Lᵀ v = v in place. */
  solve(vector: Float64Array): void {
    const { size } = this.pattern;
    const { columnStart, entryRow, entryValue, inversePivot } = this;
    for (let k = 0; k < size; k++) {
      const factor = vector[k];
      const end = columnStart[k + 1];
      for (let entry = columnStart[k]; entry < end; entry++) {
        vector[entryRow[entry]] -= entryValue[entry] * factor;
      }
    }
    for (let k = size - 1; k >= 0; k--) {
      let sum = vector[k] * inversePivot[k];
      const end = columnStart[k + 1];
      for (let entry = columnStart[k]; entry < end; entry++) {
        sum -= entryValue[entry] * vector[entryRow[entry]];
      }
      vector[k] = sum;
    }
  }

  /** Solves for two right-hand sides in one sweep over the factors. */
  solvePair(first: Float64Array, second: Float64Array): void {
    const { size } = this.pattern;
    const { columnStart, entryRow, entryValue, inversePivot } = this;
    for (let k = 0; k < size; k++) {
      const firstFactor = first[k];
      const secondFactor = second[k];
      const end = columnStart[k + 1];
      for (let entry = columnStart[k]; entry < end; entry++) {
        const row = entryRow[entry];
        const value = entryValue[entry];
        first[row] -= value * firstFactor;
        second[row] -= value * secondFactor;
      }
    }
    for (let k = size - 1; k >= 0; k--) {
      let firstSum = first[k] * inversePivot[k];
      let secondSum = second[k] * inversePivot[k];
      const end = columnStart[k + 1];
      for (let entry = columnStart[k]; entry < end; entry++) {
        const row = entryRow[entry];
        const value = entryValue[entry];
        firstSum -= value * first[row];
        secondSum -= value * second[row];
      }
      first[k] = firstSum;
      second[k] = secondSum;
    }
  }
}

/**
 * Visits the entries of L below the diagonal, rows ascending: row k holds every column on a path of the
 * elimination tree from a nonzero of the upper triangle's column k towards k.
 */
function forEachEntry(
  pattern: UpperPattern,
  tree: Int32Array,
  visit: (row: number, column: number) => void,
): void {
  const { size, start, row } = pattern;
  const visited = new Int32Array(size).fill(NONE);
  for (let k = 0; k < size; k++) {
    visited[k] = k;
    for (let entry = start[k]; entry < start[k + 1] - 1; entry++) {
      for (let column = row[entry]; visited[column] !== k; column = tree[column]) {
        visited[column] = k;
        visit(k, column);
      }
    }
  }
}
