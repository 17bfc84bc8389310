/**
 * The clearing of the wide-area market as a search (docs/model.md sections 4 and 5): a node is a box of
 * imports, its relaxation the network program over convex envelopes, its candidate the market outcome that
 * the relaxed imports lead to, evaluated by the exact power flow (outcomeFinder.ts). Where a community's cost
 * lies above its envelope, the box is split (splitting.ts); where such communities sit in subtrees that meet
 * only at prices, the node is searched part by part (marketParts.ts).
 */
import { type PartProof, searchParts } from '../bnb/parts.js';
import {
  isGapClosed,
  type NodeOutcome,
  type RelaxContext,
  type SearchProblem,
} from '../bnb/search.js';
import {
  type ImportBox,
  type ImportModels,
  intersectBoxes,
  isEmptyBox,
  WHOLE_RANGE,
} from '../program/importModels.js';
import { type NetworkPrices, REST, type Separation } from '../program/lagrangian.js';
import type { NetworkProgram } from '../program/networkProgram.js';
import type { MarketRelaxation, RelaxedPoint } from '../program/relaxation.js';
import type { AdequatePoint } from '../program/revenueRelaxation.js';
import { joinPrices, separate, trunkOf } from '../program/separation.js';
import { IMPROVED_VIOLATION } from './localImprovement.js';
import { MarketParts } from './marketParts.js';
import type { SearchMarket } from './marketState.js';
import type { NetworkMarket } from './networkMarket.js';
import { NodeRelaxation } from './nodeRelaxation.js';
import { type Candidate, type MarketPoint, OutcomeFinder } from './outcomeFinder.js';
import { envelopeGaps, splitBox } from './splitting.js';
import { TightNodes } from './tightNodes.js';

/** What proves the bound of a box: prices, and the leaves of its parts where it falls apart. */
export interface MarketProof {
  readonly prices: NetworkPrices;
  readonly parts: ProofOfParts | undefined;
}

export interface ProofOfParts {
  /** With the coefficients of the common prices. */
  readonly separation: Separation;
  readonly leaves: PartProof<ImportBox, NetworkPrices>['leaves'];
}

export type MarketOutcome = NodeOutcome<ImportBox, MarketProof, MarketPoint>;
type Bounded = Extract<MarketOutcome, { readonly status: 'bounded' }>;

/** Relaxes the nodes of a round elsewhere. */
export interface Rounds {
  relax(boxes: readonly ImportBox[], context: RelaxContext): Promise<MarketOutcome[]>;
}

/** Nodes that may try local improvement: where it fails at the first few it fails at all. */
export const LOCAL_ATTEMPTS = 3;

/** The same for nodes with cuts, whose solutions come nearer to an outcome as the search goes on. */
const TIGHT_ATTEMPTS = 16;

/**
 * A gap that comes from the power flow is not closed by splitting imports: nodes are split as long as the
 * envelopes hold at least this share of it.
 */
const SPLITTING_SHARE = 0.01;

/** Relaxations for the parts of one node; more do not help when these did not. */
const PART_SOLVE_LIMIT = 400;

/** The same where the bill binds: next to a leap the envelopes explain a gap without showing much of it. */
const LEAP_SPLITTING_SHARE = 1e-6;

export class MarketProblem implements SearchProblem<ImportBox, MarketProof, MarketPoint> {
  readonly finder: OutcomeFinder;
  /** Why a node was left without a bound of its own, or with a weak one, if one was. */
  unresolved: string | undefined;

  private readonly program: NetworkProgram;
  private readonly models: ImportModels;
  private readonly relaxation: MarketRelaxation;
  private readonly node: NodeRelaxation;
  /** Opened where the relaxation is not tight. */
  private tight: TightNodes | undefined;
  private localAttempts = 0;
  private tightAttempts = 0;

  /** @param gapTolerance relative gap between a node's outcome and bound that counts as none */
  constructor(
    private readonly state: SearchMarket,
    market: NetworkMarket,
    private readonly gapTolerance: number,
    private readonly shouldStop: () => boolean,
    private readonly rounds?: Rounds,
    readonly root: ImportBox = WHOLE_RANGE,
  ) {
    this.program = market.program;
    this.models = market.models;
    this.node = new NodeRelaxation(market, gapTolerance, shouldStop);
    this.relaxation = this.node.relaxation;
    this.finder = new OutcomeFinder(state, market.program, market.curves, () => market, shouldStop);
  }

