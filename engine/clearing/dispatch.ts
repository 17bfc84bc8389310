/** From prices to what every prosumer does, and the totals of its community. */
import { sharedFloats } from '../base/columns.js';
import { CompensatedSum } from '../base/compensated.js';
import { answerPrice, fillOpenOutputs, prosumerCost } from '../market/answer.js';
import type { MarketState } from './marketState.js';
import type { CommunityResult, ProsumerResult } from './result.js';

export interface Dispatch {
  readonly prosumers: ProsumerResult;
  /** By community: Σ (D_i − p_i) in kW and Σ C_i in $/h. */
  readonly netImport: Float64Array;
  readonly cost: Float64Array;
}

/**
 * @param price by community, $/kWh
 * @param netImport by community, kW: decides only where a price leaves outputs open (κ = 0, c = 0)
 */
export function dispatchAtPrices(
  state: MarketState,
  price: Float64Array,
  netImport: Float64Array,
): Dispatch {
  const { bids, responses } = state;
  const output = sharedFloats(bids.prosumers.demandKw.length);
  for (let m = 0; m < price.length; m += 1) {
    const answered = answerPrice(bids, m, responses.kappa[m], price[m], output);
    if (responses.kappa[m] === 0) {
      fillOpenOutputs(bids, m, price[m], answered - netImport[m], output);
    }
  }
  return settle(state, output);
}

/** Community totals of given outputs. */
export function settle(state: MarketState, output: Float64Array): Dispatch {
  const { bids, theCase } = state;
  const { demandKw } = bids.prosumers;
  const communities = theCase.communities.id.length;
  const netImport = new Float64Array(communities);
  const cost = new Float64Array(communities);
  const importSum = new CompensatedSum();
  const costSum = new CompensatedSum();
  for (let m = 0; m < communities; m += 1) {
    importSum.reset();
    costSum.reset();
    const end = bids.prosumerStart[m + 1];
    for (let i = bids.prosumerStart[m]; i < end; i += 1) {
      importSum.add(demandKw[i] - output[i]);
      costSum.add(prosumerCost(bids, i, output[i]));
    }
    netImport[m] = importSum.value;
    cost[m] = costSum.value;
  }
  return { prosumers: { outputKw: output }, netImport, cost };
}

/** Community rows of a result. */
export function communityResult(
  state: MarketState,
  dispatch: Dispatch,
  price: Float64Array,
  reactiveKvar: Float64Array,
  marginalPrice: Float64Array,
): CommunityResult {
  return {
    price,
    importKw: dispatch.netImport,
    reactiveKvar,
    marginalPrice,
    cost: dispatch.cost,
    kappa: Float64Array.from(state.responses.kappa),
  };
}
