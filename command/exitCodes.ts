/** How a run ended, for scripts. */
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
