/** The market as the network program wants it: per unit, by junction, with what imports cost. */
import {
  allocateCurves,
  type CostCurves,
  type CostKind,
  countArcCapacity,
  loadCurve,
} from '../market/costCurve.js';
import {
  type AllowedPrices,
  allowedPrices,
  type RevenueCurves,
  revenueCurves,
} from '../market/revenueCurve.js';
import { ImportModels } from '../program/importModels.js';
import {
  createNetworkProgram,
  type MarketOnNetwork,
  type NetworkProgram,
} from '../program/networkProgram.js';
import type { SearchMarket } from './marketState.js';

/** What imports cost between the price caps, and what they bring in, where that counts. */
export interface MarketCurves {
  readonly costs: CostCurves;
  readonly revenues: RevenueCurves | undefined;
}

export interface NetworkMarket {
  readonly program: NetworkProgram;
  readonly curves: MarketCurves;
  readonly models: ImportModels;
}

/** @param flows whether flows at the receiving ends of all branches stand in the program (program/flowRows.ts) */
export function openNetworkMarket(
  state: SearchMarket,
  flows: 'with flows' | 'without flows' = 'without flows',
): NetworkMarket {
  const curves = marketCurves(state);
  const { costs, revenues } = curves;
  const mostArcs = costs.arcCount.reduce((most, arcs) => Math.max(most, arcs), 0);
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
  return { program, curves, models: new ImportModels(program, costs, revenues) };
}

export function marketCurves(state: SearchMarket): MarketCurves {
  const costs = costCurves(state);
  return { costs, revenues: state.revenueAdequacy ? revenuesOf(state, costs) : undefined };
}

export function marketOnNetwork(state: SearchMarket): MarketOnNetwork {
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
  return revenueCurves(state.responses, curves, allowedIn(state));
}

/** The prices that may be posted where they must cover the grid's bill. */
export function allowedIn(state: SearchMarket): AllowedPrices {
  const { responses, priceMin, priceMax, gridBuy, gridSell } = state;
  return allowedPrices(responses, priceMin, priceMax, gridBuy, gridSell);
}

/** What the mode makes of a community's import. */
export function costKind({ mode }: SearchMarket): CostKind {
  return mode === 'welfare' ? 'cost' : 'potential';
}

function costCurves(state: SearchMarket): CostCurves {
  const kind = costKind(state);
  const curves = allocateCurves(countArcCapacity(state.responses));
  for (let m = 0; m < state.importMin.length; m += 1) {
    loadCurve(state.responses, m, kind, state.importMin[m], state.importMax[m], curves);
  }
  return curves;
}
