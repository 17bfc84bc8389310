/** From prices to what every prosumer does and pays, and the totals of its community. */
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
  const output = new Float64Array(bids.prosumers.demandKw.length);
  const prosumerPrice = new Float64Array(output.length);
  for (let m = 0; m < price.length; m += 1) {
    const answered = answerPrice(bids, m, responses.kappa[m], price[m], output);
    if (responses.kappa[m] === 0) {
      fillOpenOutputs(bids, m, price[m], answered - netImport[m], output);
    }
    prosumerPrice.fill(price[m], bids.prosumerStart[m], bids.prosumerStart[m + 1]);
  }
  return settle(state, output, prosumerPrice, true);
}

/**
 * Payments, costs and community totals of given outputs.
 *
 * @param prosumerPrice by prosumer, $/kWh
 * @param withBids whether the outputs came from bids in a market
 */
export function settle(
  state: MarketState,
  output: Float64Array,
  prosumerPrice: Float64Array,
  withBids: boolean,
): Dispatch {
  const { bids, theCase } = state;
  const { demandKw } = bids.prosumers;
  const purchase = new Float64Array(output.length);
  const bid = new Float64Array(output.length);
  const cost = new Float64Array(output.length);
  const payment = new Float64Array(output.length);
  const communities = theCase.communities.id.length;
  const netImport = new Float64Array(communities);
  const communityCost = new Float64Array(communities);
  const importSum = new CompensatedSum();
  const costSum = new CompensatedSum();
  for (let m = 0; m < communities; m += 1) {
    const sensitivity = withBids ? theCase.communities.priceSensitivity[m] : Number.NaN;
    importSum.reset();
    costSum.reset();
    const end = bids.prosumerStart[m + 1];
    for (let i = bids.prosumerStart[m]; i < end; i += 1) {
      const bought = demandKw[i] - output[i];
      const costOfOutput = prosumerCost(bids, i, output[i]);
      purchase[i] = bought;
      bid[i] = bought + sensitivity * prosumerPrice[i];
      cost[i] = costOfOutput;
      payment[i] = prosumerPrice[i] * bought;
      importSum.add(bought);
      costSum.add(costOfOutput);
    }
    netImport[m] = importSum.value;
    communityCost[m] = costSum.value;
  }
  return {
    prosumers: {
      outputKw: output,
      purchaseKw: purchase,
      bidKw: bid,
      price: prosumerPrice,
      cost,
      payment,
    },
    netImport,
    cost: communityCost,
  };
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
