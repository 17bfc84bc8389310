/** What every solver that ours is compared with returns. */
import { restoredPoint, type StandardForm } from './standardForm.js';

/**
 * How a peer says that it ended. `inaccurate` stands for everything that is neither a solution nor a
 * certificate nor the iteration limit: no progress, a numerical error, a solution to reduced tolerances.
 */
export type PeerStatus =
  | 'optimal'
  | 'primal-infeasible'
  | 'dual-infeasible'
  | 'inaccurate'
  | 'iteration-limit';

export interface PeerSettings {
  /** Relative residuals at which the peer stops, where it lets the caller choose them. */
  readonly feasibilityTolerance: number;
  /** Absolute and relative duality gap at which the peer stops. */
  readonly gapTolerance: number;
  readonly iterationLimit: number;
}

export interface PeerSolution {
  readonly status: PeerStatus;
  /** The peer's primal objective, with the cost of the constant variables. */
  readonly objective: number;
  /** The point, in the variables of the `ConicProblem`; for `dual-infeasible` a direction. */
  readonly x: Float64Array;
  /** One multiplier for each row of the standard form; for `primal-infeasible` the certificate. */
  readonly rowDual: Float64Array;
  readonly iterations: number;
  /** Setup and solve by the peer's own clock: without conversion and copying. */
  readonly milliseconds: number;
}

/** For a program that a peer cannot be given, or fails on without an answer: no point, no multipliers. */
export function refusal(form: StandardForm): PeerSolution {
  return {
    status: 'inaccurate',
    objective: Number.NaN,
    x: restoredPoint(form, new Float64Array(form.variable.length).fill(Number.NaN)),
    rowDual: new Float64Array(form.right.length).fill(Number.NaN),
    iterations: 0,
    milliseconds: 0,
  };
}
