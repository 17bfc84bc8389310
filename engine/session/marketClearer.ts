/**
 * Clears one market again and again. A clearing is, in this order,
 *
 *   what changed → response functions of these communities alone           keptMarket.ts
 *                → the last answer corrected, and proven                    correctedClearing.ts
 *                → else the search, from the last answer                    clearing/
 *                → else, where nothing is certified, the last prices        correctedClearing.ts
 *                → dispatch and certificate, as for any clearing
 *
 * What it gives follows from the case and the memory alone, as long as nothing cuts it short.
 */
import type { Case } from '../case/case.js';
import { type Cleared, clear, clearMode, report, settleClearing } from '../clearing/clear.js';
import type { NetworkClearing } from '../clearing/networkClearing.js';
import { type ResolvedOptions, resolveOptions } from '../clearing/options.js';
import type { MarketPoint } from '../clearing/outcomeFinder.js';
import type { ClearingResult } from '../clearing/result.js';
import { Stopwatch } from '../clearing/stopwatch.js';
import { hasLargeCommunities } from '../clearing/windowSearch.js';
import { correctClearing, fallBack } from './correctedClearing.js';
import { KeptMarket, type PresentMarket } from './keptMarket.js';
import type { MarketClearing, MarketMemory, MarketOptions, Route, WarmUp } from './market.js';
import { type RememberedPoint, recall, remember } from './memory.js';

/** What ends a clearing early. */
export interface ClearingLimits {
  /** Milliseconds that are left; Infinity without a deadline. */
  readonly milliseconds: number;
  /** Whether the caller asks to stop. */
  readonly isAborted: () => boolean;
}

export const NO_LIMITS: ClearingLimits = {
  milliseconds: Number.POSITIVE_INFINITY,
  isAborted: () => false,
};

/** So many by the search, and as many by correction. */
const WARM_UP_CLEARINGS = 6;

/** What dispatch and certificate may take, until one was seen, ms. */
const FIRST_SETTLING = 20;

/** What they take is kept free this many times before a deadline, and as often for the fallback besides. */
const SETTLING_RESERVE = 2;

export class MarketClearer {
  /** What the next clearing starts from. */
  memory: MarketMemory | undefined;
  private kept: KeptMarket | undefined;
  /** What dispatch and certificate take, of late, ms. */
  private settling = FIRST_SETTLING;

  /** @param theCase later cases differ from it by changes alone (case/changes.ts) */
  constructor(
    theCase: Case,
    private readonly options: MarketOptions,
  ) {
    this.memory = options.memory;
    this.kept = this.nothingKept(theCase);
  }

  /** Undefined where nothing can be kept: without a network, and of communities that are cleared in windows. */
  private nothingKept(theCase: Case): KeptMarket | undefined {
    const { mode } = resolveOptions(this.options);
    const hasNetwork = mode !== 'local' && mode !== 'isolated';
    return hasNetwork && !hasLargeCommunities(theCase) ? new KeptMarket(theCase, mode) : undefined;
  }

  /** What was remembered before stays; where nothing was, the first of these answers is. */
  async warmUp(theCase: Case, how: WarmUp): Promise<void> {
    let { memory } = this;
    if (how === 'once' && memory !== undefined) return;
    const clearings = how === 'once' ? 1 : 2 * WARM_UP_CLEARINGS;
    for (let k = 0; k < clearings; k += 1) {
      if (k < WARM_UP_CLEARINGS) this.memory = undefined;
      this.kept = this.nothingKept(theCase);
      await this.clear(theCase, NO_LIMITS);
      memory ??= this.memory;
    }
    this.memory = memory;
  }

