import { describe, expect, it } from 'vitest';
import { sharedFloats } from '../../engine/base/columns.js';
import { seededRandom } from '../../engine/base/random.js';
import { prosumerCost } from '../../engine/market/answer.js';
import { answerPrice } from '../../engine/market/answerBlocks.js';
import {
  type Bids,
  buildResponses,
  countKnotCapacity,
} from '../../engine/market/buildResponses.js';
import {
  allocateResponses,
  costAt,
  importAt,
  marginalCostAt,
  priceIntervalAt,
  type ResponseFunctions,
  slopeAt,
} from '../../engine/market/responseFunction.js';
import { randomBids } from './population.js';

function respond(bids: Bids, kappa: number): ResponseFunctions {
  const kappas = sharedFloats(bids.prosumerStart.length - 1).fill(kappa);
  const responses = allocateResponses(countKnotCapacity(bids), kappas);
  buildResponses(bids, responses, 0, kappas.length);
  return responses;
}

function directCost(bids: Bids, output: Float64Array): number {
  let cost = 0;
  for (let i = 0; i < output.length; i += 1) cost += prosumerCost(bids, i, output[i]);
  return cost;
}

/** Prices around and at the knots of a community, and some between. */
function probePrices(responses: ResponseFunctions, community: number): number[] {
  const first = responses.knotStart[community];
  const prices: number[] = [];
  for (let k = first; k < first + responses.knotCount[community]; k += 1) {
    const price = responses.price[k];
    prices.push(price, price - 1e-4, price + 1e-4);
    if (k > first) prices.push(0.5 * (price + responses.price[k - 1]));
  }
  return prices;
}

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

