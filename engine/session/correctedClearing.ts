/**
 * The last answer corrected for what has changed, with a proof; and where no search ends in time, the last
 * prices as they are.
 *
 * A node is a box of imports, as in the search (clearing/marketProblem.ts), but its relaxation is solved by
 * correcting a solution nearby (correction/correction.ts) in a millisecond or two, and bounded by the Lagrangian
 * over the curves themselves. Where communities are mixed of two imports, the candidates are those with one of
 * them, and the box is split between. Where a correction fails, or leaves a gap that no split explains, the
 * search proper has to answer.
 */
import {
  isGapClosed,
  type NodeOutcome,
  type RelaxContext,
  type SearchProblem,
  search,
} from '../bnb/search.js';
import type { MarketProof } from '../clearing/marketProblem.js';
import { GAP_SHARE, type NetworkClearing } from '../clearing/networkClearing.js';
import { openNetworkMarket } from '../clearing/networkMarket.js';
import { type Candidate, type MarketPoint, OutcomeFinder } from '../clearing/outcomeFinder.js';
import { Correction, type CorrectionStart, type RelaxedMarket } from '../correction/correction.js';
import { importAt } from '../market/responseFunction.js';
import { type ImportBox, WHOLE_RANGE } from '../program/importModels.js';
import type { PresentMarket } from './keptMarket.js';
import { MarketBound } from './marketBound.js';
import type { RememberedPoint } from './memory.js';
import { splitMixture } from './splitMixture.js';

/** Corrections in one clearing; more would take longer than the search. */
const NODE_LIMIT = 60;

/** What communities may be off by together, as a share of the gap to be closed. */
const OFF_SHARE = 0.05;

/** Violations above this many times their tolerance are broken limits. */
const KEPT = 1;

/** Mixtures of which both ends are tried. */
const TRIED_MIXTURES = 2;

/** A box, and prices near those inside. */
interface CorrectedBox extends ImportBox {
  readonly nearby: CorrectionStart;
  /** About what outcomes cost, $/h. */
  readonly scale: number;
}

type Outcome = NodeOutcome<CorrectedBox, MarketProof, MarketPoint>;

/** Undefined where corrections do not lead to a proven optimum. */
export async function correctClearing(
  market: PresentMarket,
  last: RememberedPoint,
  gap: number,
  shouldStop: () => boolean,
): Promise<NetworkClearing | undefined> {
  const gapTolerance = GAP_SHARE * gap;
  const problem = new CorrectionProblem(market, last, gapTolerance, shouldStop);
  const found = await search(problem, { gapTolerance, nodeLimit: NODE_LIMIT, shouldStop });
  if (found.status !== 'proven') return undefined;
  return {
    search: found,
    point: found.incumbent?.point,
    market: market.frame.market,
    reason: '',
    trace: [],
  };
}

/**
 * The last prices and what prosumers answer to them, repaired against the network: the documented answer
 * where nothing better is found in time. Undefined where the power flow has no solution.
 *
 * @param reason why it is needed
 */
export function fallBack(
  market: PresentMarket,
  last: RememberedPoint,
  reason: string,
  shouldStop: () => boolean,
): NetworkClearing | undefined {
  const { state, frame } = market;
  const netImport = last.price.map((price, m) => importAt(state.responses, m, price));
  const finder = openFinder(market, shouldStop);
  const answered = finder.outcomeOf({ ...last, netImport }, 0);
  if (answered === undefined) return undefined;
  const isKept = answered.point.violation <= KEPT;
  const candidate = isKept || shouldStop() ? answered : finder.improveLocally(answered);
  const { point } = candidate;
  const bound = new MarketBound(market).at(last.prices, WHOLE_RANGE);
  const leaf = { box: WHOLE_RANGE, bound, proof: { prices: last.prices, parts: undefined } };
  return {
    search: { status: 'stopped', incumbent: candidate, bound, nodes: 0, leaves: [leaf] },
    point,
    market: frame.market,
    reason,
    trace: [],
  };
}

function openFinder(
  { state, frame, curves }: PresentMarket,
  shouldStop: () => boolean,
): OutcomeFinder {
  return new OutcomeFinder(state, frame, curves, () => openNetworkMarket(state), shouldStop);
}

class CorrectionProblem implements SearchProblem<CorrectedBox, MarketProof, MarketPoint> {
  readonly root: CorrectedBox;
  private readonly correction: Correction;
  private readonly finder: OutcomeFinder;
  private readonly bound: MarketBound;

  constructor(
    private readonly market: PresentMarket,
    last: RememberedPoint,
    private readonly gapTolerance: number,
    shouldStop: () => boolean,
  ) {
    const { frame, places, curves } = market;
    this.root = { ...WHOLE_RANGE, nearby: last, scale: last.objective };
    this.finder = openFinder(market, shouldStop);
    this.bound = new MarketBound(market);
    this.correction = new Correction(frame, places, curves, this.bound.limits);
  }

  async relax(boxes: readonly CorrectedBox[], context: RelaxContext): Promise<Outcome[]> {
    return boxes.map((box) => this.relaxOne(box, context));
  }

  inherit(
    box: CorrectedBox,
    proof: MarketProof,
  ): { readonly bound: number; readonly proof: MarketProof } {
    return { bound: this.bound.at(proof.prices, box), proof };
  }

  private relaxOne(box: CorrectedBox, { incumbent }: RelaxContext): Outcome {
    const { bound, correction, gapTolerance, market } = this;
    bound.enter(box);
    const scale = Math.max(1, Math.abs(box.scale));
    const relaxed = correction.relax(box.nearby, OFF_SHARE * gapTolerance * scale);
    if (relaxed === undefined) return { status: 'unresolved' };
    const least = bound.at(relaxed.prices, box, relaxed.leastAnswers);
    const candidate = this.candidateOf(relaxed, least);
    const node = {
      status: 'bounded',
      box,
      bound: least,
      proof: { prices: relaxed.prices, parts: undefined },
      candidate,
      cutOff: [],
      solves: 1,
    } as const;
    const best = Math.min(incumbent, candidate?.objective ?? Number.POSITIVE_INFINITY);
    if (isGapClosed(best, least, gapTolerance)) return { ...node, children: [] };
    const parts = splitMixture(market.curves, relaxed, box);
    return {
      ...node,
      children: parts.map((part) => ({ ...part, nearby: relaxed, scale: least })),
    };
  }

  /** The best outcome with every community at one import. */
  private candidateOf(relaxed: RelaxedMarket, least: number): Candidate | undefined {
    const { correction, finder, gapTolerance } = this;
    let best: Candidate | undefined;
    const points = relaxed.mixed.length === 0 ? [relaxed] : correction.complete(choicesOf(relaxed));
    for (const point of points) {
      const candidate = finder.outcomeOf(point, 0);
      if (candidate === undefined || candidate.point.violation > KEPT) continue;
      // Cheaper than the bound by what the tolerances of limits leave is no outcome to compare with.
      if (!isGapClosed(least, candidate.objective, gapTolerance)) continue;
      if (best === undefined || candidate.objective < best.objective) best = candidate;
      if (isGapClosed(best.objective, least, gapTolerance)) break;
    }
    return best;
  }
}

/** Mixtures taken to their nearer ends, then the first few to the other. */
function choicesOf({ mixed }: RelaxedMarket): boolean[][] {
  const nearer = mixed.map(({ share }) => share > 0.5);
  const others = nearer.slice(0, TRIED_MIXTURES).map((isSecond, k) => nearer.with(k, !isSecond));
  return [nearer, ...others];
}
