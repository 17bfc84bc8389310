/**
 * Newton steps of the homogeneous embedding.
 *
 * A step is to shrink all residuals by the factor σ and to bring every complementarity product to a target:
 *
 *     D Δx + c Δτ + Mᵀ(Δy, Δz) − Σ side Δdual = −(1 − σ) ρx
 *     M Δx + (0, Δs) − (b, h) Δτ = −(1 − σ) ρr
 *     Δκ + (c + 2 D ξ)ᵀΔx + (b, h)ᵀ(Δy, Δz) − Σ side·limit Δdual − ξᵀD ξ Δτ = −(1 − σ) ρτ
 *     W²Δz + Δs = −W u,   slack Δdual + dual Δslack = −c,   κ Δτ + τ Δκ = −c_τ         (ξ = x/τ)
 *
 * Eliminating Δs, the bounds and Δκ leaves the KKT matrix K bordered by Δτ. With
 * (Δx, Δy, Δz) = v + Δτ (v₁ + (ξ, 0, 0)), K v = the right-hand sides above, and
 *
 *     K v₁ = (−c − D ξ − Σ side·dual/τ,  −ρ/τ for equalities,  (s − ρ)/τ for cones),
 *
 * the row of Δτ becomes a scalar equation. In v and v₁ the cones' part is turned (see `ConeScaling`). Measuring Δx from ξ keeps the right-hand side of v₁ free of
 * limit · dual/slack, which would swamp it near an active bound.
 */
import type { ConeScaling } from './coneScaling.js';
import { ConeSteps } from './coneSteps.js';
import type { Iterate } from './iterate.js';
import type { KktSystem } from './kkt.js';
import type { Residuals } from './residuals.js';
import type { ScaledProblem } from './scaledProblem.js';

export class NewtonSteps {
  private readonly coneSteps: ConeSteps;
  private readonly right: Float64Array;
  /** v₁ and v. */
  private readonly homogenising: Float64Array;
  private readonly reduced: Float64Array;
  /** (c + 2 D ξ, b, h): coefficients of the row of Δτ. */
  private readonly tauRow: Float64Array;
  /** Coefficient of Δτ in the scalar equation, and the complementarity c_τ. */
  private tauCoefficient = 0;
  private tauTarget = 0;

  constructor(
    private readonly scaled: ScaledProblem,
    private readonly kkt: KktSystem,
    private readonly scaling: ConeScaling,
  ) {
    this.coneSteps = new ConeSteps(scaling, scaled.variableCount + scaled.equalityCount);
    this.right = new Float64Array(kkt.size);
    this.homogenising = new Float64Array(kkt.size);
    this.reduced = new Float64Array(kkt.size);
    this.tauRow = new Float64Array(kkt.size);
  }

  /** Solves for v₁ and the coefficient of Δτ; once an iteration, after the factorisation. */
  prepare(iterate: Iterate, residuals: Residuals): boolean {
    const { scaled, right, homogenising, tauRow } = this;
    const { variableCount, equalityCount, rowCount, quadratic, linear } = scaled;
    const { point, coneSlack, tau } = iterate;
    const inverseTau = 1 / tau;
    for (let j = 0; j < variableCount; j++) {
      const slope = quadratic[j] * point[j] * inverseTau;
      right[j] = -linear[j] - slope;
      tauRow[j] = linear[j] + 2 * slope;
    }
    scaled.bounds.addHomogenising(iterate, right);
    for (let i = 0; i < rowCount; i++) {
      right[variableCount + i] = -residuals.point[variableCount + i] * inverseTau;
      tauRow[variableCount + i] = scaled.right[i];
    }
    const firstCone = variableCount + equalityCount;
    for (let i = 0; i < coneSlack.length; i++) right[firstCone + i] += coneSlack[i] * inverseTau;
    this.scaling.turn(right, firstCone, right, firstCone);
    this.scaling.turn(tauRow, firstCone, tauRow, firstCone);
    if (!this.kkt.solve(right, homogenising)) return false;

    // (c + 2Dξ)ᵀξ − ξᵀDξ = (cᵀx + xᵀDx/τ)/τ
    this.tauCoefficient =
      dot(tauRow, homogenising) +
      (residuals.linearValue + residuals.quadraticValue * inverseTau) * inverseTau +
      scaled.bounds.homogenisingValue(iterate, homogenising) -
      iterate.kappa * inverseTau;
    return Number.isFinite(this.tauCoefficient) && this.tauCoefficient !== 0;
  }

