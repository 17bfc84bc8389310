/**
 * The lower bound of a proof by the second route, box by box. Where the relaxation invents losses no split of
 * imports closes the gap; the leaves of a proof then restrict flows as well, and in each of their boxes the
 * linear program has secant cuts (flowRanges.ts). Of the proof only the boxes are used, which have to cover
 * everything; its prices are not.
 */

import type { Case } from '../case/case.js';
import { boxOf } from '../certify/box.js';
import { coversEverything } from '../certify/coverage.js';
import type { ProofLeaf } from '../clearing/result.js';
import { loadHighs } from './highs.js';
import { type ImportBox, wholeBox } from './marketColumns.js';
import { createMarketProgram, type MarketChoice } from './marketProgram.js';
import { OuterRelaxation } from './relaxation.js';
import { searchBoxes } from './search.js';

export interface BoxesQuestion {
  readonly leaves: readonly ProofLeaf[];
  /** What is to be proved in every box, $/h. */
  readonly target: number;
  /** Parts that a box may be split into. */
  readonly nodeLimit: number;
}

export interface BoxesAnswer {
  /** Proved, $/h: at least the target, or −Infinity where a box did not reach it. */
  readonly bound: number;
  readonly nodes: number;
  /** Linear programs solved. */
  readonly rounds: number;
}

export async function boundOfBoxes(
  theCase: Case,
  choice: MarketChoice,
  { leaves, target, nodeLimit }: BoxesQuestion,
): Promise<BoxesAnswer> {
  if (!coversEverything(leaves)) return { bound: Number.NEGATIVE_INFINITY, nodes: 0, rounds: 0 };
  const market = createMarketProgram(theCase, choice, 'with flows');
  const whole = wholeBox(market.curves);
  const relaxation = new OuterRelaxation(await loadHighs(), market, whole, () => false);
  const options = {
    gapTolerance: 0,
    nodeLimit,
    shouldStop: () => false,
    evaluate: () => target,
    improve: () => target,
    pause: async () => {},
  };
  let bound = Number.POSITIVE_INFINITY;
  let nodes = 0;
  try {
    for (const leaf of leaves) {
      const start = importsOf(leaf, whole);
      if (start === undefined) continue;
      relaxation.restrictFlows(boxOf(leaf));
      const found = await searchBoxes(market, relaxation, start, options);
      nodes += found.nodes;
      bound = found.bound >= target ? Math.min(bound, found.bound) : Number.NEGATIVE_INFINITY;
      if (bound === Number.NEGATIVE_INFINITY) break;
    }
    return { bound, nodes, rounds: relaxation.rounds };
  } finally {
    relaxation.dispose();
  }
}

/** The intervals that a leaf leaves of the whole ones; undefined where it leaves nothing of one. */
function importsOf(leaf: ProofLeaf, whole: ImportBox): ImportBox | undefined {
  const box = [...whole];
  for (const [k, m] of leaf.community.entries()) {
    const interval = box[m];
    if (interval === undefined) continue;
    const low = Math.max(interval.low, leaf.importMinKw[k]);
    const high = Math.min(interval.high, leaf.importMaxKw[k]);
    if (low > high) return undefined;
    if (low > interval.low || high < interval.high) box[m] = { low, high };
  }
  return box;
}
