/**
 * How good an iterate is, measured in the units of the problem at x/τ:
 *
 *     primal   ‖(A x − b, G x + s − h)‖∞ / max(1, ‖(b, h)‖∞)
 *     dual     ‖D x + c + Aᵀy + Gᵀz − lowerDual + upperDual‖∞ / max(1, ‖c‖∞, ‖D x‖∞)
 *     gap      |primal objective − dual objective| / max(1, |primal objective|)
 *
 * where (b, h) is what remains of the right-hand side after the fixed variables. Sizes of x, s or the duals are
 * left out of the scales on purpose: at a point that runs away to infinity they would excuse anything.
 */
import type { Iterate } from './iterate.js';
import type { ConicSettings } from './problem.js';
import type { Residuals } from './residuals.js';
import type { ScaledProblem } from './scaledProblem.js';

export class Quality {
  primal = Infinity;
  dual = Infinity;
  gap = Infinity;

  constructor(private readonly scaled: ScaledProblem) {}

  /** Before anything has been measured. */
  reset(): void {
    this.primal = Infinity;
    this.dual = Infinity;
    this.gap = Infinity;
  }

  measure(iterate: Iterate, residuals: Residuals): void {
    this.primal = this.primalResidual(iterate, residuals);
    this.dual = this.dualResidual(iterate, residuals);
    this.gap = this.relativeGap(iterate, residuals);
  }

  /** At most 1 when the tolerances are met. NaN counts as infinitely bad. */
  excess(settings: ConicSettings): number {
    const { feasibilityTolerance, gapTolerance } = settings;
    const worst = Math.max(
      this.primal / feasibilityTolerance,
      this.dual / feasibilityTolerance,
      this.gap / gapTolerance,
    );
    return Number.isNaN(worst) ? Infinity : worst;
  }

  private primalResidual(iterate: Iterate, residuals: Residuals): number {
    const { variableCount, rowCount, right, rowScale } = this.scaled;
    const inverseTau = 1 / iterate.tau;
    let worst = 0;
    let scale = 1;
    for (let i = 0; i < rowCount; i++) {
      const unit = 1 / rowScale[i];
      const error = Math.abs(residuals.point[variableCount + i]) * inverseTau * unit;
      if (!(error <= worst)) worst = error;
      scale = Math.max(scale, Math.abs(right[i]) * unit);
    }
    return worst / scale;
  }

  private dualResidual(iterate: Iterate, residuals: Residuals): number {
    const { variableCount, columnScale, costScale, quadratic, linear } = this.scaled;
    const { point } = iterate;
    const inverseTau = 1 / iterate.tau;
    let worst = 0;
    let scale = 1;
    for (let j = 0; j < variableCount; j++) {
      const unit = 1 / (costScale * columnScale[j]);
      const error = Math.abs(residuals.point[j]) * inverseTau * unit;
      if (!(error <= worst)) worst = error;
      scale = Math.max(
        scale,
        Math.abs(linear[j]) * unit,
        Math.abs(quadratic[j] * point[j]) * inverseTau * unit,
      );
    }
    return worst / scale;
  }

  private relativeGap(iterate: Iterate, residuals: Residuals): number {
    const { costScale, fixedCost } = this.scaled;
    const inverseTau = 1 / iterate.tau;
    const half = 0.5 * residuals.quadraticValue * inverseTau;
    const primal = fixedCost + ((residuals.linearValue + half) * inverseTau) / costScale;
    const dual = fixedCost - ((residuals.dualValue + half) * inverseTau) / costScale;
    return Math.abs(primal - dual) / Math.max(1, Math.abs(primal));
  }
}
