/** Cost and revenue curves of a random community, for tests of what is asked of them. */
import { sharedFloats } from '../../engine/base/columns.js';
import type { RandomSource } from '../../engine/base/random.js';
import { buildResponses, countKnotCapacity } from '../../engine/market/buildResponses.js';
import {
  allocateCurves,
  type CostCurves,
  countArcCapacity,
  loadCurve,
} from '../../engine/market/costCurve.js';
import {
  allocateResponses,
  importAt,
  type ResponseFunctions,
} from '../../engine/market/responseFunction.js';
import {
  allowedPrices,
  type RevenueCurves,
  revenueCurves,
} from '../../engine/market/revenueCurve.js';
import { randomBids } from './population.js';

export const GRID_BUY = 0.3;
export const GRID_SELL = 0.1;

export interface RandomCurves {
  readonly responses: ResponseFunctions;
  readonly costs: CostCurves;
  readonly revenues: RevenueCurves;
  readonly low: number;
  readonly high: number;
}

/** One community; few prosumers with gaps between their prices make flat stretches. */
export function randomCurves(random: RandomSource, capped: boolean): RandomCurves {
  const prosumers = random.next() < 0.5 ? random.integer(1, 4) : random.integer(4, 25);
  const bids = randomBids(random, [{ prosumers, fixedShare: 0.2, deviceShare: 0.2 }]);
  const kappas = sharedFloats(1).fill(random.next() < 0.3 ? 0 : 10 ** random.between(-3, 0));
  const responses = allocateResponses(countKnotCapacity(bids), kappas);
  buildResponses(bids, responses, 0, 1);
  const cap = (value: number, missing: number): Float64Array =>
    Float64Array.of(capped && random.next() < 0.7 ? value : missing);
  const priceMin = cap(random.between(-0.3, 0.1), Number.NEGATIVE_INFINITY);
  const priceMax = cap(random.between(0.1, 0.5), Number.POSITIVE_INFINITY);
  const low = importAt(responses, 0, priceMax[0]);
  const high = importAt(responses, 0, priceMin[0]);
  const costs = allocateCurves(countArcCapacity(responses));
  loadCurve(responses, 0, 'cost', low, high, costs);
  const allowed = allowedPrices(responses, priceMin, priceMax, GRID_BUY, GRID_SELL);
  return { responses, costs, revenues: revenueCurves(responses, costs, allowed), low, high };
}
