/** Clears that know how much of their time was spent in the response stage. */

import type { Case } from '../../engine/case/case.js';
import {
  type ClearingResult,
  type ClearOptions,
  clear,
  type ResponseStage,
} from '../../engine/index.js';
import { buildResponses } from '../../engine/market/buildResponses.js';
import { readBids } from '../../engine/market/windowedResponses.js';

/** The stage in the thread of the caller. */
export const UNTHREADED: ResponseStage = {
  build: async (bids, responses) =>
    buildResponses(bids, responses, 0, bids.prosumerStart.length - 1),
  read: readBids,
};

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
  { build, read }: ResponseStage,
): Promise<TimedResult> {
  let stage_ms = 0;
  const responseStage: ResponseStage = {
    build: async (bids, responses) => {
      const started = performance.now();
      await build(bids, responses);
      stage_ms += performance.now() - started;
    },
    read: async (bids, kappa, windows) => {
      const started = performance.now();
      const sums = await read(bids, kappa, windows);
      stage_ms += performance.now() - started;
      return sums;
    },
  };
  const result = await clear(theCase, { ...options, responseStage });
  return { result, total_ms: result.timing.total ?? Number.NaN, stage_ms };
}
