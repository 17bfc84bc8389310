/**
 * Nodes where the relaxation invents losses (docs/model.md section 5): relaxed again with the flows at the
 * receiving ends and their secant cuts, in ranges that are tightened against the best outcome known
 * (program/tighteningRounds.ts), and split where a range or an envelope hides most.
 */
import type { RelaxContext, SearchNode } from '../bnb/search.js';
import { FREE_FLOWS } from '../program/flowBox.js';
import { splitFlow } from '../program/flowSplitting.js';
import type { ImportBox } from '../program/importModels.js';
import type { AdequatePoint } from '../program/revenueRelaxation.js';
import { type ClosedBox, FlowTightening } from '../program/tightening.js';
import { relaxTightened } from '../program/tighteningRounds.js';
import type { MarketOutcome, MarketProof } from './marketProblem.js';
import type { SearchMarket } from './marketState.js';
import { openNetworkMarket } from './networkMarket.js';
import { NodeRelaxation } from './nodeRelaxation.js';
import type { Candidate } from './outcomeFinder.js';
import { envelopeGaps, splitBox } from './splitting.js';

/** Relaxations of one node: more rounds gain less than a split does. */
const ROUND_LIMIT = 8;

/** Closed parts cost at least the best objective less this share of the gap tolerance. */
const CUTOFF_SHARE = 0.5;

type ClosedNode = SearchNode<ImportBox, MarketProof>;

export class TightNodes {
  private readonly node: NodeRelaxation;
  private readonly tightening: FlowTightening;

  constructor(
    market: SearchMarket,
    private readonly gapTolerance: number,
    shouldStop: () => boolean,
  ) {
    this.node = new NodeRelaxation(
      openNetworkMarket(market, 'with flows'),
      gapTolerance,
      shouldStop,
    );
    const { program, models, relaxation } = this.node;
    this.tightening = new FlowTightening(program, models, relaxation);
  }

  /** A proof with prices of flows, moved to a box inside that of the proof. */
  inherit(
    box: ImportBox,
    { prices }: MarketProof,
  ): { readonly bound: number; readonly proof: MarketProof } {
    const { models, relaxation } = this.node;
    models.weigh(1, prices.revenue);
    const moved = relaxation.pricesIn(box, prices);
    return { bound: relaxation.boundIn(box, moved), proof: { prices: moved, parts: undefined } };
  }

  /** Cuts off what costs more than the best objective known where given branches carry too much or too little. */
  narrow(
    box: ImportBox,
    { prices }: MarketProof,
    incumbent: number,
    branches: ReadonlySet<number>,
  ): { readonly box: ImportBox | undefined; readonly closed: readonly ClosedNode[] } {
    this.node.models.weigh(1, prices.revenue);
    const cutoff = this.cutoffOf(incumbent);
    const swept = this.tightening.sweepBranches(box, prices, cutoff, branches);
    return { box: swept.box, closed: swept.closed.map(closedNodeOf) };
  }

  /**
   * @param incumbent objective of the best outcome known, $/h; +∞ without one
   * @param candidateOf the outcome that a solution leads to, if it keeps all limits
   */
  relax(
    box: ImportBox,
    { incumbent, solveLimit }: RelaxContext,
    candidateOf: (point: AdequatePoint) => Candidate | undefined,
  ): MarketOutcome {
    const { node, tightening } = this;
    const cutoff = this.cutoffOf(incumbent);
    const limit = Math.min(ROUND_LIMIT, solveLimit);
    const inside = { ...box, flows: box.flows ?? FREE_FLOWS };
    const tightened = relaxTightened((at) => node.solve(at), tightening, inside, cutoff, limit);
    const { outcome, solves } = tightened;
    const closed = tightened.closed.map(closedNodeOf);
    switch (outcome.status) {
      case 'closed':
        return closedNode(closed, solves);
      case 'infeasible': {
        const proof = { prices: outcome.prices, parts: undefined };
        const last = { box: tightened.box, bound: Number.POSITIVE_INFINITY, proof };
        return closedNode([...closed, last], solves);
      }
      case 'unresolved':
        return { status: 'unresolved' };
      case 'solved': {
        const { point } = outcome;
        const start = {
          netImport: point.netImport,
          revenuePrice: point.prices.revenue,
          cuts: true,
        };
        const children = this.split(tightened.box, point);
        return {
          status: 'bounded',
          box: tightened.box,
          bound: point.bound,
          proof: { prices: point.prices, parts: undefined },
          cutOff: closed,
          candidate: candidateOf(point),
          children: children.map((child) => ({ ...child, start })),
          solves,
        };
      }
    }
  }

  private cutoffOf(incumbent: number): number {
    return incumbent - CUTOFF_SHARE * this.gapTolerance * Math.max(1, Math.abs(incumbent));
  }

  /** In two at the range of a flow that hides most, or under an envelope that hides more. */
  private split(box: ImportBox, point: AdequatePoint): readonly ImportBox[] {
    const { program, models } = this.node;
    const ofFlows = splitFlow(program, box, point);
    const widest = envelopeGaps(models, point.undecided).reduce(
      (most, gap) => Math.max(most, gap),
      0,
    );
    const ofImports =
      widest > (ofFlows?.hidden ?? 0) ? splitBox(models, box, point.undecided, 0) : [];
    return ofImports.length > 0 ? ofImports : (ofFlows?.children ?? []);
  }
}

function closedNodeOf({ box, bound, proof }: ClosedBox): ClosedNode {
  return { box, bound, proof: { prices: proof, parts: undefined } };
}

/** A node of which nothing is left: its parts were closed one after the other. */
function closedNode(parts: readonly ClosedNode[], solves: number): MarketOutcome {
  const last = parts.at(-1);
  if (last?.proof === undefined) return { status: 'unresolved' };
  return {
    status: 'bounded',
    ...last,
    proof: last.proof,
    cutOff: parts.slice(0, -1),
    candidate: undefined,
    children: [],
    solves,
  };
}
