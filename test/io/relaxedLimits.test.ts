import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createCase } from '../../engine/case/create.js';
import type { LimitChange } from '../../engine/case/limits.js';
import { widenLimits } from '../../engine/case/widen.js';
import type { ClearingResult, ResultWithOutcome } from '../../engine/clearing/result.js';
import { readResult } from '../../engine/io/readResult.js';
import { summarise } from '../../engine/io/summary.js';
import { FORMATS } from '../../engine/io/writeCase.js';
import { writeResult } from '../../engine/io/writeResult.js';
import { smallMarket } from '../case/smallMarket.js';
import { smallResult } from './smallResult.js';
import { temporaryFolder } from './temporaryFolder.js';

const market = smallMarket();
const theCase = createCase({
  ...market,
  settings: { ...market.settings, gridLimitKw: 50 },
  branches: { ...market.branches, iMaxA: [100, 100, 100] },
  communities: { ...market.communities, priceMin: [0.1, 0.1], priceMax: [0.3, 0.3] },
});
const { buses } = theCase;

/** One of each kind, wider by an amount that is not short. */
const CHANGES: readonly LimitChange[] = [
  { kind: 'voltage-min', row: 1, from: buses.vMinPu[1], to: buses.vMinPu[1] - 1 / 70 },
  { kind: 'voltage-max', row: 2, from: buses.vMaxPu[2], to: buses.vMaxPu[2] + 1 / 70 },
  { kind: 'current', row: 0, from: 100, to: 100 + 1 / 7 },
  { kind: 'grid-export', row: -1, from: 50, to: 50 + 1 / 7 },
  { kind: 'price-min', row: 1, from: 0.1, to: 0.1 - 1 / 70 },
  { kind: 'price-max', row: 0, from: 0.3, to: 0.3 + 1 / 70 },
];

const result: ResultWithOutcome = {
  ...smallResult(theCase),
  case: widenLimits(theCase, CHANGES),
  relaxation: { price: 2.5, reason: 'infeasible', limits: CHANGES },
};

async function written(format: 'csv' | 'arrow' = 'csv'): Promise<string> {
  const folder = join(temporaryFolder(), 'result');
  await writeResult(result, folder, format);
  return folder;
}

describe('limits that a result relaxed', () => {
  it.each(FORMATS)('come back from %s to the last bit', async (format) => {
    const { relaxed } = await readResult(await written(format), theCase);
    expect(relaxed).toEqual(CHANGES);
    const again = widenLimits(theCase, relaxed);
    expect(again.buses).toEqual(result.case.buses);
    expect(again.branches).toEqual(result.case.branches);
    expect(again.communities).toEqual(result.case.communities);
    expect(again.settings).toEqual(result.case.settings);
  });

  it('stand in a table with their units', async () => {
    const lines = readFileSync(join(await written(), 'relaxed.csv'), 'utf8').split('\n');
    expect(lines[0]).toBe('limit,place,other_place,from,to,unit');
    expect(lines[3]).toMatch(/^current,\w+,\w+,100,100\.14\d+,A$/);
    expect(lines[4]).toMatch(/^grid-export,,,50,50\.14\d+,kW$/);
  });

  it('stand in the summary by name', () => {
    expect(summarise(result).relaxed).toMatchObject({
      price_usd_per_kwh: 2.5,
      reason: 'infeasible',
      limits: { length: CHANGES.length, 3: { limit: 'grid-export', place: 'grid', unit: 'kW' } },
    });
  });

  it('are none, in no table, where every limit is kept', async () => {
    const folder = join(temporaryFolder(), 'result');
    await writeResult(smallResult(theCase), folder, 'csv');
    expect(existsSync(join(folder, 'relaxed.csv'))).toBe(false);
    expect((await readResult(folder, theCase)).relaxed).toEqual([]);
    expect(summarise(smallResult(theCase))).not.toHaveProperty('relaxed');
  });

  it.each([
    ['voltage-min', 'voltage-low', 'one of voltage-min'],
    [`voltage-min,${buses.id[1]}`, 'voltage-min,nowhere', 'not in the case'],
    [`,${buses.vMinPu[1]},`, ',0.123,', `in the case it is ${buses.vMinPu[1]}`],
    ['price-max', 'price-min', 'does not widen'],
  ])('are refused where %s has become %s', async (from, to, message) => {
    const folder = await written();
    const file = join(folder, 'relaxed.csv');
    writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
    await expect(readResult(folder, theCase)).rejects.toThrow(message);
  });
});

describe('why a market is infeasible', () => {
  it('stands in the summary by name, with units', () => {
    const [voltage, , current] = CHANGES;
    const infeasible: ClearingResult = {
      case: theCase,
      mode: 'dlmp',
      status: 'infeasible',
      outcome: undefined,
      explanation: 'no outcome keeps it',
      infeasibility: {
        conflict: [voltage, current],
        isIrreducible: true,
        violations: [voltage],
        remedies: [{ of: 'voltages', changes: [voltage], total: 0.02, unit: 'pu²' }],
      },
      timing: { total: 1 },
      nodes: 1,
    };
    const change = { limit: 'voltage-min', place: buses.id[1], from: voltage.from, to: voltage.to };
    expect(summarise(infeasible).infeasibility).toEqual({
      conflict: [
        { limit: 'voltage-min', place: buses.id[1], value: voltage.from, unit: 'pu' },
        {
          limit: 'current',
          place: `${market.branches.from[0]}-${market.branches.to[0]}`,
          value: 100,
          unit: 'A',
        },
      ],
      is_irreducible: true,
      violations: [{ ...change, unit: 'pu' }],
      remedies: [
        { of: 'voltages', total: 0.02, unit: 'pu²', changes: [{ ...change, unit: 'pu' }] },
      ],
    });
  });
});
