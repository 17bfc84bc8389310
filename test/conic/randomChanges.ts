/**
 * What random drafts are changed into: degenerate, contradicted, unbounded, badly scaled.
 *
 * - Contradicted: for any y, z ∈ K and duals of finite bounds, every feasible x has gᵀx ≤ r with
 *   g = Aᵀy + Gᵀz − lowerDual + upperDual and r = bᵀy + hᵀz − lowerᵀlowerDual + upperᵀupperDual. A row that
 *   asks for gᵀx ≥ r + margin (or gᵀx = r ± margin, where only equalities take part) leaves nothing.
 * - Unbounded: a new column completes a ray d: A d = 0, −G d ∈ K, no bound and no curvature acts along d, and
 *   cᵀd = −1. The draft keeps its feasible point.
 */
import type { RandomSource } from '../../engine/base/random.js';
import {
  addMultiple,
  type Draft,
  insideCone,
  onCone,
  product,
  randomRows,
  randomSolvedDraft,
  type SolvedDraft,
} from './randomDraft.js';

type Change = (random: RandomSource, draft: SolvedDraft) => void;

/** Constraints that the draft's optimal point keeps, so that the optimum stays. */
const DEGENERACIES: Readonly<Record<string, Change>> = {
  dependentEquality: (random, { equalities, x }) => {
    equalities.push(combination(random, equalities, x.length));
  },
  repeatedEquality: (random, { equalities }) => {
    if (equalities.length > 0) equalities.push(pick(random, equalities).map((value) => -3 * value));
  },
  emptyEquality: (_, { equalities, x }) => {
    equalities.push([...x.map(() => 0), 0]);
  },
  fixedVariable: (random, { lower, upper, x }) => {
    const j = random.integer(0, x.length);
    lower[j] = x[j];
    upper[j] = x[j];
  },
  variableFixedByEquality: (random, { equalities, x }) => {
    const j = random.integer(0, x.length);
    equalities.push([...x.map((_, k) => (k === j ? 2 : 0)), 2 * x[j]]);
  },
  equalityAsTwoHalfLines: (random, { cones, x }) => {
    const [row] = randomRows(random, 1, x.length);
    row.push(product(row, x));
    cones.push([row], [row.map((value) => -value)]);
  },
  repeatedCone: (random, { cones }) => {
    if (cones.length > 0) cones.push(pick(random, cones).map((row) => row.map((v) => 0.5 * v)));
  },
  slackCone: (random, { cones, x }) => {
    const rows = randomRows(random, random.integer(1, 5), x.length);
    const slack = insideCone(random, rows.length);
    cones.push(rows.map((row, i) => [...row, product(row, x) + slack[i]]));
  },
  coneHeldAtItsApex: (random, { cones, x }) => {
    const tail = randomRows(random, random.integer(1, 3), x.length);
    const head = x.map(() => 0);
    cones.push([head, ...tail].map((row) => [...row, product(row, x)]));
  },
};

export function degenerateDraft(random: RandomSource): SolvedDraft {
  const draft = randomSolvedDraft(random);
  const changes = Object.values(DEGENERACIES);
  for (let count = random.integer(1, 5); count > 0; count -= 1)
    pick(random, changes)(random, draft);
  return draft;
}

/** Degenerate or not. */
function anyDraft(random: RandomSource): SolvedDraft {
  return random.next() < 0.5 ? randomSolvedDraft(random) : degenerateDraft(random);
}

function pick<T>(random: RandomSource, from: readonly T[]): T {
  return from[random.integer(0, from.length)];
}

/** A random combination of rows, right-hand sides included; 0 where there are none. */
function combination(random: RandomSource, rows: readonly number[][], n: number): number[] {
  const sum = new Array<number>(n + 1).fill(0);
  for (const row of rows) addMultiple(sum, random.normal(), row);
  return sum;
}

export function contradictedByEqualities(random: RandomSource): Draft {
  const draft = anyDraft(random);
  const { equalities, x } = draft;
  if (equalities.length === 0) DEGENERACIES.variableFixedByEquality(random, draft);
  const row = combination(random, equalities, x.length);
  row[x.length] += randomMargin(random) * (random.next() < 0.5 ? 1 : -1);
  equalities.push(row);
  return draft;
}

