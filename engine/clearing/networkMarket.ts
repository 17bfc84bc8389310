/** The market as the network program wants it: per unit, by junction, with what imports cost. */
import {
  allocateCurves,
  type CostCurves,
  type CostKind,
  countArcCapacity,
  loadCurve,
} from '../market/costCurve.js';
import { allowedPrices, type RevenueCurves, revenueCurves } from '../market/revenueCurve.js';
import { ImportModels } from '../program/importModels.js';
import {
  createNetworkProgram,
  type MarketOnNetwork,
  type NetworkProgram,
} from '../program/networkProgram.js';
import type { SearchMarket } from './marketState.js';

export interface NetworkMarket {
  readonly program: NetworkProgram;
  /** What each community's import costs between its price caps. */
  readonly curves: CostCurves;
  readonly models: ImportModels;
}

/** @param flows whether flows at the receiving ends of all branches stand in the program (program/flowRows.ts) */
export function openNetworkMarket(
  state: SearchMarket,
  flows: 'with flows' | 'without flows' = 'without flows',
): NetworkMarket {
  const curves = costCurves(state, state.mode === 'welfare' ? 'cost' : 'potential');
  const mostArcs = curves.arcCount.reduce((most, arcs) => Math.max(most, arcs), 0);
  const branchCount = flows === 'with flows' ? state.network.parent.length : 0;
  const flowBranch = Int32Array.from({ length: branchCount }, (_, e) => e);
  // What lies outside a window is one wide arc.
  const endArcs = state.windows === undefined ? 0 : 1;
  const program = createNetworkProgram(
    state.network,
    marketOnNetwork(state),
    mostArcs,
    flowBranch,
    endArcs,
  );
  const revenues = state.revenueAdequacy ? revenuesOf(state, curves) : undefined;
  return { program, curves, models: new ImportModels(program, curves, revenues) };
}

function marketOnNetwork(state: SearchMarket): MarketOnNetwork {
  const { baseKva, junctionCount } = state.network;
  const reactiveDemand = new Float64Array(junctionCount);
  const reactiveMin = new Float64Array(junctionCount);
  const reactiveMax = new Float64Array(junctionCount);
  state.junction.forEach((junction, m) => {
    reactiveDemand[junction] += state.reactiveDemand[m] / baseKva;
    reactiveMin[junction] += state.reactiveMin[m] / baseKva;
    reactiveMax[junction] += state.reactiveMax[m] / baseKva;
  });
  return {
    junction: state.junction,
    reactiveDemand,
    reactiveMin,
    reactiveMax,
    gridBuy: state.gridBuy * baseKva,
    gridSell: state.gridSell * baseKva,
    gridLimit: state.gridLimitKw / baseKva,
  };
}

function revenuesOf(state: SearchMarket, curves: CostCurves): RevenueCurves {
  const { responses, priceMin, priceMax, gridBuy, gridSell } = state;
  const allowed = allowedPrices(responses, priceMin, priceMax, gridBuy, gridSell);
  return revenueCurves(responses, curves, allowed);
}

function costCurves(state: SearchMarket, kind: CostKind): CostCurves {
  const curves = allocateCurves(countArcCapacity(state.responses));
  for (let m = 0; m < state.importMin.length; m += 1) {
    loadCurve(state.responses, m, kind, state.importMin[m], state.importMax[m], curves);
  }
  return curves;
}
