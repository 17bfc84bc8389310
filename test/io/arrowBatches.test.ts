/** Arrow files of many record batches, written by apache-arrow itself, against the same rows as CSV. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as arrow from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { type RandomSource, seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { createCase } from '../../engine/case/create.js';
import { readCase } from '../../engine/io/readCase.js';
import { writeCase } from '../../engine/io/writeCase.js';
import { smallMarket } from '../case/smallMarket.js';
import { temporaryFolder } from './temporaryFolder.js';
import { textCase } from './textCase.js';

const SEEDS = [1, 2, 3];
const COMMUNITIES = ['south', 'm 1', 'nørth', '日本'];

/** Columns of a table of prosumers; numbers are whole where the type is a whole number. */
interface Rows {
  readonly prosumer: string[];
  readonly community: string[];
  readonly demand_kw: number[];
  readonly p_min_kw: number[];
  readonly p_max_kw: number[];
  readonly cost_quadratic: number[];
  readonly cost_linear: number[];
  /** NaN where not given. */
  readonly demand_kvar: number[];
}

function randomRows(random: RandomSource, count: number): Rows {
  const rows = Array.from({ length: count }, (_, row) => row);
  return {
    prosumer: rows.map((row) => (row % 7 === 0 ? `é-${row}` : `p${row}`)),
    community: rows.map((row) => COMMUNITIES[row < 4 ? row : random.integer(0, 4)] as string),
    demand_kw: rows.map(() => random.between(-5, 5)),
    p_min_kw: rows.map(() => random.integer(-9, 0)),
    p_max_kw: rows.map(() => random.integer(0, 100)),
    cost_quadratic: rows.map(() => Math.fround(random.next())),
    cost_linear: rows.map(() => random.next()),
    demand_kvar: rows.map(() => (random.next() < 0.3 ? Number.NaN : random.normal())),
  };
}

function slice(rows: Rows, first: number, end: number): Rows {
  return Object.fromEntries(
    Object.entries(rows).map(([name, column]) => [name, column.slice(first, end)]),
  ) as unknown as Rows;
}

const codes = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32(), 1);

/** One record batch, each column in a layout of its own. */
function recordBatch(rows: Rows): arrow.RecordBatch {
  const orNull = rows.demand_kvar.map((value) => (Number.isNaN(value) ? null : value));
  const vectors: Record<string, arrow.Vector> = {
    // Spaces around a text are taken off.
    prosumer: arrow.vectorFromArray(
      rows.prosumer.map((id, row) => (row % 5 === 0 ? ` ${id}\u3000` : id)),
      new arrow.Utf8(),
    ),
    demand_kw: arrow.vectorFromArray(rows.demand_kw, new arrow.Float64()),
    p_min_kw: arrow.vectorFromArray(rows.p_min_kw.map(BigInt), new arrow.Int64()),
    p_max_kw: arrow.vectorFromArray(rows.p_max_kw, new arrow.Uint8()),
    cost_quadratic: arrow.vectorFromArray(rows.cost_quadratic, new arrow.Float32()),
    cost_linear: arrow.vectorFromArray(rows.cost_linear, new arrow.Float64()),
    demand_kvar: arrow.vectorFromArray(orNull, new arrow.Float64()),
    community: arrow.vectorFromArray(rows.community, new arrow.Utf8()),
  };
  const fields = Object.entries(vectors).map(
    ([name, vector]) => new arrow.Field(name, vector.type, true),
  );
  const children = Object.values(vectors).map((vector) => vector.data[0] as arrow.Data);
  const type = new arrow.Struct(fields);
  const length = rows.prosumer.length;
  return new arrow.RecordBatch(
    new arrow.Schema(fields),
    arrow.makeData({ type, length, children }),
  );
}

/** Batches of odd sizes, some of them empty. */
function batchesOf(rows: Rows, random: RandomSource): arrow.RecordBatch[] {
  const batches: arrow.RecordBatch[] = [];
  let first = 0;
  while (first < rows.prosumer.length) {
    const end = Math.min(first + random.integer(0, 20), rows.prosumer.length);
    batches.push(recordBatch(slice(rows, first, end)));
    first = end;
  }
  return batches;
}

function fileOf(batches: readonly arrow.RecordBatch[], format: 'file' | 'stream'): Uint8Array {
  return arrow.tableToIPC(new arrow.Table([...batches]), format);
}

