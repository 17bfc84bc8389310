/**
 * The baselines without a wide-area market (docs/model.md section 4): `local`, where every community clears
 * alone (X_m = 0), and `isolated`, where every prosumer trades with the grid at the retail tariff. No network
 * limit binds them; what they do to the network is a finding.
 */
import { sharedFloats } from '../base/columns.js';
import { answerPrice } from '../market/answer.js';
import { type Dispatch, dispatchAtPrices, settle } from './dispatch.js';
import { type MarketState, priceFor } from './marketState.js';

export type BaselineOutcome =
  | { readonly status: 'cleared'; readonly price: Float64Array; readonly dispatch: Dispatch }
  | { readonly status: 'infeasible'; readonly explanation: string };

/** At most so many communities are named in an explanation. */
const NAMED_COMMUNITIES = 5;

export function clearLocally(state: MarketState): BaselineOutcome {
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
  const dispatch = dispatchAtPrices(state, price, new Float64Array(price.length));
  return { status: 'cleared', price, dispatch };
}

/** Sums of bounds that differ by less, relative to their size, differ by rounding. */
const ROUNDING = 1e-12;

/**
 * Every prosumer buys at `gridBuy` what it lacks or sells at `gridSell` what it has left; where neither
 * pays it covers its own demand.
 */
export function clearIsolated(state: MarketState): BaselineOutcome {
  const { bids, theCase } = state;
  const { gridBuy, gridSell } = theCase.settings;
  const { demandKw } = bids.prosumers;
  const count = demandKw.length;
  const whenSelling = new Float64Array(count);
  const output = sharedFloats(count);
  for (let m = 0; m < theCase.communities.id.length; m += 1) {
    answerPrice(bids, m, 0, gridSell, whenSelling);
    answerPrice(bids, m, 0, gridBuy, output);
  }
  for (let i = 0; i < count; i += 1) {
    if (output[i] > demandKw[i]) output[i] = Math.max(whenSelling[i], demandKw[i]);
  }
  const price = new Float64Array(theCase.communities.id.length).fill(Number.NaN);
  return { status: 'cleared', price, dispatch: settle(state, output) };
}
