/**
 * Confirms the lower bound of a result by the second route: linear programs whose duals are checked, from the
 * case alone. Of the result it takes the objective, and that only to know when to end.
 */
import { UsageError } from '../base/errors.js';
import type { Case } from '../case/case.js';
import type { Mode } from '../clearing/result.js';
import { loadHighs } from './highs.js';
import { solveOuter } from './solveOuter.js';

export interface BoundQuestion {
  readonly mode: Mode;
  /** Whether the operator may not lose money. */
  readonly revenueAdequacy: boolean;
  /** Objective of the result, $/h. */
  readonly objective: number;
  /** Relative gap that counts as closed. */
  readonly gap: number;
}

export interface IndependentBound {
  /**
   * `proven`: no outcome costs less than the objective by more than the gap. `open`: no more can be proved
   * this way. `infeasible`: no outcome is possible at all. `stopped`: by the limit on nodes.
   */
  readonly status: 'proven' | 'open' | 'infeasible' | 'stopped';
  /** Proved, $/h. */
  readonly bound: number;
  readonly nodes: number;
  /** Linear programs solved. */
  readonly rounds: number;
  /** Of HiGHS. */
  readonly version: string;
}

/** The bound need not be better than the gap asked for, but its last digits must not decide. */
const GAP_SHARE = 0.9;

/** Boxes of imports that are looked at: 1 to 10 are usual. */
const NODE_LIMIT = 1000;

/** @throws UsageError for a mode without a bound of its own */
export async function independentBound(
  theCase: Case,
  { mode, revenueAdequacy, objective, gap }: BoundQuestion,
): Promise<IndependentBound> {
  if (mode === 'local' || mode === 'isolated') {
    throw new UsageError(`a result of ${mode} has no bound that a second route could confirm`);
  }
  const { status, bound, nodes, rounds } = await solveOuter(
    theCase,
    { mode, keepsRevenue: revenueAdequacy },
    {
      gapTolerance: GAP_SHARE * gap,
      nodeLimit: NODE_LIMIT,
      shouldStop: () => false,
      evaluate: () => objective,
      improve: () => objective,
      pause: async () => {},
    },
  );
  const { version } = await loadHighs();
  return { status, bound, nodes, rounds, version: version.string };
}