  /**
   * Where prices must cover the grid's bill: a proven bound of the cost if they did not have to, $/h; known
   * once the root is relaxed.
   */
  get subsidisedBound(): number | undefined {
    return this.node.subsidisedBound;
  }

  async relax(boxes: readonly ImportBox[], context: RelaxContext): Promise<MarketOutcome[]> {
    const [first] = boxes;
    if (boxes.length === 1 && first !== undefined) return [this.relaxOne(first, context, true)];
    const elsewhere = this.rounds && (await this.rounds.relax(boxes, context));
    return elsewhere ?? boxes.map((box) => this.relaxAnywhere(box, context));
  }

  /** A node of a round: what it gives depends on its box and the incumbent alone. */
  relaxAnywhere(box: ImportBox, context: RelaxContext): MarketOutcome {
    return this.relaxOne(box, context, false);
  }

  inherit(
    box: ImportBox,
    proof: MarketProof,
  ): { readonly bound: number; readonly proof: MarketProof } {
    if (proof.prices.flows !== undefined) return this.openTight().inherit(box, proof);
    return { bound: this.boundIn(box, proof), proof };
  }

  private boundIn(box: ImportBox, { prices, parts }: MarketProof): number {
    if (parts === undefined) return this.relaxation.boundIn(box, prices);
    const { leaves } = parts;
    const separation = { ...parts.separation, voltages: this.relaxation.voltagesIn(box) };
    let bound = this.relaxation.termIn(box, prices, separation, REST);
    leaves.forEach((ofPart, part) => {
      let least = Number.POSITIVE_INFINITY;
      for (const leaf of ofPart) {
        const inside = intersectBoxes(box, leaf.box);
        if (leaf.kind === 'excluded' || isEmptyBox(inside)) continue;
        const joined = joinPrices(this.program, separation, part, leaf.proof, prices);
        least = Math.min(least, this.relaxation.termIn(inside, joined, separation, part));
      }
      bound += least;
    });
    return bound;
  }

  private relaxOne(box: ImportBox, context: RelaxContext, mayImprove: boolean): MarketOutcome {
    if (box.start?.cuts === true) return this.relaxTight(box, context, mayImprove);
    const outcome = this.node.solve(box);
    if (outcome.status === 'infeasible') {
      return { status: 'infeasible', proof: { prices: outcome.prices, parts: undefined } };
    }
    if (outcome.status === 'unresolved') {
      this.unresolved = `a relaxation could not be solved (conic solver: ${outcome.reason})`;
      return { status: 'unresolved' };
    }
    const { point } = outcome;
    if (!point.settled) {
      this.unresolved = 'the models of the imports did not settle in a relaxation';
    }
    const gaps = envelopeGaps(this.models, point.undecided);
    const ofEnvelopes = gaps.reduce((sum, gap) => sum + gap, 0);
    const candidate = this.candidateOf(box, point, ofEnvelopes, mayImprove);
    const kept = candidate !== undefined && candidate.point.violation <= 1 ? candidate : undefined;
    const node = {
      status: 'bounded',
      box,
      bound: point.bound,
      proof: { prices: point.prices, parts: undefined },
      candidate: kept,
      cutOff: [],
      solves: 1,
    } as const;
    const best = Math.min(context.incumbent, kept?.objective ?? Number.POSITIVE_INFINITY);
    if (isGapClosed(best, point.bound, this.gapTolerance)) return { ...node, children: [] };
    const start = {
      netImport: point.netImport,
      revenuePrice: point.prices.revenue,
      cuts: false,
    };
    const withCuts = (): MarketOutcome => {
      const left = { incumbent: best, solveLimit: Math.max(context.solveLimit - 1, 1) };
      const again = this.relaxTight({ ...box, start }, left, mayImprove);
      return again.status === 'bounded'
        ? { ...again, ...betterCandidate(again, kept) }
        : { ...node, children: [] };
    };
    if (!this.isWorthSplitting(point, candidate, ofEnvelopes)) return withCuts();
    const split = { ...node, children: splitBox(this.models, box, point.undecided, 0) };
    const searched =
      this.searchedByParts(split, point, gaps, best, context.solveLimit - 1) ?? split;
    const objective = Math.min(best, searched.candidate?.objective ?? Number.POSITIVE_INFINITY);
    const isOpen = !isGapClosed(objective, searched.bound, this.gapTolerance);
    // Where no split is left, the gap is not one of the envelopes after all.
    if (searched.children.length === 0 && isOpen) return withCuts();
    return { ...searched, children: searched.children.map((child) => ({ ...child, start })) };
  }

