/** How much faster a whole warm certified clear is to be than the best of the others. */
import type { Comparison, PeerRow } from './comparison.js';

export interface TargetRule {
  readonly text: string;
  /** Least factor by which the others take longer. */
  readonly factor: number;
  /** Which rows of which questions count. */
  readonly counts: (row: PeerRow, comparison: Comparison) => boolean;
}

/** `undecided`: the best that counts was stopped before the gap, and before it had taken long enough. */
export type Verdict = 'met' | 'missed' | 'undecided' | 'not run';

export interface Target {
  readonly text: string;
  readonly factor: number;
  readonly verdict: Verdict;
  /** The row that decides, and how much longer it takes: at least so much where it missed the gap. */
  readonly by?: {
    readonly question: string;
    readonly solver: string;
    readonly timesOurs: number;
    readonly reached: boolean;
  };
}

/** The fastest row decides, be it stopped or not. */
export function judge(
  { text, factor, counts }: TargetRule,
  comparisons: readonly Comparison[],
): Target {
  const counted = comparisons.flatMap((comparison) =>
    comparison.rows.flatMap((row) => {
      const { solver, timesOurs, reached } = row;
      if (timesOurs === undefined || !counts(row, comparison)) return [];
      return [{ question: comparison.question, solver, timesOurs, reached }];
    }),
  );
  const [by] = counted.sort((one, other) => one.timesOurs - other.timesOurs);
  if (by === undefined) return { text, factor, verdict: 'not run' };
  if (by.timesOurs >= factor) return { text, factor, verdict: 'met', by };
  return { text, factor, verdict: by.reached ? 'missed' : 'undecided', by };
}
