/**
 * A day of intervals. The story of one:
 *
 *     plan → changes → operations      what the interval begins with               scenario.ts
 *          → clear                     the market, before the deadline             session/
 *          → the same alone            everybody with the grid, for comparison
 *          → settle                    storage moves on
 *          → record, balance           what is left of it                          record.ts, balance.ts
 *
 * What comes next follows from {@link TrialState} and the scenario alone: a trial that goes on from it leaves the
 * bytes that it would have left without the pause, as long as no deadline cuts a clearing short.
 */
import { CaseError } from '../base/errors.js';
import type { Case } from '../case/case.js';
import { changedColumns, type StateColumns, withColumns } from '../case/changedColumns.js';
import { applyChanges, type MarketChanges } from '../case/changes.js';
import { clear } from '../clearing/clear.js';
import type { ClearingResult } from '../clearing/result.js';
import type { Market, MarketClearing, MarketMemory } from '../session/market.js';
import { balanceOf, sum } from './balance.js';
import { columnsOf, inOneLine, recordOf, type TrialInterval } from './intervalRecord.js';
import type { IntervalTiming, Refusal } from './record.js';
import type { IntervalPlan, Operation, Scenario } from './scenario.js';

export interface TrialOptions {
  /** Opens the market that is cleared, where an earlier one left off if there was one. */
  readonly openMarket: (
    theCase: Case,
    memory: MarketMemory | undefined,
  ) => Market | Promise<Market>;
  /** Whether the market is cleared elsewhere, so that other work can go on beside it. */
  readonly isMarketApart?: boolean | undefined;
  /** From the changes of an interval to its answer, ms; none unless given. */
  readonly deadlineMs?: number | undefined;
  /** Memory of the process, MB; unknown unless given. */
  readonly memoryMb?: (() => number) | undefined;
  /** Where an earlier trial of the same scenario was left; from the beginning unless given. */
  readonly from?: TrialState | undefined;
}

/** Between two intervals: what the rest of the trial follows from, beside the scenario and the options. */
export interface TrialState {
  /** The next one. */
  readonly interval: number;
  readonly scenario: Readonly<Record<string, Float64Array>>;
  /** Empty before the first clearing. */
  readonly memory: MarketMemory;
  /** What has changed in the market, and where everybody is alone, since the scenario's case. */
  readonly market: StateColumns;
  readonly alone: StateColumns;
  /** In batteries and vehicles that are connected. */
  readonly storedKwh: number;
}

/** Opens a trial: from the beginning, or where an earlier trial was left. */
export async function openTrial(scenario: Scenario, options: TrialOptions): Promise<Trial> {
  const { openMarket, from } = options;
  const { case: opening } = scenario;
  if (from === undefined) return new Trial(scenario, await openMarket(opening, undefined), options);
  scenario.restore(from.scenario);
  const isFirst = Object.keys(from.memory).length === 0;
  const market = await openMarket(
    withColumns(opening, from.market),
    isFirst ? undefined : from.memory,
  );
  return new Trial(scenario, market, options, from);
}

/** A trial under way; {@link openTrial} opens it. */
export class Trial {
  private next: number;
  private alone: Case;
  private storedKwh: number;

  constructor(
    private readonly scenario: Scenario,
    private readonly market: Market,
    private readonly options: Pick<TrialOptions, 'deadlineMs' | 'isMarketApart' | 'memoryMb'>,
    from?: TrialState,
  ) {
    this.next = from?.interval ?? 0;
    this.alone = withColumns(scenario.case, from?.alone ?? {});
    this.storedKwh = from?.storedKwh ?? sum(scenario.initialStoredKwh);
  }

  /** The interval to come. */
  get interval(): number {
    return this.next;
  }

  get isOver(): boolean {
    return this.next >= this.scenario.intervals;
  }

  /** Clears the next interval. */
  async step(): Promise<TrialInterval> {
    const { scenario } = this;
    const plan = scenario.plan(this.next);
    const watch = new IntervalWatch(this.options.deadlineMs);
    const refusals = [...plan.refusals, ...(await this.change(plan, watch))];
    const events: string[] = [];
    for (const operation of plan.operations) {
      const refusal = await this.operate(plan.interval, operation, watch);
      if (refusal === undefined) events.push(operation.label);
      else refusals.push(refusal);
    }
    const [clearing, alone] = await this.clearBoth(watch);
    const accounts = scenario.settle(
      plan.interval,
      clearing.result.outcome?.prosumers.outputKw,
      alone.outcome?.prosumers.outputKw,
    );
    const storedBefore = this.storedKwh;
    this.storedKwh = sum(accounts.storedKwh);
    this.next += 1;
    const { result } = clearing;
    return {
      case: result.case,
      record: recordOf(plan, events, clearing, accounts, alone),
      balance: balanceOf(
        plan.interval,
        scenario.intervalMinutes / 60,
        hasOutcome(result) ? result : undefined,
        accounts,
        storedBefore,
      ),
      refusals,
      timing: watch.timing(plan.interval, clearing, this.options.memoryMb?.() ?? Number.NaN),
      columns: columnsOf(result, accounts),
    };
  }