describe('response function', () => {
  it.each(seeds)('agrees with every prosumer answering the price itself (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const bids = randomBids(random, [
      { prosumers: 30, fixedShare: 0.2, deviceShare: 0.3, linearShare: 0.2 },
    ]);
    const kappa = 10 ** random.between(-3, 1);
    const responses = respond(bids, kappa);
    const output = new Float64Array(30);
    for (const price of probePrices(responses, 0)) {
      const netImport = answerPrice(bids, 0, kappa, price, output);
      expect(importAt(responses, 0, price)).toBeCloseTo(netImport, 11);
      expect(costAt(responses, 0, netImport)).toBeCloseTo(directCost(bids, output), 10);
    }
  });

  it.each(seeds)(
    'never rises with the price, and its slope is its derivative (seed %i)',
    (seed) => {
      const random = seededRandom(seed);
      const bids = randomBids(random, [{ prosumers: 20, deviceShare: 0.5, linearShare: 0.3 }]);
      const responses = respond(bids, 0.01);
      const prices = probePrices(responses, 0).sort((a, b) => a - b);
      for (let k = 1; k < prices.length; k += 1) {
        const below = prices[k - 1] as number;
        const above = prices[k] as number;
        const drop = importAt(responses, 0, below) - importAt(responses, 0, above);
        expect(drop).toBeGreaterThanOrEqual(-1e-12);
      }
      for (let k = 1; k < responses.knotCount[0]; k += 1) {
        const first = responses.price[k - 1];
        const width = responses.price[k] - first;
        if (width < 1e-6) continue;
        const drop =
          importAt(responses, 0, first + 0.25 * width) -
          importAt(responses, 0, first + 0.75 * width);
        const slope = slopeAt(responses, 0, first + 0.5 * width);
        expect(drop / (0.5 * width)).toBeCloseTo(slope, 4);
      }
    },
  );

  it.each(seeds)('has the cost derivatives of its own finite differences (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const bids = randomBids(random, [{ prosumers: 12, deviceShare: 0.3 }]);
    const responses = respond(bids, 10 ** random.between(-2, 0));
    for (let k = 0; k + 1 < responses.knotCount[0]; k += 1) {
      const high = responses.netImport[k];
      const low = responses.netImport[k + 1];
      const width = high - low;
      if (width < 1e-3) continue;
      const middle = 0.5 * (low + high);
      const step = 0.2 * width;
      const before = costAt(responses, 0, middle - step);
      const after = costAt(responses, 0, middle + step);
      expect((after - before) / (2 * step)).toBeCloseTo(marginalCostAt(responses, 0, middle), 6);
      const second = (after - 2 * costAt(responses, 0, middle) + before) / (step * step);
      expect(second).toBeCloseTo(responses.curvature[k], 4);
      expect(responses.curvature[k]).toBeGreaterThanOrEqual(0);
    }
  });

  it.each(seeds)('is inverted by the price interval (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const bids = randomBids(random, [{ prosumers: 5, fixedShare: 0.3, deviceShare: 0.3 }]);
    const responses = respond(bids, 0.02);
    const interval = { low: 0, high: 0 };
    for (const price of probePrices(responses, 0)) {
      priceIntervalAt(responses, 0, importAt(responses, 0, price), 1e-11, interval);
      expect(interval.low).toBeLessThanOrEqual(price + 1e-9);
      expect(interval.high).toBeGreaterThanOrEqual(price - 1e-9);
    }
  });

  it('has an interval of prices where every prosumer is at a bound', () => {
    const bids = twoProsumers();
    const responses = respond(bids, 0);
    // Outputs move on prices [0.1, 0.2] and [0.5, 0.6]; between, the import is 10 − 1 = 9 kW.
    const interval = { low: 0, high: 0 };
    priceIntervalAt(responses, 0, 9, 1e-9, interval);
    expect(interval.low).toBeCloseTo(0.2, 12);
    expect(interval.high).toBeCloseTo(0.5, 12);
    priceIntervalAt(responses, 0, 10, 1e-9, interval);
    expect(interval.low).toBe(Number.NEGATIVE_INFINITY);
    expect(interval.high).toBeCloseTo(0.1, 12);
    priceIntervalAt(responses, 0, 8, 1e-9, interval);
    expect(interval.low).toBeCloseTo(0.6, 12);
    expect(interval.high).toBe(Number.POSITIVE_INFINITY);
  });

  it('has no knot in a community of fixed prosumers and any price clears it', () => {
    const bids = randomBids(seededRandom(3), [{ prosumers: 4, fixedShare: 1 }]);
    const responses = respond(bids, 0.1);
    expect(responses.knotCount[0]).toBe(0);
    expect(importAt(responses, 0, -5)).toBe(importAt(responses, 0, 5));
    const interval = { low: 0, high: 0 };
    priceIntervalAt(responses, 0, 0, 1e-9, interval);
    expect(interval).toEqual({ low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY });
  });

  it('agrees with direct summation to 1e-12 in a community of 100,000', () => {
    const bids = randomBids(seededRandom(11), [{ prosumers: 100_000 }]);
    const kappa = 0.01;
    const responses = respond(bids, kappa);
    const output = new Float64Array(100_000);
    let scale = 0;
    for (let i = 0; i < output.length; i += 1) scale += Math.abs(bids.prosumers.demandKw[i]);
    for (const share of [0.01, 0.2, 0.5, 0.8, 0.99]) {
      const price = responses.price[Math.floor(share * responses.knotCount[0])] + 1e-7;
      const direct = answerPrice(bids, 0, kappa, price, output);
      expect(Math.abs(importAt(responses, 0, price) - direct) / scale).toBeLessThan(1e-12);
      const cost = directCost(bids, output);
      expect(Math.abs(costAt(responses, 0, direct) - cost) / Math.abs(cost)).toBeLessThan(1e-11);
    }
  });
});

function twoProsumers(): Bids {
  return {
    prosumerStart: Int32Array.of(0, 2),
    prosumers: {
      demandKw: Float64Array.of(5, 5),
      pMinKw: Float64Array.of(0, 0),
      pMaxKw: Float64Array.of(1, 1),
      costQuadratic: Float64Array.of(0.1, 0.1),
      costLinear: Float64Array.of(0.1, 0.5),
      deviceStart: Int32Array.of(0, 0, 0),
    },
    devices: {
      pMinKw: new Float64Array(0),
      pMaxKw: new Float64Array(0),
      costQuadratic: new Float64Array(0),
      costLinear: new Float64Array(0),
    },
  };
}
