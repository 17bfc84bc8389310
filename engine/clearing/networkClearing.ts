/**
 * `welfare`, `dlmp` and `social`: the modes that clear the wide-area market over the network.
 */
import { isGapClosed, type SearchResult, search } from '../bnb/search.js';
import type { ImportBox } from '../program/importModels.js';
import type { NetworkPrices } from '../program/lagrangian.js';
import type { MarketOnNetwork } from '../program/networkProgram.js';
import { explainInfeasible } from './infeasible.js';
import { type MarketPoint, MarketProblem } from './marketProblem.js';
import type { MarketState } from './marketState.js';
import { openNetworkMarket } from './networkMarket.js';
import type { ResolvedOptions } from './options.js';

/** The certificate's bound may differ from the search's in the last digits: aim a little below the gap. */
const GAP_SHARE = 0.9;

export interface NetworkClearing {
  readonly search: SearchResult<ImportBox, NetworkPrices, MarketPoint>;
  /** The incumbent, or else the outcome nearest to the limits. */
  readonly point: MarketPoint | undefined;
  readonly market: MarketOnNetwork;
  /** Why there is no outcome, or why the gap is open; empty when it is closed. */
  readonly reason: string;
}

export async function clearNetwork(
  state: MarketState,
  options: ResolvedOptions,
): Promise<NetworkClearing> {
  const networkMarket = openNetworkMarket(state);
  const gapTolerance = GAP_SHARE * options.gap;
  const problem = new MarketProblem(state, networkMarket, gapTolerance, options.shouldStop);
  const result = await search(problem, {
    gapTolerance,
    nodeLimit: options.nodeLimit,
    shouldStop: options.shouldStop,
    pause: async (progress) => {
      const { nodes, bound, incumbent } = progress;
      const detail = `node ${nodes}, bound ${bound.toFixed(4)} $/h, best ${incumbent.toFixed(4)} $/h`;
      options.onProgress({ stage: 'search', detail });
      if (!isGapClosed(incumbent, bound, gapTolerance)) await nextTurn();
    },
  });
  return {
    search: result,
    point: result.incumbent?.point ?? problem.nearest,
    market: networkMarket.program.market,
    reason:
      result.status === 'infeasible'
        ? explainInfeasible(state, networkMarket)
        : explainGap(result, problem),
  };
}

/** Lets timers and signals be served. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function explainGap(
  result: SearchResult<ImportBox, NetworkPrices, MarketPoint>,
  problem: MarketProblem,
): string {
  if (result.status === 'proven') return '';
  if (result.status === 'stopped') return 'stopped by a limit before the gap closed';
  return problem.unresolved ?? 'the relaxation of the power flow is not tight here';
}
