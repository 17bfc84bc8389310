import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as arrow from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { CaseError } from '../../engine/base/errors.js';
import type { Case } from '../../engine/case/case.js';
import { readCase } from '../../engine/io/readCase.js';
import { textCase } from './textCase.js';

const texts = (values: readonly (string | null)[]) =>
  arrow.vectorFromArray(values, new arrow.Utf8());
const floats = (values: readonly (number | null)[]) =>
  arrow.vectorFromArray(values, new arrow.Float64());

type Columns = Record<string, arrow.Vector>;

const PROSUMERS: Columns = {
  prosumer: texts(['p', 'q']),
  community: texts(['m', 'm']),
  demand_kw: floats([1, 2]),
  p_min_kw: floats([0, 0]),
  p_max_kw: floats([3, 4]),
  cost_quadratic: floats([0.1, 0.2]),
  cost_linear: floats([0.3, 0.4]),
};

/** The text case with its prosumers in Arrow. */
function arrowCase(changes: Columns): string {
  const table = new arrow.Table({ ...PROSUMERS, ...changes });
  return textCase({
    'prosumers.csv': undefined,
    'prosumers.arrow': arrow.tableToIPC(table, 'file'),
  });
}

async function read(changes: Columns): Promise<Case> {
  return await readCase(arrowCase(changes));
}

describe('Arrow files', () => {
  it('may hold texts as dictionaries and integers', async () => {
    const community = arrow.vectorFromArray(
      ['m', 'm'],
      new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32()),
    );
    const prosumer = arrow.vectorFromArray([7, 12], new arrow.Int32());
    expect([...(await read({ community, prosumer })).prosumers.id]).toEqual(['7', '12']);
  });

  it('may hold numbers as integers and single floats', async () => {
    const theCase = await read({
      demand_kw: arrow.vectorFromArray([3, -4], new arrow.Int16()),
      p_max_kw: arrow.vectorFromArray([5n, 6n], new arrow.Int64()),
      cost_linear: arrow.vectorFromArray([0.5, 0.1], new arrow.Float32()),
    });
    expect([...theCase.prosumers.demandKw]).toEqual([3, -4]);
    expect([...theCase.prosumers.pMaxKw]).toEqual([5, 6]);
    expect([...theCase.prosumers.costLinear]).toEqual([0.5, Math.fround(0.1)]);
  });

  it('take null for not given', async () => {
    const theCase = await read({ demand_kvar: floats([null, 2]) });
    expect([...theCase.prosumers.demandKvar]).toEqual([0, 2]);
  });

  it('may come in several record batches', async () => {
    const first = new arrow.Table<Record<string, arrow.DataType>>(PROSUMERS);
    const second = new arrow.Table<Record<string, arrow.DataType>>({
      ...PROSUMERS,
      prosumer: texts(['r', 's']),
    });
    const folder = textCase({ 'prosumers.csv': undefined });
    writeFileSync(join(folder, 'prosumers.arrow'), arrow.tableToIPC(first.concat(second), 'file'));
    const theCase = await readCase(folder);
    expect([...theCase.prosumers.id]).toEqual(['p', 'q', 'r', 's']);
    expect([...theCase.prosumers.costLinear]).toEqual([0.3, 0.4, 0.3, 0.4]);
  });

  const faults: readonly (readonly [string, Columns, RegExp])[] = [
    [
      'null where a number is needed',
      { demand_kw: floats([1, null]) },
      /^prosumers\.arrow, row 3, column demand_kw, value "": a number is needed$/,
    ],
    [
      'NaN',
      { demand_kw: floats([Number.NaN, 1]) },
      /^prosumers\.arrow, row 2, column demand_kw, value "NaN": not a finite number$/,
    ],
    [
      'texts where numbers are needed',
      { demand_kw: texts(['1', '2']) },
      /^prosumers\.arrow, column demand_kw: a column of Utf8 where numbers are needed$/,
    ],
    [
      'floats where texts are needed',
      { prosumer: floats([1, 2]) },
      /^prosumers\.arrow, column prosumer: a column of Float64 where texts are needed$/,
    ],
    [
      'crossed bounds',
      { p_min_kw: floats([0, 9]) },
      /^prosumers\.arrow, row 3, column p_min_kw, value "9": above p_max_kw, which is 4$/,
    ],
  ];
  for (const [fault, changes, message] of faults) {
    it(`are refused for ${fault}`, async () => {
      const reading = read(changes);
      await expect(reading).rejects.toThrow(CaseError);
      await expect(reading).rejects.toThrow(message);
    });
  }

  it('are refused where they are no Arrow at all, or cut off', async () => {
    const whole = arrow.tableToIPC(new arrow.Table(PROSUMERS), 'file');
    const damaged = [
      Buffer.from('prosumer,community\np,m\n'),
      Buffer.alloc(0),
      Buffer.alloc(4096),
      Buffer.alloc(4096, 255),
      whole.subarray(0, whole.length - 100),
      whole.subarray(0, 200),
    ];
    for (const bytes of damaged) {
      const reading = readCase(textCase({ 'prosumers.csv': undefined, 'prosumers.arrow': bytes }));
      await expect(reading).rejects.toThrow(CaseError);
      await expect(reading).rejects.toThrow(/^prosumers\.arrow/);
    }
  });

  it('go before CSV, with a warning', async () => {
    const warnings: string[] = [];
    const folder = textCase();
    writeFileSync(
      join(folder, 'prosumers.arrow'),
      arrow.tableToIPC(new arrow.Table({ ...PROSUMERS, prosumer: texts(['r', 's']) }), 'file'),
    );
    const theCase = await readCase(folder, { onWarning: (message) => warnings.push(message) });
    expect([...theCase.prosumers.id]).toEqual(['r', 's']);
    expect(warnings).toEqual(['prosumers.arrow is read, prosumers.csv beside it is not']);
  });
});
