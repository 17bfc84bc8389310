/**
 * The program as the interior-point method works on it: scaled, fixed variables taken out, equalities and
 * cones stacked, singleton columns apart.
 *
 *     rows    M = E [A; G] C     (the first `equalityCount` rows are equalities)
 *     right   = E ([b; h] − Σ_fixed column · value)
 *     cost    ½ xᵀ diag(quadratic) x + linearᵀ x, with quadratic = κ C² · quadratic₀, linear = κ C · linear₀
 *
 * where x₀ = C x and κ = costScale. A point of the method has places for
 *
 *     structural columns | equalities | cones | singleton columns that are not fixed
 *
 * and arrays "by place" follow that order. A fixed singleton has no place; a fixed structural column keeps
 * its place with an empty column, no linear cost and quadratic cost 1, so x = 0 and the structure never
 * changes.
 */
import type { SparseColumns } from '../sparse/columns.js';
import { BoundFamily } from './bounds.js';
import { Equilibration } from './equilibrate.js';
import type { ConicProblem } from './problem.js';
import { findSingletons, SingletonColumns } from './singletons.js';
import { FIXED_WIDTH, INFINITE_BOUND } from './tolerances.js';

/** Place of a fixed singleton. */
export const NO_PLACE = -1;

export class ScaledProblem {
  readonly structuralCount: number;
  readonly equalityCount: number;
  readonly rowCount: number;
  readonly coneSizes: Int32Array;
  /** Where the rows, the cones among them, and the singleton columns begin in a point. */
  readonly firstRow: number;
  readonly firstCone: number;
  readonly firstSingleton: number;
  /** Places that a point may have, and those of the present solve. */
  readonly capacity: number;
  size = 0;
  /** M by structural columns. */
  readonly rows: SparseColumns;
  readonly singletons: SingletonColumns;
  /** By row. */
  readonly right: Float64Array;
  /** By place, 0 at rows. */
  readonly quadratic: Float64Array;
  readonly linear: Float64Array;
  readonly bounds: BoundFamily;
  /** C and E, by place. */
  readonly scale: Float64Array;
  costScale = 1;
  /** Cost of the fixed variables, in the units of the problem. */
  fixedCost = 0;
  /** Place of each variable. */
  readonly place: Int32Array;
  /** 1 where the variable is fixed, and the value it is fixed at, in the units of the problem. */
  readonly fixed: Uint8Array;
  readonly fixedValue: Float64Array;
  /** Variable in each structural column. */
  readonly structural: Int32Array;

  /** Variables that are singleton columns, by row. */
  private readonly singletonVariables: Int32Array;
  /** Where each entry of M stands in A (first those of equalities in a column) or G. */
  private readonly source: Int32Array;
  private readonly equilibration: Equilibration;

  constructor(private readonly problem: ConicProblem) {
    const { variableCount, equalities, cones } = problem;
    this.singletonVariables = findSingletons(problem);
    this.structural = otherThan(this.singletonVariables, variableCount);
    this.structuralCount = this.structural.length;
    this.equalityCount = equalities.rowCount;
    this.rowCount = equalities.rowCount + cones.rowCount;
    this.coneSizes = problem.coneSizes;
    this.firstRow = this.structuralCount;
    this.firstCone = this.firstRow + this.equalityCount;
    this.firstSingleton = this.firstRow + this.rowCount;
    this.capacity = this.firstRow + this.rowCount + variableCount - this.structuralCount;
    const stacked = stack(problem, this.structural);
    this.rows = stacked.rows;
    this.source = stacked.source;
    this.singletons = new SingletonColumns(variableCount - this.structuralCount);
    this.right = new Float64Array(this.rowCount);
    this.quadratic = new Float64Array(this.capacity);
    this.linear = new Float64Array(this.capacity);
    this.bounds = new BoundFamily(variableCount);
    this.scale = new Float64Array(this.capacity);
    this.place = new Int32Array(variableCount);
    for (let k = 0; k < this.structuralCount; k++) this.place[this.structural[k]] = k;
    this.fixed = new Uint8Array(variableCount);
    this.fixedValue = new Float64Array(variableCount);
    this.equilibration = new Equilibration(this);
  }

  /** Reads the values that the problem holds now, takes out fixed variables and scales. */
  load(): void {
    const { problem, right, equalityCount } = this;
    this.fixedCost = 0;
    right.set(problem.equalityRight);
    right.set(problem.coneRight, equalityCount);
    this.loadStructural();
    this.loadSingletons();
    this.costScale = this.equilibration.scale();
    this.scaleBounds();
  }

  /** rows −= M x, for arrays by place. */
  subtractProduct(x: Float64Array, rows: Float64Array): void {
    const { firstRow, firstSingleton, structuralCount, singletons } = this;
    const { start, row, value } = this.rows;
    for (let j = 0; j < structuralCount; j++) {
      for (let entry = start[j]; entry < start[j + 1]; entry++) {
        rows[firstRow + row[entry]] -= value[entry] * x[j];
      }
    }
    singletons.subtractProduct(x, firstSingleton, rows, firstRow);
  }

