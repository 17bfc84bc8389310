import { describe, expect, it } from 'vitest';
import { clear } from '../../engine/clearing/clear.js';
import { openMarketState } from '../../engine/clearing/marketState.js';
import { clearNetwork } from '../../engine/clearing/networkClearing.js';
import { resolveOptions } from '../../engine/clearing/options.js';
import { LARGE_COMMUNITY, WindowSearch } from '../../engine/clearing/windowSearch.js';
import { type MarketShape, randomMarket } from '../fixtures/randomMarket.js';

function largeMarket(seed: number, shape: Partial<MarketShape> = {}) {
  return randomMarket(seed, {
    buses: 5,
    communities: 4,
    prosumers: [LARGE_COMMUNITY - 2000, LARGE_COMMUNITY + 6000],
    kappaPowers: [-4, -2],
    impedance: 0.002,
    settings: { baseKva: 40_000, vMinPu: 0.98, vMaxPu: 1.02 },
    ...shape,
  });
}

const MODES = [
  { mode: 'dlmp' },
  { mode: 'welfare', subsidised: true },
  { mode: 'welfare' },
  { mode: 'social' },
] as const;
const CASES = [1, 2, 3].flatMap((seed) => MODES.map((options) => ({ seed, ...options })));

describe('a market of large communities', () => {
  it.each(CASES)('has the answer of its whole response functions: %j', async (options) => {
    const theCase = largeMarket(options.seed);
    const resolved = resolveOptions(options);
    const whole = await clearNetwork(await openMarketState(theCase, resolved), resolved);
    const result = await clear(theCase, options);
    expect(result.explanation).toBe('');
    expect(result.status).toBe('optimal');
    if (result.outcome === undefined) throw new Error('no outcome');
    const expected = whole.search.incumbent?.objective ?? Number.NaN;
    const scale = Math.max(1, Math.abs(expected));
    expect(Math.abs(result.objective - expected) / scale).toBeLessThan(2e-6);
  });

  it.each([4, 5])('keeps price caps that bind (seed %i)', async (seed) => {
    const theCase = largeMarket(seed);
    const free = await clear(theCase, { mode: 'dlmp' });
    if (free.outcome === undefined) throw new Error(free.explanation);
    const cap = free.outcome.communities.price.map((price) => price - 0.01);
    const capped = { ...theCase, communities: { ...theCase.communities, priceMax: cap } };
    const result = await clear(capped, { mode: 'dlmp' });
    expect(result.status).toBe('optimal');
    expect(result.outcome?.communities.price).toEqual(cap);
  });

  it('balances alone as with its whole response functions', async () => {
    const result = await clear(largeMarket(6), { mode: 'local' });
    expect(result.status).toBe('optimal');
    if (result.outcome === undefined) throw new Error(result.explanation);
    for (const netImport of result.outcome.communities.importKw) {
      expect(Math.abs(netImport)).toBeLessThan(1e-6);
    }
  });

  it('follows prices out of windows that are wrong', async () => {
    const theCase = largeMarket(7);
    const options = resolveOptions({ mode: 'dlmp' });
    const expected = await clear(theCase, { mode: 'dlmp' });
    if (expected.outcome === undefined) throw new Error(expected.explanation);
    const search = new WindowSearch(theCase, options);
    // Prices of nowhere: every window has to move.
    let state = await search.open(async () => theCase.communities.priceMin.map(() => 3));
    let moves = 0;
    let price: Float64Array | undefined;
    while (state !== undefined) {
      price = (await clearNetwork(state, options)).point?.price;
      if (price === undefined) throw new Error('no price');
      state = await search.follow(state, price);
      moves += 1;
    }
    expect(moves).toBeGreaterThan(1);
    expected.outcome.communities.price.forEach((value, m) => {
      expect(price?.[m]).toBeCloseTo(value, 7);
    });
  });
});
