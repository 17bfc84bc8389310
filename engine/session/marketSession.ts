/** A market in this thread. */
import type { Case } from '../case/case.js';
import { applyChanges, type MarketChanges } from '../case/changes.js';
import { checkCosts, clear } from '../clearing/clear.js';
import type {
  DeadlineOptions,
  Market,
  MarketClearing,
  MarketMemory,
  MarketOptions,
} from './market.js';

/** @throws UsageError for options out of range, CaseError for a case that the mode cannot clear */
export function openMarketSession(theCase: Case, options: MarketOptions = {}): Market {
  checkCosts(theCase, options.mode ?? 'welfare');
  return new MarketSession(theCase, options);
}

class MarketSession implements Market {
  memory: MarketMemory | undefined;

  constructor(
    private present: Case,
    private readonly options: MarketOptions,
  ) {
    this.memory = options.memory;
  }

  get case(): Case {
    return this.present;
  }

  async update(changes: MarketChanges): Promise<void> {
    const changed = applyChanges(this.present, changes);
    checkCosts(changed, this.options.mode ?? 'welfare');
    this.present = changed;
  }

  async clear({ deadlineMs, signal }: DeadlineOptions = {}): Promise<MarketClearing> {
    const result = await clear(this.present, {
      ...this.options,
      ...(deadlineMs === undefined ? {} : { timeLimitSeconds: deadlineMs / 1000 }),
      ...(signal === undefined ? {} : { signal }),
    });
    return { result, route: 'searched', reason: '' };
  }

  async close(): Promise<void> {}
}
