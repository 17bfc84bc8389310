/** How long the intervals of a trial took, together: what differs from run to run. */
import type { IntervalTiming } from './record.js';
import type { TrialSettings } from './settings.js';

/** `timing.json`. Zeros where nothing was cleared. */
export interface TrialTiming {
  /** From the changes of an interval to its certified answer, ms. */
  readonly clear_ms: Percentiles;
  /** Medians of the stages, ms. */
  readonly stages_ms: Readonly<Record<Stage, number>>;
  readonly deadline_ms?: number;
  readonly deadlines_kept?: number;
  readonly deadlines_missed?: number;
  /** Of the process, after an interval. */
  readonly memory_mb: { readonly first: number; readonly last: number; readonly largest: number };
}

/** The least value that so many per cent of the values do not exceed. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly longest: number;
}

const STAGES = ['update', 'responses', 'search', 'dispatch', 'certify'] as const;
type Stage = (typeof STAGES)[number];

export function summariseTiming(
  settings: TrialSettings,
  timing: readonly IntervalTiming[],
): TrialTiming {
  const column = (field: keyof IntervalTiming): number[] => timing.map((row) => row[field]);
  const memory = column('memory_mb');
  const kept = column('deadline_kept').filter((value) => value === 1).length;
  const stages = STAGES.map((stage) => [stage, percentile(column(`${stage}_ms`), 50)]);
  return {
    clear_ms: percentiles(column('clear_ms')),
    stages_ms: Object.fromEntries(stages) as Record<Stage, number>,
    ...(settings.deadline_ms === undefined
      ? {}
      : {
          deadline_ms: settings.deadline_ms,
          deadlines_kept: kept,
          deadlines_missed: timing.length - kept,
        }),
    memory_mb: {
      first: memory[0] ?? 0,
      last: memory.at(-1) ?? 0,
      largest: percentile(memory, 100),
    },
  };
}

export function percentiles(values: readonly number[]): Percentiles {
  return {
    p50: percentile(values, 50),
    p90: percentile(values, 90),
    p99: percentile(values, 99),
    longest: percentile(values, 100),
  };
}

/** The nearest rank: the least of the values that `percent` of them do not exceed; 0 of none. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  const rank = Math.max(Math.ceil((percent / 100) * sorted.length), 1);
  return sorted[rank - 1] ?? 0;
}
