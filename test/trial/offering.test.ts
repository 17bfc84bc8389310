import { expect, test } from 'vitest';
import { UsageError } from '../../engine/base/errors.js';
import { applyChanges } from '../../engine/case/changes.js';
import { CLASS, inferClasses } from '../../engine/trial/classes.js';
import { openScenario } from '../../engine/trial/openScenario.js';
import type { ScenarioOptions } from '../../engine/trial/options.js';
import { PRICE_FACTORS } from '../../engine/trial/tariff.js';
import { bundledCase, playDay, sum } from './day.js';

const base = await bundledCase('ieee123');
const { kind } = inferClasses(base);
const HOURLY: ScenarioOptions = { intervals: 24, intervalMinutes: 60, vehicleShare: 0 };

test('loads follow the day around that of the case, each in its own way, and reactive loads with them', () => {
  const day = playDay(openScenario(base, HOURLY));
  const baseKw = sum(base.prosumers.demandKw);
  const share = day.map(({ accounts }) => accounts.loadKw / baseKw);
  expect(sum(share) / 24).toBeGreaterThan(0.8);
  expect(sum(share) / 24).toBeLessThan(1);
  expect(share.indexOf(Math.max(...share))).toBeGreaterThan(16);
  expect(share.indexOf(Math.min(...share))).toBeLessThan(5);
  const { demandKw, demandKvar } = day[12].theCase.prosumers;
  const factors = demandKw.map((demand, i) => demand / base.prosumers.demandKw[i]);
  expect(new Set(factors).size).toBeGreaterThan(12_000);
  demandKvar.forEach((kvar, i) => {
    const expected = factors[i] * base.prosumers.demandKvar[i];
    if (Math.abs(kvar - expected) > 1e-12 * (1 + Math.abs(expected))) expect(kvar).toBe(expected);
  });
});

test('what the sun offers, and nothing else, is gone by night; what was used of it is accounted for', () => {
  for (const { plan, accounts, theCase, outputKw } of playDay(openScenario(base, HOURLY))) {
    const hour = plan.startMinutes / 60;
    const offered = theCase.prosumers.pMaxKw.filter((_, i) => kind[i] === CLASS.solar);
    const given = outputKw.filter((_, i) => kind[i] === CLASS.solar);
    expect(accounts.solarAvailableKw).toBeCloseTo(sum(offered), 6);
    expect(accounts.solarKw).toBeCloseTo(sum(given), 6);
    expect(sum(offered) > 0).toBe(hour >= 6 && hour < 19);
  }
});

test('load that is shed is never more than there is', () => {
  for (const { theCase } of playDay(openScenario(base, HOURLY))) {
    const { demandKw, pMaxKw } = theCase.prosumers;
    const beyond = kind.filter(
      (what, i) => what === CLASS.flexible && pMaxKw[i] > demandKw[i] * (1 + 1e-12),
    );
    expect(beyond).toHaveLength(0);
  }
});

test('generation that must run follows the sun', async () => {
  const mustRun = 2;
  const fiveBus = applyChanges(await bundledCase('five-bus'), {
    prosumers: { prosumer: Int32Array.of(mustRun), demandKw: Float64Array.of(-2) },
  });
  for (const { plan, theCase } of playDay(openScenario(fiveBus, HOURLY))) {
    const hour = plan.startMinutes / 60;
    expect(theCase.prosumers.demandKw[mustRun] < 0).toBe(hour >= 6 && hour < 19);
  }
});

test('the tariff is that of the case by the hour, or that of a table, which begins anew', () => {
  const { gridBuy, gridSell } = base.settings;
  playDay(openScenario(base, HOURLY)).forEach(({ theCase }, hour) => {
    expect(theCase.settings.gridBuy).toBe(gridBuy * PRICE_FACTORS[hour]);
    expect(theCase.settings.gridSell).toBe(gridSell * PRICE_FACTORS[hour]);
  });
  const tariff = { gridBuy: Float64Array.of(0.3, 0.2), gridSell: Float64Array.of(0.1, -0.1) };
  playDay(openScenario(base, { ...HOURLY, intervals: 5, tariff })).forEach(({ theCase }, k) => {
    expect(theCase.settings.gridBuy).toBe(tariff.gridBuy[k % 2]);
    expect(theCase.settings.gridSell).toBe(tariff.gridSell[k % 2]);
  });
});

test('profiles by class take the place of curves and weather, for the classes they are given for', () => {
  const profiles = {
    load: new Map([['flexible', Float64Array.of(0, 2)]] as const),
    solar: new Map([['solar', Float64Array.of(0.5, 0)]] as const),
  };
  const [first, second] = playDay(openScenario(base, { ...HOURLY, intervals: 2, profiles }));
  const loadOf = (what: number, { theCase }: typeof first): number =>
    sum(theCase.prosumers.demandKw.filter((_, i) => kind[i] === what));
  expect(loadOf(CLASS.flexible, first)).toBe(0);
  const baseKw = sum(base.prosumers.demandKw.filter((_, i) => kind[i] === CLASS.flexible));
  expect(loadOf(CLASS.flexible, second) / baseKw).toBeCloseTo(2, 1);
  expect(loadOf(CLASS.solar, first)).toBeGreaterThan(0);
  const solarKw = sum(base.prosumers.pMaxKw.filter((_, i) => kind[i] === CLASS.solar));
  expect(first.accounts.solarAvailableKw / solarKw).toBeCloseTo(0.5, 9);
  expect(second.accounts.solarAvailableKw).toBe(0);
});

test.each([
  [{ seed: 0.5 }, 'seed must be a whole number, not 0.5'],
  [{ intervals: 0 }, 'intervals must be whole and at least 1, not 0'],
  [{ intervalMinutes: 0 }, 'interval minutes must be above 0, not 0'],
  [{ startMinutes: Number.NaN }, 'start minutes must be at least 0, not NaN'],
  [{ batteryShare: 1.1 }, 'battery share must be between 0 and 1, not 1.1'],
  [{ vehicleShare: -0.1 }, 'vehicle share must be between 0 and 1, not -0.1'],
  [{ bidChangeShare: 2 }, 'share of bids that change must be between 0 and 1, not 2'],
  [{ solarScale: -1 }, 'solar scale must be at least 0, not -1'],
] satisfies [ScenarioOptions, string][])(
  'options out of range are refused: %o',
  (options, message) => {
    expect(() => openScenario(base, options)).toThrow(new UsageError(message));
  },
);
