/** What the thread of a market is told: plain data, the population in shared memory. */
import type { Case } from '../engine/case/case.js';
import type { MarketMemory, MarketOptions, WarmUp } from '../engine/session/market.js';

export interface MarketTask {
  /** Without the ids of prosumers and devices. */
  readonly theCase: Case;
  readonly options: MarketOptions;
  /** What the clearing starts from. */
  readonly memory: MarketMemory | undefined;
  /** Milliseconds since the epoch; Infinity without a deadline. */
  readonly deadline: number;
  /** One entry in shared memory; not 0 once the caller asks to stop. */
  readonly stop: Int32Array;
}

export interface WarmUpTask extends MarketTask {
  readonly how: WarmUp;
}
