/**
 * A market that is cleared again and again: between two clearings bids, loads, prices, limits and switches
 * change, and what has not changed is kept.
 */
import type { Case } from '../case/case.js';
import type { MarketChanges } from '../case/changes.js';
import type { ClearOptions } from '../clearing/options.js';
import type { ClearingResult } from '../clearing/result.js';

export type WarmUp = 'once' | 'well';

/** What holds for all clearings of a market. */
export interface MarketOptions
  extends Pick<ClearOptions, 'mode' | 'subsidised' | 'gap' | 'nodeLimit'> {
  /**
   * Clears the case as the market opens, and without a memory starts from that answer: `once`, or `well`, a dozen
   * times, so that the first answer takes no longer than the others: a thread that has cleared nothing yet takes
   * ten times as long. What answers are does not depend on which. Not at all unless given.
   */
  readonly warmUp?: WarmUp | undefined;
  /** Where an earlier market of the same case left off: clearings then give the bytes that its own would. */
  readonly memory?: MarketMemory | undefined;
}

export interface DeadlineOptions {
  /** Milliseconds from the call after which there must be an answer; none unless given. */
  readonly deadlineMs?: number | undefined;
  /** Once aborted, the best answer so far is given. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * How an answer was found. `corrected`: the last one, corrected for what changed. `searched`: by the search.
 * `fallback`: no answer of the search could be certified in time, so that the last prices hold, with the
 * prosumers' answers to them, repaired against the network; its gap is proven like any other. Communities of more
 * than 4,096 prosumers, and the modes without a network, are always searched.
 */
export type Route = 'corrected' | 'searched' | 'fallback';

export interface MarketClearing {
  readonly result: ClearingResult;
  readonly route: Route;
  /** Why the fallback was needed; empty elsewhere. */
  readonly reason: string;
}

/** What a clearing starts from beside the case: columns of the last answer, by name. */
export type MarketMemory = Readonly<Record<string, Float64Array>>;

export interface Market {
  /** As it stands, with all changes made so far. */
  readonly case: Case;
  /** What the next clearing starts from; undefined before the first. */
  readonly memory: MarketMemory | undefined;
  /** @throws CaseError with everything that is wrong; then nothing has changed */
  update(changes: MarketChanges): Promise<void>;
  /** @throws UsageError once the market is closed */
  clear(options?: DeadlineOptions): Promise<MarketClearing>;
  /** Waits for the clearing that is under way; nothing of the market is left then. */
  close(): Promise<void>;
}
