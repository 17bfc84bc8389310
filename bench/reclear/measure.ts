/**
 * Re-clears beside cold clears of the same market. In every round each question has its turn in each mode: its
 * market changes and is cleared again. Then the states of all these markets are cleared cold, so that what one
 * kind leaves behind (garbage, caches) falls mostly on its own kind. Every question has a market of its own.
 */
import {
  type Case,
  type ClearingResult,
  clear,
  type Market,
  type Mode,
  openMarketSession,
  type Route,
} from '../../engine/index.js';
import { interleaved, type Measurement, summarised } from '../harness.js';
import { type Bar, bar } from '../scaling/bars.js';
import { drawChanges, QUESTIONS, type Question } from './questions.js';

export interface ReclearOptions {
  readonly modes: readonly Mode[];
  readonly rounds: number;
  readonly seed: number;
}

/** Rounds before any is measured; markets have warmed up by themselves before (MarketOptions.warmUp). */
const WARM_UP_ROUNDS = 10;

/** What a re-clear consists of; a cold clear has no update. */
const STAGES = ['update', 'responses', 'search', 'dispatch', 'certify'] as const;

export interface StageMedian {
  readonly name: (typeof STAGES)[number];
  readonly median_ms: number;
  /** Of the whole clear, both medians: they need not add up to 1. */
  readonly share: number;
}

/** Clears of one kind. */
export interface Clears {
  readonly whole: Measurement;
  readonly stages: readonly StageMedian[];
}

/** One question in one mode. */
export interface ReclearRecord {
  readonly mode: Mode;
  readonly question: string;
  /** From the changes to the certified answer. */
  readonly reclear: Clears;
  /** Of the same states. */
  readonly cold: Clears;
  readonly reclear_over_cold: number;
  readonly routes: Readonly<Record<Route, number>>;
  /** Clears of either kind that were neither `optimal` nor `feasible`. */
  readonly uncertified: number;
  /** Of the objectives, over that of the cold clear; null where one of the two had none. */
  readonly largest_difference: number | null;
}

export async function measureReclears(
  theCase: Case,
  { modes, rounds, seed }: ReclearOptions,
): Promise<ReclearRecord[]> {
  const subjects: Reclearing[] = [];
  for (const mode of modes) {
    for (const place of QUESTIONS.keys()) {
      const market = await openMarketSession(theCase, { mode, warmUp: 'well' });
      subjects.push(new Reclearing(theCase, market, mode, place, seed));
    }
  }
  const turns = [
    ...subjects.map((subject) => async () => [await subject.clearAgain()]),
    ...subjects.map((subject) => async () => [await subject.clearCold()]),
  ];
  await interleaved(turns, WARM_UP_ROUNDS);
  for (const subject of subjects) subject.forget();
  await interleaved(turns, rounds);
  for (const { market } of subjects) await market.close();
  return subjects.map((subject) => subject.record());
}

/** What is asked of re-clears, and what was found. */
export function judgeReclears(records: readonly ReclearRecord[]): Bar[] {
  return records.flatMap(({ mode, question, reclear_over_cold, uncertified }) => {
    const most = QUESTIONS.find(({ name }) => name === question)?.mostOfCold ?? null;
    if (most === null) return [];
    const name = `${mode}: re-clear over cold clear, ${question} changed`;
    return [bar(name, 'at most', most, uncertified > 0 ? Number.NaN : reclear_over_cold)];
  });
}

/** A whole clear and its stages, ms. */
interface Sample {
  readonly whole: number;
  readonly stages: Readonly<Record<string, number>>;
}

class Reclearing {
  private round = 0;
  private last: ClearingResult | undefined;
  private reclears: Sample[] = [];
  private colds: Sample[] = [];
  private routes = noRoutes();
  private uncertified = 0;
  private largestDifference = 0;

  constructor(
    private readonly theCase: Case,
    readonly market: Market,
    private readonly mode: Mode,
    /** Of the question. */
    private readonly place: number,
    private readonly seed: number,
  ) {}

  /** @returns milliseconds, as {@link clearCold} */
  async clearAgain(): Promise<number> {
    const changes = drawChanges(this.theCase, this.place, this.seed, this.round);
    this.round += 1;
    const began = performance.now();
    await this.market.update(changes);
    const updated = performance.now();
    const { result, route } = await this.market.clear();
    const whole = performance.now() - began;
    this.reclears.push({ whole, stages: { ...result.timing, update: updated - began } });
    this.routes[route] += 1;
    this.last = result;
    return whole;
  }

  /** The state that was cleared again last, which must have come out the same. */
  async clearCold(): Promise<number> {
    const began = performance.now();
    const result = await clear(this.market.case, { mode: this.mode });
    const whole = performance.now() - began;
    this.colds.push({ whole, stages: result.timing });
    if (this.last !== undefined) this.compare(this.last, result);
    return whole;
  }

  /** Leaves out what was measured so far. */
  forget(): void {
    this.reclears = [];
    this.colds = [];
    this.routes = noRoutes();
    this.uncertified = 0;
    this.largestDifference = 0;
  }

  record(): ReclearRecord {
    const question: Question = QUESTIONS[this.place];
    const reclear = summary('re-clear', this.reclears);
    const cold = summary('cold clear', this.colds);
    const hasDifference = Number.isFinite(this.largestDifference);
    return {
      mode: this.mode,
      question: question.name,
      reclear,
      cold,
      reclear_over_cold: reclear.whole.median_ms / cold.whole.median_ms,
      routes: this.routes,
      uncertified: this.uncertified,
      largest_difference: hasDifference ? this.largestDifference : null,
    };
  }

  private compare(reclear: ClearingResult, cold: ClearingResult): void {
    for (const { status } of [reclear, cold]) {
      if (status !== 'optimal' && status !== 'feasible') this.uncertified += 1;
    }
    const difference = relativeDifference(reclear, cold);
    this.largestDifference = Math.max(this.largestDifference, difference);
  }
}

function noRoutes(): Record<Route, number> {
  return { corrected: 0, searched: 0, fallback: 0 };
}

/** NaN, which stays the largest, where one of the two has no objective. */
function relativeDifference(one: ClearingResult, other: ClearingResult): number {
  if (one.outcome === undefined || other.outcome === undefined) return Number.NaN;
  return Math.abs(one.objective - other.objective) / Math.max(Math.abs(other.objective), 1);
}

function summary(name: string, samples: readonly Sample[]): Clears {
  const whole = summarised(
    name,
    samples.map((sample) => sample.whole),
  );
  const stages = STAGES.map((stage) => {
    const times = samples.map((sample) => sample.stages[stage] ?? 0);
    const { median_ms } = summarised(stage, times);
    return { name: stage, median_ms, share: median_ms / whole.median_ms };
  });
  return { whole, stages };
}
