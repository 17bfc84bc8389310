/**
 * The single-line equivalent of IEEE 8500 against the three-phase feeder: where all three phases are there the
 * equivalent stands for their mean, on a single-phase lateral it knows nothing of the unbalance upstream.
 */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CaseTables } from '../../engine/case/case.js';
import { validateCase } from '../../engine/case/validate.js';
import { clear } from '../../engine/clearing/clear.js';
import { generateMarket } from '../../engine/generate/generateMarket.js';
import { readFeeder, resolveFeeder } from '../../engine/generate/readFeeder.js';
import { readThreePhaseFeeder } from '../../engine/generate/threePhaseFeeder.js';
import { buildRadialNetwork } from '../../engine/network/build.js';
import { type FeederFlow, feederFlow } from './feederFlow.js';

const REFERENCE = new URL('../fixtures/ieee8500/reference_voltages.csv', import.meta.url);
const SOURCE = new URL('../../datasets/feeders/ieee8500/source', import.meta.url).pathname;

/** Voltages of the phases that each bus has. */
async function referenceVoltages(): Promise<Map<string, number[]>> {
  const rows = (await readFile(REFERENCE, 'utf8')).trim().split('\n').slice(1);
  const voltages = new Map<string, number[]>();
  for (const row of rows) {
    const [bus, , voltage] = row.split(',');
    const phases = voltages.get(bus);
    if (phases === undefined) voltages.set(bus, [Number(voltage)]);
    else phases.push(Number(voltage));
  }
  return voltages;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

let feeder: CaseTables;
let flow: FeederFlow;
let reference: Map<string, number[]>;
beforeAll(async () => {
  feeder = await readFeeder(resolveFeeder('ieee8500'));
  flow = feederFlow(feeder);
  reference = await referenceVoltages();
});

/** |equivalent − mean of the phases| at the buses with so many phases. */
function deviations(phaseCount: number): number[] {
  return feeder.buses.id.flatMap((bus, row) => {
    const phases = reference.get(bus) ?? [];
    return phases.length === phaseCount ? [Math.abs(flow.voltagePu[row] - mean(phases))] : [];
  });
}

describe('the single-line equivalent of IEEE 8500', () => {
  test('has 4,876 buses and a tree of 4,875 closed links, and the reference knows every bus', () => {
    expect(feeder.buses.id).toHaveLength(4876);
    expect(feeder.branches.closed.reduce((count, closed) => count + closed, 0)).toBe(4875);
    expect(feeder.buses.id.filter((bus) => !reference.has(bus))).toEqual([]);
  });

  test('is 4,834 junctions where links without impedance join their buses', () => {
    expect(buildRadialNetwork(validateCase(marketOn(feeder))).junctionCount).toBe(4834);
  });

  test('is within 0.0034 pu of the mean of the phases where all three are there', () => {
    const three = deviations(3);
    expect(three).toHaveLength(649);
    expect(Math.max(...three)).toBeLessThan(0.0034);
    expect(mean(three)).toBeLessThan(0.0025);
  });

  test('is within 0.043 pu of the phase of a single-phase lateral, and 0.011 on the average', () => {
    const single = deviations(1);
    expect(Math.max(...single)).toBeLessThan(0.043);
    expect(mean(single)).toBeLessThan(0.0112);
  });

  test('loses 5 % less than the 1124.275 kW of the unbalanced feeder', () => {
    expect(flow.lossesKw).toBeCloseTo(1066.997, 2);
    expect(flow.vMinPu).toBeCloseTo(0.97629, 4);
  });

  test('joins the three single-phase rows of a capacitor connector into one line of their impedance', async () => {
    const source = await readThreePhaseFeeder(SOURCE);
    const rows = source.lines.filter((line) => line.lineCode === 'cap_connector');
    expect(rows.length % 3).toBe(0);
    const code = source.lineCodes.find((entry) => entry.lineCode === 'cap_connector');
    for (const { from, to, lengthKft } of rows) {
      const links = Array.from(feeder.branches.from.keys()).filter(
        (row) =>
          feeder.buses.id[feeder.branches.from[row]] === from &&
          feeder.buses.id[feeder.branches.to[row]] === to,
      );
      expect(links).toHaveLength(1);
      expect(feeder.branches.rOhm[links[0]]).toBeCloseTo((code?.rOhmPerKft ?? 0) * lengthKft, 7);
    }
  });
});

/** Ten prosumers at every load, in a market deep enough that none of them moves its price much. */
function marketOn(tables: CaseTables): CaseTables {
  return generateMarket(tables, { perCommunity: 10, priceSensitivity: 10 });
}

describe('a day on IEEE 8500', () => {
  test.each(['welfare', 'dlmp'] as const)(
    'clears to a proven optimum in %s',
    async (mode) => {
      const theCase = validateCase(marketOn(feeder));
      const result = await clear(theCase, { mode });
      expect(result.status).toBe('optimal');
      if (result.outcome === undefined) throw new Error('an optimal result without an outcome');
      const { buses, settings } = theCase;
      result.outcome.buses.voltagePu.forEach((voltage, bus) => {
        if (bus === settings.rootBus) return;
        expect(voltage).toBeGreaterThan(buses.vMinPu[bus]);
        expect(voltage).toBeLessThan(buses.vMaxPu[bus]);
      });
    },
    60_000,
  );
});
