/**
 * `welfare`, `dlmp` and `social`: the modes that clear the wide-area market over the network.
 */
import { nextTurn } from '../base/nextTurn.js';
import { isGapClosed, type SearchResult, search } from '../bnb/search.js';
import { type BoxStart, type ImportBox, WHOLE_RANGE } from '../program/importModels.js';
import type { MarketOnNetwork } from '../program/networkProgram.js';
import { MarketProblem, type MarketProof } from './marketProblem.js';
import type { MarketState } from './marketState.js';
import { openNetworkMarket } from './networkMarket.js';
import { NodeRounds } from './nodeStage.js';
import type { ResolvedOptions } from './options.js';
import type { MarketPoint } from './outcomeFinder.js';
import type { SearchMoment } from './result.js';
import { SearchTrace } from './searchTrace.js';

/** The certificate's bound may differ from the search's in the last digits: aim a little below the gap. */
export const GAP_SHARE = 0.9;

export interface NetworkClearing {
  readonly search: SearchResult<ImportBox, MarketProof, MarketPoint>;
  /** The incumbent, or else the outcome nearest to the limits. */
  readonly point: MarketPoint | undefined;
  readonly market: MarketOnNetwork;
  /** Why the gap is open; empty when it is closed. */
  readonly reason: string;
  /** Where prices must cover the grid's bill: a proven bound of the cost if they did not have to, $/h. */
  readonly subsidisedBound?: number | undefined;
  /** How the bound and the incumbent came together. */
  readonly trace: readonly SearchMoment[];
}

/** @param start a solution nearby, such as that of the same market some minutes ago */
export async function clearNetwork(
  state: MarketState,
  options: ResolvedOptions,
  start?: BoxStart,
): Promise<NetworkClearing> {
  const networkMarket = openNetworkMarket(state);
  const gapTolerance = GAP_SHARE * options.gap;
  const { nodeStage, shouldStop } = options;
  const rounds = nodeStage && new NodeRounds(nodeStage, state, gapTolerance, shouldStop);
  const trace = new SearchTrace();
  const root = start === undefined ? WHOLE_RANGE : { ...WHOLE_RANGE, start };
  const problem = new MarketProblem(state, networkMarket, gapTolerance, shouldStop, rounds, root);
  const result = await search(problem, {
    gapTolerance,
    nodeLimit: options.nodeLimit,
    shouldStop,
    pause: async (progress) => {
      const { nodes, bound, incumbent } = progress;
      trace.add(progress);
      const detail = `node ${nodes}, bound ${bound.toFixed(4)} $/h, best ${incumbent.toFixed(4)} $/h`;
      options.onProgress({ stage: 'search', detail });
      if (!isGapClosed(incumbent, bound, gapTolerance)) await nextTurn();
    },
  });
  return {
    search: result,
    point: result.incumbent?.point ?? problem.finder.nearest,
    market: networkMarket.program.market,
    subsidisedBound: problem.subsidisedBound,
    reason: explainGap(result.status, problem.unresolved),
    trace: trace.moments,
  };
}

/**
 * Why the gap is open; empty where it is closed.
 *
 * @param unresolved why a node was left without a bound of its own, if one was
 */
export function explainGap(
  status: SearchResult<ImportBox, MarketProof, MarketPoint>['status'],
  unresolved: string | undefined,
): string {
  if (status === 'proven' || status === 'infeasible') return '';
  if (status === 'stopped') return 'stopped by a limit before the gap closed';
  return unresolved ?? 'the relaxation of the power flow is not tight here';
}
