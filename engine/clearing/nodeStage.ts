/**
 * Nodes relaxed in other threads: what a thread is told about one, and what it does with it. The outcome of a
 * node depends on its box alone (and its start), so it does not matter who relaxes it.
 */
import type { RelaxContext } from '../bnb/search.js';
import type { ImportBox } from '../program/importModels.js';
import { type MarketOutcome, MarketProblem } from './marketProblem.js';
import type { SearchMarket } from './marketState.js';
import { openNetworkMarket } from './networkMarket.js';

/** One node for a thread. Response functions lie in shared memory; the other arrays are small. */
export interface NodeTask {
  /** Tells markets apart: a thread keeps what it has built for the one it saw last. */
  readonly marketNumber: number;
  readonly market: SearchMarket;
  readonly box: ImportBox;
  readonly context: RelaxContext;
  readonly gapTolerance: number;
  /** Not 0 once the search is to stop. */
  readonly stop: Int32Array<SharedArrayBuffer>;
}

/** Relaxes nodes, anywhere and in any order. */
export type NodeStage = (task: NodeTask) => Promise<MarketOutcome>;

let opened: { readonly marketNumber: number; readonly problem: MarketProblem } | undefined;

/** Relaxes one node in this thread. */
export async function relaxNode(task: NodeTask): Promise<MarketOutcome> {
  const { marketNumber, market, gapTolerance, stop } = task;
  if (opened?.marketNumber !== marketNumber) {
    const shouldStop = (): boolean => Atomics.load(stop, 0) !== 0;
    const problem = new MarketProblem(market, openNetworkMarket(market), gapTolerance, shouldStop);
    opened = { marketNumber, problem };
  }
  return opened.problem.relaxAnywhere(task.box, task.context);
}

let markets = 0;

/** How often the caller is asked whether to stop, ms. */
const POLLING_INTERVAL = 50;

/** The rounds of one search, given to threads. */
export class NodeRounds {
  private readonly marketNumber: number;
  private readonly market: SearchMarket;
  private readonly stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

  constructor(
    private readonly stage: NodeStage,
    market: SearchMarket,
    private readonly gapTolerance: number,
    private readonly shouldStop: () => boolean,
  ) {
    markets += 1;
    this.marketNumber = markets;
    this.market = withoutCase(market);
  }

  async relax(boxes: readonly ImportBox[], context: RelaxContext): Promise<MarketOutcome[]> {
    const { marketNumber, market, gapTolerance, stop } = this;
    const polling = setInterval(() => {
      if (this.shouldStop()) Atomics.store(stop, 0, 1);
    }, POLLING_INTERVAL);
    try {
      return await Promise.all(
        boxes.map((box) => this.stage({ marketNumber, market, box, context, gapTolerance, stop })),
      );
    } finally {
      clearInterval(polling);
    }
  }
}

/** A market state holds the case as well, which no thread needs. */
function withoutCase(market: SearchMarket): SearchMarket {
  const {
    mode,
    revenueAdequacy,
    responses,
    network,
    junction,
    priceMin,
    priceMax,
    importMin,
    importMax,
    reactiveDemand,
    reactiveMin,
    reactiveMax,
    gridBuy,
    gridSell,
    gridLimitKw,
    windows,
  } = market;
  return {
    mode,
    revenueAdequacy,
    responses,
    network,
    junction,
    priceMin,
    priceMax,
    importMin,
    importMax,
    reactiveDemand,
    reactiveMin,
    reactiveMax,
    gridBuy,
    gridSell,
    gridLimitKw,
    ...(windows === undefined ? {} : { windows }),
  };
}