  private loadStructural(): void {
    const { problem, rows, right, structural, equalityCount } = this;
    const { start, row, value } = rows;
    for (let k = 0; k < structural.length; k++) {
      const j = structural[k];
      const end = start[k + 1];
      for (let entry = start[k]; entry < end; entry++) {
        const from = row[entry] < equalityCount ? problem.equalities : problem.cones;
        value[entry] = from.value[this.source[entry]];
      }
      this.quadratic[k] = problem.quadratic[j];
      this.linear[k] = problem.linear[j];
      if (!this.isFixed(j)) continue;
      for (let entry = start[k]; entry < end; entry++) {
        right[row[entry]] -= value[entry] * this.fixedValue[j];
        value[entry] = 0;
      }
      this.quadratic[k] = 1;
      this.linear[k] = 0;
    }
  }

  private loadSingletons(): void {
    const { problem, right, singletons, place, singletonVariables } = this;
    const { start, row, value } = problem.equalities;
    singletons.clear();
    this.size = this.firstSingleton;
    for (let t = 0; t < singletonVariables.length; t++) {
      const j = singletonVariables[t];
      const entry = start[j];
      if (this.isFixed(j)) {
        place[j] = NO_PLACE;
        right[row[entry]] -= value[entry] * this.fixedValue[j];
        continue;
      }
      singletons.add(row[entry], value[entry]);
      place[j] = this.size;
      this.quadratic[this.size] = problem.quadratic[j];
      this.linear[this.size] = problem.linear[j];
      this.size++;
    }
  }

  /** Notes whether variable j is fixed, and where; a fixed one adds its cost. */
  private isFixed(j: number): boolean {
    const { lower, upper, quadratic, linear } = this.problem;
    const fixed = fixes(lower[j], upper[j]);
    this.fixed[j] = fixed ? 1 : 0;
    if (!fixed) return false;
    const value = lower[j] === upper[j] ? lower[j] : lower[j] + 0.5 * (upper[j] - lower[j]);
    this.fixedValue[j] = value;
    this.fixedCost += (0.5 * quadratic[j] * value + linear[j]) * value;
    return true;
  }

  private scaleBounds(): void {
    const { bounds, scale, fixed, place } = this;
    const { lower, upper, variableCount } = this.problem;
    bounds.clear();
    for (let j = 0; j < variableCount; j++) {
      if (fixed[j] === 1) continue;
      const inverse = 1 / scale[place[j]];
      const low = lower[j] > -INFINITE_BOUND ? lower[j] * inverse : Number.NEGATIVE_INFINITY;
      const high = upper[j] < INFINITE_BOUND ? upper[j] * inverse : Number.POSITIVE_INFINITY;
      if (Number.isFinite(low) || Number.isFinite(high)) bounds.add(j, place[j], low, high);
    }
  }
}

function fixes(lower: number, upper: number): boolean {
  const size = Math.max(1, Math.min(Math.abs(lower), Math.abs(upper)));
  return size < INFINITE_BOUND && upper - lower <= FIXED_WIDTH * size;
}

/** The variables that are not among these, ascending. */
function otherThan(variables: Int32Array, variableCount: number): Int32Array {
  const isAmong = new Uint8Array(variableCount);
  for (let t = 0; t < variables.length; t++) isAmong[variables[t]] = 1;
  const others = new Int32Array(variableCount - variables.length);
  let count = 0;
  for (let j = 0; j < variableCount; j++) if (isAmong[j] === 0) others[count++] = j;
  return others;
}

/** The structural columns of A over those of G, and where each entry comes from. */
function stack(
  { equalities, cones }: ConicProblem,
  structural: Int32Array,
): { readonly rows: SparseColumns; readonly source: Int32Array } {
  const start = new Int32Array(structural.length + 1);
  for (let k = 0; k < structural.length; k++) {
    const j = structural[k];
    const inEqualities = equalities.start[j + 1] - equalities.start[j];
    const inCones = cones.start[j + 1] - cones.start[j];
    start[k + 1] = start[k] + inEqualities + inCones;
  }
  const entryCount = start[structural.length];
  const row = new Int32Array(entryCount);
  const source = new Int32Array(entryCount);
  let next = 0;
  for (let k = 0; k < structural.length; k++) {
    const j = structural[k];
    for (let entry = equalities.start[j]; entry < equalities.start[j + 1]; entry++) {
      source[next] = entry;
      row[next++] = equalities.row[entry];
    }
    for (let entry = cones.start[j]; entry < cones.start[j + 1]; entry++) {
      source[next] = entry;
      row[next++] = equalities.rowCount + cones.row[entry];
    }
  }
  const rowCount = equalities.rowCount + cones.rowCount;
  const value = new Float64Array(entryCount);
  return { rows: { rowCount, columnCount: structural.length, start, row, value }, source };
}
