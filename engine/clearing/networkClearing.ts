/**
 * `welfare`, `dlmp` and `social`: the modes that clear the wide-area market over the network.
 */
import { isGapClosed, type SearchResult, search } from '../bnb/search.js';
import {
  allocateCurves,
  type CostCurves,
  type CostKind,
  countArcCapacity,
  loadCurve,
} from '../market/costCurve.js';
import { type ImportBox, ImportModels } from '../program/importModels.js';
import type { NetworkPrices } from '../program/lagrangian.js';
import { createNetworkProgram, type MarketOnNetwork } from '../program/networkProgram.js';
import { explainInfeasible } from './infeasible.js';
import { type MarketPoint, MarketProblem } from './marketProblem.js';
import type { MarketState } from './marketState.js';
import type { ResolvedOptions } from './options.js';

/** The certificate's bound may differ from the search's in the last digits: aim a little below the gap. */
const GAP_SHARE = 0.9;

export interface NetworkClearing {
  readonly search: SearchResult<ImportBox, NetworkPrices, MarketPoint>;
  /** The incumbent, or else the outcome nearest to the limits. */
  readonly point: MarketPoint | undefined;
  readonly market: MarketOnNetwork;
  /** Why the search ended without closing the gap; empty when it closed. */
  readonly reason: string;
}

export async function clearNetwork(
  state: MarketState,
  options: ResolvedOptions,
): Promise<NetworkClearing> {
  const market = marketOnNetwork(state);
  const program = createNetworkProgram(state.network, market);
  const curves = costCurves(state, state.mode === 'welfare' ? 'cost' : 'potential');
  const models = new ImportModels(program, curves);
  const gapTolerance = GAP_SHARE * options.gap;
  const problem = new MarketProblem(state, program, models, gapTolerance, options.shouldStop);
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
    market,
    reason:
      result.status === 'infeasible'
        ? explainInfeasible(state, program, curves)
        : explain(result, problem),
  };
}

/** Lets timers and signals be served. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function marketOnNetwork(state: MarketState): MarketOnNetwork {
  const { settings, communities } = state.theCase;
  const { baseKva, junctionCount } = state.network;
  const reactiveDemand = new Float64Array(junctionCount);
  const reactiveMin = new Float64Array(junctionCount);
  const reactiveMax = new Float64Array(junctionCount);
  state.junction.forEach((junction, m) => {
    reactiveDemand[junction] += state.reactiveDemand[m] / baseKva;
    reactiveMin[junction] += communities.qMinKvar[m] / baseKva;
    reactiveMax[junction] += communities.qMaxKvar[m] / baseKva;
  });
  return {
    junction: state.junction,
    reactiveDemand,
    reactiveMin,
    reactiveMax,
    gridBuy: settings.gridBuy * baseKva,
    gridSell: settings.gridSell * baseKva,
    gridLimit: settings.gridLimitKw / baseKva,
  };
}

function costCurves(state: MarketState, kind: CostKind): CostCurves {
  const curves = allocateCurves(countArcCapacity(state.responses));
  for (let m = 0; m < state.importMin.length; m += 1) {
    loadCurve(state.responses, m, kind, state.importMin[m], state.importMax[m], curves);
  }
  return curves;
}

function explain(
  result: SearchResult<ImportBox, NetworkPrices, MarketPoint>,
  problem: MarketProblem,
): string {
  if (result.status === 'proven') return '';
  if (result.status === 'stopped') return 'stopped by a limit before the gap closed';
  if (problem.unresolved !== undefined) {
    return `a relaxation could not be solved (conic solver: ${problem.unresolved})`;
  }
  return 'the relaxation of the power flow is not tight here';
}
