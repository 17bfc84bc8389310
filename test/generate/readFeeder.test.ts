import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CaseError, UsageError } from '../../engine/base/errors.js';
import { generateMarket } from '../../engine/generate/generateMarket.js';
import { listBundledFeeders, readFeeder, resolveFeeder } from '../../engine/generate/readFeeder.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wattshare-feeder-'));
});
afterEach(() => rm(folder, { recursive: true }));

const SETTINGS = {
  ...{ name: 'street', base_kva: 100, base_kv: 0.4, root: 'S', root_voltage_pu: 1 },
  ...{ v_min_pu: 0.9, v_max_pu: 1.1, grid_buy: 0.3, grid_sell: 0.1 },
};

async function writeFeeder(buses: string, branches: string): Promise<void> {
  await writeFile(join(folder, 'case.json'), JSON.stringify(SETTINGS));
  await writeFile(join(folder, 'buses.csv'), buses);
  await writeFile(join(folder, 'branches.csv'), branches);
}

describe('a feeder folder', () => {
  test('made by hand carries a population on every bus with a load', async () => {
    await writeFeeder(
      'bus,load_kw\nS,0\nA,6\nB,0\nC,3\n',
      'from,to,r_ohm,x_ohm\nS,A,1,1\nA,B,1,1\nB,C,1,1\n',
    );
    const market = generateMarket(await readFeeder(resolveFeeder(folder)), { perCommunity: 3 });
    expect(market.settings.name).toBe('street-day');
    expect(market.communities.id).toEqual(['m-A', 'm-C']);
    const demand = market.prosumers.demandKw.reduce((sum, kw) => sum + kw, 0);
    expect(demand).toBeCloseTo(9, 2);
  });

  test('without a load is refused: there is nothing to scale communities to', async () => {
    await writeFeeder('bus\nS\nA\n', 'from,to,r_ohm,x_ohm\nS,A,1,1\n');
    const feeder = await readFeeder(folder);
    expect(() => generateMarket(feeder, {})).toThrow(UsageError);
    expect(() => generateMarket(feeder, { communityBuses: ['A'] })).toThrow(UsageError);
  });

  test('with an island is refused, and the bus is named', async () => {
    await writeFeeder('bus,load_kw\nS,0\nA,6\nB,1\n', 'from,to,r_ohm,x_ohm\nS,A,1,1\n');
    await expect(readFeeder(folder)).rejects.toThrow(CaseError);
    await expect(readFeeder(folder)).rejects.toThrow(/buses\.csv.*island.*B/s);
  });

  test('without branches is refused, and the missing file is named', async () => {
    await writeFeeder('bus\nS\n', '');
    await rm(join(folder, 'branches.csv'));
    await expect(readFeeder(folder)).rejects.toThrow(/branches\.csv/);
  });

  test('of no such name is refused, and the bundled ones are listed', () => {
    expect(() => resolveFeeder('ieee124')).toThrow(/ieee123/);
    expect(listBundledFeeders()).toContain('case118zh');
  });
});
