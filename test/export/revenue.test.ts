import { describe, expect, it } from 'vitest';
import type { Case } from '../../engine/case/case.js';
import { breakPrices, equilibriumAt, importAtPrice, kappaOf } from '../fixtures/directMarket.js';
import { type MarketShape, randomMarket } from '../fixtures/randomMarket.js';
import { solveExported } from './solve.js';

/** Without a network, so that every pair of prices is an outcome. */
const COPPER_PLATE: MarketShape = {
  buses: 1,
  communities: 2,
  prosumers: [2, 3],
  kappaPowers: [-1, 0.5],
  loadShare: 0,
};

const POINTS = 300;

interface Answer {
  readonly netImport: number;
  readonly cost: number;
  readonly revenue: number;
}

/** Prices at which somebody who can move meets a bound. */
function knotsOf(theCase: Case, m: number, kappa: number): number[] {
  const step = 1e-6;
  return breakPrices(theCase, m, kappa).filter((price) => {
    const below = importAtPrice(theCase, m, kappa, price - step);
    return below - importAtPrice(theCase, m, kappa, price + step) > 1e-3 * step;
  });
}

/**
 * Answers to prices from the lowest to the highest that may be posted: the caps, or where none is given the
 * tariff and the prices at which somebody meets a bound, whichever is further out.
 */
function answersOf(theCase: Case, m: number): Answer[] {
  const { gridBuy, gridSell } = theCase.settings;
  const { priceMin, priceMax } = theCase.communities;
  const kappa = kappaOf(theCase, m, 'welfare');
  const knots = knotsOf(theCase, m, kappa);
  const low = priceMin[m] > -Infinity ? priceMin[m] : Math.min(gridSell, priceMax[m], ...knots);
  const high = priceMax[m] < Infinity ? priceMax[m] : Math.max(gridBuy, priceMin[m], ...knots);
  const steps = Array.from({ length: POINTS + 1 }, (_, k) => low + (k / POINTS) * (high - low));
  const inside = knots.filter((price) => price > low && price < high);
  return [...steps, ...inside].map((price) => {
    const { netImport, cost } = equilibriumAt(theCase, m, kappa, price);
    return { netImport, cost, revenue: price * netImport };
  });
}

/** Least cost over all pairs of answers whose revenue is no more than `deficit` below the grid's bill. */
function leastCost(
  { gridBuy, gridSell }: Case['settings'],
  [first, second]: readonly Answer[][],
  deficit: number,
): number {
  let least = Number.POSITIVE_INFINITY;
  for (const one of first) {
    for (const other of second) {
      const exchange = one.netImport + other.netImport;
      const bill = exchange > 0 ? gridBuy * exchange : gridSell * exchange;
      if (one.revenue + other.revenue < bill - deficit) continue;
      least = Math.min(least, one.cost + other.cost + bill);
    }
  }
  return least;
}

const FAMILIES: Record<string, MarketShape> = {
  'free prices': COPPER_PLATE,
  'price caps': { ...COPPER_PLATE, cappedShare: 1 },
  'prosumers who cannot move': { ...COPPER_PLATE, fixedShare: 0.5 },
};

/** What a step of the grid of prices may cost or bring in, $/h. */
const RESOLUTION = 0.03;

describe.each(Object.keys(FAMILIES))('welfare that covers its bill, with %s', (family) => {
  const shape = FAMILIES[family];
  it.each([5101, 5102, 5103, 5104, 5105, 5106])(
    'is the best of a grid of prices (seed %i)',
    async (seed) => {
      const theCase = randomMarket(seed, shape);
      const explicit = await solveExported(theCase, { program: 'explicit' });
      const reduced = await solveExported(theCase, { program: 'reduced' });
      const answers = theCase.communities.id.map((_, m) => answersOf(theCase, m));
      const least = leastCost(theCase.settings, answers, 0);
      if (explicit.status === 'infeasible') {
        expect(least).toBe(Number.POSITIVE_INFINITY);
        return;
      }
      expect(explicit.status).toBe('optimal');
      expect(explicit.objective).toBeLessThan(least + 1e-6);
      const nearly = leastCost(theCase.settings, answers, RESOLUTION);
      expect(explicit.objective).toBeGreaterThan(nearly - RESOLUTION);
      expect(reduced.objective).toBeLessThan(explicit.objective + 1e-6);
    },
  );
});
