import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CaseError } from '../../engine/base/errors.js';
import { readCase } from '../../engine/io/readCase.js';
import { temporaryFolder } from './temporaryFolder.js';
import { type CaseFiles, TEXT_CASE, textCase } from './textCase.js';

async function errorOf(folder: string): Promise<CaseError> {
  try {
    await readCase(folder);
  } catch (error) {
    if (error instanceof CaseError) return error;
    throw error;
  }
  throw new Error('the case was read');
}

const HEADER = 'prosumer,community,demand_kw,p_min_kw,p_max_kw,cost_quadratic,cost_linear';

describe('readCase', () => {
  it('reads plain files', async () => {
    const theCase = await readCase(textCase());
    expect(theCase.settings.name).toBe('typed');
    expect([...theCase.prosumers.id]).toEqual(['p', 'q']);
    expect([...theCase.prosumers.pMaxKw]).toEqual([2, 0.002]);
    expect([...theCase.prosumers.costLinear]).toEqual([0.2, 0.2]);
  });

  it('reads what a spreadsheet writes: BOM, CRLF, quotes, blank rows, other column order', async () => {
    const warnings: string[] = [];
    const folder = textCase({
      'case.json': `\uFEFF${TEXT_CASE['case.json']}`,
      'communities.csv': '\uFEFF"bus","community","price_sensitivity"\r\n"b","m",""\r\n',
      'prosumers.csv':
        '\uFEFFcost_linear, p_max_kw ,"p_min_kw",cost_quadratic,demand_kvar,remark,community,prosumer,demand_kw\r\n' +
        '0.2, 2 ,0,"0.1",,"says ""hello"",\r\nand more",m," p, the first ",1\r\n' +
        '\r\n' +
        '   \r\n' +
        ',,,,,,,,\r\n' +
        '0.3,3,0,0.1,0.5,,m,Müller,-1',
    });
    const theCase = await readCase(folder, { onWarning: (message) => warnings.push(message) });
    expect([...theCase.prosumers.id]).toEqual(['p, the first', 'Müller']);
    expect([...theCase.prosumers.pMaxKw]).toEqual([2, 3]);
    expect([...theCase.prosumers.demandKvar]).toEqual([0, 0.5]);
    expect(theCase.communities.priceSensitivity[0]).toBeNaN();
    expect(warnings).toEqual(['prosumers.csv: ignored unknown column remark']);
  });

  it('counts lines as an editor does, over blank lines and quoted line breaks', async () => {
    const { problems } = await errorOf(
      textCase({
        'prosumers.csv': `${HEADER},note\r\np,m,1,0,2,0.1,0.2,"two\r\nlines"\r\n\r\nq,m,x,0,2,0.1,0.2,\r\n`,
      }),
    );
    expect(problems).toEqual([
      { file: 'prosumers.csv', row: 5, column: 'demand_kw', value: 'x', message: 'not a number' },
    ]);
  });

  it('warns once a file of unknown columns, and of unknown fields', async () => {
    const warnings: string[] = [];
    const folder = textCase({
      'case.json': TEXT_CASE['case.json'].replace('{', '{"colour":"red","size":1,'),
      'buses.csv': 'bus,name,,kind\na,A,,1\nb,B,,2\n',
    });
    await readCase(folder, { onWarning: (message) => warnings.push(message) });
    expect(warnings).toEqual([
      'case.json: ignored unknown fields colour, size',
      'buses.csv: ignored unknown columns name, (without a name), kind',
    ]);
  });

  it('tells which tables it has read', async () => {
    const read: string[] = [];
    await readCase(textCase(), { onProgress: (file, rows) => read.push(`${file} ${rows}`) });
    expect(read).toEqual(['buses.csv 2', 'branches.csv 1', 'communities.csv 1', 'prosumers.csv 2']);
  });

  it('lets the prosumers of devices.csv leave their bounds and costs empty', async () => {
    const theCase = await readCase(
      textCase({
        'prosumers.csv': `${HEADER}\np,m,1,,,,\nq,m,1,0,1,1,0\n`,
        'devices.csv':
          'device,prosumer,p_min_kw,p_max_kw,cost_quadratic,cost_linear\nd,p,-1,1,0.1,0\n',
      }),
    );
    expect([...theCase.prosumers.pMinKw]).toEqual([-1, 0]);
    expect([...theCase.prosumers.deviceStart]).toEqual([0, 1, 1]);
  });

  it('takes a header alone for no branches, which a case of one bus needs', async () => {
    const theCase = await readCase(
      textCase({
        'buses.csv': 'bus\na\n',
        'branches.csv': 'from,to,r_ohm,x_ohm\n',
        'communities.csv': 'community,bus,price_sensitivity\nm,a,\n',
      }),
    );
    expect(theCase.branches.from).toHaveLength(0);
  });

  it('reads a table of several chunks', async () => {
    const rows = Array.from({ length: 5000 }, (_, row) => `p${row},m,${row / 7},0,1,0.1,0.2`);
    const theCase = await readCase(textCase({ 'prosumers.csv': [HEADER, ...rows].join('\r\n') }));
    expect(theCase.prosumers.id.length).toBe(5000);
    expect(theCase.prosumers.demandKw[4999]).toBe(4999 / 7);
  });
});

