/**
 * Programs so small that their optimum is found by enumeration, without any method of optimisation.
 *
 * - Separable quadratic or linear cost over half-spaces and a box, up to 3 variables. The optimum is the
 *   minimiser over the equations of some set of at most n independent constraints that hold with equality, so
 *   the best feasible point among the minimisers of all sets is the optimum.
 * - Linear cost over half-planes and discs in a box of the plane. The optimum is where two boundaries meet or
 *   the extreme point of one disc.
 *
 * Where a candidate misses feasibility by little, nothing is claimed.
 */
import type { RandomSource } from '../../engine/base/random.js';
import { type Draft, objectiveAt } from './randomDraft.js';
import { type KnownProgram, known, knownOptimum } from './randomKnown.js';

/** Rounding of a candidate computed from coefficients of order 1, with room for poor angles. */
const SURELY_FEASIBLE = 1e-10;

/** A candidate that misses by less than this leaves feasibility open. */
const SURELY_INFEASIBLE = 1e-5;

/** Walls this near to parallel meet where rounding says; others meet there as well, or nobody does. */
const SINGULAR_PIVOT = 1e-6;

/** aᵀx ≤ limit */
interface HalfSpace {
  readonly normal: readonly number[];
  readonly limit: number;
}

interface Disc {
  readonly centre: readonly [number, number];
  readonly radius: number;
}

export function tinyPolyhedralProgram(random: RandomSource): KnownProgram {
  const n = random.integer(1, 4);
  const isCurved = random.next() < 0.6;
  const list = (draw: () => number) => Array.from({ length: n }, draw);
  const draft: Draft = {
    quadratic: list(() => (isCurved ? random.between(0.1, 3) : 0)),
    linear: list(() => random.normal()),
    lower: list(() => random.between(-2, 0.5)),
    upper: list(() => random.between(0.6, 2)),
    equalities: [],
    cones: Array.from({ length: random.integer(0, 4) }, () => [
      [...list(() => random.normal()), random.between(-1, 1)],
    ]),
  };
  const walls = [...boxWalls(draft), ...draft.cones.map(([row]) => halfSpaceOf(row))];
  const candidates = subsets(walls, n).flatMap((active) => minimiserOn(draft, active) ?? []);
  const excess = (x: readonly number[]) => Math.max(...walls.map((wall) => beyond(wall, x)));
  return verdictByEnumeration(draft, candidates, excess);
}

export function tinyDiscProgram(random: RandomSource): KnownProgram {
  const discs = Array.from(
    { length: random.integer(1, 4) },
    (): Disc => ({
      centre: [random.between(-1, 1), random.between(-1, 1)],
      radius: random.between(0.1, 1.5),
    }),
  );
  const planes = Array.from({ length: random.integer(0, 3) }, () => [
    random.normal(),
    random.normal(),
    random.between(-0.5, 1),
  ]);
  const draft: Draft = {
    quadratic: [0, 0],
    linear: [random.normal(), random.normal()],
    lower: [-1.5, -1.5],
    upper: [1.5, 1.5],
    equalities: [],
    cones: [...planes.map((row) => [row]), ...discs.map(discCone)],
  };
  const walls = [...boxWalls(draft), ...planes.map(halfSpaceOf)];
  const candidates = [
    ...subsets(walls, 2).flatMap((active) =>
      active.length === 2 ? (minimiserOn(draft, active) ?? []) : [],
    ),
    ...discs.map((disc) => extremePoint(disc, draft.linear)),
    ...discs.flatMap((disc) => walls.flatMap((wall) => onLineAndCircle(wall, disc))),
    ...discs.flatMap((disc, k) => discs.slice(0, k).flatMap((other) => onTwoCircles(disc, other))),
  ];
  const excess = (x: readonly number[]) =>
    Math.max(
      ...walls.map((wall) => beyond(wall, x)),
      ...discs.map(({ centre, radius }) => Math.hypot(x[0] - centre[0], x[1] - centre[1]) - radius),
    );
  return verdictByEnumeration(draft, candidates, excess);
}

