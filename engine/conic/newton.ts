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
 * the row of Δτ becomes a scalar equation. In v and v₁ the cones' part is turned (see `ConeScaling`).
 * Measuring Δx from ξ keeps the right-hand side of v₁ free of limit · dual/slack, which would swamp it near
 * an active bound.
 */
import type { PivotRule } from '../sparse/ldl.js';
import { dot, largestEntry } from '../sparse/vectors.js';
import type { ConeScaling } from './coneScaling.js';
import { ConeSteps } from './coneSteps.js';
import type { Iterate } from './iterate.js';
import type { KktSystem } from './kkt.js';
import type { Residuals } from './residuals.js';
import type { ScaledProblem } from './scaledProblem.js';
import {
  HOMOGENISING_TOLERANCE,
  LEAST_SHARE_LEFT,
  REFINEMENT_SHARE,
  REFINEMENT_TOLERANCE,
  UNSOLVED_SHARE,
} from './tolerances.js';

export class NewtonSteps {
  /** The longest step, at most 1, that keeps every slack and dual of the step found last in its cone. */
  longestStep = 0;
  /** Largest residual that the linear equations of the corrected step keep. */
  error = 0;
  private readonly coneSteps: ConeSteps;
  private readonly right: Float64Array;
  private readonly homogenisingRight: Float64Array;
  /** v₁ and v. */
  private readonly homogenising: Float64Array;
  private readonly reduced: Float64Array;
  /** (c + 2 D ξ, b, h) and what the bounds add: coefficients of the row of Δτ. */
  private readonly tauRow: Float64Array;
  /** Coefficient of Δτ in the scalar equation, and the complementarity c_τ. */
  private tauCoefficient = 0;
  private tauTarget = 0;
  /** Largest residual of v₁. */
  private homogenisingError = 0;
  /** Σ side · limit · c/slack of the bounds. */
  private boundTarget = 0;

  constructor(
    private readonly scaled: ScaledProblem,
    private readonly kkt: KktSystem,
    private readonly scaling: ConeScaling,
  ) {
    this.coneSteps = new ConeSteps(scaling, scaled.firstCone);
    this.right = new Float64Array(scaled.capacity);
    this.homogenisingRight = new Float64Array(scaled.capacity);
    this.homogenising = new Float64Array(scaled.capacity);
    this.reduced = new Float64Array(scaled.capacity);
    this.tauRow = new Float64Array(scaled.capacity);
  }

  /**
   * Factorises at the iterate, solves for v₁, and finds the step that aims at zero residuals and zero
   * complementarity. That step only decides the centring and the second-order term of the one that is taken,
   * so its KKT solution is not refined.
   */
  predict(iterate: Iterate, residuals: Residuals, rule: PivotRule, step: Iterate): boolean {
    const { scaled, scaling, kkt, right, homogenisingRight, homogenising, reduced } = this;
    const { firstCone } = scaled;
    if (!scaling.update(iterate.coneSlack, iterate.point, firstCone)) return false;
    this.formSystem(iterate, residuals);
    if (!kkt.matrix.factorise(rule)) return false;
    this.boundTarget = -scaled.bounds.dualValue;
    this.tauTarget = iterate.tau * iterate.kappa;
    this.coneSteps.aimAtZero();
    scaling.turn(right, firstCone, right, firstCone);
    this.coneSteps.addTarget(right);
    const leansToCertificate = iterate.kappa > iterate.tau;
    const tolerance = leansToCertificate ? REFINEMENT_TOLERANCE : HOMOGENISING_TOLERANCE;
    if (!kkt.solvePair(homogenisingRight, homogenising, right, reduced, tolerance)) return false;
    this.homogenisingError = kkt.error;
    if (!this.formTauCoefficient(iterate, residuals)) return false;
    if (!this.findTauStep(iterate, residuals, 1, step)) return false;
    this.recoverStep(iterate, iterate.boundDual, step);
    return true;
  }

  /**
   * What the solution for v₁ left of its right-hand side, magnified (see `KktSystem`), with turned cones.
   *
   * @returns false where it left next to nothing
   */
  magnifyRest(target: Float64Array): boolean {
    const { homogenisingRight, homogenising, scaled } = this;
    const size = largestEntry(homogenisingRight, scaled.size);
    if (this.homogenisingError <= UNSOLVED_SHARE * size) return false;
    this.kkt.magnifyRest(homogenisingRight, homogenising, target);
    return true;
  }

  /**
   * The step towards σμ, allowing for the second-order error of the step found before, in `step`.
   *
   * @param largestResidual of the iterate
   */
  correct(
    iterate: Iterate,
    residuals: Residuals,
    largestResidual: number,
    sigma: number,
    step: Iterate,
  ): boolean {
    const { scaled, scaling, kkt, right, reduced } = this;
    const { bounds, firstCone, size } = scaled;
    const mu = sigma * residuals.mu;
    const share = 1 - sigma;
    for (let p = 0; p < size; p++) right[p] = -share * residuals.point[p];
    scaling.turn(right, firstCone, right, firstCone);
    this.coneSteps.aimAtCentre(mu);
    this.coneSteps.addTarget(right);
    this.tauTarget = iterate.tau * iterate.kappa + step.tau * step.kappa - mu;
    this.boundTarget = bounds.aimAtCentre(iterate, step, mu, right);
    const goal = REFINEMENT_SHARE * Math.max(sigma, LEAST_SHARE_LEFT) * largestResidual;
    if (!kkt.solve(right, reduced, goal)) return false;
    const error = kkt.error;
    if (!this.findTauStep(iterate, residuals, share, step)) return false;
    if (Math.abs(step.tau) * this.homogenisingError > goal) {
      if (!this.refineHomogenising(iterate, residuals, goal / Math.abs(step.tau))) return false;
      if (!this.findTauStep(iterate, residuals, share, step)) return false;
    }
    this.error = error + Math.abs(step.tau) * this.homogenisingError;
    this.recoverStep(iterate, bounds.target, step);
    this.writePoint(iterate, step);
    return true;
  }