  async clear(theCase: Case, limits: ClearingLimits): Promise<MarketClearing> {
    const started = performance.now();
    const { milliseconds, isAborted } = limits;
    const stopAt = (reserve: number) => (): boolean =>
      isAborted() || performance.now() - started > milliseconds - reserve * this.settling;
    const searchStops = stopAt(2 * SETTLING_RESERVE);
    const options = resolveOptions({ ...this.options, shouldStop: searchStops });
    if (this.kept === undefined) {
      const result = await clear(theCase, { ...this.options, shouldStop: searchStops });
      return { result, route: 'searched', reason: '' };
    }
    const stopwatch = new Stopwatch(() => {});
    stopwatch.enter('responses', 'of communities that changed');
    const run = new Run(this.kept.renew(theCase, options), options, stopwatch);
    const last = run.recalled(this.memory);
    const result = (await run.correct(last, stopAt(SETTLING_RESERVE))) ?? (await run.search(last));
    if (result.status !== 'limit' || last === undefined) {
      return this.answer(run, result, run.wasCorrected ? 'corrected' : 'searched', '');
    }
    const isLate =
      performance.now() - started > milliseconds - 2 * SETTLING_RESERVE * this.settling;
    const reason = isAborted()
      ? 'stopped by its caller'
      : isLate
        ? 'no certified answer before the deadline'
        : 'the search found no answer that could be certified';
    const fallback = await run.fallBack(last, reason, stopAt(SETTLING_RESERVE));
    return fallback === undefined
      ? this.answer(run, result, 'searched', '')
      : this.answer(run, fallback, 'fallback', reason);
  }

  private answer(run: Run, result: ClearingResult, route: Route, reason: string): MarketClearing {
    const { point, market } = run;
    const isCertified = result.status === 'optimal' || result.status === 'feasible';
    if (isCertified && point !== undefined) {
      const { network } = market.state;
      const remembered = { ...point, objective: result.objective };
      this.memory = remember(remembered, network, market.state);
      const { dispatch = 0, certify = 0 } = result.timing;
      this.settling = 0.5 * (this.settling + dispatch + certify);
    }
    return { result, route, reason };
  }
}

/** One clearing of a market as it is now. */
class Run {
  /** Of what was settled last. */
  point: MarketPoint | undefined;
  wasCorrected = false;

  constructor(
    readonly market: PresentMarket,
    private readonly options: ResolvedOptions,
    private readonly stopwatch: Stopwatch,
  ) {}

  recalled(memory: MarketMemory | undefined): RememberedPoint | undefined {
    const { network, junction } = this.market.state;
    return recall(memory, network, junction.length, this.market.state);
  }

  /** Undefined where the correction is not proven optimal. */
  async correct(
    last: RememberedPoint | undefined,
    shouldStop: () => boolean,
  ): Promise<ClearingResult | undefined> {
    if (last === undefined) return undefined;
    this.stopwatch.enter('search', 'correction');
    const corrected = await correctClearing(this.market, last, this.options.gap, shouldStop);
    const result = corrected && (await this.settle(corrected));
    if (result?.status !== 'optimal') return undefined;
    this.wasCorrected = true;
    return result;
  }

  async search(last: RememberedPoint | undefined): Promise<ClearingResult> {
    const { market, options, stopwatch } = this;
    stopwatch.enter('search', 'branch and bound');
    const start = last && {
      netImport: last.netImport,
      revenuePrice: last.prices.revenue,
      cuts: false,
    };
    return this.reported(await clearMode(market.state, options, stopwatch, start));
  }

  /** Undefined where the last prices lead to nothing that can be certified. */
  async fallBack(
    last: RememberedPoint,
    reason: string,
    shouldStop: () => boolean,
  ): Promise<ClearingResult | undefined> {
    this.stopwatch.enter('search', 'fallback');
    const fallback = fallBack(this.market, last, reason, shouldStop);
    const result = fallback && (await this.settle(fallback));
    return result?.status === 'limit' ? undefined : result;
  }

  /** Dispatch and certificate. */
  private async settle(clearing: NetworkClearing): Promise<ClearingResult> {
    const { state } = this.market;
    const { options, stopwatch } = this;
    return this.reported(await settleClearing(state, options, stopwatch, clearing));
  }

  private reported(cleared: Cleared): Promise<ClearingResult> {
    this.point = cleared.outcome === undefined ? undefined : cleared.point;
    return report(this.market.state, this.options, cleared, this.stopwatch);
  }
}
