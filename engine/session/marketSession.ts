/** A market in this thread, which hears nothing while it clears (workers/openMarket.ts is for those that must). */
import { UsageError } from '../base/errors.js';
import type { Case } from '../case/case.js';
import { applyChanges, type MarketChanges } from '../case/changes.js';
import { checkCosts } from '../clearing/clear.js';
import { resolveOptions } from '../clearing/options.js';
import type {
  DeadlineOptions,
  Market,
  MarketClearing,
  MarketMemory,
  MarketOptions,
} from './market.js';
import { MarketClearer } from './marketClearer.js';

/** @throws UsageError for options out of range, CaseError for a case that the mode cannot clear */
export async function openMarketSession(
  theCase: Case,
  options: MarketOptions = {},
): Promise<Market> {
  const clearer = openClearer(theCase, options);
  if (options.warmUp !== undefined) await clearer.warmUp(theCase, options.warmUp);
  return new MarketSession(theCase, options, clearer);
}

function openClearer(theCase: Case, options: MarketOptions): MarketClearer {
  checkCosts(theCase, resolveOptions(options).mode);
  return new MarketClearer(theCase, options);
}

/** The case with changes made, which the market can clear. @throws CaseError; the case is as it was */
export function changedMarket(theCase: Case, changes: MarketChanges, options: MarketOptions): Case {
  const changed = applyChanges(theCase, changes);
  checkCosts(changed, resolveOptions(options).mode);
  return changed;
}

class MarketSession implements Market {
  /** Clearings come one after the other. */
  private last: Promise<unknown> = Promise.resolve();
  private isClosed = false;

  constructor(
    private present: Case,
    private readonly options: MarketOptions,
    private readonly clearer: MarketClearer,
  ) {}

  get case(): Case {
    return this.present;
  }

  get memory(): MarketMemory | undefined {
    return this.clearer.memory;
  }

  async update(changes: MarketChanges): Promise<void> {
    this.present = changedMarket(this.present, changes, this.options);
  }

  async clear({ deadlineMs, signal }: DeadlineOptions = {}): Promise<MarketClearing> {
    if (this.isClosed) throw new UsageError('the market is closed: open another one to clear it');
    const theCase = this.present;
    const deadline = performance.now() + (deadlineMs ?? Number.POSITIVE_INFINITY);
    const next = this.last.then(() =>
      this.clearer.clear(theCase, {
        milliseconds: deadline - performance.now(),
        isAborted: () => signal?.aborted === true,
      }),
    );
    this.last = next.catch(() => undefined);
    return next;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.last;
  }
}
