/** Clears that know how much of their time was spent in the response stage. */

import type { Case } from '../../engine/case/case.js';
import { IN_THIS_THREAD } from '../../engine/clearing/responseStage.js';
import {
  type ClearingResult,
  type ClearOptions,
  clear,
  type ResponseStage,
} from '../../engine/index.js';

/** The stage in the thread of the caller. */
export const UNTHREADED: ResponseStage = IN_THIS_THREAD;

export interface TimedResult {
  readonly result: ClearingResult;
  /** Of the whole clear, and inside its response stage. */
  readonly total_ms: number;
  readonly stage_ms: number;
}

/** Clears with this response stage. */
export async function timedClear(
  theCase: Case,
  options: ClearOptions,
  stage: ResponseStage,
): Promise<TimedResult> {
  let stage_ms = 0;
  const responseStage: ResponseStage = {
    ...stage,
    build: async (bids, responses) => {
      const started = performance.now();
      await stage.build(bids, responses);
      stage_ms += performance.now() - started;
    },
    read: async (bids, kappa, windows) => {
      const started = performance.now();
      const sums = await stage.read(bids, kappa, windows);
      stage_ms += performance.now() - started;
      return sums;
    },
  };
  const result = await clear(theCase, { ...options, responseStage });
  return { result, total_ms: result.timing.total ?? Number.NaN, stage_ms };
}
