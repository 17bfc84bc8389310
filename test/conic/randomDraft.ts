/**
 * Random conic programs with a known optimum, as dense rows that `randomFamilies.ts` goes on to change.
 *
 * A point x, slacks s, multipliers y and z and bound duals are drawn first so that they are complementary:
 *
 *     s ∈ K, z ∈ K, sᵀz = 0;     (x − lower) lowerDual = 0, (upper − x) upperDual = 0
 *
 * then come b = A x, h = G x + s and the cost c = −D x − Aᵀy − Gᵀz + lowerDual − upperDual. These are the
 * optimality conditions, so the optimum is ½ xᵀD x + cᵀx, whatever solves it.
 */
import type { RandomSource } from '../../engine/base/random.js';

/** A `DenseProgram` that may still be changed: rows end with their right-hand side. */
export interface Draft {
  readonly quadratic: number[];
  readonly linear: number[];
  readonly lower: number[];
  readonly upper: number[];
  readonly equalities: number[][];
  readonly cones: number[][][];
}

/** A draft with an optimal point and its multipliers. */
export interface SolvedDraft extends Draft {
  readonly x: number[];
}

const UNBOUNDED = Number.POSITIVE_INFINITY;

export function randomSolvedDraft(random: RandomSource): SolvedDraft {
  const n = random.integer(1, 26);
  const draft: SolvedDraft = {
    x: Array.from({ length: n }, () => random.normal()),
    quadratic: Array.from({ length: n }, () => randomCurvature(random)),
    linear: [],
    lower: [],
    upper: [],
    equalities: randomRows(random, random.integer(0, n), n),
    cones: Array.from({ length: random.integer(0, 7) }, () =>
      randomRows(random, random.integer(1, 6), n),
    ),
  };
  const { x, quadratic, linear, equalities, cones } = draft;
  x.forEach((value, j) => {
    linear.push(drawBounds(random, draft, value) - quadratic[j] * value);
  });
  for (const row of equalities) {
    addMultiple(linear, -random.normal(), row);
    row.push(product(row, x));
  }
  for (const cone of cones) {
    const { slack, multiplier } = complementaryPair(random, cone.length);
    cone.forEach((row, i) => {
      addMultiple(linear, -multiplier[i], row);
      row.push(product(row, x) + slack[i]);
    });
  }
  return draft;
}

function randomCurvature(random: RandomSource): number {
  return random.next() < 0.4 ? random.next() * 10 ** random.integer(-2, 2) : 0;
}

/** Bounds of a variable that stands at `value`; returns lowerDual − upperDual. */
function drawBounds(random: RandomSource, { lower, upper }: Draft, value: number): number {
  const below = value - random.next();
  const above = value + random.next();
  const dual = random.next();
  const [low, high, reducedCost] = (
    [
      [-UNBOUNDED, UNBOUNDED, 0],
      [below, UNBOUNDED, 0],
      [-UNBOUNDED, above, 0],
      [below, above, 0],
      [value, UNBOUNDED, dual],
      [below, value, -dual],
      [value, above, 0],
      [value, value, dual - 0.5],
    ] as const
  )[random.integer(0, 8)];
  lower.push(low);
  upper.push(high);
  return reducedCost;
}

/** Slack and multiplier of a cone: one of them inside and the other 0, on opposite edges, or both 0. */
function complementaryPair(random: RandomSource, size: number) {
  const zero = new Array<number>(size).fill(0);
  const kind = random.integer(0, 4);
  if (kind === 0) return { slack: insideCone(random, size), multiplier: zero };
  if (kind === 1) return { slack: zero, multiplier: insideCone(random, size) };
  if (kind === 2) return { slack: zero, multiplier: zero };
  const slack = onCone(random, size);
  const factor = random.between(0.1, 2);
  return { slack, multiplier: slack.map((value, i) => (i === 0 ? factor : -factor) * value) };
}

/** A vector inside the cone, clear of its boundary. */
export function insideCone(random: RandomSource, size: number): number[] {
  const [head, ...tail] = onCone(random, size);
  return [head + random.between(0.05, 1), ...tail];
}

/** A vector on the cone's boundary; 0 for a half-line. */
export function onCone(random: RandomSource, size: number): number[] {
  const tail = Array.from({ length: size - 1 }, () => random.normal());
  return [Math.hypot(...tail), ...tail];
}

/** Rows over n variables without right-hand sides, from a few entries a row to full. */
export function randomRows(random: RandomSource, count: number, n: number): number[][] {
  const density = Math.min(1, random.between(1, 5) / n);
  const entry = () => (random.next() < density ? random.normal() : 0);
  return Array.from({ length: count }, () => Array.from({ length: n }, entry));
}

/** Σ row_j x_j; a right-hand side behind the coefficients is left out. */
export function product(row: readonly number[], x: readonly number[]): number {
  return x.reduce((sum, value, j) => sum + row[j] * value, 0);
}

/** target += factor · row, over the entries of the target. */
export function addMultiple(target: number[], factor: number, row: readonly number[]): void {
  target.forEach((value, j) => {
    target[j] = value + factor * row[j];
  });
}

export function objectiveAt({ quadratic, linear }: Draft, x: readonly number[]): number {
  return x.reduce((sum, value, j) => sum + (0.5 * quadratic[j] * value + linear[j]) * value, 0);
}
