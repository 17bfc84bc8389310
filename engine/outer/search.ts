/**
 * Best bound first over boxes of imports (docs/model.md section 5), with a linear program per node instead of
 * one with integers: so the bound of every leaf follows from duals that can be checked, which an integer
 * solver does not give.
 */
import type { ImportBox } from './marketColumns.js';
import type { MarketProgram } from './marketProgram.js';
import type { OuterPrices, OuterRelaxation, RoundSolution } from './relaxation.js';
import { splitBox } from './splitting.js';

/** A part of the search space. */
export interface OuterLeaf {
  readonly box: ImportBox;
  /** Proved by the prices, in this box or in one around it, $/h; Infinity where nothing is possible. */
  readonly bound: number;
  /** Undefined for a box that nothing was proved about. */
  readonly prices: OuterPrices | undefined;
}

export interface OuterSearchOptions {
  /** Gap relative to max(1, |objective|) at which the search ends. */
  readonly gapTolerance: number;
  readonly nodeLimit: number;
  readonly shouldStop: () => boolean;
  /**
   * Objective of the market outcome that a solution leads to, $/h; Infinity where it keeps not the limits.
   */
  readonly evaluate: (solution: RoundSolution) => number;
  /** The same with more effort: asked once a box, where that is not closed yet. */
  readonly improve: (solution: RoundSolution) => number;
  /** Told after every round; may give others a turn. */
  readonly pause: (progress: OuterProgress) => Promise<void>;
}

export interface OuterProgress {
  readonly nodes: number;
  readonly rounds: number;
  /** Of the node at work, $/h. */
  readonly bound: number;
  /** Infinity as long as there is none. */
  readonly incumbent: number;
}

export interface OuterSearchResult {
  /**
   * `proven`: the gap is closed. `infeasible`: every leaf is. `open`: no split of imports closes what is left
   * of the gap. `stopped`: by limit or caller.
   */
  readonly status: 'proven' | 'infeasible' | 'open' | 'stopped';
  /** Infinity without an outcome. */
  readonly objective: number;
  readonly bound: number;
  /** Their boxes cover the one searched. */
  readonly leaves: readonly OuterLeaf[];
  readonly nodes: number;
  /** Why a box was left without a bound of its own, if one was. */
  readonly unresolved: string | undefined;
}

/**
 * A gap that comes from the power flow is not closed by splitting imports: boxes are split as long as the
 * envelopes hold at least this share of it.
 */
const SPLITTING_SHARE = 0.01;

/** Nodes that are split without any outcome in hand: where none is found in so many, none is near. */
const UNLED_NODES = 20;

/** Rounds that are given the chance to raise a node's bound … */
const TAIL_ROUNDS = 5;

/** … by this share of what a split could gain; where they do not, a split does more. */
const TAIL_SHARE = 0.02;

/** @param start the box that is searched */
export async function searchBoxes(
  market: MarketProgram,
  relaxation: OuterRelaxation,
  start: ImportBox,
  options: OuterSearchOptions,
): Promise<OuterSearchResult> {
  const search = new BoxSearch(market, relaxation, start, options);
  return search.run();
}

class BoxSearch {
  private readonly open: OuterLeaf[];
  private readonly closed: OuterLeaf[] = [];
  private incumbent = Number.POSITIVE_INFINITY;
  private nodes = 0;
  private unresolved: string | undefined;

  constructor(
    private readonly market: MarketProgram,
    private readonly relaxation: OuterRelaxation,
    start: ImportBox,
    private readonly options: OuterSearchOptions,
  ) {
    this.open = [{ box: start, bound: Number.NEGATIVE_INFINITY, prices: undefined }];
  }

