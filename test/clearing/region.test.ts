/** A region is its feeders: cleared together they answer what each of them answers alone. */
import { describe, expect, test } from 'vitest';
import type { CaseColumns } from '../../engine/case/create.js';
import { createCase } from '../../engine/case/create.js';
import { createCaseOrRegion, isRegion, type Region } from '../../engine/case/region.js';
import { clear } from '../../engine/clearing/clear.js';
import { clearRegion } from '../../engine/clearing/region.js';
import { MODES } from '../../engine/clearing/result.js';
import { randomColumns } from '../fixtures/randomMarket.js';
import { regionColumns } from '../fixtures/region.js';

const SEEDS = [11, 12, 13];

const SHAPE = {
  buses: 6,
  communities: 4,
  prosumers: [2, 6],
  deviceShare: 0.3,
  reactiveShare: 0.3,
  shuntShare: 0.3,
  loadShare: 0.3,
} as const;

const feederColumns = (): CaseColumns[] => SEEDS.map((seed) => randomColumns(seed, SHAPE));

function regionOf(feeders: readonly CaseColumns[]): Region {
  const made = createCaseOrRegion(regionColumns(feeders));
  if (!isRegion(made)) throw new Error('several roots did not make a region');
  return made;
}

describe(`a region of the random markets ${SEEDS.join(', ')}, their rows in turn`, () => {
  test('has the feeders as its cases, row for row', () => {
    const columns = feederColumns();
    regionOf(columns).feeders.forEach((feeder, place) => {
      const alone = createCase(columns[place]);
      expect(feeder.buses.loadKw).toEqual(alone.buses.loadKw);
      expect(feeder.branches).toEqual(alone.branches);
      expect(feeder.communities.bus).toEqual(alone.communities.bus);
      expect([...feeder.communities.prosumerStart]).toEqual([...alone.communities.prosumerStart]);
      expect([...feeder.prosumers.demandKw]).toEqual([...alone.prosumers.demandKw]);
      expect([...feeder.prosumers.pMaxKw]).toEqual([...alone.prosumers.pMaxKw]);
      expect([...feeder.prosumers.deviceStart]).toEqual([...alone.prosumers.deviceStart]);
      expect([...feeder.devices.costLinear]).toEqual([...alone.devices.costLinear]);
    });
  });

  test.each(MODES)('answers in %s what its feeders answer alone', async (mode) => {
    const columns = feederColumns();
    const together = await clearRegion(regionOf(columns), { mode });
    let cost = 0;
    let lowerBound = 0;
    for (const [place, feeder] of columns.entries()) {
      const alone = await clear(createCase(feeder), { mode });
      const inRegion = together.feeders[place];
      expect(inRegion.status).toBe(alone.status);
      expect(inRegion.outcome).toEqual(alone.outcome);
      if (alone.outcome === undefined) continue;
      cost += alone.cost;
      lowerBound += alone.lowerBound;
    }
    // None of these communities can balance itself; all other modes have outcomes.
    const answered = together.feeders.some(({ outcome }) => outcome !== undefined);
    expect(answered).toBe(mode !== 'local');
    if (together.totals === undefined) return;
    expect(together.totals.cost).toBe(cost);
    expect(together.totals.lowerBound).toBe(lowerBound);
  });

  test('keeps the grid limit at every root by itself', async () => {
    const unlimited = await clearRegion(regionOf(feederColumns()), { mode: 'dlmp' });
    const exchanges = unlimited.feeders.map(({ outcome }) => Math.abs(outcome?.gridImportKw ?? 0));
    // Below what the busiest root exchanges, above what it may not do without.
    const gridLimitKw = 0.95 * Math.max(...exchanges);
    const limited = feederColumns().map((feeder) => ({
      ...feeder,
      settings: { ...feeder.settings, gridLimitKw },
    }));
    const result = await clearRegion(regionOf(limited), { mode: 'dlmp' });
    for (const [place, { outcome }] of result.feeders.entries()) {
      const exchange = Math.abs(outcome?.gridImportKw ?? 0);
      expect(exchange).toBeLessThanOrEqual(gridLimitKw * (1 + 1e-6));
      if (exchanges[place] < gridLimitKw) expect(exchange).toBeCloseTo(exchanges[place], 6);
    }
  });

  test('is infeasible where one feeder is, and says nothing about totals', async () => {
    const [first, second] = feederColumns();
    const { vMinPu, vMaxPu } = { vMinPu: 1.2, vMaxPu: 1.3 };
    const count = second.buses.bus.length;
    const high = {
      ...second,
      buses: {
        ...second.buses,
        vMinPu: new Array<number>(count).fill(vMinPu),
        vMaxPu: new Array<number>(count).fill(vMaxPu),
      },
    };
    const result = await clearRegion(regionOf([first, high]), { mode: 'dlmp' });
    expect(result.feeders[0].status).toBe('optimal');
    expect(result.feeders[1].status).toBe('infeasible');
    expect(result.status).toBe('infeasible');
    expect(result.totals).toBeUndefined();
  });
});
