/** The market as the network program wants it: per unit, by junction, with what imports cost. */
import {
  allocateCurves,
  type CostCurves,
  type CostKind,
  countArcCapacity,
  loadCurve,
} from '../market/costCurve.js';
import { ImportModels } from '../program/importModels.js';
import {
  createNetworkProgram,
  type MarketOnNetwork,
  type NetworkProgram,
} from '../program/networkProgram.js';
import type { MarketState } from './marketState.js';

export interface NetworkMarket {
  readonly program: NetworkProgram;
  /** What each community's import costs between its price caps. */
  readonly curves: CostCurves;
  readonly models: ImportModels;
}

export function openNetworkMarket(state: MarketState): NetworkMarket {
  const curves = costCurves(state, state.mode === 'welfare' ? 'cost' : 'potential');
  const mostArcs = curves.arcCount.reduce((most, arcs) => Math.max(most, arcs), 0);
  const program = createNetworkProgram(state.network, marketOnNetwork(state), mostArcs);
  return { program, curves, models: new ImportModels(program, curves) };
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
