import { describe, expect, it } from 'vitest';
import { type CaseColumns, createCase } from '../../engine/case/create.js';
import { clear } from '../../engine/clearing/clear.js';
import { type ClearingResult, MODES } from '../../engine/clearing/result.js';
import { randomColumns, randomMarket, variedShape } from '../fixtures/randomMarket.js';

const seeds = Array.from({ length: 60 }, (_, k) => 1 + k);

/** What a status promises (docs/model.md section 6). */
function expectHonest(result: ClearingResult): void {
  if (result.outcome === undefined) {
    expect(['infeasible', 'limit']).toContain(result.status);
    expect(result.explanation).not.toBe('');
    return;
  }
  const { certificate, outcome } = result;
  expect(certificate.equilibriumHolds).toBe(true);
  expect(certificate.powerFlowMismatch_pu).toBeLessThan(1e-9);
  expect(certificate.largestVoltageDifference_pu).toBeLessThan(1e-6);
  expect(certificate.operatorSurplus_usd_per_h).toBe(result.operatorSurplus);
  // Nothing was stopped here: whatever the status, there is a bound.
  expect(result.lowerBound).toBeGreaterThan(Number.NEGATIVE_INFINITY);
  expect(result.lowerBound).toBeLessThan(Number.POSITIVE_INFINITY);
  if (result.status === 'limit') {
    expect(certificate.physicsHolds && certificate.revenueHolds).toBe(false);
    expect(result.explanation).not.toBe('');
    return;
  }
  expect(certificate.physicsHolds).toBe(true);
  // A bill may be missed by a millionth of it, and that has its price.
  const share = result.outcome.revenueAdequacy ? 1e-7 : 1e-9;
  const slack = share * Math.max(1, Math.abs(result.objective));
  expect(result.lowerBound).toBeLessThanOrEqual(result.objective + slack);
  if (result.status === 'optimal') expect(result.gap).toBeLessThanOrEqual(1e-6);
  else expect(result.explanation).not.toBe('');
  if (result.mode === 'local' || result.mode === 'isolated') return;
  expect(certificate.largestVoltageViolation_pu).toBeLessThanOrEqual(1e-6);
  expect(certificate.largestCurrentViolation).toBeLessThanOrEqual(1e-6);
  expect(certificate.gridLimitViolation).toBeLessThanOrEqual(1e-6);
  outcome.communities.price.forEach((price, m) => {
    expect(Number.isFinite(price)).toBe(true);
    if (result.mode === 'social') return;
    expect(price).toBeGreaterThanOrEqual(result.case.communities.priceMin[m]);
    expect(price).toBeLessThanOrEqual(result.case.communities.priceMax[m]);
  });
}

describe.each(MODES)('%s', (mode) => {
  it.each(seeds)('ends with a status that its figures bear out (seed %i)', async (seed) => {
    const theCase = randomMarket(seed, variedShape(seed));
    expectHonest(await clear(theCase, { mode, nodeLimit: 1000 }));
  });
});

/** The same market written in another way. */
const REWRITINGS: Record<string, (columns: CaseColumns) => CaseColumns> = {
  'another base': (columns) => ({
    ...columns,
    settings: { ...columns.settings, baseKva: 3.7 * columns.settings.baseKva },
  }),
  'branches the other way round': (columns) => ({
    ...columns,
    branches: { ...columns.branches, from: columns.branches.to, to: columns.branches.from },
  }),
  'buses in another order': (columns) => {
    const { bus, loadKw = [], loadKvar = [], shuntKvar = [] } = columns.buses;
    return {
      ...columns,
      buses: {
        bus: bus.toReversed(),
        loadKw: Array.from(loadKw).toReversed(),
        loadKvar: Array.from(loadKvar).toReversed(),
        shuntKvar: Array.from(shuntKvar).toReversed(),
      },
    };
  },
  'every community behind a link of its own': (columns) => {
    const { community, bus } = columns.communities;
    const ends = community.map((id) => `${id}-terminal`);
    const { from, to, rOhm, xOhm, iMaxA = [], ratio = [] } = columns.branches;
    const rest = <T>(value: T): T[] => ends.map(() => value);
    const { loadKw = [], loadKvar = [], shuntKvar = [] } = columns.buses;
    return {
      ...columns,
      buses: {
        bus: [...columns.buses.bus, ...ends],
        loadKw: [...Array.from(loadKw), ...rest(0)],
        loadKvar: [...Array.from(loadKvar), ...rest(0)],
        shuntKvar: [...Array.from(shuntKvar), ...rest(0)],
      },
      branches: {
        from: [...from, ...bus],
        to: [...to, ...ends],
        rOhm: [...Array.from(rOhm), ...rest(0)],
        xOhm: [...Array.from(xOhm), ...rest(0)],
        // A limit that never binds keeps the link a branch of its own.
        iMaxA: [...Array.from(iMaxA), ...rest(1e4)],
        ratio: [...Array.from(ratio), ...rest(1)],
      },
      communities: { ...columns.communities, bus: ends },
    };
  },
  'every prosumer with its output as a device': (columns) => {
    const { prosumer, pMinKw, pMaxKw, costQuadratic, costLinear } = columns.prosumers;
    const at = (column: ArrayLike<number> | undefined) => Array.from(column ?? []);
    return {
      ...columns,
      prosumers: {
        prosumer,
        community: columns.prosumers.community,
        demandKw: columns.prosumers.demandKw,
        demandKvar: columns.prosumers.demandKvar,
      },
      devices: {
        device: prosumer,
        prosumer,
        pMinKw: at(pMinKw),
        pMaxKw: at(pMaxKw),
        costQuadratic: at(costQuadratic),
        costLinear: at(costLinear),
      },
    };
  },
};

describe.each(Object.keys(REWRITINGS))('a market with %s', (name) => {
  const rewrite = REWRITINGS[name] as (columns: CaseColumns) => CaseColumns;
  it.each(seeds.slice(0, 12))('is the same market (seed %i)', async (seed) => {
    const columns = randomColumns(seed, { ...variedShape(seed), deviceShare: 0 });
    for (const mode of ['welfare', 'dlmp', 'social'] as const) {
      const first = await clear(createCase(columns), { mode });
      const second = await clear(createCase(rewrite(columns)), { mode });
      expect(second.status).toBe(first.status);
      if (first.status !== 'optimal' || second.status !== 'optimal') continue;
      const scale = Math.max(1, Math.abs(first.objective));
      expect(Math.abs(second.objective - first.objective)).toBeLessThan(2e-6 * scale);
      if (mode === 'welfare') continue;
      first.outcome.communities.price.forEach((price, m) => {
        expect(Math.abs(second.outcome.communities.price[m] - price)).toBeLessThan(2e-5);
      });
    }
  });
});
