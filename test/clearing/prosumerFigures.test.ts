import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import { clear } from '../../engine/clearing/clear.js';
import { figureFills, prosumerFigures } from '../../engine/clearing/prosumerFigures.js';
import { costOfOutput } from '../fixtures/directMarket.js';
import { communityOfProsumers } from '../fixtures/prosumers.js';
import { randomMarket, variedShape } from '../fixtures/randomMarket.js';

const SEEDS = [9100, 9101, 9102, 9103, 9104, 9105];

describe('figures of prosumers', () => {
  it.each(SEEDS)('are the same for any stretch of rows (seed %i)', async (seed) => {
    const theCase = randomMarket(seed, { ...variedShape(seed), limitedShare: 0 });
    const { outcome } = await clear(theCase, { mode: 'social' });
    if (outcome === undefined) throw new Error('a market without limits clears');
    const whole = prosumerFigures(theCase, outcome);
    const fills = figureFills(theCase, outcome);
    const random = seededRandom(seed);
    const count = theCase.prosumers.id.length;
    for (const name of ['purchaseKw', 'bidKw', 'price', 'cost', 'payment'] as const) {
      const first = random.integer(0, count);
      const end = random.integer(first, count + 1);
      const part = new Float64Array(end - first);
      fills[name](first, end, part);
      expect(part).toEqual(whole[name].slice(first, end));
    }
  });

  it.each(SEEDS)('follow from outputs, prices and bids (seed %i)', async (seed) => {
    const theCase = randomMarket(seed, { ...variedShape(seed), limitedShare: 0 });
    const { gridBuy, gridSell } = theCase.settings;
    const community = communityOfProsumers(theCase);
    for (const mode of ['social', 'isolated'] as const) {
      const { outcome } = await clear(theCase, { mode });
      if (outcome === undefined) throw new Error('a market without limits clears');
      const figures = prosumerFigures(theCase, outcome);
      const { outputKw } = outcome.prosumers;
      community.forEach((m, i) => {
        const purchase = theCase.prosumers.demandKw[i] - outputKw[i];
        const price = figures.price[i];
        expect(figures.purchaseKw[i]).toBe(purchase);
        expect(figures.cost[i]).toBeCloseTo(costOfOutput(theCase, i, outputKw[i]), 9);
        expect(figures.payment[i]).toBe(price * purchase);
        if (mode === 'social') expect(price).toBe(outcome.communities.price[m]);
        else {
          expect(figures.bidKw[i]).toBeNaN();
          if (purchase > 0) expect(price).toBe(gridBuy);
          if (purchase < 0) expect(price).toBe(gridSell);
          expect(price).toBeGreaterThanOrEqual(gridSell);
          expect(price).toBeLessThanOrEqual(gridBuy);
        }
      });
    }
  });
});
