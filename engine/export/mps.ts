/**
 * A program model as a file in free MPS format. Quadratic costs ½ q x² stand in QUADOBJ. A cone
 * left · right ≥ Σ squares² is the quadratic row
 *
 *     Σ squares² − left · right ≤ 0,   left, right ≥ 0 by their bounds
 *
 * whose coefficients stand in a section QCMATRIX, symmetric and without a factor ½: CPLEX's extension of the
 * format, which Gurobi, MOSEK, SCIP and others read, and know for a rotated cone by its signs. Where `right`
 * is a number, that product is a linear coefficient. A program without cones needs no extension but QUADOBJ.
 * The constant of the objective is, as is usual, the negative right-hand side of its row. Every bound is
 * written, because readers differ in what they assume.
 */
import type { ModelCone, ModelRow, ModelVariable, ProgramModel, Term } from './programModel.js';

/** Name of the objective's row; others have a `_` in theirs or belong to the whole program. */
const OBJECTIVE = 'objective';

export function writeMps(model: ProgramModel): string {
  const { variables, rows, cones } = model;
  const lines = [
    ...[model.name, ...model.notes].map((line) => `* ${line}`),
    `NAME ${model.name}`,
    'ROWS',
    ` N ${OBJECTIVE}`,
    ...rows.map((row) => ` ${senseOf(row)} ${row.name}`),
    ...cones.map(({ name }) => ` L ${name}`),
    'COLUMNS',
    ...columnLines(model),
    'RHS',
    ...(model.constant === 0 ? [] : [` RHS ${OBJECTIVE} ${-model.constant}`]),
    ...rows.flatMap(rightHandSide),
    ...section('RANGES', rows.flatMap(range)),
    'BOUNDS',
    ...variables.flatMap(bounds),
    ...section('QUADOBJ', variables.flatMap(quadraticCost)),
    ...cones.flatMap((cone) => coneLines(cone, variables)),
    'ENDATA',
  ];
  return `${lines.join('\n')}\n`;
}

/** A section, or nothing where it would be empty. */
function section(keyword: string, body: readonly string[]): readonly string[] {
  return body.length === 0 ? [] : [keyword, ...body];
}

function senseOf({ lower, upper }: ModelRow): 'E' | 'G' | 'L' {
  if (lower === upper) return 'E';
  return upper === Number.POSITIVE_INFINITY ? 'G' : 'L';
}

/** By column; whole variables stand between markers. */
function* columnLines({ variables, rows, cones }: ProgramModel): Iterable<string> {
  const entries: string[][] = variables.map(() => []);
  for (const { name, terms } of rows) {
    for (const { variable, coefficient } of terms) entries[variable].push(`${name} ${coefficient}`);
  }
  for (const { name, left, right } of cones) {
    if (typeof right !== 'number') continue;
    entries[left.variable].push(`${name} ${-left.coefficient * right}`);
  }
  let whole = false;
  for (const [index, { name, linear, integer }] of variables.entries()) {
    if (integer !== whole) yield ` MARKER 'MARKER' ${integer ? "'INTORG'" : "'INTEND'"}`;
    whole = integer;
    // A column without any entry would be no column.
    if (linear !== 0 || entries[index].length === 0) yield ` ${name} ${OBJECTIVE} ${linear}`;
    for (const entry of entries[index]) yield ` ${name} ${entry}`;
  }
  if (whole) yield " MARKER 'MARKER' 'INTEND'";
}

function rightHandSide(row: ModelRow): string[] {
  const right = senseOf(row) === 'L' ? row.upper : row.lower;
  return right === 0 ? [] : [` RHS ${row.name} ${right}`];
}

function range({ name, lower, upper }: ModelRow): string[] {
  const width = upper - lower;
  return width > 0 && width < Number.POSITIVE_INFINITY ? [` RANGE ${name} ${width}`] : [];
}

function bounds({ name, lower, upper, integer }: ModelVariable): string[] {
  if (integer && lower === 0 && upper === 1) return [` BV BOUND ${name}`];
  if (lower === upper) return [` FX BOUND ${name} ${lower}`];
  const isOpenBelow = lower === Number.NEGATIVE_INFINITY;
  const isOpenAbove = upper === Number.POSITIVE_INFINITY;
  if (isOpenBelow && isOpenAbove) return [` FR BOUND ${name}`];
  return [
    isOpenBelow ? ` MI BOUND ${name}` : ` LO BOUND ${name} ${lower}`,
    isOpenAbove ? ` PL BOUND ${name}` : ` UP BOUND ${name} ${upper}`,
  ];
}

function quadraticCost({ name, quadratic }: ModelVariable): string[] {
  return quadratic === 0 ? [] : [` ${name} ${name} ${quadratic}`];
}

function coneLines(
  { name, left, right, squares }: ModelCone,
  variables: readonly ModelVariable[],
): string[] {
  const line = (row: Term, column: Term, value: number): string =>
    ` ${variables[row.variable].name} ${variables[column.variable].name} ${value}`;
  const lines = squares.map((square) => line(square, square, square.coefficient ** 2));
  if (typeof right !== 'number') {
    const half = -0.5 * left.coefficient * right.coefficient;
    lines.push(line(left, right, half), line(right, left, half));
  }
  return [`QCMATRIX ${name}`, ...lines];
}
