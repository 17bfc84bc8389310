/**
 * Bounds on single variables. Each bounded column, at place j, has a lower side and an upper side; a side
 * that is missing has presence 0, limit 0, dual 0 and the slack τ, and takes no part:
 *
 *     slack = x_j − lower τ  or  upper τ − x_j,   slack ≥ 0,   dual ≥ 0,   slack · dual → μ
 *
 * Side 2k is the lower side of bounded column k and 2k + 1 its upper side.
 *
 * The method starts strictly inside all bounds and keeps the first equation exact, so bounds need no rows
 * and no residuals: eliminating their steps adds dual/slack to the diagonal of the KKT matrix. In the cost's
 * gradient they stand as upper dual − lower dual.
 *
 * With ξ = x/τ a step is Δx = v + Δτ (v₁ + ξ), where v₁ and v solve the KKT system for the homogenising
 * and the remaining part of the right-hand side; then, w = v + Δτ v₁,
 *
 *     Δslack = ±w_j + Δτ slack/τ,      Δdual = −(c + dual Δslack)/slack
 *
 * c being the complementarity that the step is to remove. In the row of Δτ the bounds stand as
 *
 *     Σ ±limit · c/slack + Σ limit · dual/slack · w_j + Δτ/τ Σ ±limit · dual
 *
 * of which the second sum is a product of w with `limit · dual/slack` by column.
 */
import type { Iterate } from './iterate.js';

export class BoundFamily {
  /** Bounded columns there may be, and those of the present solve. */
  readonly capacity: number;
  count = 0;
  /** Sides that are present. */
  sideCount = 0;
  /** The problem's variable, and its place in a point, by bounded column. */
  readonly variable: Int32Array;
  readonly place: Int32Array;
  /** By side; a missing one has limit 0. */
  readonly limit: Float64Array;
  readonly presence: Float64Array;
  /** Of the iterate measured last: Σ upper · dual − Σ lower · dual, and Σ slack · dual. */
  dualValue = 0;
  complementarity = 0;
  /** c/slack as `aimAtCentre` wrote it last, by side. */
  readonly target: Float64Array;
  /** 1/slack at that iterate, by side; 0 where the side is missing. */
  private readonly inverseSlack: Float64Array;

  constructor(variableCount: number) {
    this.capacity = variableCount;
    this.variable = new Int32Array(variableCount);
    this.place = new Int32Array(variableCount);
    this.limit = new Float64Array(2 * variableCount);
    this.presence = new Float64Array(2 * variableCount);
    this.inverseSlack = new Float64Array(2 * variableCount);
    this.target = new Float64Array(2 * variableCount);
  }

  clear(): void {
    this.count = 0;
    this.sideCount = 0;
  }

  /** Infinite limits are missing; at least one must be finite. */
  add(variable: number, place: number, lower: number, upper: number): void {
    const k = this.count++;
    this.variable[k] = variable;
    this.place[k] = place;
    this.setSide(2 * k, lower);
    this.setSide(2 * k + 1, upper);
  }

  /** The part of a ray that bounds leave: the slack of a single side, 0 between two. */
  writeRay(iterate: Iterate, ray: Float64Array): void {
    const { count, place, presence } = this;
    const { boundSlack } = iterate;
    for (let k = 0; k < count; k++) {
      const lower = presence[2 * k];
      const upper = presence[2 * k + 1];
      ray[place[k]] =
        lower * upper === 1 ? 0 : lower * boundSlack[2 * k] - upper * boundSlack[2 * k + 1];
    }
  }

  private setSide(side: number, limit: number): void {
    const isPresent = Number.isFinite(limit);
    this.limit[side] = isPresent ? limit : 0;
    this.presence[side] = isPresent ? 1 : 0;
    if (isPresent) this.sideCount++;
  }

  /** Writes upper dual − lower dual to the bounded columns, and sums up `dualValue` and `complementarity`. */
  measure(iterate: Iterate, gradient: Float64Array): void {
    const { count, place, limit } = this;
    const { boundSlack, boundDual } = iterate;
    let value = 0;
    let complementarity = 0;
    for (let k = 0; k < count; k++) {
      const lower = 2 * k;
      const upper = lower + 1;
      const lowerDual = boundDual[lower];
      const upperDual = boundDual[upper];
      gradient[place[k]] = upperDual - lowerDual;
      value += limit[upper] * upperDual - limit[lower] * lowerDual;
      complementarity += boundSlack[lower] * lowerDual + boundSlack[upper] * upperDual;
    }
    this.dualValue = value;
    this.complementarity = complementarity;
  }