  /** The node with cuts against invented losses. */
  private relaxTight(box: ImportBox, context: RelaxContext, mayImprove: boolean): MarketOutcome {
    const outcome = this.openTight().relax(box, context, (point) => {
      const candidate = this.tightCandidate(box, point, context.incumbent, mayImprove);
      const keeps = candidate !== undefined && candidate.point.violation <= IMPROVED_VIOLATION;
      return keeps ? candidate : undefined;
    });
    if (outcome.status === 'unresolved') {
      this.unresolved = 'a relaxation with cuts could not be solved';
    }
    return outcome;
  }

  private openTight(): TightNodes {
    this.tight ??= new TightNodes(this.state, this.gapTolerance, this.shouldStop);
    return this.tight;
  }

  /** The node where it falls apart into subtrees with communities off their envelopes, else undefined. */
  private searchedByParts(
    node: Bounded,
    point: RelaxedPoint,
    gaps: Float64Array,
    best: number,
    solveLimit: number,
  ): Bounded | undefined {
    const leastGap = (0.5 * this.gapTolerance * Math.max(1, Math.abs(point.bound))) / gaps.length;
    const isOff = Uint8Array.from(gaps, (gap) => (gap > leastGap ? 1 : 0));
    const separation = separate(this.program, point, isOff, this.relaxation.voltagesIn(node.box));
    if (separation === undefined) return undefined;
    const searched = this.searchParts(node, point, separation, leastGap, best, solveLimit);
    const objective = Math.min(best, searched.candidate?.objective ?? Number.POSITIVE_INFINITY);
    const trunk = trunkOf(this.program, separation);
    const isDone = searched.children.length === 0 || objective === Number.POSITIVE_INFINITY;
    if (isDone || trunk.size === 0) return searched;

    // Narrower flows on the trunk leave narrower voltages where the parts meet, and less to disagree about.
    const narrowed = this.openTight().narrow(node.box, node.proof, objective, trunk);
    if (narrowed.box === undefined || narrowed.closed.length === 0) return searched;
    const again = this.searchParts(
      { ...searched, box: narrowed.box, children: this.inside(node.children, narrowed.box) },
      point,
      { ...separation, voltages: this.relaxation.voltagesIn(narrowed.box) },
      leastGap,
      objective,
      Math.max(solveLimit - searched.solves, 1),
    );
    return { ...again, cutOff: narrowed.closed };
  }

  /** Boxes with the limits of flows of another besides. */
  private inside(boxes: readonly ImportBox[], { flows }: ImportBox): ImportBox[] {
    return boxes.map((box) => (flows === undefined ? box : { ...box, flows }));
  }

  private searchParts(
    node: Bounded,
    point: RelaxedPoint,
    separation: Separation,
    leastGap: number,
    best: number,
    solveLimit: number,
  ): Bounded {
    const { box } = node;
    const parts = new MarketParts(
      this.program,
      this.models,
      this.relaxation,
      this.finder,
      point.prices.revenue,
      box,
      separation,
      leastGap,
    );
    // The splits need the envelopes of the node's own box.
    this.models.weigh(1, point.prices.revenue);
    this.models.enterBox(box);
    const boxes = Array.from(separation.headBranch, () => WHOLE_RANGE);
    const first = parts.solved(point, boxes, node.candidate);
    const { proof, candidate, solves } = searchParts(parts, boxes, first, best, {
      gapTolerance: this.gapTolerance,
      solveLimit: Math.min(PART_SOLVE_LIMIT, solveLimit),
      shouldStop: this.shouldStop,
    });
    const objective = Math.min(best, candidate?.objective ?? Number.POSITIVE_INFINITY);
    const isClosed = isGapClosed(objective, proof.bound, this.gapTolerance);
    // Where prices alone do not bring the parts together, they are searched under each leaf of one.
    const longest = proof.leaves.toSorted((a, b) => b.length - a.length)[0] ?? [];
    const byLeaf = longest.map((leaf) => intersectBoxes(box, leaf.box));
    return {
      ...node,
      bound: proof.bound,
      proof: {
        prices: proof.common,
        parts: { separation: parts.separationAt(proof.common), leaves: proof.leaves },
      },
      candidate,
      children: isClosed ? [] : byLeaf.length > 1 ? byLeaf : node.children,
      solves: node.solves + solves,
    };
  }

