/**
 * The elastic program (docs/model.md section 6): limits may be left, at a price. A limited quantity y
 * becomes y + above − below with nonnegative columns that repeat y's own column, each with a price per unit
 * and the most it can be. Two uses of it:
 *
 *     least violation     nothing costs anything but leaving a limit
 *     priced violation    the costs of the market (convex envelopes), and leaving a limit costs on top
 *
 * With prices above the multipliers that the limits have in a market with an outcome, no limit is left there
 * (an exact penalty).
 */
import type { ConicProblem } from '../conic/problem.js';
import { createConicSolver } from '../conic/solver.js';
import type { SparseColumns } from '../sparse/columns.js';
import { columnOf, type ImportRanges, isLowerLimit, type ProgramLimit } from './elasticLimits.js';
import { type ImportModels, WHOLE_RANGE } from './importModels.js';
import { type NetworkProgram, setImportBase } from './networkProgram.js';
import { isUsable } from './relaxation.js';

/** An outcome of the relaxed network that leaves some limits. */
export interface Violation {
  /** How far each limit is left, in the order of the limits given; pu or pu², 0 where it is kept. */
  readonly left: Float64Array;
  /** By community, kW. */
  readonly netImport: Float64Array;
  /** Free reactive consumption by junction, pu. */
  readonly freeReactive: Float64Array;
}

/** What is claimed to be enough is checked by no power flow: it must be a solution to the digits reported. */
const CLAIMED_RESIDUAL = 1e-7;

/**
 * The least Σ weight · violation with which the relaxed network has an outcome.
 *
 * @param weights of each limit; Infinity for one that must be kept
 * @returns undefined where leaving these limits is not enough, or the solver made no progress
 */
export function leastViolation(
  program: NetworkProgram,
  ranges: ImportRanges,
  limits: readonly ProgramLimit[],
  weights: Float64Array,
): Violation | undefined {
  const { layout, network } = program;
  const elastic = limits.map((_, k) => k).filter((k) => weights[k] < Number.POSITIVE_INFINITY);
  const problem = elasticProblem(program, limits, elastic);
  problem.linear.fill(0);
  problem.quadratic.fill(0);
  elastic.forEach((k, position) => {
    problem.linear[layout.columnCount + position] = weights[k];
  });
  const base = setSimpleImports(program, problem, ranges);
  setOneExchange(program, problem);
  const solution = createConicSolver(problem).solve();
  const isClaim = isUsable(solution) && solution.primalResidual <= CLAIMED_RESIDUAL;
  if (!isClaim) return undefined;
  const netImport = base.map(
    (least, m) => (least + solution.x[layout.importPart + m * layout.partCount]) * network.baseKva,
  );
  return readViolation(program, limits, elastic, solution.x, netImport);
}

/** As often as models are centred anew, see relaxation.ts; what is missing then is mended by the clearing. */
const PASS_LIMIT = 24;

/** Later passes move centres half of the way only. */
const UNDAMPED_PASSES = 5;

/**
 * The cheapest outcome of the relaxed network, with convex envelopes of the costs, when leaving limits costs
 * too.
 *
 * @param prices of leaving each limit, $/h per unit; Infinity for one that must be kept
 * @returns undefined where leaving these limits is not enough, or the solver made no progress
 */
export function pricedViolation(
  program: NetworkProgram,
  models: ImportModels,
  limits: readonly ProgramLimit[],
  prices: Float64Array,
  shouldStop: () => boolean,
): Violation | undefined {
  const { layout } = program;
  const elastic = limits.map((_, k) => k).filter((k) => prices[k] < Number.POSITIVE_INFINITY);
  const problem = elasticProblem(program, limits, elastic);
  // Beyond its limit power is bought and sold at the tariff as within it.
  elastic.forEach((k, position) => {
    const own = program.problem.linear[columnOf(layout, limits[k])];
    const { kind } = limits[k];
    const ofGrid = kind === 'grid-import' || kind === 'grid-export';
    problem.linear[layout.columnCount + position] = prices[k] + (ofGrid ? own : 0);
  });
  const solver = createConicSolver(problem);
  models.enterBox(WHOLE_RANGE);
  for (let pass = 1; ; pass += 1) {
    copyImports(program, models, problem);
    const solution = solver.solve({ shouldStop });
    if (!isUsable(solution)) return undefined;
    const moved = models.recentre(solution.x, pass > UNDAMPED_PASSES);
    if (moved > 0 && pass < PASS_LIMIT) continue;
    return readViolation(program, limits, elastic, solution.x, models.importsOf(solution.x));
  }
}

