import { describe, expect, it } from 'vitest';
import { sharedFloats } from '../../engine/base/columns.js';
import { type RandomSource, seededRandom } from '../../engine/base/random.js';
import { IN_THIS_THREAD } from '../../engine/clearing/responseStage.js';
import { prosumerCost } from '../../engine/market/answer.js';
import { answerPrice } from '../../engine/market/answerBlocks.js';
import { bidBlocks } from '../../engine/market/bidBlocks.js';
import { SUM_COUNT, sumBlocks } from '../../engine/market/blockSums.js';
import {
  type Bids,
  buildResponses,
  countKnotCapacity,
} from '../../engine/market/buildResponses.js';
import {
  allocateCurves,
  type CostKind,
  countArcCapacity,
  curveValueAt,
  loadCurve,
} from '../../engine/market/costCurve.js';
import type { PriceWindows } from '../../engine/market/priceWindow.js';
import {
  allocateResponses,
  costAt,
  importAt,
  type ResponseFunctions,
} from '../../engine/market/responseFunction.js';
import { responsesOf } from '../../engine/market/windowedResponses.js';
import { randomBids } from './population.js';

const { read: readBids } = IN_THIS_THREAD;

const SHAPES = [
  { prosumers: 40, fixedShare: 0.2, deviceShare: 0.3, linearShare: 0.2 },
  { prosumers: 1 },
  { prosumers: 60, linearShare: 1 },
];
const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

function kappaOf(random: RandomSource, communities: number): Float64Array {
  return sharedFloats(communities).map(() =>
    random.next() < 0.3 ? 0 : 10 ** random.between(-3, 0),
  );
}

function windowsOf(random: RandomSource, communities: number): PriceWindows {
  const low = new Float64Array(communities).map(() => random.between(-0.5, 0.4));
  return { low, high: low.map((price) => price + random.between(0.01, 0.5)) };
}

function fullResponses(bids: Bids, kappa: Float64Array): ResponseFunctions {
  const responses = allocateResponses(countKnotCapacity(bids), kappa);
  buildResponses(bids, responses, 0, kappa.length);
  return responses;
}

function curvesOf(responses: ResponseFunctions, kind: CostKind) {
  const curves = allocateCurves(countArcCapacity(responses));
  responses.largestImport.forEach((most, m) => {
    loadCurve(responses, m, kind, responses.smallestImport[m], most, curves);
  });
  return curves;
}

describe('a response function in a window of prices', () => {
  it.each(seeds)('is the whole one where the window holds every price (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const bids = randomBids(random, SHAPES);
    const kappa = kappaOf(random, SHAPES.length);
    const open = {
      low: new Float64Array(SHAPES.length).fill(Number.NEGATIVE_INFINITY),
      high: new Float64Array(SHAPES.length).fill(Number.POSITIVE_INFINITY),
    };
    const whole = fullResponses(bids, kappa);
    const windowed = responsesOf(await readBids(bids, kappa, open), kappa, open);
    for (let m = 0; m < SHAPES.length; m += 1) {
      for (let price = -2; price < 3; price += 0.017) {
        expect(importAt(windowed, m, price)).toBeCloseTo(importAt(whole, m, price), 10);
      }
    }
  });

  it.each(seeds)('has the imports and costs of direct answers inside (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const bids = randomBids(random, SHAPES);
    const kappa = kappaOf(random, SHAPES.length);
    const windows = windowsOf(random, SHAPES.length);
    const responses = responsesOf(await readBids(bids, kappa, windows), kappa, windows);
    const output = new Float64Array(bids.prosumers.demandKw.length);
    for (let m = 0; m < SHAPES.length; m += 1) {
      for (let k = 0; k < 40; k += 1) {
        const price = random.between(windows.low[m], windows.high[m]);
        const netImport = answerPrice(bids, m, kappa[m], price, output);
        expect(importAt(responses, m, price)).toBeCloseTo(netImport, 10);
        let cost = 0;
        for (let i = bids.prosumerStart[m]; i < bids.prosumerStart[m + 1]; i += 1) {
          cost += prosumerCost(bids, i, output[i]);
        }
        expect(costAt(responses, m, netImport)).toBeCloseTo(cost, 9);
      }
    }
  });

  it.each(seeds)(
    'never costs more than the whole one, and has its ends (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const bids = randomBids(random, SHAPES);
      const kappa = kappaOf(random, SHAPES.length);
      const windows = windowsOf(random, SHAPES.length);
      const whole = fullResponses(bids, kappa);
      const windowed = responsesOf(await readBids(bids, kappa, windows), kappa, windows);
      for (const kind of ['cost', 'potential'] as const) {
        const exact = curvesOf(whole, kind);
        const below = curvesOf(windowed, kind);
        for (let m = 0; m < SHAPES.length; m += 1) {
          const [least, most] = [whole.smallestImport[m], whole.largestImport[m]];
          expect(windowed.smallestImport[m]).toBeCloseTo(least, 10);
          expect(windowed.largestImport[m]).toBeCloseTo(most, 10);
          for (let k = 0; k <= 40; k += 1) {
            const netImport = least + (k / 40) * (most - least);
            const value = curveValueAt(exact, m, netImport);
            const room = 1e-9 * Math.max(1, Math.abs(value));
            expect(curveValueAt(below, m, netImport)).toBeLessThanOrEqual(value + room);
          }
        }
      }
    },
  );

  it('has the same bytes whoever reads which blocks', async () => {
    const random = seededRandom(3);
    const bids = randomBids(random, [
      { prosumers: 9_000, deviceShare: 0.05 },
      { prosumers: 5_000 },
    ]);
    const kappa = sharedFloats(2).fill(1e-4);
    const windows = { low: Float64Array.of(0.1, 0.15), high: Float64Array.of(0.2, 0.16) };
    const alone = responsesOf(await readBids(bids, kappa, windows), kappa, windows);
    const blocks = bidBlocks(bids.prosumerStart);
    expect(blocks.count).toBe(5);
    for (const shardSize of [1, 2, 3]) {
      const sums = new Float64Array(SUM_COUNT * blocks.count);
      const shards = [];
      for (let first = 0; first < blocks.count; first += shardSize) {
        const end = Math.min(first + shardSize, blocks.count);
        shards.push(sumBlocks(bids, kappa, windows, blocks, first, end, sums));
      }
      expect(responsesOf({ blocks, sums, shards }, kappa, windows)).toEqual(alone);
    }
  });
});
