/**
 * The step of one iteration: Mehrotra's predictor and corrector, with the pivot rule that the iterate asks
 * for, and once more with cautious pivots where that fails.
 */
import type { PivotRule } from '../sparse/ldl.js';
import type { CertificateSearch, Infeasibility } from './certificateSearch.js';
import type { Iterate } from './iterate.js';
import type { NewtonSteps } from './newton.js';
import type { Residuals } from './residuals.js';
import {
  CAUTIOUS_PIVOT_RULE,
  DUAL_RAY_PIVOT_RULE,
  PIVOT_RULE,
  RAY_PIVOT_RULE,
  SHORT_STEP,
  STEP_FRACTION,
} from './tolerances.js';

export class StepSearch {
  /** What a certificate proves that was found on the way to the last step, if one was. */
  certified: Infeasibility | undefined;

  constructor(
    private readonly newton: NewtonSteps,
    private readonly certificates: CertificateSearch,
  ) {}

  /**
   * Writes the next step and returns how far to go; 0 where there is none, or a certificate instead.
   *
   * @param largestResidual of the iterate
   * @param tolerance of a certificate
   */
  find(
    iterate: Iterate,
    residuals: Residuals,
    largestResidual: number,
    tolerance: number,
    step: Iterate,
  ): number {
    const rule = pivotRule(iterate, residuals);
    const length = this.findBy(rule, iterate, residuals, largestResidual, tolerance, step);
    if (this.certified !== undefined) return 0;
    // Equations that keep more than the residuals they are to remove lead away from a solution that is near.
    const losesAccuracy = iterate.kappa < iterate.tau && this.newton.error > largestResidual;
    if (length >= SHORT_STEP && !losesAccuracy) return length;
    return this.findBy(CAUTIOUS_PIVOT_RULE, iterate, residuals, largestResidual, tolerance, step);
  }

  private findBy(
    rule: PivotRule,
    iterate: Iterate,
    residuals: Residuals,
    largestResidual: number,
    tolerance: number,
    step: Iterate,
  ): number {
    const { newton, certificates } = this;
    this.certified = undefined;
    if (!newton.predict(iterate, residuals, rule, step)) return 0;
    this.certified = certificates.besideIterate(iterate, residuals, newton, tolerance);
    if (this.certified !== undefined) return 0;
    const sigma = centring(newton.longestStep);
    if (!newton.correct(iterate, residuals, largestResidual, sigma, step)) return 0;
    return STEP_FRACTION * newton.longestStep;
  }
}

/** The embedding leans to a certificate while κ > τ: to the one whose value falls faster. */
function pivotRule({ kappa, tau }: Iterate, { linearValue, dualValue }: Residuals): PivotRule {
  if (kappa <= tau) return PIVOT_RULE;
  return linearValue < dualValue ? RAY_PIVOT_RULE : DUAL_RAY_PIVOT_RULE;
}

/** Mehrotra's rule: the further the prediction can go, the less centring is needed. */
function centring(predictedLength: number): number {
  const left = 1 - predictedLength;
  return left * left * left;
}
