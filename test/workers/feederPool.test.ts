import { afterAll, describe, expect, test } from 'vitest';
import { createCaseOrRegion, isRegion, type Region } from '../../engine/case/region.js';
import { clearRegion } from '../../engine/clearing/region.js';
import type { FeederPool } from '../../workers/feederPool.js';
import { randomColumns } from '../fixtures/randomMarket.js';
import { regionColumns } from '../fixtures/region.js';

// Threads run JavaScript: what they are given is the build, which `npm test` makes first.
const BUILT_POOL = new URL('../../dist/workers/feederPool.js', import.meta.url).href;
const { openFeederPool } = (await import(
  BUILT_POOL
)) as typeof import('../../workers/feederPool.js');

const SEEDS = [21, 22, 23, 24];

function randomRegion(): Region {
  const shape = { buses: 5, communities: 3, prosumers: [2, 8], deviceShare: 0.3 } as const;
  const made = createCaseOrRegion(regionColumns(SEEDS.map((seed) => randomColumns(seed, shape))));
  if (!isRegion(made)) throw new Error('not a region');
  return made;
}

const pools: FeederPool[] = [];
afterAll(() => Promise.all(pools.map((pool) => pool.close())));

function poolOf(threads: number): FeederPool {
  const pool = openFeederPool({ threads });
  pools.push(pool);
  return pool;
}

describe(`the region of random markets ${SEEDS.join(', ')}`, () => {
  test.each(['welfare', 'dlmp'] as const)(
    'has the same answer in %s from one, two and three threads as from none',
    async (mode) => {
      const region = randomRegion();
      const here = await clearRegion(region, { mode });
      for (const threads of [1, 2, 3]) {
        const { feederStage } = poolOf(threads);
        const there = await clearRegion(region, { mode, feederStage });
        expect(there.totals).toEqual(here.totals);
        there.feeders.forEach((feeder, place) => {
          expect(feeder.case).toBe(region.feeders[place]);
          expect(feeder.status).toBe(here.feeders[place].status);
          expect(feeder.outcome).toEqual(here.feeders[place].outcome);
        });
      }
    },
  );

  test('ends without an answer where the caller asked to stop beforehand', async () => {
    const { feederStage } = poolOf(2);
    const signal = AbortSignal.abort();
    const result = await clearRegion(randomRegion(), { mode: 'welfare', feederStage, signal });
    expect(['limit', 'feasible']).toContain(result.status);
  });
});

test('a pool needs a positive whole number of threads', () => {
  expect(() => openFeederPool({ threads: 0 })).toThrow(/0 workers/);
});
