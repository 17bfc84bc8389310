/**
 * Every tolerance and safeguard of the interior-point method, with the reason for its size.
 */
import type { PivotRule } from '../sparse/ldl.js';
import type { ConicSettings } from './problem.js';

/** Settings when the caller gives none. */
export const DEFAULT_SETTINGS: ConicSettings = {
  // Three digits above what rounding leaves of a well-scaled problem, so it is reached reliably.
  feasibilityTolerance: 1e-9,
  gapTolerance: 1e-9,
  // A certificate of value −1 with residual r excludes every point with ‖x‖₁ < 1/r.
  infeasibilityTolerance: 1e-9,
  // Normal solves take 10 to 30; one that needs more is not going to converge.
  iterationLimit: 100,
  start: 'cold',
};

/** A bound at or beyond this is no bound: no digit of a smaller number would survive beside it. */
export const INFINITE_BOUND = 1e20;

/**
 * Bounds nearer than this, relative to their size, fix the variable: the strip between them is narrower
 * than the feasibility tolerance and has no interior in floating point.
 */
export const FIXED_WIDTH = 1e-12;

/**
 * A certificate's value must exceed this share of the sum of its terms' sizes: a thousand times what
 * rounding can leave of terms that cancel exactly.
 */
export const CERTIFICATE_ROUNDING = 1e-13;

/** Equilibration stops when a pass changes no scale by more than this factor: it need not be exact … */
export const EQUILIBRATION_CHANGE = 1.1;

/** … or after so many passes, where cones couple distant scales. */
export const EQUILIBRATION_PASSES = 10;

/** Scales stay within [1/this, this], so that unscaling cannot magnify a residual beyond recovery. */
export const LARGEST_SCALE = 1e5;

/**
 * Pivots of the KKT matrix. A shift is a perturbation that iterative refinement has to undo. Rows need one,
 * near the root of the rounding unit: a smaller shift leaves the variables of a row that is eliminated first
 * with fewer digits than refinement needs, a larger one takes more rounds. Variables do without: far from
 * their bounds near the end they have next to nothing on the diagonal, and any shift would outweigh it; only
 * a pivot that comes out as nothing is replaced. (Measured on random programs, on programs over trees of up
 * to 5,000 nodes and on a skew rotated cone.)
 */
export const PIVOT_RULE: PivotRule = {
  positiveShift: 0,
  negativeShift: 1e-8,
  least: 1e-11,
  replacement: 1e-8,
};

/**
 * On the way to a certificate the KKT matrix tends to a singular one along it. Shifting the side that is not
 * to grow keeps the factors sound there: of 600 random programs with a falling ray 598 are proven with a
 * shift of 1e-4 on the rows, 596 with 1e-5 and 391 with 1e-8 …
 */
export const RAY_PIVOT_RULE: PivotRule = {
  positiveShift: 0,
  negativeShift: 1e-4,
  least: 1e-11,
  replacement: 1e-8,
};

/** … and of 400 with contradicting rows 399 with a shift of 1e-6 on the variables, and 396 with none. */
export const DUAL_RAY_PIVOT_RULE: PivotRule = {
  positiveShift: 1e-6,
  negativeShift: 1e-8,
  least: 1e-11,
  replacement: 1e-8,
};

/**
 * When the rule overflows or leads to a short step: slower to refine, but growth of the factors is bounded
 * early.
 */
export const CAUTIOUS_PIVOT_RULE: PivotRule = {
  positiveShift: 1e-8,
  negativeShift: 1e-7,
  least: 1e-10,
  replacement: 1e-6,
};

/**
 * The residual that a step's equations keep adds to the residuals of the next point. Refinement stops when it
 * is below this share of what the step is to leave of them (0.01 and 1 do as well) …
 */
export const REFINEMENT_SHARE = 0.1;

/** … which is never taken to be less than this share of them, however little the step is to leave, … */
export const LEAST_SHARE_LEFT = 0.01;

/** … or this small relative to the right-hand side: rounding allows no better, */
export const REFINEMENT_TOLERANCE = 1e-12;

/** … or after so many rounds, */
export const REFINEMENT_ROUNDS = 8;

/** … or when a round no longer shrinks the residual by this factor. */
export const REFINEMENT_PROGRESS = 3;

/**
 * Relative residual to which v₁ is refined while the iterates lean to a solution: there it enters a step
 * times Δτ, which falls with the residuals. Unrefined it has seven or eight digits, so this only catches
 * systems that have lost half of them. On the way to a certificate v₁ is most of the step and refined like
 * the rest.
 */
export const HOMOGENISING_TOLERANCE = 1e-6;

/**
 * A KKT solution whose residual stays above this share of the right-hand side has met a null space of the
 * matrix, which may hold a certificate. Sound solutions reach 1e-8 and better.
 */
export const UNSOLVED_SHARE = 1e-3;

/** Rounds of refinement for a candidate ray; measured: 3 miss a few certificates, more find no others. */
export const RAY_ROUNDS = 4;

/** Fraction of the way to the boundary that a step goes; the rest keeps the next point interior. */
export const STEP_FRACTION = 0.99;

/**
 * A step shorter than this is more often due to the factors than to the cones, as on the way to a certificate
 * where rows contradict one another: it is computed again with cautious pivots. (Of 600 random contradictions
 * 599 are proven with 0.01, 584 without, 592 with 0.1.)
 */
export const SHORT_STEP = 0.01;

/** A step shorter than this makes no progress. */
export const LEAST_STEP = 1e-6;

/** After so many iterations without a better point, rounding has taken over … */
export const PATIENCE = 10;

/** … if κ is below this share of τ; at a solution it falls with the gap, far below the tolerances. */
export const STALLED_KAPPA = 1e-7;

/** Distance of a starting point from a single bound, in scaled units, where coefficients are near 1. */
export const START_SLACK = 1;

/**
 * slack · dual at the start, of bounds, cones and τκ alike: 0.03 takes one iteration less on programs over
 * trees with many bounds and one more on small random ones, 1 takes three more on the former.
 */
export const START_COMPLEMENTARITY = 0.05;

/**
 * Share of the last solution in a warm start. On sequences of branch and bound 0.8 to 0.99 save 20 to 40 % of
 * the iterations; nearer to 1 a start can be worse than cold where the solution has moved far.
 */
export const WARM_SHARE = 0.95;
