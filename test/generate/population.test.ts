import { beforeAll, describe, expect, test } from 'vitest';
import { UsageError } from '../../engine/base/errors.js';
import type { CaseTables } from '../../engine/case/case.js';
import { validateCase } from '../../engine/case/validate.js';
import { BUNDLED_EQUIVALENTS } from '../../engine/generate/bundledFeeders.js';
import { singleLineEquivalent } from '../../engine/generate/equivalent.js';
import { type GenerateOptions, generateMarket } from '../../engine/generate/generateMarket.js';
import { SITUATIONS } from '../../engine/generate/situations.js';
import { readThreePhaseFeeder } from '../../engine/generate/threePhaseFeeder.js';

let feeder: CaseTables;
beforeAll(async () => {
  const source = new URL('../../datasets/feeders/ieee123/source', import.meta.url).pathname;
  feeder = singleLineEquivalent(await readThreePhaseFeeder(source), BUNDLED_EQUIVALENTS.ieee123);
});

const total = (column: Float64Array) => column.reduce((sum, value) => sum + value, 0);

/** Communities that could not balance themselves: Σ p_max ≥ Σ D ≥ Σ p_min fails. */
function unbalanced({ communities, prosumers }: CaseTables): string[] {
  return communities.id.filter((_, community) => {
    const start = communities.prosumerStart[community];
    const end = communities.prosumerStart[community + 1];
    const sum = (column: Float64Array) => total(column.slice(start, end));
    const demand = sum(prosumers.demandKw);
    return !(sum(prosumers.pMaxKw) >= demand && demand >= sum(prosumers.pMinKw));
  });
}

