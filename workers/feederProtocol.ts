/** What a thread needs to clear one feeder of a region: plain data, the population in shared memory. */
import type { Case } from '../engine/case/case.js';
import type { ClearOptions } from '../engine/clearing/options.js';

/** Options without what cannot be sent: functions, and signals. */
export type PlainOptions = Pick<
  ClearOptions,
  'mode' | 'solver' | 'subsidised' | 'gap' | 'nodeLimit' | 'elastic'
>;

export interface FeederTask {
  readonly theCase: Case;
  readonly options: PlainOptions;
  /** Milliseconds since the epoch at which the time of all feeders is over; undefined without a limit. */
  readonly deadline: number | undefined;
  /** One entry in shared memory; not 0 once the caller asks to stop. */
  readonly stop: Int32Array;
}

/** Clocks of threads begin apart; this one is the same in all of them. */
export function commonClock(): number {
  return performance.timeOrigin + performance.now();
}
