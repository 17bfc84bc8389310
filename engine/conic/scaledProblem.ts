/**
 * The program as the interior-point method works on it: scaled, fixed variables taken out, equalities and
 * cones stacked.
 *
 *     rows    M = E [A; G] C     (the first `equalityCount` rows are equalities)
 *     right   = E ([b; h] − Σ_fixed column · value)
 *     cost    ½ xᵀ diag(quadratic) x + linearᵀ x, with quadratic = κ C² · quadratic₀, linear = κ C · linear₀
 *
 * where x₀ = C x, E = diag(rowScale), C = diag(columnScale), κ = costScale. A fixed variable keeps its place
 * with an empty column, no linear cost and quadratic cost 1, so x = 0 and the structure never changes.
 */
import type { SparseColumns } from '../sparse/columns.js';
import { BoundFamily } from './bounds.js';
import { Equilibration } from './equilibrate.js';
import type { ConicProblem } from './problem.js';
import { FIXED_WIDTH, INFINITE_BOUND } from './tolerances.js';

export class ScaledProblem {
  readonly variableCount: number;
  readonly equalityCount: number;
  readonly rowCount: number;
  readonly coneSizes: Int32Array;
  /** M by columns. */
  readonly rows: SparseColumns;
  readonly right: Float64Array;
  readonly quadratic: Float64Array;
  readonly linear: Float64Array;
  readonly bounds: BoundFamily;
  readonly columnScale: Float64Array;
  readonly rowScale: Float64Array;
  costScale = 1;
  /** Cost of the fixed variables, in the units of the problem. */
  fixedCost = 0;
  /** 1 where the variable is fixed, and the value it is fixed at, in the units of the problem. */
  readonly fixed: Uint8Array;
  readonly fixedValue: Float64Array;

  /** Where each entry of A, and of G, stands in M. */
  private readonly equalityEntry: Int32Array;
  private readonly coneEntry: Int32Array;
  private readonly equilibration: Equilibration;

  constructor(private readonly problem: ConicProblem) {
    const { variableCount, equalities, cones } = problem;
    this.variableCount = variableCount;
    this.equalityCount = equalities.rowCount;
    this.rowCount = equalities.rowCount + cones.rowCount;
    this.coneSizes = problem.coneSizes;
    this.equalityEntry = new Int32Array(equalities.row.length);
    this.coneEntry = new Int32Array(cones.row.length);
    this.rows = this.stack(equalities, cones);
    this.right = new Float64Array(this.rowCount);
    this.quadratic = new Float64Array(variableCount);
    this.linear = new Float64Array(variableCount);
    this.bounds = new BoundFamily(variableCount);
    this.columnScale = new Float64Array(variableCount);
    this.rowScale = new Float64Array(this.rowCount);
    this.fixed = new Uint8Array(variableCount);
    this.fixedValue = new Float64Array(variableCount);
    this.equilibration = new Equilibration(this);
  }

  private stack(upper: SparseColumns, lower: SparseColumns): SparseColumns {
    const columnCount = upper.columnCount;
    const entryCount = upper.start[columnCount] + lower.start[columnCount];
    const start = new Int32Array(columnCount + 1);
    const row = new Int32Array(entryCount);
    let next = 0;
    for (let column = 0; column < columnCount; column++) {
      for (let entry = upper.start[column]; entry < upper.start[column + 1]; entry++) {
        this.equalityEntry[entry] = next;
        row[next++] = upper.row[entry];
      }
      for (let entry = lower.start[column]; entry < lower.start[column + 1]; entry++) {
        this.coneEntry[entry] = next;
        row[next++] = upper.rowCount + lower.row[entry];
      }
      start[column + 1] = next;
    }
    const value = new Float64Array(entryCount);
    return { rowCount: this.rowCount, columnCount, start, row, value };
  }

  /** Reads the values that the problem holds now, takes out fixed variables and scales. */
  load(): void {
    const { problem, rows, right, equalityCount } = this;
    for (let entry = 0; entry < this.equalityEntry.length; entry++) {
      rows.value[this.equalityEntry[entry]] = problem.equalities.value[entry];
    }
    for (let entry = 0; entry < this.coneEntry.length; entry++) {
      rows.value[this.coneEntry[entry]] = problem.cones.value[entry];
    }
    for (let i = 0; i < equalityCount; i++) right[i] = problem.equalityRight[i];
    for (let i = equalityCount; i < this.rowCount; i++) {
      right[i] = problem.coneRight[i - equalityCount];
    }
    this.quadratic.set(problem.quadratic);
    this.linear.set(problem.linear);
    this.takeOutFixedVariables();
    this.costScale = this.equilibration.scale();
    this.scaleBounds();
  }

  private takeOutFixedVariables(): void {
    const { problem, rows, right, fixed, fixedValue } = this;
    this.fixedCost = 0;
    for (let j = 0; j < this.variableCount; j++) {
      const lower = problem.lower[j];
      const upper = problem.upper[j];
      fixed[j] = fixes(lower, upper) ? 1 : 0;
      if (fixed[j] === 0) continue;
      const value = lower === upper ? lower : lower + 0.5 * (upper - lower);
      fixedValue[j] = value;
      for (let entry = rows.start[j]; entry < rows.start[j + 1]; entry++) {
        right[rows.row[entry]] -= rows.value[entry] * value;
        rows.value[entry] = 0;
      }
      this.fixedCost += (0.5 * problem.quadratic[j] * value + problem.linear[j]) * value;
      this.quadratic[j] = 1;
      this.linear[j] = 0;
    }
  }

  private scaleBounds(): void {
    const { problem, bounds, columnScale } = this;
    bounds.clear();
    for (let j = 0; j < this.variableCount; j++) {
      if (this.fixed[j] === 1) continue;
      if (problem.lower[j] > -INFINITE_BOUND) bounds.add(j, 1, problem.lower[j] / columnScale[j]);
      if (problem.upper[j] < INFINITE_BOUND) bounds.add(j, -1, problem.upper[j] / columnScale[j]);
    }
  }
}

function fixes(lower: number, upper: number): boolean {
  const size = Math.max(1, Math.min(Math.abs(lower), Math.abs(upper)));
  return size < INFINITE_BOUND && upper - lower <= FIXED_WIDTH * size;
}
