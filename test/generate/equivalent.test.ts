import { describe, expect, test } from 'vitest';
import { CaseError } from '../../engine/base/errors.js';
import type { CaseTables } from '../../engine/case/case.js';
import { BUNDLED_EQUIVALENTS } from '../../engine/generate/bundledFeeders.js';
import { type EquivalentOptions, singleLineEquivalent } from '../../engine/generate/equivalent.js';
import {
  readThreePhaseFeeder,
  type ThreePhaseFeeder,
} from '../../engine/generate/threePhaseFeeder.js';
import { feederFlow } from './feederFlow.js';

const sourceOf = (name: string): Promise<ThreePhaseFeeder> =>
  readThreePhaseFeeder(new URL(`../../datasets/feeders/${name}/source`, import.meta.url).pathname);

const equivalentOf = async (name: string): Promise<CaseTables> =>
  singleLineEquivalent(await sourceOf(name), BUNDLED_EQUIVALENTS[name]);

function branchBetween({ buses, branches }: CaseTables, from: string, to: string) {
  const row = branches.from.findIndex(
    (start, index) => buses.id[start] === from && buses.id[branches.to[index]] === to,
  );
  return {
    rOhm: branches.rOhm[row],
    xOhm: branches.xOhm[row],
    ratio: branches.ratio[row],
    closed: branches.closed[row],
  };
}

const OPTIONS: EquivalentOptions = {
  name: 'one line',
  baseKva: 1000,
  baseKv: 4.16,
  vMinPu: 0.95,
  vMaxPu: 1.05,
  gridBuy: 0.2,
  gridSell: 0.1,
  description: '',
  source: '',
};

/** One line of n phases with the same self and mutual values everywhere. */
function oneLine(
  phases: string,
  r: number,
  x: number,
  c: number,
  mutual: number,
): ThreePhaseFeeder {
  const count = phases.length;
  const lineCodes = [];
  for (let row = 1; row <= count; row += 1) {
    for (let column = 1; column <= row; column += 1) {
      const share = row === column ? 1 : mutual;
      lineCodes.push({
        ...{ lineCode: 'code', phaseCount: count, row, column },
        rOhmPerKft: r * share,
        xOhmPerKft: x * share,
        cNanofaradPerKft: c * (row === column ? 1 : -mutual),
      });
    }
  }
  return {
    ...{ sourceBus: 'a', sourceKv: 4.16, sourcePu: 1, lineCodes },
    lines: [{ from: 'a', to: 'b', phases, lineCode: 'code', lengthKft: 2 }],
    ...{ switches: [], transformers: [], regulators: [], capacitors: [], loads: [] },
    coordinates: [
      { bus: 'a', x: 0, y: 0 },
      { bus: 'b', x: 1, y: 0 },
    ],
  };
}

/** cos of the angle between balanced phases: 1 on the diagonal, −1/2 off it. */
const balanced = (count: number, self: number, mutual: number): number => {
  let sum = 0;
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      sum += row === column ? self : mutual * Math.cos((2 * Math.PI) / 3);
    }
  }
  return sum;
};

describe('the single-line equivalent of a line', () => {
  test('loses as much as three balanced phase currents do', () => {
    // Loss at phase current I: Σ_jk r_jk I² cos θ_jk. In the equivalent r S²/V², S = 3 I V/√3.
    const equivalent = singleLineEquivalent(oneLine('abc', 0.3, 0.6, 10, 0.4), OPTIONS);
    const lossOverSquaredCurrent = 2 * balanced(3, 0.3, 0.3 * 0.4);
    expect(equivalent.branches.rOhm[0] * 3).toBeCloseTo(lossOverSquaredCurrent, 7);
  });

  test('carries the whole power of a single phase, so it has three times the impedance', () => {
    const equivalent = singleLineEquivalent(oneLine('b', 0.25, 0.26, 2, 0), OPTIONS);
    expect(equivalent.branches.rOhm[0]).toBeCloseTo(3 * 0.25 * 2, 8);
    expect(equivalent.branches.xOhm[0]).toBeCloseTo(3 * 0.26 * 2, 8);
  });

  test.each(['a', 'cb', 'abc'])('charges phases %s as balanced voltages do', (phases) => {
    // kvar at 1 pu of the whole line: ω Σ_jk c_jk V_ln² cos θ_jk.
    const equivalent = singleLineEquivalent(oneLine(phases, 0.3, 0.6, 10, 0.2), OPTIONS);
    const farads = 2 * balanced(phases.length, 10e-9, -2e-9);
    const kvar = (2 * Math.PI * 60 * farads * (4160 / Math.sqrt(3)) ** 2) / 1000;
    expect(equivalent.buses.shuntKvar[0]).toBeCloseTo(kvar / 2, 5);
    expect(equivalent.buses.shuntKvar[1]).toBeCloseTo(kvar / 2, 5);
  });

  test('is refused when the line code has another number of phases', () => {
    const feeder = oneLine('abc', 0.3, 0.6, 10, 0.2);
    const lines = feeder.lines.map((line) => ({ ...line, phases: 'a' }));
    expect(() => singleLineEquivalent({ ...feeder, lines }, OPTIONS)).toThrow(CaseError);
  });
});

