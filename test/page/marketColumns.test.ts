/** What a page says of communities and prosumers, against routes of its own. */
import { describe, expect, it } from 'vitest';
import type { Case } from '../../engine/case/case.js';
import { clear } from '../../engine/clearing/clear.js';
import { prosumerFigures } from '../../engine/clearing/prosumerFigures.js';
import type { Mode, Outcome } from '../../engine/clearing/result.js';
import { rankedCommunities } from '../../engine/page/communityColumns.js';
import { gainsOfProsumers } from '../../engine/page/gains.js';
import { responseCurves } from '../../engine/page/responseCurves.js';
import { randomMarket, variedShape } from '../fixtures/randomMarket.js';

const SEEDS = [7701, 7702, 7703];

async function outcomeOf(theCase: Case, mode: Mode): Promise<Outcome> {
  const { outcome } = await clear(theCase, { mode });
  if (outcome === undefined) throw new Error(`${mode} has no outcome`);
  return outcome;
}

const freeMarket = (seed: number): Case =>
  randomMarket(seed, { ...variedShape(seed), limitedShare: 0 });

describe('gains of prosumers', () => {
  it.each(SEEDS)('are the fall of cost and payment, one by one (seed %i)', async (seed) => {
    const theCase = freeMarket(seed);
    const after = await outcomeOf(theCase, 'dlmp');
    const before = await outcomeOf(theCase, 'isolated');
    const gains = gainsOfProsumers(theCase, after, before);
    const one = prosumerFigures(theCase, before);
    const other = prosumerFigures(theCase, after);
    const each = one.cost.map(
      (cost, i) => cost + one.payment[i] - other.cost[i] - other.payment[i],
    );
    expect(gains.total).toBeCloseTo(
      each.reduce((sum, gain) => sum + gain, 0),
      6,
    );
    expect(gains.gaining).toBe(each.filter((gain) => gain > 1e-9).length);
    expect(gains.losing).toBe(each.filter((gain) => gain < -1e-9).length);
    expect(gains.gaining + gains.losing + gains.unchanged).toBe(each.length);
    expect(gains.most).toBeCloseTo(Math.max(...each), 9);
  });

  it('are nothing against the same outcome', async () => {
    const theCase = freeMarket(7704);
    const alone = await outcomeOf(theCase, 'isolated');
    const { gaining, losing, total } = gainsOfProsumers(theCase, alone, alone);
    expect({ gaining, losing, total }).toEqual({ gaining: 0, losing: 0, total: 0 });
  });
});

describe('curves of a community', () => {
  it.each(SEEDS)('hold the outcome, above a convex envelope (seed %i)', async (seed) => {
    const theCase = freeMarket(seed);
    const outcome = await outcomeOf(theCase, 'dlmp');
    const rows = [...theCase.communities.id.keys()];
    const curves = responseCurves(theCase, 'dlmp', outcome, rows, 200);
    curves.forEach(({ cost, equilibrium, response }, m) => {
      const at = Number(equilibrium.netImport[0]);
      expect(at).toBeCloseTo(outcome.communities.importKw[m], 3);
      const imports = cost.netImport.map(Number);
      const nearest = imports.reduce(
        (best, x, k) => (Math.abs(x - at) < Math.abs(imports[best] - at) ? k : best),
        0,
      );
      expect(cost.cost[nearest]).toBeCloseTo(outcome.communities.cost[m], 3);
      expect(
        interpolated(
          response.price.map(Number),
          response.netImport.map(Number),
          outcome.communities.price[m],
        ),
      ).toBeCloseTo(at, 1);
      const envelope = cost.envelope.map(Number);
      cost.cost.forEach((value, k) => {
        expect(Number(value)).toBeGreaterThanOrEqual(envelope[k] - 1e-4);
      });
    });
  });
});

/** On a polyline whose x ascend. */
function interpolated(x: readonly number[], y: readonly number[], at: number): number {
  const k = Math.max(
    1,
    x.findIndex((value) => value >= at),
  );
  const share = x[k] === x[k - 1] ? 1 : (at - x[k - 1]) / (x[k] - x[k - 1]);
  return y[k - 1] + share * (y[k] - y[k - 1]);
}

describe('a ranking of communities', () => {
  it('descends by price, and keeps both ends when it is cut short', async () => {
    const theCase = freeMarket(7705);
    const outcome = await outcomeOf(theCase, 'dlmp');
    const { price } = outcome.communities;
    const all = rankedCommunities(outcome, 1000);
    expect(all.map((m) => price[m])).toEqual([...price].sort((one, other) => other - one));
    const two = rankedCommunities(outcome, 2);
    expect(two).toEqual([all[0], all.at(-1)]);
  });
});
