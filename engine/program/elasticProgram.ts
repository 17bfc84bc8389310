/**
 * The elastic program of an infeasible market (docs/model.md section 6): the least total violation of limits
 * with which some outcome exists, and where. A limited quantity y becomes y + above − below with two
 * nonnegative columns that repeat y's own column, at a cost of 1 each (per pu² of squared voltage or current,
 * per pu of exchange); nothing else costs anything.
 */
import type { ConicProblem } from '../conic/problem.js';
import { createConicSolver } from '../conic/solver.js';
import type { CostCurves } from '../market/costCurve.js';
import type { SparseColumns } from '../sparse/columns.js';
import { type NetworkProgram, setImportBase } from './networkProgram.js';
import { isUsable, smallestImports } from './relaxation.js';

/** `voltages` relaxes the voltage limits alone, `all` those of currents and exchange too. */
export type ElasticLimits = 'voltages' | 'all';

/** How far each limit is left, pu; zero where it is kept. */
export interface LeastViolation {
  /** Squared voltage below and above its limits, by junction. */
  readonly voltageBelow: Float64Array;
  readonly voltageAbove: Float64Array;
  /** Squared current above its limit, by branch. */
  readonly currentAbove: Float64Array;
  readonly importAbove: number;
  readonly exportAbove: number;
  /** Squared voltages and currents of the outcome. */
  readonly squaredVoltage: Float64Array;
  readonly squaredCurrent: Float64Array;
}

/**
 * @param curves ranges of the imports
 * @returns undefined where not even these limits explain it, or the solver made no progress
 */
export function leastViolation(
  program: NetworkProgram,
  curves: CostCurves,
  limits: ElasticLimits,
): LeastViolation | undefined {
  const { layout } = program;
  const branches = layout.branchCount;
  const raised: number[] = [];
  const lowered: number[] = [];
  for (let e = 0; e < branches; e += 1) raised.push(layout.squaredVoltage + e);
  lowered.push(...raised);
  if (limits === 'all') {
    for (let e = 0; e < branches; e += 1) raised.push(layout.squaredCurrent + e);
    raised.push(layout.gridImport, layout.gridExport);
  }
  const problem = elasticProblem(program, curves, raised, lowered);
  const solution = createConicSolver(problem).solve();
  if (!isUsable(solution)) return undefined;
  const firstRaised = layout.columnCount;
  const firstLowered = firstRaised + raised.length;
  const above = solution.x.slice(firstRaised, firstLowered);
  const below = solution.x.slice(firstLowered, firstLowered + lowered.length);
  const all = limits === 'all';
  return {
    voltageBelow: atJunctions(below.subarray(0, branches)),
    voltageAbove: atJunctions(above.subarray(0, branches)),
    currentAbove: all ? above.slice(branches, 2 * branches) : new Float64Array(branches),
    importAbove: all ? above[2 * branches] : 0,
    exportAbove: all ? above[2 * branches + 1] : 0,
    squaredVoltage: atJunctions(
      below.map((deficit, e) => solution.x[layout.squaredVoltage + e] + above[e] - deficit),
    ),
    squaredCurrent: Float64Array.from(
      { length: branches },
      (_, e) => solution.x[layout.squaredCurrent + e] + (all ? above[branches + e] : 0),
    ),
  };
}

/** Junction e + 1 is fed by branch e; the root has no limits. */
function atJunctions(byBranch: Float64Array): Float64Array {
  const values = new Float64Array(byBranch.length + 1);
  values.set(byBranch, 1);
  return values;
}

function elasticProblem(
  program: NetworkProgram,
  curves: CostCurves,
  raised: readonly number[],
  lowered: readonly number[],
): ConicProblem {
  const { layout, network, problem } = program;
  const extra = raised.length + lowered.length;
  const columns = layout.columnCount + extra;
  const lower = new Float64Array(columns);
  lower.set(problem.lower);
  const upper = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
  upper.set(problem.upper);
  upper.fill(0, layout.importPart, layout.columnCount);
  const linear = new Float64Array(columns);
  linear.fill(1, layout.columnCount);
  const least = smallestImports(program, curves);
  setImportBase(program, least);
  for (let m = 0; m < layout.communityCount; m += 1) {
    const most = curves.knot[curves.start[m] + curves.arcCount[m]] / network.baseKva;
    upper[layout.importPart + m * layout.partCount] = most - least[m];
  }
  return {
    variableCount: columns,
    quadratic: new Float64Array(columns),
    linear,
    lower,
    upper,
    equalities: withRepeatedColumns(problem.equalities, raised, lowered),
    equalityRight: problem.equalityRight,
    cones: withRepeatedColumns(problem.cones, raised, lowered),
    coneRight: problem.coneRight,
    coneSizes: problem.coneSizes,
  };
}

/** Appends the columns `raised`, then the negatives of the columns `lowered`. */
function withRepeatedColumns(
  matrix: SparseColumns,
  raised: readonly number[],
  lowered: readonly number[],
): SparseColumns {
  const start = Array.from(matrix.start);
  const row = Array.from(matrix.row);
  const value = Array.from(matrix.value);
  const repeat = (column: number, sign: number): void => {
    for (let k = matrix.start[column]; k < matrix.start[column + 1]; k += 1) {
      row.push(matrix.row[k]);
      value.push(sign * matrix.value[k]);
    }
    start.push(row.length);
  };
  for (const column of raised) repeat(column, 1);
  for (const column of lowered) repeat(column, -1);
  return {
    rowCount: matrix.rowCount,
    columnCount: start.length - 1,
    start: Int32Array.from(start),
    row: Int32Array.from(row),
    value: Float64Array.from(value),
  };
}
