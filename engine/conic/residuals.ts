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
  /** ρx and ρr, by place. */
  readonly point: Float64Array;
  /** −Σ side·dual, by place; 0 at rows. */
  readonly boundGradient: Float64Array;
  tau = 0;
  /** cᵀx, xᵀD x, and (b, h)ᵀ(y, z) − Σ side·limit·dual. */
  linearValue = 0;
  quadraticValue = 0;
  dualValue = 0;
  /** Mean complementarity μ. */
  mu = 0;

  constructor(private readonly scaled: ScaledProblem) {
    this.point = new Float64Array(scaled.capacity);
    this.boundGradient = new Float64Array(scaled.capacity);
  }

  /** Forgets the bounds of an earlier solve. */
  load(): void {
    this.boundGradient.fill(0);
  }

  compute(iterate: Iterate): void {
    const { bounds, coneSizes } = this.scaled;
    bounds.measure(iterate, this.boundGradient);
    const coneComplementarity = this.startRows(iterate);
    this.addStructural(iterate);
    this.addSingletons(iterate);
    this.tau =
      iterate.kappa + this.linearValue + this.dualValue + this.quadraticValue / iterate.tau;
    const complementarity =
      iterate.tau * iterate.kappa + bounds.complementarity + coneComplementarity;
    this.mu = complementarity / (coneSizes.length + bounds.sideCount + 1);
  }

  /** ρr without M x; returns sᵀz. */
  private startRows(iterate: Iterate): number {
    const { firstRow, rowCount, equalityCount, right, bounds } = this.scaled;
    const residual = this.point;
    const { point, coneSlack, tau } = iterate;
    let dualValue = 0;
    for (let i = 0; i < rowCount; i++) {
      residual[firstRow + i] = -tau * right[i];
      dualValue += right[i] * point[firstRow + i];
    }
    const firstCone = firstRow + equalityCount;
    let complementarity = 0;
    for (let i = 0; i < coneSlack.length; i++) {
      residual[firstCone + i] += coneSlack[i];
      complementarity += coneSlack[i] * point[firstCone + i];
    }
    this.dualValue = dualValue + bounds.dualValue;
    return complementarity;
  }

  /** One pass over M gives Mᵀ(y, z), M x and the values of the cost. */
  private addStructural(iterate: Iterate): void {
    const { structuralCount, firstRow, rows, quadratic, linear } = this.scaled;
    const { start, row, value } = rows;
    const residual = this.point;
    const { boundGradient } = this;
    const { point, tau } = iterate;
    let linearValue = 0;
    let quadraticValue = 0;
    for (let j = 0; j < structuralCount; j++) {
      const x = point[j];
      const end = start[j + 1];
      let sum = 0;
      for (let entry = start[j]; entry < end; entry++) {
        const i = firstRow + row[entry];
        sum += value[entry] * point[i];
        residual[i] += value[entry] * x;
      }
      const curvature = quadratic[j] * x;
      residual[j] = curvature + tau * linear[j] + sum + boundGradient[j];
      linearValue += linear[j] * x;
      quadraticValue += curvature * x;
    }
    this.linearValue = linearValue;
    this.quadraticValue = quadraticValue;
  }

  private addSingletons(iterate: Iterate): void {
    const { singletons, firstRow, firstSingleton, quadratic, linear } = this.scaled;
    const { value, groupCount, groupRow, groupStart } = singletons;
    const residual = this.point;
    const { boundGradient } = this;
    const { point, tau } = iterate;
    let linearValue = 0;
    let quadraticValue = 0;
    for (let g = 0; g < groupCount; g++) {
      const end = groupStart[g + 1];
      const i = firstRow + groupRow[g];
      const dual = point[i];
      let sum = 0;
      for (let t = groupStart[g]; t < end; t++) {
        const p = firstSingleton + t;
        const x = point[p];
        const curvature = quadratic[p] * x;
        sum += value[t] * x;
        residual[p] = curvature + tau * linear[p] + value[t] * dual + boundGradient[p];
        linearValue += linear[p] * x;
        quadraticValue += curvature * x;
      }
      residual[i] += sum;
    }
    this.linearValue += linearValue;
    this.quadraticValue += quadraticValue;
  }
}
