import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { clear } from '../../engine/clearing/clear.js';
import type { ClearingResult } from '../../engine/clearing/result.js';
import { breakPrices, equilibriumAt, kappaOf } from '../fixtures/directMarket.js';
import { type MarketShape, randomMarket } from '../fixtures/randomMarket.js';

/** Cost ½ h X² + g X + f and revenue ½ s X² + r X + e of imports (kW) between `low` and `high`. */
interface Piece {
  readonly low: number;
  readonly high: number;
  readonly cost: Parabola;
  readonly revenue: Parabola;
}

type Parabola = readonly [quadratic: number, linear: number, constant: number];

function valueOn([quadratic, linear, constant]: Parabola, x: number): number {
  return (0.5 * quadratic * x + linear) * x + constant;
}

/** The parabola through three values at the ends and the middle of [low, high]. */
function parabolaThrough(low: number, high: number, [a, b, c]: readonly number[]): Parabola {
  const [atLow, atMiddle, atHigh] = [a ?? 0, b ?? 0, c ?? 0];
  const width = high - low;
  const quadratic = (4 * (atLow - 2 * atMiddle + atHigh)) / (width * width);
  const slope = (atHigh - atLow) / width - 0.5 * quadratic * width;
  const linear = slope - quadratic * low;
  return [quadratic, linear, atLow - (0.5 * quadratic * low + linear) * low];
}

/** What each community may do between the prices at which somebody meets a bound. */
function piecesOf(theCase: Case, m: number): Piece[] {
  const kappa = kappaOf(theCase, m, 'welfare');
  const { priceMin, priceMax } = theCase.communities;
  const { gridBuy, gridSell } = theCase.settings;
  const breaks = breakPrices(theCase, m, kappa);
  // Prosumers that cannot move have bounds, too; what counts is where the import begins and ends to change.
  const importOf = (price: number): number => equilibriumAt(theCase, m, kappa, price).netImport;
  const [greatest, smallest] = [importOf(-1e3), importOf(1e3)];
  const least = Math.min(
    gridSell,
    ...breaks.filter((price) => importOf(price + 1e-7) < greatest - 1e-9),
  );
  const most = Math.max(
    gridBuy,
    ...breaks.filter((price) => importOf(price - 1e-7) > smallest + 1e-9),
  );
  const floor = Number.isFinite(priceMin[m]) ? priceMin[m] : Math.min(least, priceMax[m]);
  const ceiling = Number.isFinite(priceMax[m]) ? priceMax[m] : Math.max(most, priceMin[m]);
  const prices = [floor, ...breaks.filter((price) => price > floor && price < ceiling), ceiling];
  const pieces: Piece[] = [];
  for (let k = 1; k < prices.length; k += 1) {
    const [from, to] = [prices[k - 1] as number, prices[k] as number];
    const points = [to, 0.5 * (from + to), from].map((price) => {
      const { netImport, cost } = equilibriumAt(theCase, m, kappa, price);
      return { netImport, cost, revenue: price * netImport };
    });
    const low = points[0]?.netImport ?? 0;
    const high = points[2]?.netImport ?? 0;
    const costs = points.map(({ cost }) => cost);
    const revenues = points.map(({ revenue }) => revenue);
    if (high - low > 1e-7) {
      const cost = parabolaThrough(low, high, costs);
      pieces.push({ low, high, cost, revenue: parabolaThrough(low, high, revenues) });
    } else {
      const revenue: Parabola = [0, 0, Math.max(...revenues)];
      pieces.push({ low, high: low, cost: [0, 0, costs[0] ?? 0], revenue });
    }
  }
  return pieces;
}

/** All communities on one bus, each on one piece: convex, and solved by bisection of its multipliers. */
class Combination {
  private netImport: number[] = [];

  constructor(
    private readonly theCase: Case,
    private readonly pieces: readonly Piece[],
  ) {}

  /** The least cost at which prices cover the bill, $/h; Infinity where none do. */
  leastCost(): number {
    if (this.deficitAt(0) <= 0) return this.cost();
    if (this.deficitAt(1) > 1e-9) return Number.POSITIVE_INFINITY;
    let [low, high] = [0, 1];
    for (let k = 0; k < 60; k += 1) {
      const middle = 0.5 * (low + high);
      if (this.deficitAt(middle) > 0) low = middle;
      else high = middle;
    }
    this.deficitAt(high);
    return this.cost();
  }

  /** min Σ F + G, whatever it earns. */
  leastSubsidisedCost(): number {
    this.deficitAt(0);
    return this.cost();
  }

  /** The dual value q(μ). */
  dualAt(price: number): number {
    const deficit = this.deficitAt(price / (1 + price));
    return this.cost() + price * deficit;
  }

  /** Minimises (1 − t) Σ F − t Σ R + G, and returns G − Σ R. */
  private deficitAt(share: number): number {
    const { gridBuy, gridSell } = this.theCase.settings;
    let [low, high] = [gridSell, gridBuy];
    if (this.exchangeAt(share, high) < 0) {
      for (let k = 0; k < 60; k += 1) {
        const middle = 0.5 * (low + high);
        if (this.exchangeAt(share, middle) > 0) low = middle;
        else high = middle;
      }
      this.exchangeAt(share, high);
    }
    return this.bill() - this.sum(({ revenue }, x) => valueOn(revenue, x));
  }

