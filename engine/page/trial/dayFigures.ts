/** Sums and extremes over a day, and the day without the market beside it. */
import type { IntervalRecord, TrialRecord } from '../../trial/record.js';

/** Over the intervals for which both days are known. */
export interface Comparison {
  readonly intervals: number;
  readonly market: DaySums;
  readonly alone: DaySums;
}

export interface DaySums {
  readonly costUsd: number;
  readonly lossesKwh: number;
  /** Intervals with a broken limit. */
  readonly brokenIntervals: number;
  readonly voltageMinPu: number;
  readonly voltageMaxPu: number;
}

/** @param hours length of an interval */
export function comparisonOf({ intervals }: TrialRecord, hours: number): Comparison {
  const both = intervals.filter(
    ({ alone_cost_usd_per_h, cost_usd_per_h }) =>
      Number.isFinite(alone_cost_usd_per_h) && Number.isFinite(cost_usd_per_h),
  );
  const sum = (figureOf: (row: IntervalRecord) => number): number =>
    both.reduce((sofar, row) => sofar + figureOf(row), 0);
  const least = (figureOf: (row: IntervalRecord) => number): number =>
    both.reduce((sofar, row) => Math.min(sofar, figureOf(row)), Number.POSITIVE_INFINITY);
  const most = (figureOf: (row: IntervalRecord) => number): number =>
    both.reduce((sofar, row) => Math.max(sofar, figureOf(row)), Number.NEGATIVE_INFINITY);
  return {
    intervals: both.length,
    market: {
      costUsd: hours * sum(({ cost_usd_per_h }) => cost_usd_per_h),
      lossesKwh: hours * sum(({ losses_kw }) => losses_kw),
      brokenIntervals: sum(({ violations }) => Number(violations > 0)),
      voltageMinPu: least(({ v_min_pu }) => v_min_pu),
      voltageMaxPu: most(({ v_max_pu }) => v_max_pu),
    },
    alone: {
      costUsd: hours * sum(({ alone_cost_usd_per_h }) => alone_cost_usd_per_h),
      lossesKwh: hours * sum(({ alone_losses_kw }) => alone_losses_kw),
      brokenIntervals: sum(({ alone_violations }) => Number(alone_violations > 0)),
      voltageMinPu: least(({ alone_v_min_pu }) => alone_v_min_pu),
      voltageMaxPu: most(({ alone_v_max_pu }) => alone_v_max_pu),
    },
  };
}

/** How often each text occurs, the most frequent first. */
export function tally(texts: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one);
}

/** The least value that at least this share of them does not exceed; NaN without any. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
