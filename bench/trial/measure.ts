/**
 * A trial as the command runs it, with nothing kept of an interval but how it ended, how long it took, and the
 * memory of the process after it. No garbage is collected but what the engine collects by itself.
 */
import { setImmediate } from 'node:timers/promises';
import {
  type Mode,
  openMarketSession,
  openTrial,
  type Route,
  type Scenario,
  type Status,
  type TrialInterval,
} from '../../engine/index.js';
import { type Percentiles, percentiles } from '../../engine/trial/timing.js';
import { type Bar, bar } from '../scaling/bars.js';

export interface TrialBenchOptions {
  readonly mode: Mode;
  /** From the changes of an interval to its answer. */
  readonly deadlineMs: number;
  readonly intervalsADay: number;
  /** After each day. */
  readonly onDay?: (day: DayRecord) => void;
}

/** MB of 2^20 bytes, of the process after intervals of a day. */
export interface DayMemory {
  readonly rss_last_mb: number;
  readonly rss_largest_mb: number;
  /** What collections leave: heap in use after the interval with the least. */
  readonly heap_least_mb: number;
  readonly heap_largest_mb: number;
}

export interface DayRecord extends DayMemory {
  /** From 1 on. */
  readonly day: number;
  readonly intervals: number;
  readonly clear_ms: Percentiles;
  readonly deadlines_missed: number;
}

const STAGES = ['update', 'responses', 'search', 'dispatch', 'certify'] as const;

/** All days together. */
export interface TrialRecord {
  readonly intervals: number;
  readonly statuses: Readonly<Partial<Record<Status, number>>>;
  readonly routes: Readonly<Partial<Record<Route, number>>>;
  readonly intervals_with_violations: number;
  readonly deadlines_missed: number;
  /** From the changes of an interval to its certified answer. */
  readonly clear_ms: Percentiles;
  readonly p99_over_median: number;
  /** Medians. */
  readonly stages_ms: Readonly<Record<(typeof STAGES)[number], number>>;
  readonly days: readonly DayRecord[];
}

export async function measureTrial(
  scenario: Scenario,
  { deadlineMs, intervalsADay, mode, onDay }: TrialBenchOptions,
): Promise<TrialRecord> {
  const trial = await openTrial(scenario, {
    openMarket: (theCase, memory) => openMarketSession(theCase, { mode, memory, warmUp: 'well' }),
    deadlineMs,
  });
  const rows: IntervalRow[] = [];
  const days: DayRecord[] = [];
  while (!trial.isOver) {
    rows.push(rowOf(await trial.step()));
    // As in the command: what waits for the end of a turn is released.
    await setImmediate();
    if (rows.length % intervalsADay > 0 && !trial.isOver) continue;
    const day = dayRecord(days.length + 1, rows.slice(days.length * intervalsADay));
    days.push(day);
    onDay?.(day);
  }
  await trial.close();
  return trialRecord(rows, days);
}

const P99_OVER_MEDIAN = 2;
/** Room for when the engine happens to collect garbage. */
const MEMORY_GROWTH = 1.1;
/** The first day takes memory for code that gets warm. */
const SETTLED_DAY = 2;

/** What is asked of a trial, and what was found. */
export function judgeTrial(record: TrialRecord): Bar[] {
  const { days, deadlines_missed, intervals, intervals_with_violations, statuses } = record;
  const certified = (statuses.optimal ?? 0) + (statuses.feasible ?? 0);
  const settled = days[SETTLED_DAY - 1];
  const last = days.length > SETTLED_DAY ? days.at(-1) : undefined;
  const growth = (of: (day: DayMemory) => number): number | undefined =>
    settled && last && of(last) / of(settled);
  return [
    bar('share of intervals that are certified', 'at least', 1, certified / intervals),
    bar('intervals with violations', 'at most', 0, intervals_with_violations),
    bar('deadlines missed', 'at most', 0, deadlines_missed),
    bar('p99 over median', 'at most', P99_OVER_MEDIAN, record.p99_over_median),
    bar(
      'largest resident set of the last day over that of the second',
      'at most',
      MEMORY_GROWTH,
      growth((day) => day.rss_largest_mb),
    ),
    bar(
      'least heap of the last day over that of the second',
      'at most',
      MEMORY_GROWTH,
      growth((day) => day.heap_least_mb),
    ),
  ];
}

/** What is kept of an interval. */
interface IntervalRow {
  readonly status: Status;
  readonly route: Route;
  readonly violations: number;
  readonly isLate: boolean;
  readonly clearMs: number;
  readonly stagesMs: Readonly<Record<(typeof STAGES)[number], number>>;
  readonly rssMb: number;
  readonly heapMb: number;
}

const BYTES_OF_A_MEGABYTE = 2 ** 20;

function rowOf({ record, timing }: TrialInterval): IntervalRow {
  const { heapUsed, rss } = process.memoryUsage();
  return {
    status: record.status,
    route: record.route,
    violations: record.violations,
    isLate: timing.deadline_kept !== 1,
    clearMs: timing.clear_ms,
    stagesMs: byStage((stage) => timing[`${stage}_ms`]),
    rssMb: rss / BYTES_OF_A_MEGABYTE,
    heapMb: heapUsed / BYTES_OF_A_MEGABYTE,
  };
}

function dayRecord(day: number, rows: readonly IntervalRow[]): DayRecord {
  const rss = rows.map((row) => row.rssMb);
  const heap = rows.map((row) => row.heapMb);
  return {
    day,
    intervals: rows.length,
    clear_ms: percentiles(rows.map((row) => row.clearMs)),
    deadlines_missed: countLate(rows),
    rss_last_mb: rss.at(-1) ?? 0,
    rss_largest_mb: Math.max(...rss),
    heap_least_mb: Math.min(...heap),
    heap_largest_mb: Math.max(...heap),
  };
}

function trialRecord(rows: readonly IntervalRow[], days: readonly DayRecord[]): TrialRecord {
  const clear_ms = percentiles(rows.map((row) => row.clearMs));
  return {
    intervals: rows.length,
    statuses: counts(rows.map((row) => row.status)),
    routes: counts(rows.map((row) => row.route)),
    intervals_with_violations: rows.filter((row) => row.violations > 0).length,
    deadlines_missed: countLate(rows),
    clear_ms,
    p99_over_median: clear_ms.p99 / clear_ms.p50,
    stages_ms: byStage((stage) => percentiles(rows.map((row) => row.stagesMs[stage])).p50),
    days,
  };
}

function byStage(timeOf: (stage: (typeof STAGES)[number]) => number): IntervalRow['stagesMs'] {
  const [update, responses, search, dispatch, certify] = STAGES.map(timeOf);
  return { update, responses, search, dispatch, certify };
}

function countLate(rows: readonly IntervalRow[]): number {
  return rows.filter((row) => row.isLate).length;
}

function counts<Name extends string>(names: readonly Name[]): Partial<Record<Name, number>> {
  const found: Partial<Record<Name, number>> = {};
  for (const name of names) found[name] = (found[name] ?? 0) + 1;
  return found;
}
