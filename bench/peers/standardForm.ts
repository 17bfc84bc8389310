/**
 * A `ConicProblem` in the form that Clarabel and SCS take:
 *
 *     minimise   ½ xᵀ P x + qᵀ x
 *     subject to A x + s = b,   s ∈ {0}^zero × R₊^nonnegative × (second-order cones)
 *
 * with P diagonal. Rows of A are, in this order: the equalities; the finite bounds (x ≤ upper, −x ≤ −lower)
 * and the cones of size 1, which are half-lines; the other cones. Variables with equal bounds are constants:
 * they are taken out, which is what a careful user of these solvers does and keeps a comparison fair.
 *
 * Signs: at an optimum P x + q + Aᵀ z = 0 with z in the dual cone (free for the zero rows), as in
 * engine/conic/problem.ts. A certificate of primal infeasibility has Aᵀ z = 0 and bᵀ z < 0; one of dual
 * infeasibility has A x + s = 0, P x = 0 and qᵀ x < 0.
 */
import type { ConicProblem } from '../../engine/conic/problem.js';
import { SparseBuilder, type SparseColumns } from '../../engine/sparse/columns.js';

export interface StandardForm {
  /** Which variable of the problem each column is. */
  readonly variable: Int32Array;
  /** Values of the constant variables; 0 for the others. */
  readonly constants: Float64Array;
  readonly constantCost: number;
  /** Diagonal of P. */
  readonly quadratic: Float64Array;
  readonly linear: Float64Array;
  readonly matrix: SparseColumns;
  readonly right: Float64Array;
  readonly zeroRows: number;
  readonly nonnegativeRows: number;
  /** Of the cones of size 2 and more. */
  readonly coneSizes: Int32Array;
}

/** Converts the values that the problem holds now. Bounds must not cross. */
export function standardForm(problem: ConicProblem): StandardForm {
  const { lower, upper, quadratic, linear } = problem;
  const constants = lower.map((bound, j) => (bound === upper[j] ? bound : 0));
  const free = Int32Array.from(lower.keys()).filter((j) => lower[j] !== upper[j]);
  const zeroRows = problem.equalityRight.length;
  const right = Array.from(problem.equalityRight);
  const matrix = new SparseBuilder();

  free.forEach((j, column) => {
    if (Number.isFinite(upper[j])) matrix.set(right.push(upper[j]) - 1, column, 1);
    if (Number.isFinite(lower[j])) matrix.set(right.push(-lower[j]) - 1, column, -1);
  });
  const coneRow = placeConeRows(problem, right);
  const firstLongRow = right.length - sum(longCones(problem));

  const columnOf = new Int32Array(problem.variableCount).fill(-1);
  free.forEach((j, column) => {
    columnOf[j] = column;
  });
  const add = (from: SparseColumns, rowOf: (row: number) => number) =>
    forAllEntries(from, (row, j, value) => {
      if (columnOf[j] >= 0) matrix.set(rowOf(row), columnOf[j], value);
      else right[rowOf(row)] -= value * constants[j];
    });
  add(problem.equalities, (row) => row);
  add(problem.cones, (row) => coneRow[row]);

  return {
    variable: free,
    constants,
    constantCost: constants.reduce(
      (cost, v, j) => cost + (linear[j] + 0.5 * quadratic[j] * v) * v,
      0,
    ),
    quadratic: Float64Array.from(free, (j) => quadratic[j]),
    linear: Float64Array.from(free, (j) => linear[j]),
    matrix: matrix.build(right.length, free.length),
    right: Float64Array.from(right),
    zeroRows,
    nonnegativeRows: firstLongRow - zeroRows,
    coneSizes: longCones(problem),
  };
}

/** The point of the problem that belongs to a point of the standard form. */
export function restoredPoint(form: StandardForm, x: ArrayLike<number>): Float64Array {
  const point = form.constants.slice();
  form.variable.forEach((j, column) => {
    point[j] = x[column];
  });
  return point;
}

/** The largest entry of P x + q + Aᵀ z in size, at a point of the problem with multipliers of the rows. */
export function largestGradient(
  form: StandardForm,
  point: Float64Array,
  rowDual: Float64Array,
): number {
  const { variable, quadratic, linear, matrix } = form;
  let worst = 0;
  variable.forEach((j, column) => {
    let sum = quadratic[column] * point[j] + linear[column];
    for (let k = matrix.start[column]; k < matrix.start[column + 1]; k += 1) {
      sum += matrix.value[k] * rowDual[matrix.row[k]];
    }
    worst = Math.max(worst, Math.abs(sum));
  });
  return worst;
}

/** Appends the right-hand sides of the cones, those of size 1 first; tells where each row of G went. */
function placeConeRows({ coneSizes, coneRight }: ConicProblem, right: number[]): Int32Array {
  const coneRow = new Int32Array(coneRight.length);
  for (const wantsLong of [false, true]) {
    let row = 0;
    for (const size of coneSizes) {
      const end = row + size;
      for (; row < end; row += 1) {
        if (size > 1 === wantsLong) coneRow[row] = right.push(coneRight[row]) - 1;
      }
    }
  }
  return coneRow;
}

function longCones({ coneSizes }: ConicProblem): Int32Array {
  return coneSizes.filter((size) => size > 1);
}

function sum(numbers: Int32Array): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function forAllEntries(
  matrix: SparseColumns,
  visit: (row: number, column: number, value: number) => void,
): void {
  for (let j = 0; j < matrix.columnCount; j += 1) {
    for (let k = matrix.start[j]; k < matrix.start[j + 1]; k += 1)
      visit(matrix.row[k], j, matrix.value[k]);
  }
}