describe('readCase on a damaged case', () => {
  const faults: readonly (readonly [string, CaseFiles, string | RegExp])[] = [
    [
      'a number that is none',
      { 'buses.csv': 'bus,load_kw\na,\nb,12 kW\n' },
      'buses.csv, row 3, column load_kw, value "12 kW": not a number',
    ],
    [
      'a decimal comma',
      { 'buses.csv': 'bus,load_kw\na,"1,5"\nb,\n' },
      'buses.csv, row 2, column load_kw, value "1,5": not a number (decimals are written with a point)',
    ],
    [
      'a hexadecimal number',
      { 'buses.csv': 'bus,load_kw\na,0x10\nb,\n' },
      'buses.csv, row 2, column load_kw, value "0x10": not a number',
    ],
    [
      'NaN in words',
      { 'buses.csv': 'bus,load_kw\na,NaN\nb,\n' },
      'buses.csv, row 2, column load_kw, value "NaN": not a number',
    ],
    [
      'a number beyond double precision',
      { 'buses.csv': 'bus,load_kw\na,1e999\nb,\n' },
      'buses.csv, row 2, column load_kw, value "1e999": beyond the range of numbers',
    ],
    [
      'an absurd number, quoted as it was typed',
      { 'buses.csv': 'bus,load_kw\na,1.50e16\nb,\n' },
      'buses.csv, row 2, column load_kw, value "1.50e16": an absurd magnitude: beyond 1e15',
    ],
    [
      'crossed bounds, quoted as they were typed',
      { 'buses.csv': 'bus,v_min_pu\na,\nb,1.20\n' },
      'buses.csv, row 3, column v_min_pu, value "1.20": above v_max_pu, which is 1.1',
    ],
    [
      'a required cell that is empty',
      { 'branches.csv': 'from,to,r_ohm,x_ohm\na,b,,0\n' },
      'branches.csv, row 2, column r_ohm, value "": a number is needed',
    ],
    [
      'a dangling reference',
      { 'communities.csv': 'community,bus,price_sensitivity\nm,c,1\n' },
      'communities.csv, row 2, column bus, value "c": not an id of buses.csv',
    ],
    [
      'a missing column',
      { 'branches.csv': 'from,to,r_ohm\na,b,1\n' },
      'branches.csv, row 1, column x_ohm: a required column is missing',
    ],
    [
      'a missing column, which may be there under another spelling',
      { 'branches.csv': 'from,to,r_ohm,X_ohm\na,b,1,1\n' },
      'branches.csv, row 1, column x_ohm: a required column is missing (unknown column: X_ohm)',
    ],
    [
      'a column that is there twice',
      { 'buses.csv': 'bus,load_kw,load_kw\na,1,2\nb,1,2\n' },
      'buses.csv, row 1, column load_kw: the column is there twice',
    ],
    [
      'semicolons',
      { 'buses.csv': 'bus;load_kw\na;1\nb;2\n' },
      'buses.csv, row 1, column bus: a required column is missing (columns are separated by commas, not semicolons)',
    ],
    [
      'a row that is too short',
      { 'buses.csv': 'bus,load_kw\na,1\nb\n' },
      'buses.csv, row 3: 1 fields where the header has 2',
    ],
    [
      'a row that is too long',
      { 'buses.csv': 'bus,load_kw\na,1,2\nb,1\n' },
      'buses.csv, row 2: 3 fields where the header has 2',
    ],
    [
      'text behind a closing quote',
      { 'buses.csv': 'bus,load_kw\na,1\n"b"x,1\nc,2\n' },
      'buses.csv, row 3: text follows the closing quote of a field',
    ],
    [
      'a quote that is never closed',
      { 'buses.csv': 'bus,load_kw\na,1\n"b,1\nc,2\n' },
      'buses.csv, row 3: a quoted field of this row is never closed',
    ],
    ['an empty file', { 'buses.csv': '' }, 'buses.csv: empty; a header row is needed'],
    ['a header alone', { 'buses.csv': 'bus\n' }, /^buses\.csv: no rows; at least one is needed$/m],
    [
      'a missing table',
      { 'buses.csv': undefined },
      /^buses\.csv: there is neither this file nor buses\.arrow in /,
    ],
    ['missing settings', { 'case.json': undefined }, /^case\.json: there is no such file in /],
    ['settings that are no JSON', { 'case.json': '{"name": }' }, /^case\.json: not valid JSON: /],
    [
      'settings with a comma too many',
      { 'case.json': '{\n"name": "a",\n}' },
      /^case\.json: not valid JSON: .*\(line 3\b/,
    ],
    ['settings that are a list', { 'case.json': '[]' }, 'case.json: an object { … } is needed'],
    [
      'text in a numeric setting',
      { 'case.json': TEXT_CASE['case.json'].replace('0.4', '"0.4"') },
      'case.json, column base_kv, value "0.4": a number is needed',
    ],
    [
      'a setting that is missing',
      { 'case.json': TEXT_CASE['case.json'].replace('"grid_buy":0.3,', '') },
      'case.json, column grid_buy: a number is needed',
    ],
    [
      'a setting beyond double precision',
      { 'case.json': TEXT_CASE['case.json'].replace('{', '{"grid_limit_kw":1e999,') },
      'case.json, column grid_limit_kw, value "Infinity": beyond the range of numbers',
    ],
    [
      'an unknown root',
      { 'case.json': TEXT_CASE['case.json'].replace('"a"', '"z"') },
      'case.json, column root, value "z": not an id of buses.csv',
    ],
    [
      'prices the wrong way round',
      { 'case.json': TEXT_CASE['case.json'].replace('0.3', '0.05') },
      'case.json, column grid_buy, value "0.05": below grid_sell, which is 0.1',
    ],
    [
      'a file in Latin-1',
      { 'buses.csv': Buffer.from('bus\na\nb\ncaf\xe9\n', 'latin1') },
      /^buses\.csv, row 4, column bus, value "caf\uFFFD": .*UTF-8/,
    ],
  ];
  for (const [fault, files, message] of faults) {
    it(`names ${fault}`, async () => {
      const error = await errorOf(textCase(files));
      if (typeof message === 'string') expect(error.message).toBe(message);
      else expect(error.message).toMatch(message);
    });
  }

  it('names a folder that is not there', async () => {
    const folder = join(temporaryFolder(), 'nothing');
    expect((await errorOf(folder)).message).toBe(`${folder}: there is no such folder`);
  });

  it('names a file where a folder is needed', async () => {
    const file = join(textCase(), 'buses.csv');
    expect((await errorOf(file)).message).toBe(`${file}: not a folder`);
  });

  it('lists faults of several files and kinds at once', async () => {
    const error = await errorOf(
      textCase({
        'case.json': TEXT_CASE['case.json'].replace('1000', '0'),
        'buses.csv': 'bus,load_kw\na,one\nb,\nb,\n',
        'prosumers.csv': `${HEADER}\np,x,1,2,1,0,0\nq,m,1,0,1,0,0\n`,
      }),
    );
    expect(error.problems.map(({ file, row, column }) => [file, row, column])).toEqual([
      ['buses.csv', 2, 'load_kw'],
      ['prosumers.csv', 2, 'community'],
      ['case.json', undefined, 'base_kva'],
      ['buses.csv', 4, 'bus'],
      ['prosumers.csv', 2, 'p_min_kw'],
    ]);
  });

  it('lists missing columns of several files at once', async () => {
    const error = await errorOf(
      textCase({ 'buses.csv': 'id\na\n', 'communities.csv': 'community\nm\n' }),
    );
    expect(error.problems.map(({ file, column }) => `${file} ${column}`)).toEqual([
      'buses.csv bus',
      'communities.csv bus',
      'communities.csv price_sensitivity',
    ]);
  });

  it('lists 20 of 25 faults and counts the rest', async () => {
    const rows = Array.from({ length: 25 }, (_, row) => `p${row},m,?,0,1,0.1,0.2`);
    const error = await errorOf(textCase({ 'prosumers.csv': [HEADER, ...rows].join('\n') }));
    expect(error.problems).toHaveLength(20);
    expect(error.problems[19].row).toBe(21);
    expect(error.omitted).toBe(5);
  });

  it('finds a missing quote at the top of a large file without reading it over and over', async () => {
    const rows = Array.from({ length: 60_000 }, (_, row) => `p${row},m,1.2345678,0,1,0.1,0.2`);
    const text = [HEADER, '"p,m,1,0,1,0.1,0.2', ...rows].join('\n');
    expect(text.length).toBeGreaterThan(1.5e6);
    const error = await errorOf(textCase({ 'prosumers.csv': text.repeat(3) }));
    expect(error.problems[0].row).toBe(2);
  });
});
