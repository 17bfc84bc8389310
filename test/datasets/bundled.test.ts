import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CaseTables } from '../../engine/case/case.js';
import { BUNDLED_EQUIVALENTS } from '../../engine/generate/bundledFeeders.js';
import { buildBundledMarket } from '../../engine/generate/bundledMarkets.js';
import { singleLineEquivalent } from '../../engine/generate/equivalent.js';
import { listBundledFeeders, readFeeder, resolveFeeder } from '../../engine/generate/readFeeder.js';
import { BUNDLED_MARKETS } from '../../engine/generate/situations.js';
import { readThreePhaseFeeder } from '../../engine/generate/threePhaseFeeder.js';
import { listBundledCases, resolveCase } from '../../engine/io/package.js';
import { readCase } from '../../engine/io/readCase.js';
import { writeCase } from '../../engine/io/writeCase.js';
import { feederFlow } from '../generate/feederFlow.js';

const REQUIRED_SECTIONS = [/provenance/i, /licence/i, /units/i, /chang/i, /checksums/i];

let workshop: string;
beforeAll(async () => {
  workshop = await mkdtemp(join(tmpdir(), 'wattshare-datasets-'));
});
afterAll(() => rm(workshop, { recursive: true }));

const folders = [
  ...listBundledCases().map((name) => ({ name, folder: resolveCase(name) })),
  ...listBundledFeeders().map((name) => ({ name: `feeders/${name}`, folder: resolveFeeder(name) })),
];

/** The tables and settings of a folder, and of `source` in it. */
async function dataFiles(folder: string): Promise<string[]> {
  const own = (await readdir(folder)).filter((name) => /\.(csv|json|arrow)$/.test(name));
  if (!existsSync(join(folder, 'source'))) return own.sort();
  const source = await readdir(join(folder, 'source'));
  return [...own, ...source.map((name) => `source/${name}`)].sort();
}

/** Writes the tables and compares the files, byte for byte. */
async function expectSameFiles(name: string, tables: CaseTables, folder: string, files: string[]) {
  const made = join(workshop, name);
  await writeCase(tables, made, 'csv');
  for (const file of files) {
    const [fresh, bundled] = await Promise.all([
      readFile(join(made, file), 'utf8'),
      readFile(join(folder, file), 'utf8'),
    ]);
    expect(fresh === bundled, `${name}/${file} differs from what the recipe makes`).toBe(true);
  }
}

test('all bundled folders are there', () => {
  expect(folders.map(({ name }) => name)).toEqual([
    ...['case33bw', 'five-bus', 'ieee123', 'ieee123-noon', 'ieee123-noon-unity', 'ieee123-peak'],
    ...['case118zh', 'case33bw', 'case69', 'ieee123', 'ieee13', 'ieee34', 'ieee8500'].map(
      (name) => `feeders/${name}`,
    ),
  ]);
});

describe.each(folders)('datasets/$name', ({ folder }) => {
  test('has a README with provenance, licence, units, changes, and a checksum of every table', async () => {
    const readme = await readFile(join(folder, 'README.md'), 'utf8');
    for (const section of REQUIRED_SECTIONS) expect(readme).toMatch(section);
    const stated = [...readme.matchAll(/^([0-9a-f]{64}) {2}(\S+)$/gm)];
    expect(stated.map(([, , file]) => file).sort()).toEqual(await dataFiles(folder));
    for (const [, checksum, file] of stated) {
      const content = await readFile(join(folder, file));
      expect(createHash('sha256').update(content).digest('hex'), file).toBe(checksum);
    }
  });
});

describe.each(listBundledCases())('the bundled case %s', (name) => {
  test('is valid, without a warning', async () => {
    const warnings: string[] = [];
    const theCase = await readCase(resolveCase(name), { onWarning: (text) => warnings.push(text) });
    expect(theCase.settings.name).toBe(name);
    expect(warnings).toEqual([]);
  });

  test('has communities that can balance themselves', async () => {
    const { communities, prosumers } = await readCase(resolveCase(name));
    communities.id.forEach((id, community) => {
      const sum = (column: Float64Array): number =>
        column
          .slice(communities.prosumerStart[community], communities.prosumerStart[community + 1])
          .reduce((total, value) => total + value, 0);
      expect(sum(prosumers.pMaxKw), id).toBeGreaterThanOrEqual(sum(prosumers.demandKw));
      expect(sum(prosumers.demandKw), id).toBeGreaterThanOrEqual(sum(prosumers.pMinKw));
    });
  });
});

describe.each(BUNDLED_MARKETS.map((market) => [market.name, market] as const))(
  'the bundled market %s',
  (name, market) => {
    test('is what its recipe makes, byte for byte', async () => {
      const feeder = await readFeeder(resolveFeeder(market.feeder));
      const folder = resolveCase(name);
      const files = await dataFiles(folder);
      await expectSameFiles(name, buildBundledMarket(feeder, market), folder, files);
    });

    test('has the totals that its README states', async () => {
      const { communities, prosumers } = await readCase(resolveCase(name));
      const readme = await readFile(join(resolveCase(name), 'README.md'), 'utf8');
      const stated = (what: string) =>
        Number(new RegExp(`^\\| ${what} \\| (-?[\\d.]+)`, 'm').exec(readme)?.[1]);
      const sum = (column: Float64Array) => column.reduce((total, value) => total + value, 0);
      expect(communities.id.length).toBe(stated('communities'));
      expect(prosumers.id.length).toBe(stated('prosumers'));
      expect(sum(prosumers.demandKw)).toBeCloseTo(stated('demand'), 1);
      expect(sum(prosumers.demandKvar)).toBeCloseTo(stated('reactive demand'), 1);
      expect(sum(prosumers.pMaxKw)).toBeCloseTo(stated('largest flexible output'), 1);
      expect(sum(prosumers.pMinKw)).toBeCloseTo(stated('smallest flexible output'), 1);
      expect(sum(communities.qMaxKvar)).toBeCloseTo(
        stated('reactive power that inverters may absorb'),
        1,
      );
    });
  },
);

describe('the bundled feeders', () => {
  test.each(Object.keys(BUNDLED_EQUIVALENTS))(
    '%s is the single-line equivalent of its source tables, byte for byte',
    async (name) => {
      const folder = resolveFeeder(name);
      const source = await readThreePhaseFeeder(join(folder, 'source'));
      const tables = singleLineEquivalent(source, BUNDLED_EQUIVALENTS[name]);
      await expectSameFiles(`feeder-${name}`, tables, folder, [
        ...['case.json', 'buses.csv', 'branches.csv'],
      ]);
    },
  );

  // Figures of the same tables by another program; also the well-known ones of the literature.
  test.each([
    ['case33bw', 202.677, 0.91309, '18'],
    ['case69', 224.992, 0.90919, '65'],
    ['case118zh', 1298.092, 0.8688, '77'],
  ])('%s loses %d kW, lowest voltage %d at bus %s', async (name, losses, voltage, bus) => {
    const flow = feederFlow(await readFeeder(resolveFeeder(name)));
    expect(flow.lossesKw).toBeCloseTo(losses, 2);
    expect(flow.vMinPu).toBeCloseTo(voltage, 4);
    expect(flow.vMinBus).toBe(bus);
  });
});