/** Reads solutions in the order of all limits; those that were not elastic are kept. */
function readViolation(
  { layout, network }: NetworkProgram,
  limits: readonly ProgramLimit[],
  elastic: readonly number[],
  x: Float64Array,
  netImport: Float64Array,
): Violation {
  const left = new Float64Array(limits.length);
  elastic.forEach((k, position) => {
    const { kind, index } = limits[k];
    left[k] = Math.max(x[layout.columnCount + position], 0);
    if (kind === 'import-min') netImport[index] -= left[k] * network.baseKva;
    if (kind === 'import-max') netImport[index] += left[k] * network.baseKva;
  });
  const freeReactive = x.slice(layout.reactive, layout.reactive + layout.junctionCount);
  return { left, netImport, freeReactive };
}

/**
 * The program with a column more for every elastic limit, whose arrays are its own; costs of the new
 * columns are the caller's.
 */
function elasticProblem(
  program: NetworkProgram,
  limits: readonly ProgramLimit[],
  elastic: readonly number[],
): ConicProblem {
  const { layout, problem } = program;
  const columns = layout.columnCount + elastic.length;
  const repeated = elastic.map((k) => columnOf(layout, limits[k]));
  const signs = elastic.map((k) => (isLowerLimit(limits[k]) ? -1 : 1));
  const extended = (values: Float64Array): Float64Array => {
    const result = new Float64Array(columns);
    result.set(values);
    return result;
  };
  const upper = extended(problem.upper);
  elastic.forEach((k, position) => {
    upper[layout.columnCount + position] = limits[k].most;
  });
  return {
    ...problem,
    variableCount: columns,
    quadratic: extended(problem.quadratic),
    linear: extended(problem.linear),
    lower: extended(problem.lower),
    upper,
    equalities: withRepeatedColumns(problem.equalities, repeated, signs),
    equalityRight: Float64Array.from(problem.equalityRight),
    cones: withRepeatedColumns(problem.cones, repeated, signs),
  };
}

/**
 * Every import as one column between its price caps.
 *
 * @returns the import with that column at 0, by community, pu
 */
export function setSimpleImports(
  program: NetworkProgram,
  problem: ConicProblem,
  ranges: ImportRanges,
): Float64Array {
  const { layout, network } = program;
  const base = ranges.cappedLeast.map((least) => least / network.baseKva);
  setImportBase(program, base);
  problem.equalityRight.set(program.problem.equalityRight);
  problem.lower.fill(0, layout.importPart, layout.columnCount);
  problem.upper.fill(0, layout.importPart, layout.columnCount);
  for (let m = 0; m < layout.communityCount; m += 1) {
    const width = (ranges.cappedMost[m] - ranges.cappedLeast[m]) / network.baseKva;
    problem.upper[layout.importPart + m * layout.partCount] = Math.max(width, 0);
  }
  return base;
}

/** Where nothing costs anything, the two sides of P_0 would be undetermined: one stands for both. */
export function setOneExchange(
  { layout, market }: NetworkProgram,
  { lower, upper }: ConicProblem,
): void {
  lower[layout.gridImport] = -market.gridLimit;
  upper[layout.gridImport] = market.gridLimit;
  lower[layout.gridExport] = 0;
  upper[layout.gridExport] = 0;
}

/** What the models wrote into the program goes on to the elastic one. */
function copyImports(program: NetworkProgram, models: ImportModels, problem: ConicProblem): void {
  const { importPart, columnCount } = program.layout;
  setImportBase(program, models.importBase);
  problem.equalityRight.set(program.problem.equalityRight);
  for (const name of ['linear', 'quadratic', 'upper'] as const) {
    problem[name].set(program.problem[name].subarray(importPart, columnCount), importPart);
  }
}

/** Appends copies of some columns, each with a sign. */
function withRepeatedColumns(
  matrix: SparseColumns,
  repeated: readonly number[],
  signs: readonly number[],
): SparseColumns {
  const start = Array.from(matrix.start);
  const row = Array.from(matrix.row);
  const value = Array.from(matrix.value);
  repeated.forEach((column, k) => {
    for (let entry = matrix.start[column]; entry < matrix.start[column + 1]; entry += 1) {
      row.push(matrix.row[entry]);
      value.push(signs[k] * matrix.value[entry]);
    }
    start.push(row.length);
  });
  return {
    rowCount: matrix.rowCount,
    columnCount: start.length - 1,
    start: Int32Array.from(start),
    row: Int32Array.from(row),
    value: Float64Array.from(value),
  };
}
