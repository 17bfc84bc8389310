import { describe, expect, test } from 'vitest';
import { createCaseOrRegion, isRegion, type Region } from '../../engine/case/region.js';
import { clearRegion, joinResults } from '../../engine/clearing/region.js';
import { renderRegion } from '../../engine/report/region.js';
import { randomColumns } from '../fixtures/randomMarket.js';
import { regionColumns } from '../fixtures/region.js';

const SEEDS = [31, 32];

function randomRegion(): Region {
  const shape = { buses: 4, communities: 2, prosumers: [3, 5] } as const;
  const made = createCaseOrRegion(regionColumns(SEEDS.map((seed) => randomColumns(seed, shape))));
  if (!isRegion(made)) throw new Error('not a region');
  return made;
}

describe(`the text of the region of random markets ${SEEDS.join(' and ')}`, () => {
  test('names every root with its status, and gives the bound of the potential in dlmp', async () => {
    const text = renderRegion(await clearRegion(randomRegion(), { mode: 'dlmp' }));
    expect(text).toMatch(/optimal: 2 of 2 feeders optimal/);
    expect(text).toMatch(/a-b0: optimal/);
    expect(text).toMatch(/b-b0: optimal/);
    expect(text).toMatch(/the equilibria's potential is -?[\d.,]+ \$\/h, lower bound/);
  });

  test('has no gap for a baseline', async () => {
    const text = renderRegion(await clearRegion(randomRegion(), { mode: 'isolated' }));
    expect(text).not.toMatch(/lower bound/);
  });

  test('does not let the surplus of one operator hide the deficit of another', async () => {
    const { region, feeders } = await clearRegion(randomRegion(), { mode: 'dlmp' });
    const surpluses = [-1, 5];
    const changed = feeders.map((feeder, place) =>
      feeder.outcome === undefined ? feeder : { ...feeder, operatorSurplus: surpluses[place] },
    );
    const text = renderRegion(joinResults(region, 'dlmp', changed));
    expect(text).toMatch(/4\.0000 \$\/h over all roots, but 1 operator loses money/);
  });
});
