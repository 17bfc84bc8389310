/**
 * Residuals of the homogeneous embedding at an iterate, in scaled units:
 *
 *     ρx = D x + τ c + Mᵀ(y, z) − Σ side·dual          (D = diag(quadratic))
 *     ρr = M x + (0, s) − τ (b, h)
 *     ρτ = κ + cᵀx + (b, h)ᵀ(y, z) − Σ side·limit·dual + xᵀD x/τ
 *
 * All vanish at a solution, with τ > 0 for an optimum and κ > 0 for a certificate of infeasibility. The
 * embedding is that of P. Goulart, Y. Chen, "Clarabel: an interior-point solver for conic programs with
 * quadratic objectives" (2024), section 2, with the bounds kept apart.
 */
import type { Iterate } from './iterate.js';
import type { ScaledProblem } from './scaledProblem.js';

export class Residuals {
  /** ρx | ρr */
  readonly point: Float64Array;
  tau = 0;
  /** cᵀx, xᵀD x, and (b, h)ᵀ(y, z) − Σ side·limit·dual. */
  linearValue = 0;
  quadraticValue = 0;
  dualValue = 0;
  /** Mean complementarity μ. */
  mu = 0;

  constructor(private readonly scaled: ScaledProblem) {
    this.point = new Float64Array(scaled.variableCount + scaled.rowCount);
  }

  compute(iterate: Iterate): void {
    this.computeProducts(iterate);
    this.computeRows(iterate);
    this.scaled.bounds.subtractDuals(iterate, this.point);
    this.dualValue += this.scaled.bounds.dualValue(iterate);
    this.tau =
      iterate.kappa + this.linearValue + this.dualValue + this.quadraticValue / iterate.tau;
    this.mu = this.complementarity(iterate);
  }

  /** One pass over M gives Mᵀ(y, z), M x and everything of ρx but the bounds' duals. */
  private computeProducts(iterate: Iterate): void {
    const { variableCount, rows, quadratic, linear } = this.scaled;
    const { start, row, value } = rows;
    const residual = this.point;
    const { point, tau } = iterate;
    residual.fill(0);
    let linearValue = 0;
    let quadraticValue = 0;
    for (let j = 0; j < variableCount; j++) {
      const x = point[j];
      const end = start[j + 1];
      let sum = 0;
      for (let entry = start[j]; entry < end; entry++) {
        const i = variableCount + row[entry];
        sum += value[entry] * point[i];
        residual[i] += value[entry] * x;
      }
      const curvature = quadratic[j] * x;
      residual[j] = curvature + tau * linear[j] + sum;
      linearValue += linear[j] * x;
      quadraticValue += curvature * x;
    }
    this.linearValue = linearValue;
    this.quadraticValue = quadraticValue;
  }

  private computeRows(iterate: Iterate): void {
    const { variableCount, equalityCount, rowCount, right } = this.scaled;
    const residual = this.point;
    const { point, coneSlack, tau } = iterate;
    let dualValue = 0;
    for (let i = 0; i < rowCount; i++) {
      residual[variableCount + i] -= tau * right[i];
      dualValue += right[i] * point[variableCount + i];
    }
    for (let i = equalityCount; i < rowCount; i++) {
      residual[variableCount + i] += coneSlack[i - equalityCount];
    }
    this.dualValue = dualValue;
  }

  /** (sᵀz + Σ slack·dual + τκ) over the number of cones, bounds and 1. */
  private complementarity(iterate: Iterate): number {
    const { variableCount, equalityCount, coneSizes, bounds } = this.scaled;
    const { point, coneSlack } = iterate;
    const first = variableCount + equalityCount;
    let sum = iterate.tau * iterate.kappa + bounds.complementarity(iterate);
    for (let i = 0; i < coneSlack.length; i++) sum += coneSlack[i] * point[first + i];
    return sum / (coneSizes.length + bounds.count + 1);
  }
}
