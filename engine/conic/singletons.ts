/**
 * Singleton columns: variables with one entry a in A, in row i, and none in G. In the KKT matrix such a
 * column meets nothing but its own diagonal d > 0 and row i, so it leaves in closed form:
 *
 *     d x + a y_i = r,   (row i) + a x = r_i   ⇒   (row i) − (a²/d) y_i = r_i − a r/d,   x = (r − a y_i)/d
 *
 * Which columns are singletons is a matter of the pattern; those that bounds fix are left out of a solve.
 * They are kept row by row, so that what a row collects from them is summed up before it is written.
 */
import type { PivotRule } from '../sparse/ldl.js';
import type { ConicProblem } from './problem.js';

export class SingletonColumns {
  /** Those in the present solve; arrays by singleton are filled that far. */
  count = 0;
  readonly value: Float64Array;
  /** 1/d of the factorisation. */
  readonly inversePivot: Float64Array;
  /** Whether every 1/d is that of the matrix itself; then the singletons' own equations hold to rounding. */
  isExact = true;
  /** Rows that have singletons, ascending, and where the singletons of each begin. */
  groupCount = 0;
  readonly groupRow: Int32Array;
  readonly groupStart: Int32Array;

  constructor(capacity: number) {
    this.value = new Float64Array(capacity);
    this.inversePivot = new Float64Array(capacity);
    this.groupRow = new Int32Array(capacity);
    this.groupStart = new Int32Array(capacity + 1);
  }

  clear(): void {
    this.count = 0;
    this.groupCount = 0;
  }

  /** Rows must not descend. */
  add(row: number, value: number): void {
    const { groupRow, groupStart } = this;
    if (this.groupCount === 0 || groupRow[this.groupCount - 1] !== row) {
      groupRow[this.groupCount] = row;
      groupStart[this.groupCount] = this.count;
      this.groupCount++;
    }
    this.value[this.count++] = value;
    groupStart[this.groupCount] = this.count;
  }

  /**
   * Inverts the diagonals, which begin at `first`, and writes −Σ a²/d to the pivots of the rows that have
   * singletons. A diagonal too small for the rule is replaced, and refinement makes up for it.
   *
   * @param rank where each row's pivot stands
   */
  eliminate(
    diagonal: Float64Array,
    first: number,
    rule: PivotRule,
    rank: Int32Array,
    pivot: Float64Array,
  ): void {
    const { value, inversePivot, groupCount, groupRow, groupStart } = this;
    const { positiveShift, least, replacement } = rule;
    let isExact = positiveShift === 0;
    for (let g = 0; g < groupCount; g++) {
      const end = groupStart[g + 1];
      let sum = 0;
      for (let t = groupStart[g]; t < end; t++) {
        let d = diagonal[first + t] + positiveShift;
        if (d < least) {
          d = replacement;
          isExact = false;
        }
        const inverse = 1 / d;
        const a = value[t];
        inversePivot[t] = inverse;
        sum += a * a * inverse;
      }
      pivot[rank[groupRow[g]]] = -sum;
    }
    this.isExact = isExact;
  }

  /** rows −= A x of the singletons, which begin at `first` in `x`. */
  subtractProduct(x: Float64Array, first: number, rows: Float64Array, firstRow: number): void {
    const { value, groupCount, groupRow, groupStart } = this;
    for (let g = 0; g < groupCount; g++) {
      let sum = 0;
      for (let t = groupStart[g]; t < groupStart[g + 1]; t++) sum += value[t] * x[first + t];
      rows[firstRow + groupRow[g]] -= sum;
    }
  }

  /** Takes the singletons, which begin at `first` in `right`, out of the rows' right-hand sides. */
  reduce(right: Float64Array, first: number, rank: Int32Array, rows: Float64Array): void {
    const { value, inversePivot, groupCount, groupRow, groupStart } = this;
    for (let g = 0; g < groupCount; g++) {
      const end = groupStart[g + 1];
      let sum = 0;
      for (let t = groupStart[g]; t < end; t++) {
        sum += value[t] * inversePivot[t] * right[first + t];
      }
      rows[rank[groupRow[g]]] -= sum;
    }
  }

  /** Solutions of the singletons once the rows' duals are known. */
  expand(
    right: Float64Array,
    first: number,
    rank: Int32Array,
    rows: Float64Array,
    target: Float64Array,
  ): void {
    const { value, inversePivot, groupCount, groupRow, groupStart } = this;
    for (let g = 0; g < groupCount; g++) {
      const end = groupStart[g + 1];
      const dual = rows[rank[groupRow[g]]];
      for (let t = groupStart[g]; t < end; t++) {
        target[first + t] = (right[first + t] - value[t] * dual) * inversePivot[t];
      }
    }
  }

  /**
   * Residuals of the singletons' own equations, and what the singletons take from those of the rows.
   *
   * @returns the largest residual of their own
   */
  measureResidual(
    diagonal: Float64Array,
    right: Float64Array,
    solution: Float64Array,
    first: number,
    rank: Int32Array,
    rows: Float64Array,
    residual: Float64Array,
  ): number {
    const { value, groupCount, groupRow, groupStart } = this;
    if (this.isExact) return this.subtractProducts(solution, first, rank, residual);
    let largest = 0;
    for (let g = 0; g < groupCount; g++) {
      const end = groupStart[g + 1];
      const i = rank[groupRow[g]];
      const dual = rows[i];
      let sum = 0;
      for (let t = groupStart[g]; t < end; t++) {
        const p = first + t;
        const x = solution[p];
        const rest = right[p] - diagonal[p] * x - value[t] * dual;
        const magnitude = Math.abs(rest);
        residual[p] = rest;
        sum += value[t] * x;
        if (!(magnitude <= largest)) largest = magnitude;
      }
      residual[i] -= sum;
    }
    return largest;
  }

  /** The same where the singletons' own equations hold. */
  private subtractProducts(
    solution: Float64Array,
    first: number,
    rank: Int32Array,
    residual: Float64Array,
  ): number {
    const { value, groupCount, groupRow, groupStart } = this;
    residual.fill(0, first, first + this.count);
    for (let g = 0; g < groupCount; g++) {
      const end = groupStart[g + 1];
      let sum = 0;
      for (let t = groupStart[g]; t < end; t++) sum += value[t] * solution[first + t];
      residual[rank[groupRow[g]]] -= sum;
    }
    return 0;
  }
}

/** The variables that are singleton columns, by row. */
export function findSingletons({ variableCount, equalities, cones }: ConicProblem): Int32Array {
  const { start, row, rowCount } = equalities;
  const isSingleton = (j: number): boolean =>
    start[j + 1] === start[j] + 1 && cones.start[j + 1] === cones.start[j];
  const next = new Int32Array(rowCount + 1);
  for (let j = 0; j < variableCount; j++) if (isSingleton(j)) next[row[start[j]] + 1]++;
  for (let i = 0; i < rowCount; i++) next[i + 1] += next[i];
  const byRow = new Int32Array(next[rowCount]);
  for (let j = 0; j < variableCount; j++) if (isSingleton(j)) byRow[next[row[start[j]]]++] = j;
  return byRow;
}
