import { describe, expect, it } from 'vitest';
import { type RandomSource, seededRandom } from '../../engine/base/random.js';
import { clear } from '../../engine/clearing/clear.js';
import { openMarketState } from '../../engine/clearing/marketState.js';
import { openNetworkMarket } from '../../engine/clearing/networkMarket.js';
import { resolveOptions } from '../../engine/clearing/options.js';
import { RevenueRow } from '../../engine/clearing/revenue.js';
import { explainShortfall, largestSurplus } from '../../engine/clearing/revenueShortfall.js';
import { type ImportBox, WHOLE_RANGE } from '../../engine/program/importModels.js';
import { MarketRelaxation } from '../../engine/program/relaxation.js';
import { RevenueRelaxation } from '../../engine/program/revenueRelaxation.js';
import { type MarketShape, randomMarket } from '../fixtures/randomMarket.js';

const NETWORK: MarketShape = {
  buses: 6,
  communities: 5,
  prosumers: [2, 6],
  kappaPowers: [-2, 0],
  impedance: 1.5,
  reactiveShare: 0.5,
};

const seeds = Array.from({ length: 12 }, (_, k) => 5200 + k);

async function opened(seed: number, shape: MarketShape = NETWORK) {
  const theCase = randomMarket(seed, shape);
  const state = await openMarketState(theCase, resolveOptions({}));
  const market = openNetworkMarket(state);
  const relaxation = new MarketRelaxation(market.program, market.models, () => false);
  const revenue = new RevenueRelaxation(market.program, market.models, relaxation);
  return { theCase, state, market, relaxation, revenue };
}

type Opened = Awaited<ReturnType<typeof opened>>;

/** A box around some imports of the whole range. */
function randomBox({ state }: Opened, random: RandomSource): ImportBox {
  const m = random.integer(0, state.importMin.length);
  const width = state.importMax[m] - state.importMin[m];
  const low = state.importMin[m] + random.between(0, 0.5) * width;
  return { community: [m], low: [low], high: [low + random.between(0.2, 0.5) * width] };
}

describe('relaxation with revenue adequacy', () => {
  it.each(seeds)('bounds at any price no more than at the best (seed %i)', async (seed) => {
    const setting = await opened(seed);
    const outcome = setting.revenue.solve(WHOLE_RANGE);
    if (outcome.status !== 'solved') {
      expect(outcome.status).toBe('infeasible');
      return;
    }
    const { bound } = outcome.point;
    const tolerance = 1e-7 * Math.max(1, Math.abs(bound));
    const best = outcome.point.prices.revenue;
    for (const price of [0, 0.5 * best, 0.9 * best, best, 1.1 * best + 1e-3, 2 * best + 0.1, 5]) {
      const at = setting.revenue.solveAtPrice(WHOLE_RANGE, price);
      if (at.status === 'solved') expect(at.point.bound).toBeLessThanOrEqual(bound + tolerance);
    }
    expect(setting.revenue.subsidisedBound).toBeLessThanOrEqual(bound + tolerance);
  });

  it.each(seeds)('proves the same bound from its prices again (seed %i)', async (seed) => {
    const setting = await opened(seed);
    const outcome = setting.revenue.solve(WHOLE_RANGE);
    if (outcome.status !== 'solved') return;
    const { bound, prices } = outcome.point;
    expect(setting.relaxation.boundIn(WHOLE_RANGE, prices)).toBeCloseTo(bound, 9);
  });

  it.each(seeds)('bounds a box no less than what holds it (seed %i)', async (seed) => {
    const setting = await opened(seed);
    const whole = setting.revenue.solve(WHOLE_RANGE);
    if (whole.status !== 'solved') return;
    const random = seededRandom(seed);
    for (let k = 0; k < 3; k += 1) {
      const box = randomBox(setting, random);
      const inside = setting.revenue.solve(box, whole.point.prices.revenue);
      const { bound } = whole.point;
      if (inside.status !== 'solved') continue;
      const tolerance = 1e-7 * Math.max(1, Math.abs(bound));
      expect(inside.point.bound).toBeGreaterThanOrEqual(bound - tolerance);
      const inherited = setting.relaxation.boundIn(box, whole.point.prices);
      expect(inherited).toBeLessThanOrEqual(inside.point.bound + tolerance);
    }
  });

  it.each(seeds)('is the plain relaxation where the row does not bind (seed %i)', async (seed) => {
    const setting = await opened(seed);
    const outcome = setting.revenue.solve(WHOLE_RANGE);
    if (outcome.status !== 'solved' || outcome.point.prices.revenue > 0) return;
    const state = await openMarketState(setting.theCase, resolveOptions({ subsidised: true }));
    const { program, models } = openNetworkMarket(state);
    const plain = new MarketRelaxation(program, models, () => false).solve(WHOLE_RANGE);
    if (plain.status !== 'solved') throw new Error(plain.status);
    expect(outcome.point.bound).toBeCloseTo(plain.point.bound, 9);
    expect(Array.from(outcome.point.netImport)).toEqual(Array.from(plain.point.netImport));
  });
});

