/**
 * The caller's duties, checked: shapes once, when a solver is made, and values before every solve. A breach
 * is a mistake in the program that built the problem, not a numerical outcome.
 */
import { InternalError } from '../base/errors.js';
import type { SparseColumns } from '../sparse/columns.js';
import type { ConicProblem, ConicStart } from './problem.js';

/** @throws InternalError when sizes or patterns do not fit together */
export function requireStructure(problem: ConicProblem): void {
  const { variableCount, equalities, cones, coneSizes } = problem;
  requireLength('quadratic', problem.quadratic, variableCount);
  requireLength('linear', problem.linear, variableCount);
  requireLength('lower', problem.lower, variableCount);
  requireLength('upper', problem.upper, variableCount);
  requireLength('equalityRight', problem.equalityRight, equalities.rowCount);
  requireLength('coneRight', problem.coneRight, cones.rowCount);
  requirePattern('equalities', equalities, variableCount);
  requirePattern('cones', cones, variableCount);
  let coneRows = 0;
  for (let k = 0; k < coneSizes.length; k++) {
    if (coneSizes[k] < 1) throw new InternalError(`conic problem: cone ${k} has no rows`);
    coneRows += coneSizes[k];
  }
  if (coneRows !== cones.rowCount) {
    throw new InternalError(`conic problem: cones have ${coneRows} rows, G has ${cones.rowCount}`);
  }
}

function requireLength(name: string, array: Float64Array, length: number): void {
  if (array.length === length) return;
  throw new InternalError(`conic problem: ${name} has ${array.length} entries, not ${length}`);
}

function requirePattern(name: string, matrix: SparseColumns, columnCount: number): void {
  const { start, row, value, rowCount } = matrix;
  const shaped =
    matrix.columnCount === columnCount &&
    start.length === columnCount + 1 &&
    start[0] === 0 &&
    start[columnCount] === row.length &&
    value.length === row.length;
  if (!shaped) throw new InternalError(`conic problem: ${name} has the wrong shape`);
  for (let column = 0; column < columnCount; column++) {
    let previous = -1;
    for (let entry = start[column]; entry < start[column + 1]; entry++) {
      if (row[entry] <= previous || row[entry] >= rowCount) {
        throw new InternalError(
          `conic problem: rows of ${name}, column ${column}, are not ascending`,
        );
      }
      previous = row[entry];
    }
  }
}

/** @throws InternalError when a start is not one for this structure */
export function requireStart(problem: ConicProblem, start: ConicStart): void {
  requireLength('x of the start', start.x, problem.variableCount);
  requireLength('lowerDual of the start', start.lowerDual, problem.variableCount);
  requireLength('upperDual of the start', start.upperDual, problem.variableCount);
  requireLength('equalityDual of the start', start.equalityDual, problem.equalities.rowCount);
  requireLength('coneDual of the start', start.coneDual, problem.cones.rowCount);
  requireLength('coneSlack of the start', start.coneSlack, problem.cones.rowCount);
}

/** @throws InternalError when a number is not finite, a bound is NaN or a quadratic cost negative */
export function requireValues(problem: ConicProblem): void {
  requireFinite('quadratic', problem.quadratic);
  requireFinite('linear', problem.linear);
  requireFinite('equalities', problem.equalities.value);
  requireFinite('equalityRight', problem.equalityRight);
  requireFinite('cones', problem.cones.value);
  requireFinite('coneRight', problem.coneRight);
  for (let j = 0; j < problem.variableCount; j++) {
    const passable =
      problem.lower[j] < Number.POSITIVE_INFINITY && problem.upper[j] > Number.NEGATIVE_INFINITY;
    if (!passable) {
      throw new InternalError(
        `conic problem: bounds of variable ${j} are ${problem.lower[j]} and ${problem.upper[j]}`,
      );
    }
    if (problem.quadratic[j] < 0) {
      throw new InternalError(`conic problem: quadratic cost ${j} is ${problem.quadratic[j]}`);
    }
  }
}

function requireFinite(name: string, array: Float64Array): void {
  for (let i = 0; i < array.length; i++) {
    if (!Number.isFinite(array[i])) {
      throw new InternalError(`conic problem: ${name}[${i}] is ${array[i]}`);
    }
  }
}