/** Equalities, cones and bounds take part. */
export function contradictedDraft(random: RandomSource): Draft {
  const draft = anyDraft(random);
  const { lower, upper, equalities, cones, x } = draft;
  const n = x.length;
  const row = combination(random, equalities, n);
  for (const cone of cones.filter(() => random.next() < 0.5)) {
    const isInside = random.next() < 0.5;
    const multiplier = isInside ? insideCone(random, cone.length) : onCone(random, cone.length);
    cone.forEach((coneRow, i) => {
      addMultiple(row, multiplier[i], coneRow);
    });
  }
  for (let j = 0; j < n; j += 1) {
    const bound = Number.isFinite(upper[j]) ? upper[j] : lower[j];
    if (!Number.isFinite(bound) || random.next() < 0.5) continue;
    const dual = bound === upper[j] ? random.next() : -random.next();
    row[j] += dual;
    row[n] += dual * bound;
  }
  row[n] += randomMargin(random);
  cones.push([row.map((value) => -value)]);
  return draft;
}

function randomMargin(random: RandomSource): number {
  return 10 ** random.between(-2, 1);
}

export function unboundedDraft(random: RandomSource): Draft {
  const draft = anyDraft(random);
  const { quadratic, linear, lower, upper, equalities, cones, x } = draft;
  const ray = x.map((_, j) => {
    if (quadratic[j] > 0 || random.next() < 0.5) return 0;
    if (Number.isFinite(lower[j])) return Number.isFinite(upper[j]) ? 0 : random.next();
    return Number.isFinite(upper[j]) ? -random.next() : random.normal();
  });
  const appendColumn = (row: number[], value: number) => row.splice(x.length, 0, value);
  for (const row of equalities) appendColumn(row, -product(row, ray));
  for (const cone of cones) {
    const opening = pick(random, [insideCone, onCone, zeroVector])(random, cone.length);
    cone.forEach((row, i) => {
      appendColumn(row, -opening[i] - product(row, ray));
    });
  }
  quadratic.push(0);
  linear.push(-1 - product(linear, ray));
  lower.push(pick(random, [Number.NEGATIVE_INFINITY, -1, 0]));
  upper.push(Number.POSITIVE_INFINITY);
  return draft;
}

function zeroVector(_: RandomSource, size: number): number[] {
  return new Array<number>(size).fill(0);
}

/**
 * Scales half of the columns, all rows (a cone as a whole) and the cost by 1e-4 to 1e4.
 *
 * @returns the factor of the cost
 */
export function scaleBadly(random: RandomSource, draft: Draft): number {
  const { quadratic, linear, lower, upper, equalities, cones } = draft;
  const rows = [...equalities, ...cones.flat()];
  const randomFactor = () => 10 ** random.between(-4, 4);
  const cost = randomFactor();
  linear.forEach((_, j) => {
    const column = random.next() < 0.5 ? 1 : randomFactor();
    linear[j] *= cost * column;
    quadratic[j] *= cost * column * column;
    lower[j] /= column;
    upper[j] /= column;
    for (const row of rows) row[j] *= column;
  });
  for (const block of [...equalities.map((row) => [row]), ...cones]) {
    const factor = randomFactor();
    for (const row of block) {
      row.forEach((value, j) => {
        row[j] = factor * value;
      });
    }
  }
  return cost;
}

/** Nothing is arranged: feasible or not, bounded or not. If `isPolyhedral`, all cones are half-lines. */
export function wildDraft(random: RandomSource, isPolyhedral: boolean): Draft {
  const n = random.integer(1, 12);
  const randomRowsAndRight = (count: number) =>
    randomRows(random, count, n).map((row) => [...row, random.normal()]);
  const randomBound = (side: number) =>
    Array.from({ length: n }, () =>
      random.next() < 0.5 ? side * random.next() : side * Number.POSITIVE_INFINITY,
    );
  const isCurved = random.next() < 0.7;
  return {
    quadratic: Array.from({ length: n }, () =>
      isCurved && random.next() < 0.5 ? random.between(0.01, 1) : 0,
    ),
    linear: Array.from({ length: n }, () => random.normal()),
    lower: randomBound(-1),
    upper: randomBound(1),
    equalities: randomRowsAndRight(random.integer(0, Math.ceil(n / 2) + 1)),
    cones: Array.from({ length: random.integer(0, 6) }, () =>
      randomRowsAndRight(isPolyhedral ? 1 : random.integer(1, 5)),
    ),
  };
}
