import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { type CaseColumns, createCase } from '../../engine/case/create.js';
import { readCase } from '../../engine/io/readCase.js';
import { FORMATS, writeCase } from '../../engine/io/writeCase.js';
import { smallMarket } from '../case/smallMarket.js';
import { temporaryFolder } from './temporaryFolder.js';

const SEED = 20260501;

/** Numbers of every magnitude and length, awkward ids. */
function awkwardMarket(): CaseColumns {
  const random = seededRandom(SEED);
  const market = smallMarket();
  const rows = Array.from({ length: 500 }, (_, row) => row);
  const any = (): number => (random.next() - 0.5) * 10 ** random.integer(-300, 15);
  const pMinKw = rows.map(any);
  return {
    ...market,
    prosumers: {
      prosumer: rows.map((row) => AWKWARD_IDS[row] ?? `p${row}`),
      community: rows.map((row) => (row % 3 === 0 ? 'north' : 'south')),
      demandKw: rows.map((row) => (row === 0 ? -0 : any())),
      demandKvar: rows.map((row) => (row === 1 ? -0 : 0)),
      pMinKw,
      pMaxKw: pMinKw.map((low) => low + Math.abs(any())),
      costQuadratic: rows.map(() => Math.abs(any())),
      costLinear: rows.map((row) => (row === 2 ? 5e-324 : any())),
    },
    devices: undefined,
  };
}

const AWKWARD_IDS = [
  'a,b',
  'say "x"',
  'two\nlines',
  'naïve 日本',
  "'",
  'NaN',
  '007',
  '1e3',
  '#5',
  '=1+1',
];

function bitsOf(theCase: Case): unknown {
  return JSON.parse(
    JSON.stringify(theCase, (_, value: unknown) => {
      if (value instanceof Float64Array) return [...value].map(bits);
      if (ArrayBuffer.isView(value)) return Array.from(value as Int32Array);
      return typeof value === 'number' ? bits(value) : value;
    }),
  );
}

function bits(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16);
}

describe('writeCase', () => {
  for (const [name, columns] of [
    ['the small market', smallMarket()],
    [`500 awkward prosumers (seed ${SEED})`, awkwardMarket()],
  ] as const) {
    it(`keeps ${name} to the last bit through CSV, Arrow and CSV again`, async () => {
      const original = createCase(columns);
      const folder = temporaryFolder();
      let theCase = original;
      for (const format of ['csv', 'arrow', 'csv'] as const) {
        const place = join(folder, format);
        await writeCase(theCase, place, format);
        theCase = await readCase(place);
        expect(bitsOf(theCase)).toEqual(bitsOf(original));
      }
    });
  }

  it('writes the same bytes twice', async () => {
    const theCase = createCase(smallMarket());
    const folder = temporaryFolder();
    for (const format of FORMATS) {
      await writeCase(theCase, join(folder, 'one'), format);
      await writeCase(theCase, join(folder, 'two'), format);
      for (const file of readdirSync(join(folder, 'one'))) {
        const [one, two] = ['one', 'two'].map((place) => readFileSync(join(folder, place, file)));
        expect(one.equals(two)).toBe(true);
      }
    }
  });

  it('leaves out optional columns that say nothing', async () => {
    const folder = join(temporaryFolder(), 'case');
    await writeCase(createCase(smallMarket()), folder, 'csv');
    const header = (file: string): string =>
      readFileSync(join(folder, file), 'utf8').split('\n')[0];
    expect(header('buses.csv')).toBe('bus,v_min_pu,load_kw,shunt_kvar,x,y');
    expect(header('prosumers.csv')).toContain('demand_kvar');
    expect(readFileSync(join(folder, 'branches.csv'), 'utf8')).toBe(
      'from,to,r_ohm,x_ohm,i_max_a,ratio,status\n' +
        'middle,source,0.1,0.2,,1.01,closed\n' +
        'middle,end,0.2,0.4,200,1,closed\n' +
        'source,end,0.3,0.6,,1,open\n',
    );
    expect(readFileSync(join(folder, 'prosumers.csv'), 'utf8')).toContain('s2,south,0.1,,,,,0\n');
  });

  it('replaces an earlier case, tables it no longer has and all', async () => {
    const folder = join(temporaryFolder(), 'case');
    await writeCase(createCase(smallMarket()), folder, 'csv');
    const { devices, prosumers, ...rest } = smallMarket();
    const bounds = { pMaxKw: [5, 4, 1, 1], pMinKw: [0, 0, 0, 0] };
    const costs = { costQuadratic: [1, 1, 1, 1], costLinear: [0, 0, 0, 0] };
    const market = { ...rest, prosumers: { ...prosumers, ...bounds, ...costs } };
    expect(devices).toBeDefined();
    await writeCase(createCase(market), folder, 'arrow');
    expect(readdirSync(folder).sort()).toEqual([
      'branches.arrow',
      'buses.arrow',
      'case.json',
      'communities.arrow',
      'prosumers.arrow',
    ]);
  });

  it('does not touch a folder that holds something else', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'thesis.txt'), 'years of work');
    await expect(writeCase(createCase(smallMarket()), folder, 'csv')).rejects.toThrow(
      'neither empty nor an earlier case',
    );
    expect(readdirSync(folder)).toEqual(['thesis.txt']);
  });
});