function csvOf(rows: Rows): string {
  const names = Object.keys(rows);
  const columns = Object.values(rows) as (string | number)[][];
  const lines = rows.prosumer.map((_, row) =>
    columns.map((column) => (Number.isNaN(column[row]) ? '' : column[row])).join(','),
  );
  return [names.join(','), ...lines, ''].join('\n');
}

function folderWith(file: 'prosumers.arrow' | 'prosumers.csv', content: string | Uint8Array) {
  const communities = COMMUNITIES.map((id) => `${id},b,10`);
  return textCase({
    'communities.csv': ['community,bus,price_sensitivity', ...communities, ''].join('\n'),
    'prosumers.csv': undefined,
    [file]: content,
  });
}

async function readArrow(content: Uint8Array): Promise<Case> {
  return await readCase(folderWith('prosumers.arrow', content));
}

describe('record batches', () => {
  it.each(SEEDS)('of any size and layout hold the case of the same CSV (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const rows = randomRows(random, 400);
    const expected = await readCase(folderWith('prosumers.csv', csvOf(rows)));
    expect(expected.prosumers.id.length).toBe(400);
    const batches = batchesOf(rows, random);
    expect(await readArrow(fileOf(batches, 'file'))).toEqual(expected);
    expect(await readArrow(fileOf(batches, 'stream'))).toEqual(expected);
    expect(await readArrow(fileOf([recordBatch(rows)], 'file'))).toEqual(expected);
  });

  it.each(SEEDS)('group prosumers whatever their order (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const rows = randomRows(random, 300);
    const { communities, prosumers } = await readArrow(fileOf(batchesOf(rows, random), 'file'));
    COMMUNITIES.forEach((community, m) => {
      const expected = rows.prosumer.filter((_, row) => rows.community[row] === community);
      const [start, end] = [communities.prosumerStart[m], communities.prosumerStart[m + 1]];
      expect([...prosumers.id].slice(start, end)).toEqual(expected);
      expect([...prosumers.costLinear.subarray(start, end)]).toEqual(
        rows.cost_linear.filter((_, row) => rows.community[row] === community),
      );
    });
  });

  it('may have communities as codes of a dictionary, with more in it than is used', async () => {
    const rows = randomRows(seededRandom(4), 60);
    const words = arrow.vectorFromArray(['nobody', ...COMMUNITIES, ' south'], new arrow.Utf8());
    const coded = (first: number, end: number): arrow.Vector => {
      const data = Int32Array.from(rows.community.slice(first, end), (id, k) =>
        id === 'south' && k % 2 === 0 ? 5 : COMMUNITIES.indexOf(id) + 1,
      );
      const length = end - first;
      return new arrow.Vector([arrow.makeData({ type: codes, length, data, dictionary: words })]);
    };
    const tables = [0, 20, 40].map((first) => {
      const part = new arrow.Table([recordBatch(slice(rows, first, first + 20))]);
      return part.assign(new arrow.Table({ community: coded(first, first + 20) }));
    });
    const [table, ...others] = tables as [arrow.Table, ...arrow.Table[]];
    const bytes = arrow.tableToIPC(table.concat(...others), 'file');
    expect(await readArrow(bytes)).toEqual(await readArrow(fileOf([recordBatch(rows)], 'file')));
  });

  it('may have a column of nothing but nulls, numbers as codes, and half floats', async () => {
    const rows = randomRows(seededRandom(6), 4);
    const table = new arrow.Table([recordBatch(rows)]);
    const numbers = new arrow.Dictionary(new arrow.Float64(), new arrow.Int32());
    const changed = table.assign(
      new arrow.Table({
        demand_kvar: new arrow.Vector([arrow.makeData({ type: new arrow.Null(), length: 4 })]),
        cost_linear: arrow.vectorFromArray([0.5, 0.25, 0.5, 0.25], numbers),
        demand_kw: arrow.vectorFromArray([1, 2, 3, 0.5], new arrow.Float16()),
      }),
    );
    const { prosumers } = await readArrow(arrow.tableToIPC(changed, 'file'));
    expect([...prosumers.demandKvar]).toEqual([0, 0, 0, 0]);
    expect([...prosumers.costLinear]).toEqual([0.5, 0.25, 0.5, 0.25]);
    expect([...prosumers.demandKw]).toEqual([1, 2, 3, 0.5]);
  });

  it('keep whole numbers of 64 bits as near as a double can', async () => {
    const rows = randomRows(seededRandom(7), 4);
    const wide = [-(2n ** 40n) - 3n, 2n ** 53n - 1n, -1n, 1n];
    const table = new arrow.Table([recordBatch(rows)]).assign(
      new arrow.Table({ demand_kw: arrow.vectorFromArray(wide, new arrow.Int64()) }),
    );
    const { problems } = await readArrow(arrow.tableToIPC(table, 'file')).then(
      () => ({ problems: [] }),
      (error) => error,
    );
    // Beyond 1e15 nothing is a power: the value is quoted as it was read.
    expect(problems).toEqual([
      {
        file: 'prosumers.arrow',
        row: 3,
        column: 'demand_kw',
        value: String(2 ** 53 - 1),
        message: 'an absurd magnitude: beyond 1e15',
      },
    ]);
  });

  const faults: readonly (readonly [string, (rows: Rows, row: number) => void, RegExp])[] = [
    [
      'a number that is none',
      ({ demand_kw }, row) => demand_kw.fill(Number.NEGATIVE_INFINITY, row, row + 1),
      /column demand_kw, value "-Infinity": not a finite number$/,
    ],
    [
      'a community of another case',
      ({ community }, row) => community.fill('moon', row, row + 1),
      /column community, value "moon": not an id of communities.csv$/,
    ],
    [
      'no community',
      ({ community }, row) => community.fill('', row, row + 1),
      /column community, value "": an id is needed$/,
    ],
    [
      'an id used before',
      ({ prosumer }, row) => prosumer.fill('p1', row, row + 1),
      /column prosumer, value "p1": the same id as in row 3$/,
    ],
    [
      'no id',
      ({ prosumer }, row) => prosumer.fill('', row, row + 1),
      /column prosumer, value "": an id is needed$/,
    ],
    [
      'crossed bounds',
      ({ p_min_kw }, row) => p_min_kw.fill(500, row, row + 1),
      /column p_min_kw, value "500": above p_max_kw, which is \d+$/,
    ],
  ];
  for (const [fault, spoil, message] of faults) {
    it(`say in which row of the file there is ${fault}, in any batch`, async () => {
      for (const row of [4, 57, 199]) {
        const random = seededRandom(row);
        const rows = randomRows(random, 200);
        spoil(rows, row);
        const reading = readArrow(fileOf(batchesOf(rows, random), 'file'));
        await expect(reading).rejects.toThrow(message);
        await expect(reading).rejects.toThrow(`prosumers.arrow, row ${row + 2}, column`);
      }
    });
  }

  it('are refused where texts lie outside of them', async () => {
    const rows = randomRows(seededRandom(8), 40);
    const batch = recordBatch(rows);
    const offsets = (batch.data.children[0] as arrow.Data<arrow.Utf8>).valueOffsets;
    for (const wrong of [1e6, -4]) {
      const before = offsets[20];
      offsets[20] = wrong;
      const reading = readArrow(fileOf([batch], 'file'));
      await expect(reading).rejects.toThrow(/not a readable Arrow file \(texts that lie outside/);
      offsets[20] = before;
    }
  });
});

