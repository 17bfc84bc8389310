/** From prices to what every prosumer does, and the totals of its community. */
import { sharedFloats } from '../base/columns.js';
import { ANSWER, ANSWER_COUNT, fillOpenOutputs } from '../market/answer.js';
import {
  answerBids,
  type BidAnswerer,
  communitySums,
  settleCommunity,
} from '../market/answerBlocks.js';
import { type BidBlocks, bidBlocks } from '../market/bidBlocks.js';
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
 * @param answer reads all bids; in this thread unless given
 */
export async function dispatchAtPrices(
  { bids, responses: { kappa } }: MarketState,
  price: Float64Array,
  netImport: Float64Array,
  answer: BidAnswerer = answerBids,
): Promise<Dispatch> {
  const output = sharedFloats(bids.prosumers.demandKw.length);
  const sums = await answer(bids, kappa, price, output);
  const blocks = bidBlocks(bids.prosumerStart);
  const answered = communitySums(blocks, sums, ANSWER.netImport);
  communitySums(blocks, sums, ANSWER.room).forEach((room, m) => {
    if (room <= 0) return;
    fillOpenOutputs(bids, m, price[m], answered[m] - netImport[m], room, output);
    settleCommunity(bids, blocks, m, output, sums);
  });
  return totals(blocks, sums, output);
}

/** Community totals of given outputs. */
export function settle({ bids }: MarketState, output: Float64Array): Dispatch {
  const blocks = bidBlocks(bids.prosumerStart);
  const sums = new Float64Array(ANSWER_COUNT * blocks.count);
  const communities = blocks.start.length - 1;
  for (let m = 0; m < communities; m += 1) settleCommunity(bids, blocks, m, output, sums);
  return totals(blocks, sums, output);
}

function totals(blocks: BidBlocks, sums: Float64Array, outputKw: Float64Array): Dispatch {
  return {
    prosumers: { outputKw },
    netImport: communitySums(blocks, sums, ANSWER.netImport),
    cost: communitySums(blocks, sums, ANSWER.cost),
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