  /**
   * The step that aims at zero residuals and zero complementarity. It only decides the centring and the
   * second-order term of the step that is taken, so the KKT solution is not refined.
   */
  predict(iterate: Iterate, residuals: Residuals, step: Iterate): boolean {
    this.scaled.bounds.aimAtZero(iterate);
    this.coneSteps.aimAtZero();
    this.tauTarget = iterate.tau * iterate.kappa;
    this.formRight(residuals, 1);
    this.kkt.solveRoughly(this.right, this.reduced);
    return this.recoverStep(iterate, residuals, 1, step);
  }

  /** The step towards σμ, allowing for the second-order error of the prediction in `step`. */
  correct(iterate: Iterate, residuals: Residuals, sigma: number, step: Iterate): boolean {
    const mu = sigma * residuals.mu;
    this.scaled.bounds.aimAtCentre(iterate, step, mu);
    this.coneSteps.aimAtCentre(mu);
    this.tauTarget = iterate.tau * iterate.kappa + step.tau * step.kappa - mu;
    this.formRight(residuals, 1 - sigma);
    if (!this.kkt.solve(this.right, this.reduced)) return false;
    return this.recoverStep(iterate, residuals, 1 - sigma, step);
  }

  /** The longest step, at most 1, that keeps every slack and dual in its cone. */
  longestStep(iterate: Iterate, step: Iterate): number {
    let length = this.scaled.bounds.longestStep(iterate, step, 1);
    if (iterate.tau + length * step.tau < 0) length = -iterate.tau / step.tau;
    if (iterate.kappa + length * step.kappa < 0) length = -iterate.kappa / step.kappa;
    return this.coneSteps.longestStep(length);
  }

  /** Right-hand side of v; `share` = 1 − σ of the residuals is to go. */
  private formRight(residuals: Residuals, share: number): void {
    const { scaled, right } = this;
    for (let i = 0; i < right.length; i++) right[i] = -share * residuals.point[i];
    scaled.bounds.addTarget(right);
    const firstCone = scaled.variableCount + scaled.equalityCount;
    this.scaling.turn(right, firstCone, right, firstCone);
    this.coneSteps.addTarget(right);
  }

  /** Δτ from its scalar equation, and the whole step from v, v₁ and Δτ. */
  private recoverStep(
    iterate: Iterate,
    residuals: Residuals,
    share: number,
    step: Iterate,
  ): boolean {
    const { scaled, reduced, homogenising, tauRow } = this;
    const inverseTau = 1 / iterate.tau;
    const value = dot(tauRow, reduced) + scaled.bounds.stepValue(reduced);
    const wanted = -share * residuals.tau + this.tauTarget * inverseTau - value;
    const tauStep = wanted / this.tauCoefficient;
    if (!Number.isFinite(tauStep)) return false;
    step.tau = tauStep;
    step.kappa = -(this.tauTarget + iterate.kappa * tauStep) * inverseTau;

    const relativeTau = tauStep * inverseTau;
    for (let i = 0; i < reduced.length; i++) step.point[i] = reduced[i] + tauStep * homogenising[i];
    for (let j = 0; j < scaled.variableCount; j++) step.point[j] += relativeTau * iterate.point[j];
    scaled.bounds.recoverStep(iterate, step, reduced, homogenising);
    this.coneSteps.recoverStep(step);
    return true;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