  /** The candidate, or a better one where limits are broken or the envelopes do not explain the gap. */
  private candidateOf(
    box: ImportBox,
    point: AdequatePoint,
    ofEnvelopes: number,
    mayImprove: boolean,
  ): Candidate | undefined {
    const candidate = this.bestCandidate(point);
    const attemptsLeft = mayImprove && this.localAttempts < LOCAL_ATTEMPTS;
    if (candidate === undefined || !attemptsLeft) return candidate;
    const explained = candidate.objective - ofEnvelopes;
    const isTight = isGapClosed(explained, point.bound, this.gapTolerance);
    // A violation within its tolerance may still be worth more than the gap.
    const isCheaper = !isGapClosed(point.bound, candidate.objective, this.gapTolerance);
    if (candidate.point.violation <= 1 && isTight && !isCheaper) return candidate;
    this.localAttempts += 1;
    return this.finder.improveLocally(candidate, this.enough(point), box);
  }

  /**
   * The candidate, improved where it may become the best: where the relaxation is not tight, it does not end
   * at an outcome itself.
   */
  private tightCandidate(
    box: ImportBox,
    point: AdequatePoint,
    incumbent: number,
    mayImprove: boolean,
  ): Candidate | undefined {
    const candidate = this.bestCandidate(point);
    if (candidate === undefined || !mayImprove || this.tightAttempts >= TIGHT_ATTEMPTS) {
      return candidate;
    }
    if (isGapClosed(incumbent, point.bound, this.gapTolerance)) return candidate;
    this.tightAttempts += 1;
    this.models.weigh(1, point.prices.revenue);
    return this.finder.improveLocally(candidate, this.enough(point), box);
  }

  /** An objective that closes the gap of a node, $/h. */
  private enough({ bound }: RelaxedPoint): number {
    return bound + this.gapTolerance * Math.max(1, Math.abs(bound));
  }

  private bestCandidate(point: AdequatePoint): Candidate | undefined {
    let candidate: Candidate | undefined;
    for (const netImport of [point.netImport, ...point.nearby]) {
      const next = this.finder.outcomeOf({ ...point, netImport }, point.largestConeSlack);
      candidate = cheaper([candidate, next]);
      if (candidate === undefined || candidate.point.violation > 1) continue;
      if (isGapClosed(candidate.objective, point.bound, this.gapTolerance)) break;
    }
    return candidate;
  }

  /** Whether the envelopes hold a share of the node's gap that matters. */
  private isWorthSplitting(
    point: RelaxedPoint,
    candidate: Candidate | undefined,
    ofEnvelopes: number,
  ): boolean {
    if (candidate === undefined || candidate.point.violation > 1) {
      return ofEnvelopes > 0 && this.localAttempts < LOCAL_ATTEMPTS;
    }
    const share = point.prices.revenue > 0 ? LEAP_SPLITTING_SHARE : SPLITTING_SHARE;
    return ofEnvelopes > share * (candidate.objective - point.bound);
  }
}

/** The best candidate: one that keeps all limits before one that does not. */
function cheaper(candidates: readonly (Candidate | undefined)[]): Candidate | undefined {
  return candidates.reduce((best, next) => {
    if (best === undefined || next === undefined) return best ?? next;
    const keeps = next.point.violation <= 1;
    if (keeps !== best.point.violation <= 1) return keeps ? next : best;
    return next.objective < best.objective ? next : best;
  }, undefined);
}

function betterCandidate(
  { candidate }: Bounded,
  other: Candidate | undefined,
): Pick<Bounded, 'candidate'> {
  return { candidate: cheaper([other, candidate]) };
}
