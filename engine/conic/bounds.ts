/**
 * Bounds on single variables. Bound k limits variable j = `variable[k]` from below (side +1) or above (−1):
 *
 *     slack_k = side_k (x_j − limit_k τ) ≥ 0,   dual_k ≥ 0,   slack_k · dual_k → μ
 *
 * The method starts strictly inside all bounds and keeps the first equation exact, so bounds need no rows
 * and no residuals: eliminating their steps adds dual/slack to the diagonal of the KKT matrix. In the cost's
 * gradient a bound stands as −side · dual.
 *
 * With ξ = x/τ a step is Δx = v + Δτ (v₁ + ξ), where v₁ and v solve the KKT system for the homogenising
 * and the remaining part of the right-hand side; then
 *
 *     Δslack = side (v + Δτ v₁) + Δτ slack/τ,      Δdual = −(c + dual Δslack)/slack
 *
 * c being the complementarity that the step is to remove. No term contains limit · dual/slack, so nothing
 * cancels when a bound becomes active.
 */
import type { Iterate } from './iterate.js';

export class BoundFamily {
  /** At most a lower and an upper bound a variable. */
  readonly capacity: number;
  count = 0;
  readonly variable: Int32Array;
  readonly side: Float64Array;
  readonly limit: Float64Array;
  /** 1/slack and dual/slack at the current iterate. */
  private readonly inverseSlack: Float64Array;
  private readonly weight: Float64Array;
  /** The complementarity to remove, by bound. */
  private readonly target: Float64Array;

  constructor(variableCount: number) {
    this.capacity = 2 * variableCount;
    this.variable = new Int32Array(this.capacity);
    this.side = new Float64Array(this.capacity);
    this.limit = new Float64Array(this.capacity);
    this.inverseSlack = new Float64Array(this.capacity);
    this.weight = new Float64Array(this.capacity);
    this.target = new Float64Array(this.capacity);
  }

  clear(): void {
    this.count = 0;
  }

  add(variable: number, side: number, limit: number): void {
    const k = this.count++;
    this.variable[k] = variable;
    this.side[k] = side;
    this.limit[k] = limit;
  }

  /** Distance from bound k to the other bound of its variable; infinite without one. */
  width(k: number): number {
    const { count, variable, side, limit } = this;
    // The two bounds of one variable stand next to each other, the lower first.
    const other = k + side[k];
    if (other < 0 || other >= count || variable[other] !== variable[k]) return Infinity;
    return side[k] * (limit[other] - limit[k]);
  }

  /** gradient_j −= side · dual */
  subtractDuals(iterate: Iterate, gradient: Float64Array): void {
    const { count, variable, side } = this;
    const dual = iterate.boundDual;
    for (let k = 0; k < count; k++) gradient[variable[k]] -= side[k] * dual[k];
  }

  /** −Σ side · limit · dual: what the bounds add to bᵀy + hᵀz. */
  dualValue(iterate: Iterate): number {
    const { count, side, limit } = this;
    const dual = iterate.boundDual;
    let sum = 0;
    for (let k = 0; k < count; k++) sum -= side[k] * limit[k] * dual[k];
    return sum;
  }

  /** Σ slack · dual */
  complementarity(iterate: Iterate): number {
    const { boundSlack, boundDual } = iterate;
    let sum = 0;
    for (let k = 0; k < this.count; k++) sum += boundSlack[k] * boundDual[k];
    return sum;
  }

  /** Takes over the slacks and duals of the iterate that the next steps start from. */
  update(iterate: Iterate): void {
    const { count, inverseSlack, weight } = this;
    const { boundSlack, boundDual } = iterate;
    for (let k = 0; k < count; k++) {
      const inverse = 1 / boundSlack[k];
      inverseSlack[k] = inverse;
      weight[k] = boundDual[k] * inverse;
    }
  }

  /** diagonal_j += dual/slack */
  addToDiagonal(diagonal: Float64Array): void {
    const { count, variable, weight } = this;
    for (let k = 0; k < count; k++) diagonal[variable[k]] += weight[k];
  }

  /** Right-hand side of v₁: −side · dual/τ. */
  addHomogenising(iterate: Iterate, right: Float64Array): void {
    const { count, variable, side } = this;
    const dual = iterate.boundDual;
    const inverseTau = 1 / iterate.tau;
    for (let k = 0; k < count; k++) right[variable[k]] -= side[k] * dual[k] * inverseTau;
  }

  /** Aims at zero complementarity. */
  aimAtZero(iterate: Iterate): void {
    const { boundSlack, boundDual } = iterate;
    for (let k = 0; k < this.count; k++) this.target[k] = boundSlack[k] * boundDual[k];
  }

  /** Aims at μ everywhere, allowing for the second-order term of the step found before. */
  aimAtCentre(iterate: Iterate, step: Iterate, mu: number): void {
    const { boundSlack, boundDual } = iterate;
    for (let k = 0; k < this.count; k++) {
      this.target[k] = boundSlack[k] * boundDual[k] + step.boundSlack[k] * step.boundDual[k] - mu;
    }
  }

  /** Right-hand side of v: −side · c/slack. */
  addTarget(right: Float64Array): void {
    const { count, variable, side, target, inverseSlack } = this;
    for (let k = 0; k < count; k++) right[variable[k]] -= side[k] * target[k] * inverseSlack[k];
  }

  /** −Σ side · limit · Δdual for Δτ = 0. */
  stepValue(v: Float64Array): number {
    const { count, variable, side, limit, target, inverseSlack, weight } = this;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      const slackStep = side[k] * v[variable[k]];
      sum += side[k] * limit[k] * (target[k] * inverseSlack[k] + weight[k] * slackStep);
    }
    return sum;
  }

  /** −Σ side · limit · ∂Δdual/∂Δτ. */
  homogenisingValue(iterate: Iterate, v1: Float64Array): number {
    const { count, variable, side, limit, weight } = this;
    const { boundDual } = iterate;
    const inverseTau = 1 / iterate.tau;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      const slackStep = side[k] * v1[variable[k]];
      sum += side[k] * limit[k] * (weight[k] * slackStep + boundDual[k] * inverseTau);
    }
    return sum;
  }

  /** Steps of slacks and duals, once Δτ is known. */
  recoverStep(iterate: Iterate, step: Iterate, v: Float64Array, v1: Float64Array): void {
    const { count, variable, side, target, inverseSlack, weight } = this;
    const { boundSlack } = iterate;
    const slackSteps = step.boundSlack;
    const dualSteps = step.boundDual;
    const tauStep = step.tau;
    const relativeTau = tauStep / iterate.tau;
    for (let k = 0; k < count; k++) {
      const j = variable[k];
      const slackStep = side[k] * (v[j] + tauStep * v1[j]) + relativeTau * boundSlack[k];
      slackSteps[k] = slackStep;
      dualSteps[k] = -(target[k] * inverseSlack[k] + weight[k] * slackStep);
    }
  }

  /** The longest step, at most `limit`, that keeps all slacks and duals nonnegative. */
  longestStep(iterate: Iterate, step: Iterate, limit: number): number {
    const { boundSlack, boundDual } = iterate;
    let length = limit;
    for (let k = 0; k < this.count; k++) {
      if (boundSlack[k] + length * step.boundSlack[k] < 0) {
        length = -boundSlack[k] / step.boundSlack[k];
      }
      if (boundDual[k] + length * step.boundDual[k] < 0) {
        length = -boundDual[k] / step.boundDual[k];
      }
    }
    return length;
  }
}