  /** Solves for v₁ again, to a residual that its share of the step can bear. */
  private refineHomogenising(iterate: Iterate, residuals: Residuals, goal: number): boolean {
    const { kkt, homogenisingRight, homogenising } = this;
    if (!kkt.solve(homogenisingRight, homogenising, goal)) return false;
    this.homogenisingError = kkt.error;
    return this.formTauCoefficient(iterate, residuals);
  }

  /**
   * The diagonal of the KKT matrix, the row of Δτ, and the right-hand sides of v₁ and of the prediction; the
   * latter's cones are not turned yet. Towards zero complementarity the bounds add their own gradient to −ρx.
   */
  private formSystem(iterate: Iterate, residuals: Residuals): void {
    const { scaled, scaling, kkt, right, homogenisingRight, tauRow } = this;
    const { firstRow, firstCone, firstSingleton, linear, quadratic, size } = scaled;
    const { diagonal } = kkt.matrix;
    const { point, coneSlack } = iterate;
    const { boundGradient } = residuals;
    const residual = residuals.point;
    const inverseTau = 1 / iterate.tau;
    for (let p = 0; p < size; p++) {
      const curvature = quadratic[p];
      const slope = curvature * point[p] * inverseTau;
      const cost = linear[p];
      const gradient = boundGradient[p];
      diagonal[p] = curvature;
      tauRow[p] = cost + 2 * slope;
      homogenisingRight[p] = gradient * inverseTau - slope - cost;
      right[p] = gradient - residual[p];
    }
    for (let p = firstRow; p < firstSingleton; p++) {
      tauRow[p] = scaled.right[p - firstRow];
      homogenisingRight[p] = -residual[p] * inverseTau;
    }
    for (let i = 0; i < coneSlack.length; i++) {
      homogenisingRight[firstCone + i] += coneSlack[i] * inverseTau;
    }
    scaled.bounds.update(iterate, diagonal, tauRow);
    scaling.turn(tauRow, firstCone, tauRow, firstCone);
    scaling.turn(homogenisingRight, firstCone, homogenisingRight, firstCone);
  }

  private formTauCoefficient(iterate: Iterate, residuals: Residuals): boolean {
    const { scaled, tauRow, homogenising } = this;
    const inverseTau = 1 / iterate.tau;
    // (c + 2Dξ)ᵀξ − ξᵀDξ = (cᵀx + xᵀDx/τ)/τ
    this.tauCoefficient =
      dot(tauRow, homogenising, scaled.size) +
      (residuals.linearValue + residuals.quadraticValue * inverseTau) * inverseTau -
      (scaled.bounds.dualValue + iterate.kappa) * inverseTau;
    return Number.isFinite(this.tauCoefficient);
  }

  /** Δτ and Δκ from the scalar equation. */
  private findTauStep(
    iterate: Iterate,
    residuals: Residuals,
    share: number,
    step: Iterate,
  ): boolean {
    const inverseTau = 1 / iterate.tau;
    const value = dot(this.tauRow, this.reduced, this.scaled.size) + this.boundTarget;
    const wanted = -share * residuals.tau + this.tauTarget * inverseTau - value;
    // At most −κ/τ in exact arithmetic; rounding can turn its sign.
    step.tau = wanted / Math.min(this.tauCoefficient, -iterate.kappa * inverseTau);
    step.kappa = -(this.tauTarget + iterate.kappa * step.tau) * inverseTau;
    return Number.isFinite(step.tau);
  }

  /** The steps of everything but x and y from v, v₁ and Δτ; those of x and y stay in `reduced`. */
  private recoverStep(iterate: Iterate, boundTarget: Float64Array, step: Iterate): void {
    const { scaled, reduced, homogenising } = this;
    const { size, bounds } = scaled;
    const tauStep = step.tau;
    for (let p = 0; p < size; p++) reduced[p] += tauStep * homogenising[p];
    let length = bounds.recoverStep(iterate, step, reduced, boundTarget, 1);
    if (iterate.tau + length * step.tau < 0) length = -iterate.tau / step.tau;
    if (iterate.kappa + length * step.kappa < 0) length = -iterate.kappa / step.kappa;
    this.coneSteps.recoverStep(reduced, step);
    this.longestStep = this.coneSteps.longestStep(length);
  }

  /** The steps of x and y; those of x are measured from ξ until here. */
  private writePoint(iterate: Iterate, { point, tau }: Iterate): void {
    const { reduced, scaled } = this;
    const { firstRow, firstCone, firstSingleton, size } = scaled;
    const relativeTau = tau / iterate.tau;
    for (let p = 0; p < firstRow; p++) point[p] = reduced[p] + relativeTau * iterate.point[p];
    for (let p = firstRow; p < firstCone; p++) point[p] = reduced[p];
    for (let p = firstSingleton; p < size; p++) {
      point[p] = reduced[p] + relativeTau * iterate.point[p];
    }
  }
}
