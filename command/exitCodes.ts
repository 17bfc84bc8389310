/** How a run ended, for scripts. */
import type { Status } from '../engine/index.js';

export const EXIT = {
  certified: 0,
  internalError: 1,
  badInput: 2,
  infeasible: 3,
  /** Stopped by a limit, or checked and not certified. */
  uncertified: 4,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Of a clearing, or the worst of several. */
export const EXIT_OF_STATUS: Readonly<Record<Status, ExitCode>> = {
  optimal: EXIT.certified,
  feasible: EXIT.certified,
  infeasible: EXIT.infeasible,
  limit: EXIT.uncertified,
};