  private exchangeAt(share: number, price: number): number {
    this.netImport = this.pieces.map(({ low, high, cost, revenue }) => {
      const quadratic = (1 - share) * cost[0] - share * revenue[0];
      const linear = (1 - share) * cost[1] - share * revenue[1] + price;
      // Costs without curvature: the slope decides.
      if (quadratic < 1e-12) return linear > 0 ? low : high;
      return Math.min(Math.max(-linear / quadratic, low), high);
    });
    return this.exchange();
  }

  private exchange(): number {
    const load = this.theCase.buses.loadKw.reduce((sum, kw) => sum + kw, 0);
    return load + this.sum((_, x) => x);
  }

  private bill(): number {
    const { gridBuy, gridSell } = this.theCase.settings;
    const exchange = this.exchange();
    return exchange > 0 ? gridBuy * exchange : gridSell * exchange;
  }

  private cost(): number {
    return this.bill() + this.sum(({ cost }, x) => valueOn(cost, x));
  }

  private sum(term: (piece: Piece, x: number) => number): number {
    return this.pieces.reduce((sum, piece, m) => sum + term(piece, this.netImport[m] ?? 0), 0);
  }
}

function combinationsOf(theCase: Case): Combination[] {
  const choices = theCase.communities.id.map((_, m) => piecesOf(theCase, m));
  const combined = choices.reduce<Piece[][]>(
    (some, next) => some.flatMap((pieces) => next.map((piece) => [...pieces, piece])),
    [[]],
  );
  return combined.map((pieces) => new Combination(theCase, pieces));
}

const TINY: MarketShape = {
  buses: 1,
  communities: 2,
  prosumers: [2, 3],
  kappaPowers: [-1.5, 0.5],
  fixedShare: 0.1,
};

const FAMILIES: Record<string, MarketShape> = {
  'one community': { ...TINY, communities: 1, prosumers: [3, 6] },
  'two communities': TINY,
  'three communities': { ...TINY, communities: 3 },
  'one prosumer each': { ...TINY, communities: 3, prosumers: [1, 1] },
  'price caps and devices': { ...TINY, cappedShare: 0.8, deviceShare: 0.3 },
  'loads that pay nothing': { ...TINY, loadShare: 1 },
};

const seeds = Array.from({ length: 12 }, (_, k) => 4100 + k);

function surplusOf(result: ClearingResult): number {
  return result.outcome === undefined ? Number.NaN : result.operatorSurplus;
}

describe.each(Object.keys(FAMILIES))('welfare that covers its bill, %s', (family) => {
  const shape = FAMILIES[family] as MarketShape;

  it.each(seeds)('is the best of all combinations of segments (seed %i)', async (seed) => {
    const theCase = randomMarket(seed, shape);
    const result = await clear(theCase);
    const least = Math.min(...combinationsOf(theCase).map((some) => some.leastCost()));
    if (result.outcome === undefined) {
      expect(result.status).toBe('infeasible');
      expect(least).toBe(Number.POSITIVE_INFINITY);
      return;
    }
    const tolerance = 1e-6 * Math.max(1, Math.abs(least));
    expect(result.status).toBe('optimal');
    expect(Math.abs(result.objective - least)).toBeLessThan(tolerance);
    expect(result.lowerBound).toBeLessThanOrEqual(least + 0.1 * tolerance);
    expect(surplusOf(result)).toBeGreaterThanOrEqual(-1e-6);
  });

  it.each(seeds)('costs no less than subsidised, whose bound is stated (seed %i)', async (seed) => {
    const theCase = randomMarket(seed, shape);
    const covered = await clear(theCase);
    const subsidised = await clear(theCase, { subsidised: true });
    if (covered.outcome === undefined || subsidised.outcome === undefined) return;
    const tolerance = 1e-6 * Math.max(1, Math.abs(covered.cost));
    expect(subsidised.cost).toBeLessThanOrEqual(covered.cost + tolerance);
    expect(covered.subsidisedBound).toBeLessThanOrEqual(subsidised.cost + tolerance);
    expect(subsidised.subsidisedBound).toBeUndefined();
    // Where the row does not bind, both are one market.
    if (subsidised.operatorSurplus > 1e-6) {
      expect(covered.cost).toBeCloseTo(subsidised.cost, 6);
      expect(Array.from(covered.outcome.communities.importKw)).toEqual(
        Array.from(subsidised.outcome.communities.importKw, (x) => expect.closeTo(x, 5)),
      );
    }
  });

  it.each(seeds)('is bounded by the dual at any price of revenue (seed %i)', async (seed) => {
    const theCase = randomMarket(seed, shape);
    const result = await clear(theCase);
    if (result.outcome === undefined) return;
    const combinations = combinationsOf(theCase);
    const random = seededRandom(seed);
    for (const price of [0, 10 ** random.between(-3, 0), random.between(1, 20)]) {
      const dual = Math.min(...combinations.map((some) => some.dualAt(price)));
      expect(dual).toBeLessThanOrEqual(result.cost + 1e-6 * Math.max(1, Math.abs(result.cost)));
    }
  });
});
