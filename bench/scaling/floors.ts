/**
 * What no clearing can be faster than: every bid has to be read once.
 *
 *   adding up   the sum of all six columns: one streaming pass over 48 bytes a prosumer, next to no work
 *   answering   what each prosumer does at one price, written out: the least that a dispatch has to do
 */
import type { ProsumerTable } from '../../engine/case/case.js';
import { ANSWER } from '../../engine/market/answer.js';
import { answerBids, communitySums } from '../../engine/market/answerBlocks.js';
import { bidBlocks } from '../../engine/market/bidBlocks.js';
import type { Bids } from '../../engine/market/buildResponses.js';
import { quantile } from '../harness.js';

/** The sum of all numbers of the bids, so that no compiler can leave the pass out. */
export function addUpBids(prosumers: Omit<ProsumerTable, 'id' | 'deviceStart'>): number {
  const { demandKw, demandKvar, pMinKw, pMaxKw, costQuadratic, costLinear } = prosumers;
  let total = 0;
  for (let i = 0; i < demandKw.length; i += 1) {
    total +=
      demandKw[i] + demandKvar[i] + pMinKw[i] + pMaxKw[i] + (costQuadratic[i] + costLinear[i]);
  }
  return total;
}

/**
 * Writes what every prosumer does at the price of its community, and returns what all import, kW.
 *
 * @param kappa by community, $/kWh per kW
 * @param price by community, $/kWh
 * @param output by prosumer, kW
 */
export function answerAll(
  bids: Bids,
  kappa: Float64Array,
  price: Float64Array,
  output: Float64Array,
): number {
  const sums = answerBids(bids, kappa, price, output);
  const netImport = communitySums(bidBlocks(bids.prosumerStart), sums, ANSWER.netImport);
  return netImport.reduce((sum, value) => sum + value, 0);
}

/** Short passes are repeated for so long: a single one may fall into a pause of the machine. */
const SAMPLE_MS = 5;

let sink = 0;

/** Milliseconds of one pass: the median of the passes of a short while. */
export async function samplePass(pass: () => number | Promise<number>): Promise<number> {
  const times: number[] = [];
  const started = performance.now();
  let now = started;
  do {
    const before = now;
    sink += await pass();
    now = performance.now();
    times.push(now - before);
  } while (now - started < SAMPLE_MS);
  if (!Number.isFinite(sink)) throw new Error('a pass over the bids gave no finite number');
  return quantile(Float64Array.from(times).sort(), 0.5);
}
