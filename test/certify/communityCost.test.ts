import { describe, expect, it } from 'vitest';
import { type RandomSource, seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { bidsOf } from '../../engine/certify/bids.js';
import { CommunityCost } from '../../engine/certify/communityCost.js';
import type { CommunityTerm } from '../../engine/certify/pieceSearch.js';
import { populationOf } from '../../engine/certify/population.js';
import { breakPrices, equilibriumAt, kappaOf } from '../fixtures/directMarket.js';
import { randomMarket, variedShape } from '../fixtures/randomMarket.js';
import { leastOfParabola } from './parabola.js';

/** One community, price-taking or strategic, with devices or without. */
function community(seed: number): Case {
  const shape = { ...variedShape(seed), buses: 1, communities: 1, prosumers: [1, 6] as const };
  return randomMarket(seed, { ...shape, kappaPowers: [-2.5, 0.5], cappedShare: 0 });
}

function randomTerm(theCase: Case, random: RandomSource): CommunityTerm {
  const kappa = kappaOf(theCase, 0, 'welfare');
  const withCosts = random.next() < 0.7;
  const isFree = withCosts && random.next() < 0.4;
  const isBoxed = random.next() < 0.4;
  const inside = equilibriumAt(theCase, 0, kappa, random.between(-0.2, 0.6)).netImport;
  const ends = [random.between(-0.8, 0.3), random.between(0.3, 1)] as const;
  const isOpen = isFree && random.next() < 0.5;
  return {
    price: random.between(-0.3, 0.8),
    revenuePrice: isFree ? 0 : 10 ** random.between(-3, 0.7),
    withCosts,
    low: isBoxed ? inside - 2 * random.next() : Number.NEGATIVE_INFINITY,
    high: isBoxed ? inside + 2 * random.next() : Number.POSITIVE_INFINITY,
    floor: isOpen ? Number.NEGATIVE_INFINITY : ends[0],
    ceiling: isOpen ? Number.POSITIVE_INFINITY : ends[1],
  };
}

/** The same by direct answers between break prices; 10 $/kWh is as good as no limit. */
function directLeast(theCase: Case, kind: 'cost' | 'potential', term: CommunityTerm): number {
  const kappa = kappaOf(theCase, 0, 'welfare');
  const floor = Math.max(term.floor, -10);
  const ceiling = Math.min(term.ceiling, 10);
  const inside = breakPrices(theCase, 0, kappa).filter((p) => p > floor && p < ceiling);
  const ends = [floor, ...inside, ceiling];
  const importAt = (price: number): number => equilibriumAt(theCase, 0, kappa, price).netImport;
  const valueAt = (price: number): number => {
    const { netImport, cost, outputs } = equilibriumAt(theCase, 0, kappa, price);
    const purchases = outputs.map((output, i) => theCase.prosumers.demandKw[i] - output);
    const squares = purchases.reduce((sum, x) => sum + x * x, 0);
    const costs = kind === 'cost' ? cost : cost + 0.5 * kappa * squares;
    return (term.withCosts ? costs : 0) + (term.price - term.revenuePrice * price) * netImport;
  };
  let least = Number.POSITIVE_INFINITY;
  for (let k = 1; k < ends.length; k += 1) {
    const [from, to] = [ends[k - 1], ends[k]] as [number, number];
    const [most, fewest] = [importAt(from), importAt(to)];
    if (most < term.low || fewest > term.high) continue;
    // Imports fall evenly between break prices.
    const priceFor = (netImport: number): number =>
      most > fewest ? from + ((most - netImport) / (most - fewest)) * (to - from) : from;
    const first = most > term.high ? priceFor(term.high) : from;
    const last = fewest < term.low ? priceFor(term.low) : to;
    least = Math.min(least, leastOfParabola(first, last, valueAt));
  }
  return least;
}

describe('the term of a community', () => {
  it.each(Array.from({ length: 24 }, (_, k) => 9400 + k))(
    'is the least over all prices that may be posted, whatever is asked with it (seed %i)',
    (seed) => {
      const theCase = community(seed);
      const random = seededRandom(seed);
      const kappa = kappaOf(theCase, 0, 'welfare');
      for (const kind of ['cost', 'potential'] as const) {
        const cost = new CommunityCost(
          bidsOf(theCase),
          kind,
          populationOf(theCase, Float64Array.of(kappa)),
        );
        const terms = Array.from({ length: random.integer(1, 4) }, () =>
          randomTerm(theCase, random),
        );
        cost.open(0, kappa);
        for (const term of terms) cost.announce(term);
        cost.load();
        for (const term of terms) {
          const direct = directLeast(theCase, kind, term);
          const least = cost.leastCost(term);
          if (direct === Infinity) expect(least).toBe(Infinity);
          else expect(Math.abs(least - direct)).toBeLessThan(1e-6 * Math.max(1, Math.abs(direct)));
        }
      }
    },
  );

  it('is no number for a price that is none', () => {
    const theCase = community(9400);
    const population = populationOf(theCase, Float64Array.of(0.01));
    const cost = new CommunityCost(bidsOf(theCase), 'cost', population);
    const term = { ...randomTerm(theCase, seededRandom(1)), price: Number.NaN };
    for (const revenuePrice of [0, 0.5]) {
      const spoiled = { ...term, revenuePrice, withCosts: true, floor: -1, ceiling: 1 };
      cost.open(0, 0.01);
      cost.announce(spoiled);
      cost.load();
      expect(cost.leastCost(spoiled)).toBeNaN();
    }
  });
});