function verdictByEnumeration(
  draft: Draft,
  candidates: readonly (readonly number[])[],
  excess: (x: readonly number[]) => number,
): KnownProgram {
  const least = (allowance: number) =>
    candidates
      .filter((x) => excess(x) <= allowance)
      .reduce((best, x) => Math.min(best, objectiveAt(draft, x)), Number.POSITIVE_INFINITY);
  const sure = least(SURELY_FEASIBLE);
  const possible = least(SURELY_INFEASIBLE);
  if (possible === Number.POSITIVE_INFINITY) return known(draft, 'primal-infeasible');
  return sure === possible ? knownOptimum(draft, sure) : known(draft, 'unknown');
}

function boxWalls({ lower, upper }: Draft): HalfSpace[] {
  const unit = (j: number, sign: number) => lower.map((_, k) => (k === j ? sign : 0));
  return lower.flatMap((low, j) => [
    { normal: unit(j, -1), limit: -low },
    { normal: unit(j, 1), limit: upper[j] },
  ]);
}

function halfSpaceOf(row: readonly number[]): HalfSpace {
  return { normal: row.slice(0, -1), limit: row[row.length - 1] };
}

function beyond({ normal, limit }: HalfSpace, x: readonly number[]): number {
  return normal.reduce((sum, value, j) => sum + value * x[j], -limit);
}

/** All sets of at most `most` members. */
function subsets<T>(members: readonly T[], most: number): T[][] {
  const sets: T[][] = [[]];
  for (const member of members) {
    for (const set of sets.slice()) if (set.length < most) sets.push([...set, member]);
  }
  return sets;
}

/** The stationary point of the cost where these walls hold with equality; none if that is not one point. */
function minimiserOn(
  { quadratic, linear }: Draft,
  active: readonly HalfSpace[],
): number[][] | undefined {
  const n = quadratic.length;
  const stationarity = quadratic.map((curvature, j) => [
    ...quadratic.map((_, k) => (k === j ? curvature : 0)),
    ...active.map(({ normal }) => normal[j]),
    -linear[j],
  ]);
  const equations = active.map(({ normal, limit }) => [...normal, ...active.map(() => 0), limit]);
  const solution = solveDense([...stationarity, ...equations]);
  return solution && [solution.slice(0, n)];
}

/** Gaussian elimination; rows end with their right-hand side. Nothing where the matrix is singular. */
function solveDense(rows: readonly number[][]): number[] | undefined {
  const size = rows.length;
  const matrix = rows.map((row) => row.slice());
  for (let column = 0; column < size; column += 1) {
    const pivotRow = matrix
      .slice(column)
      .reduce((best, row) => (Math.abs(row[column]) > Math.abs(best[column]) ? row : best));
    if (Math.abs(pivotRow[column]) < SINGULAR_PIVOT) return undefined;
    matrix[matrix.indexOf(pivotRow)] = matrix[column];
    matrix[column] = pivotRow;
    for (const row of matrix) {
      if (row === pivotRow) continue;
      const factor = row[column] / pivotRow[column];
      for (let k = column; k <= size; k += 1) row[k] -= factor * pivotRow[k];
    }
  }
  return matrix.map((row, i) => row[size] / row[i]);
}

function extremePoint({ centre, radius }: Disc, linear: readonly number[]): number[] {
  const length = Math.hypot(...linear);
  return centre.map((value, k) => value - (radius * linear[k]) / length);
}

function onLineAndCircle({ normal, limit }: HalfSpace, { centre, radius }: Disc): number[][] {
  const length = Math.hypot(...normal);
  const [a, b] = normal.map((value) => value / length);
  const distance = limit / length - a * centre[0] - b * centre[1];
  const square = radius * radius - distance * distance;
  if (square < 0) return [];
  return [1, -1].map((side) => [
    centre[0] + distance * a - side * Math.sqrt(square) * b,
    centre[1] + distance * b + side * Math.sqrt(square) * a,
  ]);
}

/** The difference of two circles' equations is a line through the points where they meet. */
function onTwoCircles(disc: Disc, other: Disc): number[][] {
  const normal = disc.centre.map((value, k) => 2 * (other.centre[k] - value));
  const power = ({ centre, radius }: Disc) => centre[0] ** 2 + centre[1] ** 2 - radius ** 2;
  return onLineAndCircle({ normal, limit: power(other) - power(disc) }, disc);
}

/** radius ≥ ‖x − centre‖ */
function discCone({ centre, radius }: Disc): number[][] {
  return [
    [0, 0, radius],
    [-1, 0, -centre[0]],
    [0, -1, -centre[1]],
  ];
}
