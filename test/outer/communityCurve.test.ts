import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { buildResponses, countKnotCapacity } from '../../engine/market/buildResponses.js';
import {
  allocateResponses,
  costAt,
  importAt,
  priceIntervalAt,
} from '../../engine/market/responseFunction.js';
import { type CommunityCurve, createCommunityCurve } from '../../engine/outer/communityCurve.js';
import { COST_ALONE, REVENUE_ALONE, weightedValue } from '../../engine/outer/supportingLine.js';
import { kappaOf } from '../fixtures/directMarket.js';
import { randomMarket, variedShape } from '../fixtures/randomMarket.js';

const SEEDS = Array.from({ length: 25 }, (_, k) => k + 1);

const OPEN = { priceFloor: Number.NEGATIVE_INFINITY, priceCeiling: Number.POSITIVE_INFINITY };

/** Response functions of the native route, which share no code with the curves. */
function responsesOf(theCase: Case, kappa: Float64Array) {
  const { communities, prosumers, devices } = theCase;
  const bids = { prosumerStart: communities.prosumerStart, prosumers, devices };
  const responses = allocateResponses(countKnotCapacity(bids), kappa);
  buildResponses(bids, responses, 0, kappa.length);
  return responses;
}

function ends({ knot, arcCount }: CommunityCurve): [number, number] {
  return [knot[0], knot[arcCount]];
}

describe('the curve of a community', () => {
  it.each(SEEDS)('has the costs, payments and ends of the response function (seed %i)', (seed) => {
    const theCase = randomMarket(seed, variedShape(seed));
    const random = seededRandom(seed);
    const { id } = theCase.communities;
    const kappa = Float64Array.from(id, (_, m) => kappaOf(theCase, m, 'welfare'));
    const responses = responsesOf(theCase, kappa);
    id.forEach((_, m) => {
      const terms = { kind: 'cost', kappa: kappa[m], ...OPEN } as const;
      const curve = createCommunityCurve(theCase, m, terms);
      const [low, high] = ends(curve);
      expect(low).toBeCloseTo(responses.smallestImport[m], 9);
      expect(high).toBeCloseTo(responses.largestImport[m], 9);
      if (curve.arcCount === 0) return;
      for (let k = 0; k < 20; k += 1) {
        const netImport = random.between(low, high);
        const cost = costAt(responses, m, netImport);
        expect(weightedValue(curve, COST_ALONE, netImport)).toBeCloseTo(cost, 8);
        const prices = { low: 0, high: 0 };
        priceIntervalAt(responses, m, netImport, 0, prices);
        const payment = -weightedValue(curve, REVENUE_ALONE, netImport);
        expect(payment).toBeCloseTo(prices.low * netImport, 6);
      }
    });
  });

  it.each(SEEDS)('is convex with slope −λ where it is the potential (seed %i)', (seed) => {
    const theCase = randomMarket(seed, { ...variedShape(seed), linearEverywhere: true });
    theCase.communities.id.forEach((_, m) => {
      const kappa = seed % 2 === 0 ? 0 : kappaOf(theCase, m, 'dlmp');
      const curve = createCommunityCurve(theCase, m, { kind: 'potential', kappa, ...OPEN });
      for (let k = 0; k < curve.arcCount; k += 1) {
        expect(curve.slope[k]).toBe(-curve.price[k]);
        expect(curve.curvature[k]).toBe(curve.priceRate[k]);
        const width = curve.knot[k + 1] - curve.knot[k];
        const end = curve.slope[k] + curve.curvature[k] * width;
        if (k + 1 < curve.arcCount) expect(curve.slope[k + 1]).toBeGreaterThanOrEqual(end - 1e-9);
        const value = curve.value[k] + 0.5 * (curve.slope[k] + end) * width;
        expect(curve.value[k + 1]).toBeCloseTo(value, 9);
      }
    });
  });

  it.each(SEEDS)('ends at the answers to its price caps (seed %i)', (seed) => {
    const theCase = randomMarket(seed, { ...variedShape(seed), cappedShare: 1 });
    const { id, priceMin, priceMax } = theCase.communities;
    const kappa = Float64Array.from(id, (_, m) => kappaOf(theCase, m, 'welfare'));
    const responses = responsesOf(theCase, kappa);
    id.forEach((_, m) => {
      const curve = createCommunityCurve(theCase, m, {
        kind: 'cost',
        kappa: kappa[m],
        priceFloor: priceMin[m],
        priceCeiling: priceMax[m],
      });
      const [low, high] = ends(curve);
      expect(low).toBeCloseTo(importAt(responses, m, priceMax[m]), 9);
      expect(high).toBeCloseTo(importAt(responses, m, priceMin[m]), 9);
      expect(curve.value[curve.arcCount]).toBeCloseTo(costAt(responses, m, high), 8);
    });
  });
});
