/** Answers in blocks: whoever answers for which, the bytes are the same. */
import { describe, expect, it } from 'vitest';
import { ANSWER, ANSWER_COUNT, answerOf, prosumerCost } from '../../engine/market/answer.js';
import { answerBids, answerBlocks, communitySums } from '../../engine/market/answerBlocks.js';
import { bidBlocks } from '../../engine/market/bidBlocks.js';
import { randomMarket } from '../fixtures/randomMarket.js';

describe.each([
  ['without devices', 0],
  ['with devices', 0.2],
])('answers of a market %s', (_, deviceShare) => {
  const { communities, prosumers, devices } = randomMarket(8201, {
    buses: 3,
    communities: 2,
    prosumers: [6000, 13_000],
    kappaPowers: [-4, -1],
    deviceShare,
  });
  const bids = { prosumerStart: communities.prosumerStart, prosumers, devices };
  const blocks = bidBlocks(bids.prosumerStart);
  const price = Float64Array.of(0.15, 0.25);

  it.each([[0], [1e-3]])('do not depend on who answers for which block (κ = %f)', (slope) => {
    const kappa = new Float64Array(2).fill(slope);
    const whole = new Float64Array(prosumers.demandKw.length);
    const sums = answerBids(bids, kappa, price, whole);
    for (const cut of [1, 2, blocks.count - 1]) {
      const output = new Float64Array(whole.length);
      const parts = new Float64Array(ANSWER_COUNT * blocks.count);
      answerBlocks(bids, kappa, price, blocks, cut, blocks.count, output, parts);
      answerBlocks(bids, kappa, price, blocks, 0, cut, output, parts);
      expect(output).toEqual(whole);
      expect(parts).toEqual(sums);
    }
  });

  it.each([[0], [1e-3]])('are those of the prosumers one by one (κ = %f)', (slope) => {
    const kappa = new Float64Array(2).fill(slope);
    const output = new Float64Array(prosumers.demandKw.length);
    const sums = answerBids(bids, kappa, price, output);
    const netImport = communitySums(blocks, sums, ANSWER.netImport);
    const cost = communitySums(blocks, sums, ANSWER.cost);
    for (let m = 0; m < 2; m += 1) {
      let [imported, spent] = [0, 0];
      for (let i = bids.prosumerStart[m]; i < bids.prosumerStart[m + 1]; i += 1) {
        const answer = answerOf(bids, i, slope, price[m]);
        // 0 and −0 are the same answer.
        expect(output[i] - answer).toBe(0);
        imported += prosumers.demandKw[i] - answer;
        spent += prosumerCost(bids, i, answer);
      }
      expect(netImport[m]).toBeCloseTo(imported, 7);
      expect(cost[m]).toBeCloseTo(spent, 7);
    }
  });
});
