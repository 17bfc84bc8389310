/**
 * Singleton columns: variables with one entry a in A, in row i, and none in G. In the KKT matrix such a
 * column meets nothing but its own diagonal d > 0 and row i, so it leaves in closed form:
 *
 *     d x + a y_i = r,   (row i) + a x = r_i   ⇒   (row i) − (a²/d) y_i = r_i − a r/d,   x = (r − a y_i)/d
 *
 * Which columns are singletons is a matter of the pattern; those that bounds fix are left out of a solve. They
 * are kept row by row, so that what a row collects from them is summed up before it is written.
 */
import type { PivotRule } from '../sparse/ldl.js';
import type { ConicProblem } from './problem.js';

export class SingletonColumns {
  /** Those in the present solve; arrays by singleton are filled that far. */
  count = 0;
  readonly value: Float64Array;
  /** 1/d of the factorisation. */
  readonly inversePivot: Float64Array;
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
    for (let g = 0; g < groupCount; g++) {
      const end = groupStart[g + 1];
      let sum = 0;
      for (let t = groupStart[g]; t < end; t++) {
        const d = diagonal[first + t] + positiveShift;
        const inverse = 1 / (d < least ? replacement : d);
        inversePivot[t] = inverse;
        sum += value[t] * value[t] * inverse;
      }
      pivot[rank[groupRow[g]]] = -sum;
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
}

/** The variables that are singleton columns, by row. */
export function findSingletons({ variableCount, equalities, cones }: ConicProblem): Int32Array {
  const byRow = Array.from({ length: equalities.rowCount }, (): number[] => []);
  for (let j = 0; j < variableCount; j++) {
    const entries = equalities.start[j + 1] - equalities.start[j];
    const isInCones = cones.start[j + 1] > cones.start[j];
    if (entries === 1 && !isInCones) byRow[equalities.row[equalities.start[j]]]?.push(j);
  }
  return Int32Array.from(byRow.flat());
}
