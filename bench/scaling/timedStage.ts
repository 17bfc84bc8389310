/** The response stage of a clearing, with the time that is spent inside it. */
import type { ResponseStage } from '../../engine/index.js';
import { buildResponses } from '../../engine/market/buildResponses.js';
import { readBids } from '../../engine/market/windowedResponses.js';

/** The stage in the thread of the caller. */
export const UNTHREADED: ResponseStage = {
  build: async (bids, responses) =>
    buildResponses(bids, responses, 0, bids.prosumerStart.length - 1),
  read: readBids,
};

export class TimedStage implements ResponseStage {
  private spent = 0;

  constructor(private readonly stage: ResponseStage) {}

  build: ResponseStage['build'] = async (...inputs) => {
    const started = performance.now();
    await this.stage.build(...inputs);
    this.spent += performance.now() - started;
  };

  read: ResponseStage['read'] = async (...inputs) => {
    const started = performance.now();
    const sums = await this.stage.read(...inputs);
    this.spent += performance.now() - started;
    return sums;
  };

  /** Milliseconds since it was last asked. */
  takeTime(): number {
    const { spent } = this;
    this.spent = 0;
    return spent;
  }
}
