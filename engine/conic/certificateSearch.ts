/**
 * Where certificates of infeasibility are looked for, mostly once κ > τ says that the embedding leans to one.
 * Each find is checked on the problem's own data (`certificate.ts`), so a poor candidate costs time, no more.
 *
 * 1. The iterate itself: its duals, and its direction x. The rows of such a ray still hold A x = τ b, so it
 *    is only as good as τ is small; and as τ vanishes the KKT matrix K tends to a singular one, so that
 *    rounding may win first.
 *
 * 2. What refinement left of the last right-hand side r. K is symmetric, so r − K v tends to the part of r in
 *    the null space of K, and one more solve with the shifted factors lifts that out of all the rest:
 *    (0, y) with Aᵀy = 0 and bᵀy < 0 where equalities contradict each other, or (x, 0) with A x = 0, D x = 0
 *    and cᵀx < 0 where variables without bounds fall.
 *
 * 3. The iterate's ray, projected. With x̂ the slacks of single bounds, and 0 for variables between two
 *    bounds and those with curvature,
 *
 *        K (Δ, ·, Δz) = (0, −A x̂, −G x̂ − s)   ⇒   A (x̂ + Δ) = 0,  −G (x̂ + Δ) = s − W² Δz
 *
 *    so that the rows are kept and every slack moves as little as possible in its own measure.
 *
 * 4. The iterate's duals, projected likewise. They leave ρ = Mᵀ(y, z) − Σ side·dual of the columns, and
 *
 *        K (·, Δy, Δz) = (−ρ, 0, 0)
 *
 *    makes up for it by duals of bounds where there are any, and by those of rows elsewhere.
 *
 * 5. The pull of the cost against nothing but the barrier, K (u, ·, ·) = (−c, 0, 0), hence A u = 0. Along a
 *    ray the barrier vanishes with τ, so u is the ray at a length that outweighs whatever is across it.
 */
import { completeDualCertificate, completePrimalCertificate } from './certificate.js';
import type { ConeScaling } from './coneScaling.js';
import type { Iterate } from './iterate.js';
import type { KktSystem } from './kkt.js';
import type { NewtonSteps } from './newton.js';
import type { ConicProblem } from './problem.js';
import type { Residuals } from './residuals.js';
import type { ScaledProblem } from './scaledProblem.js';
import type { SolutionArrays } from './solution.js';

export type Infeasibility = 'primal-infeasible' | 'dual-infeasible';

export class CertificateSearch {
  /** By place, as are all below. */
  private readonly right: Float64Array;
  private readonly candidate: Float64Array;
  private readonly ray: Float64Array;

  constructor(
    private readonly problem: ConicProblem,
    private readonly scaled: ScaledProblem,
    private readonly kkt: KktSystem,
    private readonly scaling: ConeScaling,
    private readonly arrays: SolutionArrays,
  ) {
    this.right = new Float64Array(scaled.capacity);
    this.candidate = new Float64Array(scaled.capacity);
    this.ray = new Float64Array(scaled.capacity);
  }

  /** Candidate 1. What it proves stands in the arrays. */
  atIterate(iterate: Iterate, residuals: Residuals, tolerance: number): Infeasibility | undefined {
    if (iterate.kappa <= iterate.tau) return undefined;
    if (residuals.dualValue < 0 && this.provesPrimal(iterate.point, tolerance)) {
      return 'primal-infeasible';
    }
    if (residuals.linearValue < 0 && this.provesDual(iterate.point, tolerance)) {
      return 'dual-infeasible';
    }
    return undefined;
  }

  /** Candidates 2 to 5, right after the prediction at this iterate. */
  besideIterate(
    iterate: Iterate,
    residuals: Residuals,
    newton: NewtonSteps,
    tolerance: number,
  ): Infeasibility | undefined {
    const { candidate, scaled } = this;
    // A matrix that is singular without any weights proves as much at the first iterate as at the last.
    if (newton.magnifyRest(candidate)) {
      this.scaling.turnBack(candidate, scaled.firstCone, candidate, scaled.firstCone);
      if (this.provesPrimal(candidate, tolerance)) return 'primal-infeasible';
      if (this.provesDual(candidate, tolerance)) return 'dual-infeasible';
    }
    if (iterate.kappa <= iterate.tau) return undefined;
    // κ = −(linearValue + dualValue): the more negative says which infeasibility the iterates tend to.
    if (!(residuals.linearValue < Math.min(0, residuals.dualValue))) {
      this.projectDuals(iterate, residuals);
      return this.provesPrimal(candidate, tolerance) ? 'primal-infeasible' : undefined;
    }
    this.projectRay(iterate);
    if (this.provesDual(candidate, tolerance)) return 'dual-infeasible';
    this.findPull();
    return this.provesDual(candidate, tolerance) ? 'dual-infeasible' : undefined;
  }

  private provesPrimal(point: Float64Array, tolerance: number): boolean {
    this.arrays.writeRowDuals(this.scaled, point, 1);
    return completePrimalCertificate(this.problem, this.arrays, tolerance);
  }

  private provesDual(point: Float64Array, tolerance: number): boolean {
    this.arrays.writeRay(this.scaled, point);
    return completeDualCertificate(this.problem, this.arrays, tolerance);
  }

  private projectRay(iterate: Iterate): void {
    const { right, candidate, ray, scaled } = this;
    const { firstRow, firstCone, firstSingleton, size } = scaled;
    this.freeRay(iterate);
    right.fill(0);
    scaled.subtractProduct(ray, right);
    for (let p = firstCone; p < firstSingleton; p++) right[p] -= iterate.coneSlack[p - firstCone];
    this.scaling.turn(right, firstCone, right, firstCone);
    this.kkt.solveAlongRay(right, candidate);
    for (let p = 0; p < firstRow; p++) candidate[p] += ray[p];
    for (let p = firstSingleton; p < size; p++) candidate[p] += ray[p];
  }

  private projectDuals({ point, tau }: Iterate, residuals: Residuals): void {
    const { right, candidate, scaled } = this;
    const { firstRow, firstCone, firstSingleton, linear, quadratic, size } = scaled;
    for (let p = 0; p < size; p++) {
      right[p] = quadratic[p] * point[p] + tau * linear[p] - residuals.point[p];
    }
    right.fill(0, firstRow, firstSingleton);
    this.kkt.solveAlongRay(right, candidate);
    this.scaling.turnBack(candidate, firstCone, candidate, firstCone);
    for (let p = firstRow; p < firstSingleton; p++) candidate[p] += point[p];
  }

  /** The part of the iterate's x that bounds and curvature let pass for ever. */
  private freeRay(iterate: Iterate): void {
    const { ray, scaled } = this;
    const { bounds, quadratic, size } = scaled;
    for (let p = 0; p < size; p++) ray[p] = iterate.point[p];
    bounds.writeRay(iterate, ray);
    for (let p = 0; p < size; p++) if (quadratic[p] > 0) ray[p] = 0;
  }

  private findPull(): void {
    const { right, candidate } = this;
    const { linear, size } = this.scaled;
    for (let p = 0; p < size; p++) right[p] = -linear[p];
    this.kkt.solveAlongRay(right, candidate);
  }
}