describe('the single-line equivalent of IEEE 123', () => {
  test('has 130 buses, 129 closed links and the two open switches at the far buses', async () => {
    const feeder = await equivalentOf('ieee123');
    expect(feeder.buses.id).toHaveLength(130);
    expect(feeder.branches.closed.reduce((count, closed) => count + closed, 0)).toBe(129);
    expect(branchBetween(feeder, '151', '300').closed).toBe(0);
    expect(branchBetween(feeder, '54', '94').closed).toBe(0);
  });

  test('has regulators of the mean posted ratio and no impedance', async () => {
    const feeder = await equivalentOf('ieee123');
    const regulator = (from: string, to: string) => branchBetween(feeder, from, to).ratio;
    expect(regulator('150', '150r')).toBe(1.04375);
    expect(regulator('9', '9r')).toBe(0.99375);
    expect(regulator('25', '25r')).toBe(0.996875);
    expect(regulator('160', '160r')).toBeCloseTo(1 + (0.00625 * (8 + 1 + 5)) / 3, 8);
    expect(branchBetween(feeder, '160', '160r').rOhm).toBe(0);
  });

  test('keeps the spot loads, and 750 kvar of capacitors with less than 1 kvar of charging', async () => {
    const { buses } = await equivalentOf('ieee123');
    const sum = (column: Float64Array) => column.reduce((total, value) => total + value, 0);
    expect(sum(buses.loadKw)).toBe(3490);
    expect(sum(buses.loadKvar)).toBe(1920);
    expect(sum(buses.shuntKvar)).toBeGreaterThan(750);
    expect(sum(buses.shuntKvar)).toBeLessThan(751);
  });

  test('loses 7 % less than the 95.28 kW of the unbalanced feeder', async () => {
    // Three-phase reference with the same taps: 95.278 kW. Balance takes the unbalance losses away.
    const { lossesKw, sourceKw } = feederFlow(await equivalentOf('ieee123'));
    expect(lossesKw).toBeCloseTo(88.787, 2);
    expect(sourceKw).toBeCloseTo(3578.787, 2);
  });
});

describe('the single-line equivalents of the other feeders', () => {
  test('IEEE 34 keeps the low-voltage end: 4.16 kV ohms are stated on 24.9 kV', async () => {
    const feeder = await sourceOf('ieee34');
    const { rOhm } = branchBetween(await equivalentOf('ieee34'), '888', '890');
    const code = feeder.lineCodes.filter((entry) => entry.lineCode === '300');
    const mean = (diagonal: boolean) => {
      const entries = code.filter((entry) => (entry.row === entry.column) === diagonal);
      return entries.reduce((sum, entry) => sum + entry.rOhmPerKft, 0) / entries.length;
    };
    const atOwnVoltage = (mean(true) - mean(false)) * 10.56;
    expect(rOhm).toBeCloseTo(atOwnVoltage * (24.9 / 4.16) ** 2, 6);
  });

  test.each([
    // Three-phase references with the same taps: 110.452 and 273.051 kW, 0.91628 pu at 890.
    ['ieee13', 96.668, 0.99842, '652'],
    ['ieee34', 279.631, 0.9065, '890'],
  ])('%s loses %d kW, lowest voltage %d at bus %s', async (name, losses, voltage, bus) => {
    const flow = feederFlow(await equivalentOf(name));
    expect(flow.lossesKw).toBeCloseTo(losses, 2);
    expect(flow.vMinPu).toBeCloseTo(voltage, 4);
    expect(flow.vMinBus).toBe(bus);
  });
});
