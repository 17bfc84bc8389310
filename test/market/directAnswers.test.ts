import { describe, expect, it } from 'vitest';
import { sharedFloats } from '../../engine/base/columns.js';
import type { Case } from '../../engine/case/case.js';
import { buildResponses, countKnotCapacity } from '../../engine/market/buildResponses.js';
import { marketKappa } from '../../engine/market/kappa.js';
import {
  allocateResponses,
  costAt,
  importAt,
  marginalCostAt,
  type ResponseFunctions,
} from '../../engine/market/responseFunction.js';
import { equilibriumAt, kappaOf } from '../fixtures/directMarket.js';
import { type MarketShape, randomMarket } from '../fixtures/randomMarket.js';

function responsesOf(theCase: Case, isStrategic: boolean): ResponseFunctions {
  const { communities, prosumers, devices } = theCase;
  const bids = { prosumerStart: communities.prosumerStart, prosumers, devices };
  const count = communities.id.length;
  const kappa = isStrategic ? marketKappa(communities) : sharedFloats(count);
  const responses = allocateResponses(countKnotCapacity(bids), kappa);
  buildResponses(bids, responses, 0, count);
  return responses;
}

const BASE: MarketShape = { buses: 1, communities: 4, prosumers: [2, 8] };

const FAMILIES: Record<string, MarketShape> = {
  'ordinary communities': { ...BASE, fixedShare: 0.2 },
  'several devices': { ...BASE, deviceShare: 1, fixedShare: 0.1 },
  'costs without a quadratic part': { ...BASE, deviceShare: 0.5, linearShare: 0.6 },
  'a large kappa': { ...BASE, deviceShare: 0.3, kappaPowers: [1, 3] },
  'a small kappa': { ...BASE, deviceShare: 0.3, kappaPowers: [-6, -4] },
  'single prosumers': { ...BASE, prosumers: [1, 1], deviceShare: 0.5 },
  'price-takers': { ...BASE, priceTakerShare: 1, deviceShare: 0.3 },
  'everybody fixed': { ...BASE, fixedShare: 1, deviceShare: 0.3 },
};

describe.each(Object.keys(FAMILIES))('response functions of %s', (family) => {
  it.each([1, 2, 3])('are what prosumers do one by one (seed %i)', (seed) => {
    const theCase = randomMarket(4000 + seed, FAMILIES[family] as MarketShape);
    const responses = responsesOf(theCase, true);
    theCase.communities.id.forEach((_, m) => {
      const kappa = kappaOf(theCase, m, 'welfare');
      expect(responses.kappa[m]).toBeCloseTo(kappa, 12);
      let previous = Number.POSITIVE_INFINITY;
      for (const price of probes(responses, m)) {
        const direct = equilibriumAt(theCase, m, kappa, price);
        expect(importAt(responses, m, price)).toBeCloseTo(direct.netImport, 8);
        expect(costAt(responses, m, direct.netImport)).toBeCloseTo(direct.cost, 8);
        expect(importAt(responses, m, price)).toBeLessThanOrEqual(previous + 1e-12);
        previous = importAt(responses, m, price);
      }
    });
  });

  it.each([4, 5, 6])('have F′ and F″ of the costs so found (seed %i)', (seed) => {
    const theCase = randomMarket(4000 + seed, FAMILIES[family] as MarketShape);
    const responses = responsesOf(theCase, true);
    theCase.communities.id.forEach((_, m) => {
      const first = responses.knotStart[m];
      for (let k = first; k + 1 < first + responses.knotCount[m]; k += 1) {
        const [from, to] = [responses.price[k], responses.price[k + 1]];
        if (responses.netImport[k] - responses.netImport[k + 1] < 1e-2) continue;
        const at = (share: number) =>
          equilibriumAt(theCase, m, responses.kappa[m], from + share * (to - from));
        const [a, middle, b] = [at(0.1), at(0.5), at(0.9)];
        const width = a.netImport - b.netImport;
        // Both are exact for a quadratic; what remains is rounding.
        const slope = (a.cost - b.cost) / width;
        const curvature = (4 * (a.cost - 2 * middle.cost + b.cost)) / (width * width);
        const scale = Math.max(1, Math.abs(slope));
        expect(marginalCostAt(responses, m, middle.netImport) / scale).toBeCloseTo(
          slope / scale,
          7,
        );
        expect(responses.curvature[k]).toBeCloseTo(curvature, 4);
        expect(responses.curvature[k]).toBeGreaterThanOrEqual(0);
      }
    });
  });
});

describe('response functions without strategy', () => {
  it.each([1, 2, 3])('jump where a cost is linear (seed %i)', (seed) => {
    const theCase = randomMarket(4100 + seed, {
      ...BASE,
      linearShare: 0.5,
      linearEverywhere: true,
    });
    const responses = responsesOf(theCase, false);
    theCase.communities.id.forEach((_, m) => {
      for (const price of probes(responses, m)) {
        const below = equilibriumAt(theCase, m, 0, price - 1e-7).netImport;
        const above = equilibriumAt(theCase, m, 0, price + 1e-7).netImport;
        expect(importAt(responses, m, price)).toBeLessThanOrEqual(below + 1e-9);
        expect(importAt(responses, m, price)).toBeGreaterThanOrEqual(above - 1e-9);
        expect(importAt(responses, m, price - 1e-7)).toBeCloseTo(below, 9);
        expect(importAt(responses, m, price + 1e-7)).toBeCloseTo(above, 9);
      }
    });
  });
});

/** Ascending prices: beyond the knots, at them, and between. */
function probes(responses: ResponseFunctions, community: number): number[] {
  const first = responses.knotStart[community];
  const knots = [...responses.price.slice(first, first + responses.knotCount[community])];
  const between = knots.slice(1).map((price, k) => 0.5 * (price + (knots[k] as number)));
  return [-1e3, ...knots, ...between, 1e3].sort((a, b) => a - b);
}
