/**
 * How good an iterate is, measured in the units of the problem at x/τ:
 *
 *     primal   ‖(A x − b, G x + s − h)‖∞ / max(1, ‖(b, h)‖∞)
 *     dual     ‖D x + c + Aᵀy + Gᵀz − lowerDual + upperDual‖∞ / max(1, ‖c‖∞, ‖D x‖∞)
 *     gap      |primal objective − dual objective| / max(1, |primal objective|)
 *
 * where (b, h) is what remains of the right-hand side after the fixed variables. Sizes of x, s or the duals
 * are left out of the scales on purpose: at a point that runs away to infinity they would excuse anything.
 */
import type { Iterate } from './iterate.js';
import type { ConicSettings } from './problem.js';
import type { Residuals } from './residuals.js';
import type { ScaledProblem } from './scaledProblem.js';

export class Quality {
  primal = Number.POSITIVE_INFINITY;
  dual = Number.POSITIVE_INFINITY;
  gap = Number.POSITIVE_INFINITY;
  /** ‖(ρx, ρr)‖∞, scaled. */
  scaledResidual = 0;
  /** The problem's unit of a residual, by place. */
  private readonly unit: Float64Array;
  /** max(1, ‖(b, h)‖∞) and max(1, ‖c‖∞). */
  private rightSize = 1;
  private linearSize = 1;

  constructor(private readonly scaled: ScaledProblem) {
    this.unit = new Float64Array(scaled.capacity);
  }

  /** Before anything has been measured. */
  reset(): void {
    this.primal = Number.POSITIVE_INFINITY;
    this.dual = Number.POSITIVE_INFINITY;
    this.gap = Number.POSITIVE_INFINITY;
  }

  /** Takes over the scales of the problem loaded last. */
  load(): void {
    const { scale, costScale, right, linear, firstRow, firstSingleton, size } = this.scaled;
    const { unit } = this;
    let rightSize = 1;
    let linearSize = 1;
    for (let p = 0; p < size; p++) {
      const isRow = p >= firstRow && p < firstSingleton;
      unit[p] = isRow ? 1 / scale[p] : 1 / (costScale * scale[p]);
      if (isRow) rightSize = Math.max(rightSize, Math.abs(right[p - firstRow]) * unit[p]);
      else linearSize = Math.max(linearSize, Math.abs(linear[p]) * unit[p]);
    }
    this.rightSize = rightSize;
    this.linearSize = linearSize;
  }

  measure(iterate: Iterate, residuals: Residuals): void {
    const { firstRow, firstSingleton, size } = this.scaled;
    const inverseTau = 1 / iterate.tau;
    this.scaledResidual = 0;
    const worstRow = this.worstError(residuals.point, firstRow, firstSingleton);
    const worstColumn = Math.max(
      this.worstError(residuals.point, 0, firstRow),
      this.worstError(residuals.point, firstSingleton, size),
    );
    const slope = Math.max(
      this.largestSlope(iterate.point, 0, firstRow),
      this.largestSlope(iterate.point, firstSingleton, size),
    );
    this.primal = (worstRow * inverseTau) / this.rightSize;
    this.dual = (worstColumn * inverseTau) / Math.max(this.linearSize, slope * inverseTau);
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
    return Number.isNaN(worst) ? Number.POSITIVE_INFINITY : worst;
  }

  /** In the problem's units, over the places from `first` to before `end`; NaN if one is. */
  private worstError(residual: Float64Array, first: number, end: number): number {
    const { unit } = this;
    let worst = 0;
    let largest = this.scaledResidual;
    for (let p = first; p < end; p++) {
      const size = Math.abs(residual[p]);
      const error = size * unit[p];
      if (!(error <= worst)) {
        worst = error;
        if (Number.isNaN(error)) break;
      }
      if (size > largest) largest = size;
    }
    this.scaledResidual = largest;
    return worst;
  }

  /** ‖D x‖∞ over these places. */
  private largestSlope(point: Float64Array, first: number, end: number): number {
    const { unit } = this;
    const { quadratic } = this.scaled;
    let largest = 0;
    for (let p = first; p < end; p++) {
      const slope = Math.abs(quadratic[p] * point[p]) * unit[p];
      if (slope > largest) largest = slope;
    }
    return largest;
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
