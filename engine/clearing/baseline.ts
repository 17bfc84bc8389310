/**
 * The baselines without a wide-area market (docs/model.md section 4): `local`, where every community clears
 * alone (X_m = 0), and `isolated`, where every prosumer trades with the grid at the retail tariff. No network
 * limit binds them; what they do to the network is a finding.
 */
import { sharedFloats } from '../base/columns.js';
import { answerOf } from '../market/answer.js';
import { answerBids, type BidAnswerer } from '../market/answerBlocks.js';
import { type Dispatch, dispatchAtPrices, settle } from './dispatch.js';
import { type MarketState, priceFor } from './marketState.js';

/** Prices by community, $/kWh; NaN where there is no market. */
export type BaselinePrices =
  | { readonly status: 'cleared'; readonly price: Float64Array }
  | { readonly status: 'infeasible'; readonly explanation: string };

/** At most so many communities are named in an explanation. */
const NAMED_COMMUNITIES = 5;

/** Prices at which every community imports nothing. */
export function balancingPrices(state: MarketState): BaselinePrices {
  const { communities, settings } = state.theCase;
  const unbalanced: string[] = [];
  let missing = 0;
  const price = new Float64Array(communities.id.length);
  // Where a balanced market leaves its price open, the middle of the tariff decides.
  const reference = 0.5 * (settings.gridBuy + settings.gridSell);
  for (let m = 0; m < price.length; m += 1) {
    const least = state.importMin[m];
    const most = state.importMax[m];
    const distance = Math.max(least, -most, 0);
    if (distance > ROUNDING * Math.max(Math.abs(least), Math.abs(most))) {
      missing += distance;
      const side = least > 0 ? 'short of' : 'left with';
      unbalanced.push(`${communities.id[m]} (${side} ${distance.toFixed(3)} kW)`);
    } else {
      price[m] = priceFor(state, m, 0, reference);
    }
  }
  if (unbalanced.length > 0) {
    const named = unbalanced.slice(0, NAMED_COMMUNITIES).join(', ');
    const more = unbalanced.length - NAMED_COMMUNITIES;
    const rest = more > 0 ? ` and ${more} more` : '';
    return {
      status: 'infeasible',
      explanation:
        `communities that cannot balance themselves within their prosumers' bounds and price caps: ` +
        `${named}${rest}; least total imbalance ${missing.toFixed(3)} kW`,
    };
  }
  return { status: 'cleared', price };
}

/** Sums of bounds that differ by less, relative to their size, differ by rounding. */
const ROUNDING = 1e-12;

/** Alone at the tariff nobody meets a price of a community. */
export function noPrices({ responses }: MarketState): BaselinePrices {
  return { status: 'cleared', price: new Float64Array(responses.kappa.length).fill(Number.NaN) };
}

/**
 * What a baseline leads to at its prices.
 *
 * @param answer reads all bids; in this thread unless given
 */
export function dispatchBaseline(
  state: MarketState,
  price: Float64Array,
  answer?: BidAnswerer,
): Promise<Dispatch> {
  if (state.mode === 'isolated') return dispatchAlone(state, answer);
  return dispatchAtPrices(state, price, new Float64Array(price.length), answer);
}

/**
 * Every prosumer buys at `gridBuy` what it lacks or sells at `gridSell` what it has left; where neither
 * pays it covers its own demand.
 */
async function dispatchAlone(
  state: MarketState,
  answer: BidAnswerer = answerBids,
): Promise<Dispatch> {
  const { bids, responses, gridBuy, gridSell } = state;
  const { demandKw } = bids.prosumers;
  const { kappa } = responses;
  const output = sharedFloats(demandKw.length);
  await answer(bids, kappa, new Float64Array(kappa.length).fill(gridBuy), output);
  for (let i = 0; i < output.length; i += 1) {
    if (output[i] <= demandKw[i]) continue;
    output[i] = Math.max(answerOf(bids, i, 0, gridSell), demandKw[i]);
  }
  return settle(state, output);
}