describe('a generated population', () => {
  test('is the same for the same seed and another for another seed', () => {
    expect(generateMarket(feeder, { seed: 5 })).toEqual(generateMarket(feeder, { seed: 5 }));
    const other = generateMarket(feeder, { seed: 6 });
    expect(other.prosumers.demandKw).not.toEqual(
      generateMarket(feeder, { seed: 5 }).prosumers.demandKw,
    );
  });

  test('keeps ids, sizes and costs from one situation to another', () => {
    const day = generateMarket(feeder, { situation: 'day' });
    const evening = generateMarket(feeder, { situation: 'evening' });
    expect(evening.prosumers.id).toEqual(day.prosumers.id);
    expect(evening.prosumers.costLinear).toEqual(day.prosumers.costLinear);
    expect(evening.prosumers.costQuadratic).toEqual(day.prosumers.costQuadratic);
    expect(evening.communities.priceSensitivity).toEqual(day.communities.priceSensitivity);
    const { demandFactor } = SITUATIONS.evening;
    day.prosumers.demandKw.forEach((demand, row) => {
      expect(evening.prosumers.demandKw[row]).toBeCloseTo(demandFactor * demand, 3);
    });
  });

  const counts = [1, 2, 3, 10, 100];
  const situations = Object.keys(SITUATIONS);
  test.each(counts.flatMap((count) => situations.map((name) => [count, name] as const)))(
    'has communities that can balance themselves: %d prosumers each, %s, seeds 1 to 5',
    (perCommunity, situation) => {
      for (let seed = 1; seed <= 5; seed += 1) {
        const market = generateMarket(feeder, { perCommunity, situation, seed });
        expect(unbalanced(market), `seed ${seed}`).toEqual([]);
        expect(market.prosumers.costQuadratic.every((cost) => cost > 0)).toBe(true);
      }
    },
  );

  test('is a valid case, with the spot loads moved into the communities', () => {
    const market = validateCase(generateMarket(feeder));
    expect(market.prosumers.id.length).toBe(12_300);
    expect(total(market.prosumers.demandKw)).toBeCloseTo(3490, 0);
    expect(total(market.prosumers.demandKvar) / 1920).toBeCloseTo(1, 1);
    expect(total(market.buses.loadKw)).toBe(0);
    expect(market.communities.id[0]).toBe('m-1');
    expect(market.prosumers.id.get(100)).toBe('m-2-1');
  });

  test('scales communities to the spot loads and gives the rest a tenth between them', () => {
    const market = generateMarket(feeder);
    const size = (bus: string) => {
      const community = market.communities.id.indexOf(`m-${bus}`);
      return total(market.prosumers.demandKw.slice(community * 100, community * 100 + 100));
    };
    expect(size('48')).toBeCloseTo(0.9 * 210, 2);
    expect(size('1')).toBeCloseTo(0.9 * 40, 2);
    expect(size('3')).toBeCloseTo((0.1 * 3490) / 38, 2);
  });

  test('has a market influence of 0.005 to 0.02 $/kWh per kW at 100 prosumers', () => {
    const { priceSensitivity } = generateMarket(feeder).communities;
    const influence = priceSensitivity.map((slope) => 1 / (slope * 99));
    expect(Math.min(...influence)).toBeGreaterThan(0.005);
    expect(Math.max(...influence)).toBeLessThan(0.0205);
    expect(
      generateMarket(feeder, { priceSensitivity: 3 }).communities.priceSensitivity[7],
    ).toBeCloseTo(3 * priceSensitivity[7], 3);
  });

  test('has many communities with more sun than demand at noon, and many with hardly any', () => {
    const { communities, prosumers } = generateMarket(feeder, { situation: 'noon' });
    const { solarFactor, inverterKvarPerKw } = SITUATIONS.noon;
    const share = communities.id.map((_, community) => {
      const solarKw = (communities.qMaxKvar[community] / inverterKvarPerKw) * solarFactor;
      const demand = prosumers.demandKw.slice(community * 100, community * 100 + 100);
      return solarKw / total(demand);
    });
    expect(share.filter((value) => value > 2).length).toBeGreaterThan(30);
    expect(share.filter((value) => value < 1).length).toBeGreaterThan(50);
  });

  test('keeps its digits when prosumers are a hundred times smaller', () => {
    const market = generateMarket(feeder, { prosumers: 123 * 5000 });
    expect(total(market.prosumers.demandKw)).toBeCloseTo(3490, 0);
    expect(new Set(market.prosumers.demandKw.slice(0, 5000)).size).toBeGreaterThan(1000);
    expect(unbalanced(market)).toEqual([]);
  });

  test('spreads prosumers evenly, the first communities taking what is left over', () => {
    const { communities } = generateMarket(feeder, { prosumers: 125 });
    expect(Array.from(communities.prosumerStart.slice(0, 5))).toEqual([0, 2, 4, 5, 6]);
  });

  test('takes price caps and the buses it is told', () => {
    const market = generateMarket(feeder, {
      communityBuses: ['48', '76'],
      perCommunity: 4,
      priceMin: 0.05,
      priceMax: 0.4,
    });
    expect(market.communities.id).toEqual(['m-48', 'm-76']);
    expect(Array.from(market.communities.priceMax)).toEqual([0.4, 0.4]);
    // The loads of all other buses stay where they were.
    expect(total(market.buses.loadKw)).toBe(3490 - 210 - 245);
  });

  test.each<[string, GenerateOptions]>([
    ['fewer prosumers than communities', { prosumers: 100 }],
    ['a fraction of a prosumer', { perCommunity: 1.5 }],
    ['two counts', { prosumers: 1230, perCommunity: 10 }],
    ['an unknown situation', { situation: 'midnight' }],
    ['a name that every object has', { situation: 'toString' }],
    ['no price sensitivity', { priceSensitivity: 0 }],
    ['crossed price caps', { priceMin: 1, priceMax: 0 }],
    ['an unknown bus', { communityBuses: ['nowhere'] }],
    ['no bus', { communityBuses: [] }],
    ['a bus twice', { communityBuses: ['48', '48'] }],
    ['a negative seed', { seed: -1 }],
  ])('is refused with %s', (_, options) => {
    expect(() => generateMarket(feeder, options)).toThrow(UsageError);
  });
});
