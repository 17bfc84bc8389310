/**
 * The conic program that the interior-point method solves:
 *
 *     minimise   ½ xᵀ diag(quadratic) x + linearᵀ x
 *     subject to A x = b                        (equalities)
 *                lower ≤ x ≤ upper              (either side may be infinite; equal means fixed)
 *                h − G x ∈ K                    (K: a product of second-order cones)
 *
 * A second-order cone of size d is { s : s_0 ≥ ‖(s_1 … s_{d−1})‖₂ }. A rotated cone a·b ≥ ‖u‖² is
 * written as (a + b, a − b, 2u).
 *
 * Structure (patterns, counts, cone sizes) is fixed for the life of a solver; the values of
 * `quadratic`, `linear`, `lower`, `upper`, A, b, G and h may change between solves.
 */
import type { SparseColumns } from '../sparse/columns.js';

export interface ConicProblem {
  readonly variableCount: number;
  /** Diagonal of the quadratic cost, ≥ 0. */
  readonly quadratic: Float64Array;
  readonly linear: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Rows of A: equalities. */
  readonly equalities: SparseColumns;
  readonly equalityRight: Float64Array;
  /** Rows of G: cones one after the other. */
  readonly cones: SparseColumns;
  readonly coneRight: Float64Array;
  /** Size of each cone; the sum is the number of rows of G. */
  readonly coneSizes: Int32Array;
}

export interface ConicSettings {
  /** Relative residual of primal and dual feasibility at which a solve is optimal. */
  readonly feasibilityTolerance: number;
  /** Relative (to max(1, |objective|)) duality gap at which a solve is optimal. */
  readonly gapTolerance: number;
  /** Residual, relative to the certificate, at which infeasibility is claimed. */
  readonly infeasibilityTolerance: number;
  readonly iterationLimit: number;
  /**
   * Where to begin. `cold` gives the same bits whatever was solved before. `warm` begins near the last
   * solution of this solver that was `optimal`, however rough, if there is one, and a `ConicStart` near that
   * solution. A near start pays after a change of bounds, costs or right-hand sides; the answer depends on it
   * within the tolerances.
   */
  readonly start: 'cold' | 'warm' | ConicStart;
  /** Stops between iterations when it returns true. */
  readonly shouldStop?: () => boolean;
}

/**
 * A solution that a later solve of the same structure can start from, in the units and with the signs of the
 * problem: plain arrays, to be kept with a node of a search or handed to a thread.
 */
export interface ConicStart {
  readonly x: Float64Array;
  readonly lowerDual: Float64Array;
  readonly upperDual: Float64Array;
  readonly equalityDual: Float64Array;
  readonly coneDual: Float64Array;
  /** h − G x */
  readonly coneSlack: Float64Array;
}

/**
 * How a solve ended. `inaccurate`: no further progress at a point that misses the tolerances by a
 * stated amount; it is neither a bound nor a proof of infeasibility. An infeasibility is only
 * claimed with a certificate that has been checked against the unscaled data.
 */
export type ConicStatus =
  | 'optimal'
  | 'primal-infeasible'
  | 'dual-infeasible'
  | 'inaccurate'
  | 'iteration-limit'
  | 'stopped';

/**
 * The last point, in the units of the problem. Signs: at an optimum
 *
 *     diag(quadratic) x + linear + Aᵀ y + Gᵀ z − lowerDual + upperDual = 0,
 *     z ∈ K, lowerDual, upperDual ≥ 0,
 *
 * and the dual objective is −½ xᵀ diag(quadratic) x − bᵀ y − hᵀ z + lowerᵀ lowerDual − upperᵀ upperDual. For
 * `primal-infeasible` the duals (y, z, lowerDual, upperDual) are the certificate: they satisfy the equation
 * above without its first two terms, and make bᵀy + hᵀz − lowerᵀlowerDual + upperᵀupperDual = −1. Then x is 0
 * and both objectives are +∞. For `dual-infeasible` x is the certificate, a direction that no row, cone or
 * bound blocks with linearᵀx = −1 and next to no curvature; the duals are 0, both objectives −∞. The arrays
 * are views of the solver's workspace: copy what must outlive the next solve.
 */
export interface ConicSolution {
  readonly status: ConicStatus;
  readonly iterations: number;
  readonly x: Float64Array;
  readonly equalityDual: Float64Array;
  readonly coneDual: Float64Array;
  readonly lowerDual: Float64Array;
  readonly upperDual: Float64Array;
  readonly primalObjective: number;
  readonly dualObjective: number;
  /** Relative residuals and gap of that point. */
  readonly primalResidual: number;
  readonly dualResidual: number;
  readonly gap: number;
}

/** A solver bound to one structure: ordering and symbolic factorisation are done when it is made. */
export interface ConicSolver {
  /** Solves for the values that the problem's arrays hold now. Allocates nothing. */
  solve(settings?: Partial<ConicSettings>): ConicSolution;
  /**
   * Goes on from where the last solve ended, to tighter tolerances. The problem's arrays must hold the same
   * values as then.
   */
  resume(settings?: Partial<ConicSettings>): ConicSolution;
  /** A copy of the last solution that was `optimal`, if there is one. */
  lastStart(): ConicStart | undefined;
}
