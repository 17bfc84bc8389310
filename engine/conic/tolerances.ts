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

/** Equilibration stops here; further passes change the scales by a few per cent. */
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

/** When that overflows: slower to refine, but growth of the factors is bounded early. */
export const CAUTIOUS_PIVOT_RULE: PivotRule = {
  positiveShift: 1e-8,
  negativeShift: 1e-7,
  least: 1e-10,
  replacement: 1e-6,
};

/** Refinement stops when the residual is this small relative to the right-hand side: a step need not be better. */
export const REFINEMENT_TOLERANCE = 1e-12;

/** … or after so many rounds, */
export const REFINEMENT_ROUNDS = 8;

/** … or when a round no longer shrinks the residual by this factor. */
export const REFINEMENT_PROGRESS = 3;

/** Fraction of the way to the boundary that a step goes; the rest keeps the next point interior. */
export const STEP_FRACTION = 0.99;

/** A step shorter than this makes no progress. */
export const LEAST_STEP = 1e-6;

/** After so many iterations without a better point, rounding has taken over … */
export const PATIENCE = 10;

/** … if κ is below this share of τ; at a solution it falls with the gap, far below the tolerances. */
export const STALLED_KAPPA = 1e-7;

/** Distance of a starting point from a single bound, in scaled units, where coefficients are near 1. */
export const START_SLACK = 1;

/** slack · dual of the bounds at the start; 0.03 to 0.3 do about as well, 1 costs a few iterations. */
export const START_COMPLEMENTARITY = 0.1;
