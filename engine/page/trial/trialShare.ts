/** How much of a trial fits on its page, and which part is shown where it has more. */
import type { IntervalRecord, IntervalTiming, TrialRecord } from '../../trial/record.js';

export interface TrialShare {
  readonly intervals: number;
  readonly buses: number;
  readonly communities: number;
  /** Of the tables of intervals, refusals and events each. */
  readonly tableRows: number;
}

export function smallerShare(share: TrialShare, factor: number): TrialShare {
  const part = (whole: number): number => Math.max(2, Math.floor(whole * factor));
  return {
    intervals: part(share.intervals),
    buses: part(share.buses),
    communities: part(share.communities),
    tableRows: part(share.tableRows),
  };
}

/**
 * Rows of the intervals shown, at most `limit`: where there are more, the one of each stretch that has most to
 * be said about, so that nothing that went wrong is left out for its neighbours; else its first.
 */
export function shownIntervals({ intervals, timing }: TrialRecord, limit: number): number[] {
  const count = intervals.length;
  if (count <= limit) return [...intervals.keys()];
  return Array.from({ length: limit }, (_, stretch) => {
    const from = Math.floor((stretch * count) / limit);
    const to = Math.floor(((stretch + 1) * count) / limit);
    let best = from;
    for (let row = from + 1; row < to; row += 1) {
      if (weight(intervals[row], timing[row]) > weight(intervals[best], timing[best])) best = row;
    }
    return best;
  });
}

/** Each outweighs all that follow. */
function weight(interval: IntervalRecord, timing: IntervalTiming | undefined): number {
  const remarks = [
    interval.violations > 0,
    interval.status !== 'optimal',
    timing?.deadline_kept === 0,
    interval.route === 'fallback',
    interval.events !== '',
  ];
  return remarks.reduce((sum, remark) => 2 * sum + Number(remark), 0);
}

/** At most `limit` of them, evenly chosen with both ends. */
export function evenly<Item>(items: readonly Item[], limit: number): Item[] {
  if (items.length <= limit) return [...items];
  const step = (items.length - 1) / (limit - 1);
  return Array.from({ length: limit }, (_, place) => items[Math.round(place * step)]);
}
