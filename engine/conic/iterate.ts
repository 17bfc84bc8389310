/**
 * A point of the homogeneous embedding, or a step between two of them, in scaled units.
 *
 * `point` holds x, y and z by place (see `ScaledProblem`). The point it stands for is everything divided by
 * τ.
 */
import type { ScaledProblem } from './scaledProblem.js';

export class Iterate {
  /** structural x | y | z | singleton x */
  readonly point: Float64Array;
  /** s, one number a row of the cones. */
  readonly coneSlack: Float64Array;
  /** Slack and dual of the bounds, by side (see `BoundFamily`). */
  readonly boundSlack: Float64Array;
  readonly boundDual: Float64Array;
  tau = 1;
  kappa = 1;

  constructor(private readonly scaled: ScaledProblem) {
    this.point = new Float64Array(scaled.capacity);
    this.coneSlack = new Float64Array(scaled.rowCount - scaled.equalityCount);
    this.boundSlack = new Float64Array(2 * scaled.bounds.capacity);
    this.boundDual = new Float64Array(2 * scaled.bounds.capacity);
  }

  copyFrom(other: Iterate): void {
    this.point.set(other.point);
    this.coneSlack.set(other.coneSlack);
    this.boundSlack.set(other.boundSlack);
    this.boundDual.set(other.boundDual);
    this.tau = other.tau;
    this.kappa = other.kappa;
  }

  /** Moves by `length` times `step`, then rescales: only the direction of a homogeneous point matters. */
  move(step: Iterate, length: number): void {
    const { size, bounds } = this.scaled;
    const tau = this.tau + length * step.tau;
    const kappa = this.kappa + length * step.kappa;
    const scale = 1 / Math.max(tau, kappa);
    advance(this.point, step.point, size, length, scale);
    advance(this.coneSlack, step.coneSlack, this.coneSlack.length, length, scale);
    advance(this.boundSlack, step.boundSlack, 2 * bounds.count, length, scale);
    advance(this.boundDual, step.boundDual, 2 * bounds.count, length, scale);
    this.tau = tau * scale;
    this.kappa = kappa * scale;
  }
}

function advance(
  value: Float64Array,
  step: Float64Array,
  count: number,
  length: number,
  scale: number,
): void {
  for (let i = 0; i < count; i++) value[i] = (value[i] + length * step[i]) * scale;
}
