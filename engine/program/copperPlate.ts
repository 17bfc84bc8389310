/**
 * The price at which a market without a network would clear: one bus, no losses, no limits but the tariff.
 * A first guess of the prices of the network, never an answer.
 */
import { type CostCurves, minimiserAt } from '../market/costCurve.js';
import type { NetworkProgram } from './networkProgram.js';

/** Halvings of the range between the tariffs: a guess needs no more. */
const HALVINGS = 30;

/** $/kWh, between selling to and buying from the grid. */
export function copperPlatePrice(program: NetworkProgram, envelopes: CostCurves): number {
  const { market, network } = program;
  let low = market.gridSell / network.baseKva;
  let high = market.gridBuy / network.baseKva;
  if (exchangeAt(program, envelopes, high) >= 0) return high;
  if (exchangeAt(program, envelopes, low) <= 0) return low;
  for (let k = 0; k < HALVINGS; k += 1) {
    const middle = 0.5 * (low + high);
    if (exchangeAt(program, envelopes, middle) > 0) low = middle;
    else high = middle;
  }
  return 0.5 * (low + high);
}

/** What all communities and loads together draw from the grid at one price, kW. */
function exchangeAt(program: NetworkProgram, envelopes: CostCurves, price: number): number {
  let exchange = 0;
  for (const load of program.network.loadP) exchange += load * program.network.baseKva;
  for (let m = 0; m < program.layout.communityCount; m += 1) {
    exchange += minimiserAt(envelopes, m, price);
  }
  return exchange;
}