  /**
   * Takes over the slacks and duals that the next steps start from: diagonal_j += dual/slack and
   * tauRow_j += limit · dual/slack.
   */
  update(iterate: Iterate, diagonal: Float64Array, tauRow: Float64Array): void {
    const { count, place, limit, presence, inverseSlack } = this;
    const { boundSlack, boundDual } = iterate;
    for (let k = 0; k < count; k++) {
      const lower = 2 * k;
      const upper = lower + 1;
      const lowerInverse = presence[lower] / boundSlack[lower];
      const upperInverse = presence[upper] / boundSlack[upper];
      const lowerWeight = boundDual[lower] * lowerInverse;
      const upperWeight = boundDual[upper] * upperInverse;
      inverseSlack[lower] = lowerInverse;
      inverseSlack[upper] = upperInverse;
      const j = place[k];
      diagonal[j] += lowerWeight + upperWeight;
      tauRow[j] += limit[lower] * lowerWeight + limit[upper] * upperWeight;
    }
  }

  /**
   * Aims at μ everywhere, allowing for the second-order term of the step found before, and adds ±c/slack to
   * the right-hand side of v.
   *
   * @returns Σ ±limit · c/slack
   */
  aimAtCentre(iterate: Iterate, step: Iterate, mu: number, right: Float64Array): number {
    const { count, place, limit, target, inverseSlack } = this;
    const { boundDual } = iterate;
    const slackSteps = step.boundSlack;
    const dualSteps = step.boundDual;
    let value = 0;
    for (let k = 0; k < count; k++) {
      const lower = 2 * k;
      const upper = lower + 1;
      const lowerProduct = slackSteps[lower] * dualSteps[lower];
      const upperProduct = slackSteps[upper] * dualSteps[upper];
      const lowerTarget = boundDual[lower] + (lowerProduct - mu) * inverseSlack[lower];
      const upperTarget = boundDual[upper] + (upperProduct - mu) * inverseSlack[upper];
      target[lower] = lowerTarget;
      target[upper] = upperTarget;
      right[place[k]] += upperTarget - lowerTarget;
      value += limit[lower] * lowerTarget - limit[upper] * upperTarget;
    }
    return value;
  }

  /**
   * Steps of slacks and duals, once Δτ is known.
   *
   * @param w v + Δτ v₁
   * @param target c/slack; where the step aims at zero complementarity that is the dual
   * @returns the longest step, at most `limit`, that keeps all slacks and duals nonnegative
   */
  recoverStep(
    iterate: Iterate,
    step: Iterate,
    w: Float64Array,
    target: Float64Array,
    limit: number,
  ): number {
    const { count, place, presence, inverseSlack } = this;
    const { boundSlack, boundDual } = iterate;
    const slackSteps = step.boundSlack;
    const dualSteps = step.boundDual;
    const relativeTau = step.tau / iterate.tau;
    // Largest share of a slack or dual that a full step takes.
    let loss = 1 / limit;
    for (let k = 0; k < count; k++) {
      const lower = 2 * k;
      const upper = lower + 1;
      const move = w[place[k]];
      const lowerSlack = boundSlack[lower];
      const upperSlack = boundSlack[upper];
      const lowerDual = boundDual[lower];
      const upperDual = boundDual[upper];
      const lowerSlackStep = relativeTau * lowerSlack + presence[lower] * move;
      const upperSlackStep = relativeTau * upperSlack - presence[upper] * move;
      const lowerWeight = lowerDual * inverseSlack[lower];
      const upperWeight = upperDual * inverseSlack[upper];
      const lowerDualStep = -(target[lower] + lowerWeight * lowerSlackStep);
      const upperDualStep = -(target[upper] + upperWeight * upperSlackStep);
      slackSteps[lower] = lowerSlackStep;
      slackSteps[upper] = upperSlackStep;
      dualSteps[lower] = lowerDualStep;
      dualSteps[upper] = upperDualStep;
      if (lowerSlackStep + loss * lowerSlack < 0) loss = -lowerSlackStep / lowerSlack;
      if (upperSlackStep + loss * upperSlack < 0) loss = -upperSlackStep / upperSlack;
      if (lowerDualStep + loss * lowerDual < 0) loss = -lowerDualStep / lowerDual;
      if (upperDualStep + loss * upperDual < 0) loss = -upperDualStep / upperDual;
    }
    return 1 / loss;
  }
}
