/**
 * A market that is cleared in a thread of its own, so that the caller's thread is never busy with it for longer
 * than changes take to be checked and copied: well below a millisecond for one bid among 12,300 prosumers, some 4 ms
 * where all of them change (`update` in bench:reclear and bench:trial), and in proportion to the rows.
 */
import { sharedIntegers } from '../engine/base/columns.js';
import { UsageError } from '../engine/base/errors.js';
import type { Case } from '../engine/case/case.js';
import type { MarketChanges } from '../engine/case/changes.js';
import { checkCosts } from '../engine/clearing/clear.js';
import { resolveOptions } from '../engine/clearing/options.js';
import type {
  DeadlineOptions,
  Market,
  MarketClearing,
  MarketMemory,
  MarketOptions,
  WarmUp,
} from '../engine/session/market.js';
import { changedMarket } from '../engine/session/marketSession.js';
import { withoutIds } from './feederPool.js';
import { commonClock } from './feederProtocol.js';
import type { MarketTask } from './marketProtocol.js';
import { ShardPool } from './shardPool.js';
import { withStopFlag } from './stopFlag.js';

/** What the thread can do. */
type Kinds = typeof import('./marketEntry.js');

const NO_DEADLINE = Number.POSITIVE_INFINITY;

/**
 * Opens a market. A thread that dies is replaced, and goes on from the last answer.
 *
 * @throws UsageError for options out of range, CaseError for a case that the mode cannot clear
 */
export async function openMarket(theCase: Case, options: MarketOptions = {}): Promise<Market> {
  checkCosts(theCase, resolveOptions(options).mode);
  const pool = new ShardPool<Kinds>(1, new URL('./marketEntry.js', import.meta.url));
  const market = new MarketInThread(theCase, options, pool);
  try {
    if (options.warmUp !== undefined) await market.warmUp(options.warmUp);
  } catch (reason) {
    await market.close();
    throw reason;
  }
  return market;
}

class MarketInThread implements Market {
  memory: MarketMemory | undefined;
  /** Clearings come one after the other. */
  private last: Promise<unknown> = Promise.resolve();
  private isClosed = false;

  constructor(
    private present: Case,
    private readonly options: MarketOptions,
    private readonly pool: ShardPool<Kinds>,
  ) {
    this.memory = options.memory;
  }

  get case(): Case {
    return this.present;
  }

  async warmUp(how: WarmUp): Promise<void> {
    const task = { ...this.taskOf(this.present, NO_DEADLINE, sharedIntegers(1)), how };
    this.memory = await this.pool.runShard('warmUp', task, this.present.settings.name);
  }

  async update(changes: MarketChanges): Promise<void> {
    this.present = changedMarket(this.present, changes, this.options);
  }

  async clear({ deadlineMs, signal }: DeadlineOptions = {}): Promise<MarketClearing> {
    if (this.isClosed) throw new UsageError('the market is closed: open another one to clear it');
    const theCase = this.present;
    const deadline = deadlineMs === undefined ? NO_DEADLINE : commonClock() + deadlineMs;
    const next = this.last.then(() => this.clearInThread(theCase, deadline, signal));
    this.last = next.catch(() => undefined);
    return next;
  }

  /** Waits for the clearing that is under way, and ends the thread. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.last;
    await this.pool.close();
  }

  private clearInThread(
    theCase: Case,
    deadline: number,
    signal: AbortSignal | undefined,
  ): Promise<MarketClearing> {
    return withStopFlag(signal, async (stop) => {
      const task = this.taskOf(theCase, deadline, stop);
      const reply = await this.pool.runShard('clear', task, theCase.settings.name);
      this.memory = reply.memory;
      const { result, route, reason } = reply.clearing;
      return { result: { ...result, case: theCase }, route, reason };
    });
  }

  private taskOf(theCase: Case, deadline: number, stop: Int32Array): MarketTask {
    const { gap, mode, nodeLimit, subsidised } = this.options;
    return {
      theCase: withoutIds(theCase),
      options: {
        ...(gap === undefined ? {} : { gap }),
        ...(mode === undefined ? {} : { mode }),
        ...(nodeLimit === undefined ? {} : { nodeLimit }),
        ...(subsidised === undefined ? {} : { subsidised }),
      },
      memory: this.memory,
      deadline,
      stop,
    };
  }
}