describe('a table of several batches', () => {
  it('is written one after the other, and read back to the last bit', async () => {
    const count = 70_000;
    const rows = Array.from({ length: count }, (_, row) => row);
    const original = createCase({
      ...smallMarket(),
      prosumers: {
        prosumer: rows.map((row) => `ü${row}`),
        community: rows.map((row) => (row < 40_000 ? 'north' : 'south')),
        demandKw: rows.map((row) => row / 7),
        demandKvar: rows.map((row) => -row / 3),
        pMinKw: rows.map(() => 0),
        pMaxKw: rows.map((row) => row),
        costQuadratic: rows.map(() => 0.1),
        costLinear: rows.map((row) => row / count),
      },
      devices: undefined,
    });
    const folder = join(temporaryFolder(), 'case');
    await writeCase(original, folder, 'arrow');
    const table = arrow.tableFromIPC(readFileSync(join(folder, 'prosumers.arrow')));
    expect(table.batches.map(({ numRows }) => numRows)).toEqual([65_536, 4464]);
    expect(table.getChild('community')?.get(65_536)).toBe('south');
    expect(isDeepStrictEqual(await readCase(folder), original)).toBe(true);
    // A stream of the same batches has no list of them at its end.
    writeFileSync(join(folder, 'prosumers.arrow'), arrow.tableToIPC(table, 'stream'));
    expect(isDeepStrictEqual(await readCase(folder), original)).toBe(true);
  });
});