  /** Where the trial can go on from. */
  state(): TrialState {
    const { scenario, market } = this;
    return {
      interval: this.next,
      scenario: scenario.state(),
      memory: market.memory ?? {},
      market: changedColumns(scenario.case, market.case),
      alone: changedColumns(scenario.case, this.alone),
      storedKwh: this.storedKwh,
    };
  }

  async close(): Promise<void> {
    await this.market.close();
  }

  /** In the market, and with everybody alone. */
  private async clearBoth(watch: IntervalWatch): Promise<[MarketClearing, ClearingResult]> {
    const inMarket = watch.clearing((deadlineMs) => this.market.clear({ deadlineMs }));
    if (this.options.isMarketApart !== true) await inMarket;
    return Promise.all([inMarket, clear(this.alone, { mode: 'isolated' })]);
  }

  /** The changes that an interval begins with, all or none of them; a refusal does not end the day. */
  private async change(plan: IntervalPlan, watch: IntervalWatch): Promise<Refusal[]> {
    const reason = await this.apply(plan.changes, plan.aloneChanges, watch);
    if (reason === undefined) return [];
    return [{ interval: plan.interval, subject: 'changes of the interval', reason }];
  }

  private async operate(
    interval: number,
    { label, changes }: Operation,
    watch: IntervalWatch,
  ): Promise<Refusal | undefined> {
    const reason = await this.apply(changes, changes, watch);
    return reason === undefined ? undefined : { interval, subject: label, reason };
  }

  /** Makes changes in the market and where everybody is alone: in both or in neither. @returns why not */
  private async apply(
    changes: MarketChanges,
    alone: MarketChanges,
    watch: IntervalWatch,
  ): Promise<string | undefined> {
    try {
      const changedAlone = applyChanges(this.alone, alone);
      await watch.update(() => this.market.update(changes));
      this.alone = changedAlone;
      return undefined;
    } catch (error) {
      if (error instanceof CaseError) return inOneLine([error.message]);
      throw error;
    }
  }
}

function hasOutcome(result: ClearingResult): result is Extract<ClearingResult, { cost: number }> {
  return result.outcome !== undefined;
}

/** A deadline that has passed before the clearing began: there is time for the fallback alone. */
const NO_TIME_MS = 1e-3;

/** Times of what is done in the market in an interval; nothing but the deadline depends on them. */
class IntervalWatch {
  private updateMs = 0;
  private clearMs = 0;

  constructor(private readonly deadlineMs: number | undefined) {}

  async update(work: () => Promise<void>): Promise<void> {
    const began = performance.now();
    try {
      await work();
    } finally {
      this.updateMs += performance.now() - began;
    }
  }

  /** @param work is given what the updates have left of the deadline */
  async clearing(
    work: (deadlineMs: number | undefined) => Promise<MarketClearing>,
  ): Promise<MarketClearing> {
    const began = performance.now();
    const left =
      this.deadlineMs === undefined
        ? undefined
        : Math.max(this.deadlineMs - this.updateMs, NO_TIME_MS);
    const clearing = await work(left);
    this.clearMs = this.updateMs + performance.now() - began;
    return clearing;
  }

  timing(interval: number, { result }: MarketClearing, memoryMb: number): IntervalTiming {
    const stage = (name: string): number => result.timing[name] ?? 0;
    const kept = this.clearMs <= (this.deadlineMs ?? Number.NaN) ? 1 : 0;
    return {
      interval,
      clear_ms: this.clearMs,
      update_ms: this.updateMs,
      responses_ms: stage('responses'),
      search_ms: stage('search'),
      dispatch_ms: stage('dispatch'),
      certify_ms: stage('certify'),
      deadline_kept: this.deadlineMs === undefined ? Number.NaN : kept,
      memory_mb: memoryMb,
    };
  }
}
