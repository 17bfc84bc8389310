/**
 * A point of the homogeneous embedding, or a step between two of them, in scaled units.
 *
 * `point` holds x, then the equalities' duals y, then the cones' duals z. The point it stands for is
 * everything divided by τ.
 */
import type { ScaledProblem } from './scaledProblem.js';

export class Iterate {
  /** x | y | z */
  readonly point: Float64Array;
  /** s, one number a row of the cones. */
  readonly coneSlack: Float64Array;
  /** Slack and dual of every bound, in the order of the bound family. */
  readonly boundSlack: Float64Array;
  readonly boundDual: Float64Array;
  tau = 1;
  kappa = 1;

  constructor(scaled: ScaledProblem) {
    this.point = new Float64Array(scaled.variableCount + scaled.rowCount);
    this.coneSlack = new Float64Array(scaled.rowCount - scaled.equalityCount);
    this.boundSlack = new Float64Array(scaled.bounds.capacity);
    this.boundDual = new Float64Array(scaled.bounds.capacity);
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
    const tau = this.tau + length * step.tau;
    const kappa = this.kappa + length * step.kappa;
    const scale = 1 / Math.max(tau, kappa);
    advance(this.point, step.point, length, scale);
    advance(this.coneSlack, step.coneSlack, length, scale);
    advance(this.boundSlack, step.boundSlack, length, scale);
    advance(this.boundDual, step.boundDual, length, scale);
    this.tau = tau * scale;
    this.kappa = kappa * scale;
  }
}

function advance(value: Float64Array, step: Float64Array, length: number, scale: number): void {
  for (let i = 0; i < value.length; i++) value[i] = (value[i] + length * step[i]) * scale;
}