describe('a market whose prices cannot cover the bill', () => {
  const HOPELESS: MarketShape = {
    ...NETWORK,
    communities: 2,
    loadShare: 1,
    settings: { gridBuy: 3, gridSell: 0.05 },
  };

  it.each(seeds)('is told from one whose prices can (seed %i)', async (seed) => {
    const { market, theCase } = await opened(seed, HOPELESS);
    const most = largestSurplus(market, () => false);
    const sentence = explainShortfall(market, () => false);
    const { status } = await clear(theCase);
    if (most < -1e-6) {
      expect(status).toBe('infeasible');
      expect(sentence).toContain(`at best the operator loses ${(-most).toFixed(4)} $/h`);
      expect(sentence).toContain('--subsidised');
    } else {
      expect(sentence).toBeUndefined();
    }
  });

  it.each(seeds)('earns no more by any prices than the bound says (seed %i)', async (seed) => {
    const setting = await opened(seed);
    const most = largestSurplus(setting.market, () => false);
    for (const options of [{}, { subsidised: true }, { mode: 'dlmp' } as const]) {
      const result = await clear(setting.theCase, options);
      if (result.outcome === undefined) continue;
      // `dlmp` may post prices that nobody can answer, and so earn more at the ends of Φ.
      const { low, high } = setting.market.models.revenues?.allowed ?? { low: [], high: [] };
      const isAllowed = result.outcome.communities.price.every(
        (price, m) => price >= (low[m] ?? 0) - 1e-9 && price <= (high[m] ?? 0) + 1e-9,
      );
      if (isAllowed) expect(result.operatorSurplus).toBeLessThanOrEqual(most + 1e-6);
    }
  });
});

describe('prices that cover a bill', () => {
  it.each(seeds)(
    'leave the marginal prices only as far as the bill asks (seed %i)',
    async (seed) => {
      const { state, market } = await opened(seed, { ...NETWORK, prosumers: [1, 2] });
      const { revenues } = market.models;
      if (revenues === undefined) throw new Error('no revenues');
      const row = new RevenueRow(state, market.curves.costs, revenues);
      // At the ends of Φ every price is open.
      const netImport = state.importMax.map((most, m) => (m % 2 === 0 ? most : state.importMin[m]));
      const reference = netImport.map(() => 0.2);
      const earned = (price: Float64Array): number =>
        price.reduce((sum, value, m) => sum + value * netImport[m], 0);
      const posted = row.pricesFor(netImport, reference, Number.NEGATIVE_INFINITY);
      const most = row.pricesFor(netImport, reference, Number.POSITIVE_INFINITY);
      posted.forEach((price, m) => {
        expect(price).toBeGreaterThanOrEqual(revenues.allowed.low[m] - 1e-12);
        expect(price).toBeLessThanOrEqual(revenues.allowed.high[m] + 1e-12);
      });
      expect(earned(most)).toBeGreaterThanOrEqual(earned(posted) - 1e-9);
      const bill = 0.5 * (earned(posted) + earned(most));
      const between = row.pricesFor(netImport, reference, bill);
      expect(earned(between)).toBeGreaterThanOrEqual(bill - 1e-12);
      expect(earned(between)).toBeLessThanOrEqual(bill + 1e-6 * Math.max(1, Math.abs(bill)));
      expect(row.pricesFor(netImport, reference, earned(posted) - 1)).toEqual(posted);
    },
  );
});