  async run(): Promise<OuterSearchResult> {
    const { open, closed, options } = this;
    let isStopped = false;
    for (let node = takeLeast(open); node !== undefined; node = takeLeast(open)) {
      isStopped = options.shouldStop() || this.nodes >= options.nodeLimit;
      if (isStopped || this.isClosed(node.bound)) {
        closed.push(node, ...open);
        break;
      }
      await this.visit(node);
    }
    // A node that was interrupted closes unresolved: that, too, is a stop.
    isStopped ||= options.shouldStop();
    const bound = closed.reduce(
      (least, leaf) => Math.min(least, leaf.bound),
      Number.POSITIVE_INFINITY,
    );
    return {
      status: this.statusAt(bound, isStopped),
      objective: this.incumbent,
      bound,
      leaves: closed,
      nodes: this.nodes,
      unresolved: this.unresolved,
    };
  }

  private statusAt(bound: number, isStopped: boolean): OuterSearchResult['status'] {
    if (bound === Number.POSITIVE_INFINITY) return 'infeasible';
    if (this.isClosed(bound)) return 'proven';
    return isStopped ? 'stopped' : 'open';
  }

  private async visit(node: OuterLeaf): Promise<void> {
    const { box } = node;
    this.nodes += 1;
    const bounds: number[] = [];
    const outcome = await this.relaxation.solve(box, async (solution) => {
      this.incumbent = Math.min(this.incumbent, this.options.evaluate(solution));
      const bound = Math.max(node.bound, solution.bound);
      bounds.push(bound);
      const { nodes, incumbent, relaxation } = this;
      await this.options.pause({ nodes, rounds: relaxation.rounds, bound, incumbent });
      return this.isClosed(bound) || this.isTailing(box, solution, bounds);
    });
    if (outcome.status === 'unresolved') {
      this.unresolved = `a linear program could not be solved (HiGHS: ${outcome.reason})`;
      this.closed.push(node);
      return;
    }
    if (outcome.status === 'infeasible') {
      this.closed.push({ box, bound: Number.POSITIVE_INFINITY, prices: outcome.prices });
      return;
    }
    const { bound, prices } = outcome;
    this.close(bound > node.bound ? { box, bound, prices } : node, outcome);
  }

  /** Closes a node that has been solved, or opens its parts. */
  private close(node: OuterLeaf, solution: RoundSolution): void {
    if (!this.isClosed(node.bound)) {
      this.incumbent = Math.min(this.incumbent, this.options.improve(solution));
    }
    const { gap, boxes } = this.isClosed(node.bound)
      ? { gap: 0, boxes: [] }
      : splitBox(this.market, node.box, solution.x, solution.prices.revenue);
    const isLed = this.incumbent < Number.POSITIVE_INFINITY;
    const isWorthIt = isLed
      ? gap > SPLITTING_SHARE * (this.incumbent - node.bound)
      : this.nodes < UNLED_NODES;
    if (boxes.length === 0 || !isWorthIt) this.closed.push(node);
    else for (const box of boxes) this.open.push({ ...node, box });
  }

  /** Whether rounds have become so slow that a split does more. */
  private isTailing(
    box: ImportBox,
    { x, prices }: RoundSolution,
    bounds: readonly number[],
  ): boolean {
    const before = bounds.at(-1 - TAIL_ROUNDS);
    const present = bounds.at(-1);
    if (before === undefined || present === undefined) return false;
    const { gap, boxes } = splitBox(this.market, box, x, prices.revenue);
    const gain = Math.min(gap, this.incumbent - present);
    return boxes.length > 0 && present - before < TAIL_SHARE * gain;
  }

  /** objective − bound ≤ gap · max(1, |objective|). */
  private isClosed(bound: number): boolean {
    const { incumbent } = this;
    if (incumbent === Number.POSITIVE_INFINITY) return bound === Number.POSITIVE_INFINITY;
    return incumbent - bound <= this.options.gapTolerance * Math.max(1, Math.abs(incumbent));
  }
}

/** Takes the node of the least bound, the first of equals. */
function takeLeast(open: OuterLeaf[]): OuterLeaf | undefined {
  let least = 0;
  open.forEach((node, k) => {
    if (node.bound < (open[least]?.bound ?? Number.POSITIVE_INFINITY)) least = k;
  });
  return open.splice(least, 1)[0];
}
