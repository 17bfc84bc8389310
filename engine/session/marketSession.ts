/**
 * A market in this thread. A clearing is, in this order,
 *
 *   what changed → response functions of these communities alone           keptMarket.ts
 *                → the last answer corrected, and proven                    correctedClearing.ts
 *                → else the search, from the last answer                    clearing/
 *                → else, where time is up, the last prices, repaired        correctedClearing.ts
 *                → dispatch and certificate, as for any clearing
 *
 * What it gives follows from the case and the memory alone, as long as no deadline cuts it short.
 */
import type { Case } from '../case/case.js';
import { applyChanges, type MarketChanges } from '../case/changes.js';
import {
  type Cleared,
  checkCosts,
  clear,
  clearMode,
  report,
  settleClearing,
} from '../clearing/clear.js';
import type { NetworkClearing } from '../clearing/networkClearing.js';
import { type ResolvedOptions, resolveOptions } from '../clearing/options.js';
import type { ClearingResult } from '../clearing/result.js';
import { Stopwatch } from '../clearing/stopwatch.js';
import { hasLargeCommunities } from '../clearing/windowSearch.js';
import { correctClearing, fallBack } from './correctedClearing.js';
import { KeptMarket, type PresentMarket } from './keptMarket.js';
import type {
  DeadlineOptions,
  Market,
  MarketClearing,
  MarketMemory,
  MarketOptions,
  Route,
} from './market.js';
import { type RememberedPoint, recall, remember } from './memory.js';

/**
 * A market whose work is done in this thread, which hears nothing meanwhile (workers/openMarket.ts is for
 * those that must).
 *
 * @throws UsageError for options out of range, CaseError for a case that the mode cannot clear
 */
export async function openMarketSession(
  theCase: Case,
  options: MarketOptions = {},
): Promise<Market> {
  checkCosts(theCase, resolveOptions(options).mode);
  const market = new MarketSession(theCase, options);
  for (let k = 0; options.warmUp === true && k < WARM_UP_CLEARINGS; k += 1) await market.clear();
  market.memory = options.memory;
  return market;
}

/** One by the search, the others by correction. */
const WARM_UP_CLEARINGS = 4;

/** What dispatch and certificate may take, until one was seen, ms. */
const FIRST_SETTLING = 20;

/** What they take is kept free this many times before a deadline, and the fallback as often besides. */
const SETTLING_RESERVE = 2;

class MarketSession implements Market {
  memory: MarketMemory | undefined;
  private readonly kept: KeptMarket | undefined;
  /** What dispatch and certificate took last, ms. */
  private settling = FIRST_SETTLING;
  /** Clearings come one after the other. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private present: Case,
    private readonly options: MarketOptions,
  ) {
    const { mode } = resolveOptions(options);
    this.memory = options.memory;
    const hasNetwork = mode !== 'local' && mode !== 'isolated';
    if (hasNetwork && !hasLargeCommunities(present)) this.kept = new KeptMarket(present, mode);
  }

  get case(): Case {
    return this.present;
  }

  async update(changes: MarketChanges): Promise<void> {
    const changed = applyChanges(this.present, changes);
    checkCosts(changed, this.options.mode ?? 'welfare');
    this.present = changed;
  }

  clear(options: DeadlineOptions = {}): Promise<MarketClearing> {
    const started = performance.now();
    const next = this.last.then(() => this.clearOnce(options, started));
    this.last = next.catch(() => undefined);
    return next;
  }

  async close(): Promise<void> {
    await this.last;
  }

  private async clearOnce(
    { deadlineMs = Number.POSITIVE_INFINITY, signal }: DeadlineOptions,
    started: number,
  ): Promise<MarketClearing> {
    const isAborted = (): boolean => signal?.aborted === true;
    const stopAt = (reserve: number) => (): boolean =>
      isAborted() || performance.now() - started > deadlineMs - reserve * this.settling;
    const searchStops = stopAt(2 * SETTLING_RESERVE);
    const options = resolveOptions({ ...this.options, shouldStop: searchStops });
    if (this.kept === undefined) {
      const result = await clear(this.present, { ...this.options, shouldStop: searchStops });
      return { result, route: 'searched', reason: '' };
    }
    const stopwatch = new Stopwatch(() => {});
    stopwatch.enter('responses', 'of communities that changed');
    const market = this.kept.renew(this.present, options);
    const run = new Run(market, options, stopwatch);
    stopwatch.enter('search', 'correction');
    const { state } = market;
    const last = recall(this.memory, state.network, state.junction.length);
    const corrected = last && (await correctClearing(market, last, options.gap, searchStops));
    if (corrected !== undefined) {
      const result = await run.settle(corrected);
      if (result.status === 'optimal') return this.answer(run, result, 'corrected', '');
    }
    const result = await run.search(last);
    const isAnswered = result.status !== 'limit' || last === undefined || run.hasFailed;
    if (isAnswered) return this.answer(run, result, 'searched', '');
    const reason = isAborted()
      ? 'stopped by its caller'
      : 'no certified answer before the deadline';
    const fallback = fallBack(market, last, reason, stopAt(SETTLING_RESERVE));
    if (fallback === undefined) return this.answer(run, result, 'searched', '');
    return this.answer(run, await run.settle(fallback), 'fallback', reason);
  }

  private answer(run: Run, result: ClearingResult, route: Route, reason: string): MarketClearing {
    const { point, market } = run;
    const isCertified = result.status === 'optimal' || result.status === 'feasible';
    if (isCertified && point !== undefined) {
      // The arrays of an answer are the caller's; these are the next clearing's.
      this.memory = remember(point, market.state.network);
      this.settling = (result.timing.dispatch ?? 0) + (result.timing.certify ?? 0);
    }
    return { result, route, reason };
  }
}

/** One clearing of a market as it is now. */
class Run {
  /** Of what was settled last. */
  point: RememberedPoint | undefined;
  /** Whether the search ended by itself without an answer. */
  hasFailed = false;

  constructor(
    readonly market: PresentMarket,
    private readonly options: ResolvedOptions,
    private readonly stopwatch: Stopwatch,
  ) {}

  /** Dispatch and certificate of a clearing. */
  async settle(clearing: NetworkClearing): Promise<ClearingResult> {
    const { state } = this.market;
    const { options, stopwatch } = this;
    return this.reported(await settleClearing(state, options, stopwatch, clearing));
  }

  async search(last: RememberedPoint | undefined): Promise<ClearingResult> {
    const { market, options, stopwatch } = this;
    stopwatch.enter('search', 'branch and bound');
    const start = last && {
      netImport: last.netImport,
      revenuePrice: last.prices.revenue,
      cuts: false,
    };
    const result = await this.reported(await clearMode(market.state, options, stopwatch, start));
    this.hasFailed = !options.shouldStop();
    return result;
  }

  private reported(cleared: Cleared): Promise<ClearingResult> {
    this.point = cleared.outcome === undefined ? undefined : cleared.point;
    return report(this.market.state, this.options, cleared, this.stopwatch);
  }
}
