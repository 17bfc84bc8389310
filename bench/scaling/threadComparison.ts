/**
 * One thread beside many: measured in the same process and in turn with the clears by all threads, because
 * from one process to the next a shared machine is another.
 */
import { type Measurement, summarised } from '../harness.js';
import { samplePass } from './floors.js';
import type { ThreadComparison } from './point.js';
import type { ThreadedSum } from './threadedSum.js';
import type { TimedResult } from './timedClear.js';

export class ThreadComparer {
  private readonly clears: number[] = [];
  private readonly stages: number[] = [];
  private readonly sums: number[] = [];

  /** @param clearSingly clears with one thread */
  constructor(
    private readonly clearSingly: () => Promise<TimedResult>,
    private readonly threadedSum: ThreadedSum,
  ) {}

  async sample(): Promise<void> {
    const { total_ms, stage_ms } = await this.clearSingly();
    this.clears.push(total_ms);
    this.stages.push(stage_ms);
    this.sums.push(await samplePass(() => this.threadedSum.pass()));
  }

  /** Of the last samples. */
  summary(count: number): ThreadComparison {
    const ofLast = (name: string, samples: readonly number[]): Measurement =>
      summarised(name, samples.slice(-count));
    return {
      clear: ofLast('total, one thread', this.clears),
      responseStage: ofLast('response stage, one thread', this.stages),
      threadedSumPass: ofLast('adding up the bids, all threads', this.sums),
    };
  }
}
