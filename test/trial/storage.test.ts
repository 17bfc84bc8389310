import { expect, test } from 'vitest';
import {
  BATTERY,
  type Batteries,
  offerBatteries,
  settleBatteries,
} from '../../engine/trial/batteries.js';
import { openScenario } from '../../engine/trial/openScenario.js';
import { type Answer, BUSY, bundledCase, playDay, someAnswer, sum } from './day.js';

const base = await bundledCase('case33bw');
const HOURS = 0.25;

const ANSWERS: readonly [name: string, answer: Answer][] = [
  ['anywhere in the bounds', someAnswer],
  ['at the lower bound', () => 0],
  ['at the upper bound', () => 1],
  ['at one bound for an hour, then at the other', (interval) => Math.floor(interval / 4) % 2],
];

test.each(ANSWERS)('energy balances from interval to interval: outputs %s', (_, answer) => {
  const scenario = openScenario(base, BUSY);
  let before = sum(scenario.initialStoredKwh);
  for (const { accounts } of playDay(scenario, { answer })) {
    const { batteryKw, vehicleKw, storageLossesKwh, broughtKwh, storedKwh } = accounts;
    const after = before + HOURS * (vehicleKw - batteryKw) - storageLossesKwh + broughtKwh;
    expect(sum(storedKwh) / after).toBeCloseTo(1, 12);
    expect(storageLossesKwh).toBeGreaterThanOrEqual(0);
    before = sum(storedKwh);
  }
});

test.each(ANSWERS)('batteries stay between empty and full: outputs %s', (_, answer) => {
  const count = 50;
  const column = (value: (k: number) => number): Float64Array =>
    Float64Array.from({ length: count }, (_entry, k) => value(k));
  const rows = Int32Array.from({ length: count }, (_entry, k) => k);
  const capacityKwh = column((k) => 2 + k);
  const batteries: Batteries = {
    prosumer: rows,
    community: rows,
    dischargeDevice: rows.map((k) => 2 * k),
    powerKw: column((k) => 1 + (k % 9)),
    capacityKwh,
    costQuadratic: column(() => 0.01),
    initialKwh: capacityKwh.map((capacity) => 0.5 * capacity),
  };
  const terms = {
    share: column(() => 1),
    linearFactor: column(() => 1),
    quadraticFactor: column(() => 1),
  };
  const stored = batteries.initialKwh.slice();
  const [low, high] = [stored.slice(), stored.slice()];
  for (let interval = 0; interval < 200; interval += 1) {
    const offers = {
      pMinKw: new Float64Array(2 * count),
      pMaxKw: new Float64Array(2 * count),
      costQuadratic: new Float64Array(2 * count),
      costLinear: new Float64Array(2 * count),
    };
    offerBatteries(batteries, stored, { low: 0.1, high: 0.3 }, HOURS, terms, offers);
    const output = offers.pMinKw.map((least, d) => {
      const owner = d >> 1;
      const most = offers.pMaxKw[2 * owner];
      const total =
        offers.pMinKw[2 * owner + 1] +
        (most - offers.pMinKw[2 * owner + 1]) * answer(interval, owner);
      return d % 2 === 0 ? Math.max(total, 0) : Math.max(Math.min(total, 0), least);
    });
    settleBatteries(batteries, output, HOURS, stored);
    stored.forEach((energy, k) => {
      low[k] = Math.min(low[k], energy);
      high[k] = Math.max(high[k], energy);
    });
  }
  capacityKwh.forEach((capacity, k) => {
    expect(high[k]).toBeLessThanOrEqual(capacity * (1 + 1e-12));
    expect(low[k]).toBeGreaterThanOrEqual(capacity * BATTERY.floor * (1 - 1e-12));
  });
});

test('batteries that stand full can charge no more, and empty ones give nothing', () => {
  const options = { ...BUSY, vehicleShare: 0, bidChangeShare: 1 };
  for (const [answer, column] of [
    [0, 'pMinKw'],
    [1, 'pMaxKw'],
  ] as const) {
    const scenario = openScenario(base, options);
    const last = playDay(scenario, { answer: () => answer }).at(-1);
    const { id } = scenario.case.devices;
    const bounds = last?.plan.changes.devices?.[column] ?? new Float64Array(0);
    const isMoving = (name: string): boolean => /-(dis)?charge$/.test(name);
    const moving = [...id].filter((name, d) => isMoving(name) && Math.abs(bounds[d]) > 1e-9);
    expect([...id].some(isMoving)).toBe(true);
    expect(moving).toEqual([]);
  }
});

test('stored energy is worth less the more there is of it, and a battery never wants both at once', () => {
  const scenario = openScenario(base, { ...BUSY, vehicleShare: 0 });
  const { id } = scenario.case.devices;
  const ids = [...id];
  const valueAt = (answer: number): Float64Array | undefined => {
    const day = openScenario(base, { ...BUSY, vehicleShare: 0 });
    return playDay(day, { end: 12, answer: () => answer }).at(-1)?.plan.changes.devices?.costLinear;
  };
  const [charged, discharged] = [valueAt(0), valueAt(1)];
  ids.forEach((name, d) => {
    if (!name.endsWith('-discharge')) return;
    expect(charged?.[d]).toBeLessThan(discharged?.[d] ?? 0);
    for (const values of [charged, discharged]) {
      expect(values?.[d]).toBeGreaterThan(values?.[d + 1] ?? Number.NaN);
    }
  });
});

test('storage has a history of its own where everybody is alone', () => {
  const scenario = openScenario(base, BUSY);
  scenario.plan(0);
  scenario.settle(0, scenario.case.prosumers.pMinKw, undefined);
  const { batteries, aloneBatteries, vehicles, aloneVehicles } = scenario.state();
  expect(aloneBatteries).not.toEqual(batteries);
  expect(aloneBatteries).toEqual(openScenario(base, BUSY).state().batteries);
  expect(vehicles).toHaveLength(aloneVehicles.length);
});

test('without an outcome storage stands still', () => {
  const scenario = openScenario(base, { ...BUSY, vehicleShare: 0 });
  const before = scenario.state().batteries;
  scenario.plan(0);
  const accounts = scenario.settle(0, undefined, undefined);
  expect(scenario.state().batteries).toEqual(before);
  expect(accounts.batteryKw).toBe(0);
  expect(accounts.solarKw).toBeNaN();
});

test('a case that has devices keeps them as they are', async () => {
  const fiveBus = await bundledCase('five-bus');
  const scenario = openScenario(fiveBus, { ...BUSY, batteryShare: 1, vehicleShare: 1 });
  const rows = [...scenario.case.devices.id];
  for (const { theCase } of playDay(scenario)) {
    [...fiveBus.devices.id].forEach((id, d) => {
      const row = rows.indexOf(id);
      for (const column of ['pMinKw', 'pMaxKw', 'costQuadratic', 'costLinear'] as const) {
        expect(theCase.devices[column][row]).toBe(fiveBus.devices[column][d]);
      }
    });
  }
  expect(rows.length).toBeGreaterThan(fiveBus.devices.id.length);
});

test('no bid has two ends that rounding alone tells apart', () => {
  for (const answer of [someAnswer, () => 0, () => 1]) {
    for (const { theCase } of playDay(openScenario(base, BUSY), { answer })) {
      const { pMinKw, pMaxKw } = theCase.devices;
      const widths = pMaxKw.map((high, d) => high - pMinKw[d]).filter((width) => width > 0);
      expect(widths.reduce((least, width) => Math.min(least, width))).toBeGreaterThan(1e-10);
    }
  }
});
