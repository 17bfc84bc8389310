/**
 * Confirms the lower bound of a result by the second route: linear programs whose duals are checked, from
 * the case alone. Of the result it takes the objective and the bound, and these only to know when to end.
 * Where no split of imports proves the bound, it looks besides into the boxes of the result's proof
 * (proofBoxes.ts), which say where to look and are not believed in anything.
 */
import { UsageError } from '../base/errors.js';
import type { Case } from '../case/case.js';
import type { Mode, ProofLeaf } from '../clearing/result.js';
import { loadHighs } from './highs.js';
import { boundOfBoxes } from './proofBoxes.js';
import { solveOuter } from './solveOuter.js';

export interface BoundQuestion {
  readonly mode: Mode;
  /** Whether the operator may not lose money. */
  readonly revenueAdequacy: boolean;
  /** Objective of the result, $/h. */
  readonly objective: number;
  /** Relative gap that counts as closed. */
  readonly gap: number;
  /** Reported, to be confirmed to the gap. */
  readonly claim?: { readonly bound: number; readonly leaves: readonly ProofLeaf[] };
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

/** The same inside one box of a proof, where 1 should do: its own prices bound it without a split. */
const NODE_LIMIT_IN_BOX = 20;

/** @throws UsageError for a mode without a bound of its own */
export async function independentBound(
  theCase: Case,
  { mode, revenueAdequacy, objective, gap, claim }: BoundQuestion,
): Promise<IndependentBound> {
  if (mode === 'local' || mode === 'isolated') {
    throw new UsageError(`a result of ${mode} has no bound that a second route could confirm`);
  }
  const choice = { mode, keepsRevenue: revenueAdequacy };
  const { version } = await loadHighs();
  const ofImports = await solveOuter(theCase, choice, {
    gapTolerance: GAP_SHARE * gap,
    nodeLimit: NODE_LIMIT,
    shouldStop: () => false,
    evaluate: () => objective,
    improve: () => objective,
    pause: async () => {},
  });
  const { status, bound, nodes, rounds } = ofImports;
  const own = { status, bound, nodes, rounds, version: version.string };
  const slack = GAP_SHARE * gap * Math.max(1, Math.abs(objective));
  if (claim === undefined || bound >= claim.bound - slack) return own;
  const question = {
    leaves: claim.leaves,
    target: claim.bound - slack,
    nodeLimit: NODE_LIMIT_IN_BOX,
  };
  const ofBoxes = await boundOfBoxes(theCase, choice, question);
  return {
    ...own,
    status: boundStatus(objective, Math.max(bound, ofBoxes.bound), slack, status),
    bound: Math.max(bound, ofBoxes.bound),
    nodes: nodes + ofBoxes.nodes,
    rounds: rounds + ofBoxes.rounds,
  };
}

function boundStatus(
  objective: number,
  bound: number,
  slack: number,
  otherwise: IndependentBound['status'],
): IndependentBound['status'] {
  if (bound === Number.POSITIVE_INFINITY) return 'infeasible';
  return objective - bound <= slack ? 'proven' : otherwise;
}
