import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CaseError, UsageError } from '../../engine/base/errors.js';
import { createCase } from '../../engine/case/create.js';
import { type ClearingResult, NO_FLOWS } from '../../engine/clearing/result.js';
import { readResult } from '../../engine/io/readResult.js';
import { summarise } from '../../engine/io/summary.js';
import { FORMATS } from '../../engine/io/writeCase.js';
import { expectResultFolder, writeResult } from '../../engine/io/writeResult.js';
import { smallMarket } from '../case/smallMarket.js';
import { asReported } from '../fixtures/prosumers.js';
import { smallResult } from './smallResult.js';
import { temporaryFolder } from './temporaryFolder.js';

const theCase = createCase(smallMarket());
const result = smallResult(theCase);

const INFEASIBLE: ClearingResult = {
  case: theCase,
  mode: 'dlmp',
  status: 'infeasible',
  outcome: undefined,
  explanation: 'the upper voltage limit of bus end',
  timing: { total: 1 },
  nodes: 1,
};

async function written(): Promise<string> {
  const folder = join(temporaryFolder(), 'result');
  await writeResult(result, folder, 'csv');
  return folder;
}

function edit(folder: string, file: string, change: (text: string) => string): void {
  const path = join(folder, file);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

describe('writeResult', () => {
  it('writes the columns of the case format, branches from the end nearer the root', async () => {
    const folder = await written();
    const lines = (file: string): string[] => readFileSync(join(folder, file), 'utf8').split('\n');
    expect(lines('communities.csv')[0]).toBe(
      'community,bus,price_usd_per_kwh,import_kw,reactive_kvar,marginal_price_usd_per_kwh,cost_usd_per_h,kappa',
    );
    expect(lines('prosumers.csv')[0]).toBe(
      'prosumer,community,output_kw,purchase_kw,bid_kw,price_usd_per_kwh,cost_usd_per_h,payment_usd_per_h',
    );
    expect(lines('buses.csv')[0]).toBe('bus,voltage_pu,marginal_price_usd_per_kwh');
    const branches = lines('branches.csv');
    expect(branches[0]).toBe('from,to,p_kw,q_kvar,current_a,losses_kw,loading');
    expect(branches[1]).toMatch(/^source,middle,/);
    expect(branches[2]).toMatch(/^middle,end,/);
    expect(branches.slice(3)).toEqual(['']);
  });

  it('writes only the summary of a result without an outcome', async () => {
    const folder = join(temporaryFolder(), 'result');
    await writeResult(INFEASIBLE, folder, 'csv');
    expect(readdirSync(folder)).toEqual(['summary.json']);
    const summary: unknown = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8'));
    expect(summary).toMatchObject({ status: 'infeasible', explanation: INFEASIBLE.explanation });
    expect(summary).not.toHaveProperty('cost_usd_per_h');
    await expect(readResult(folder, theCase)).rejects.toThrow(/summary\.json.*infeasible/);
  });

  it('replaces an earlier result with all of its tables', async () => {
    const folder = await written();
    await writeResult(result, folder, 'arrow');
    expect(readdirSync(folder).filter((name) => name.endsWith('.csv'))).toEqual([]);
    await writeResult(INFEASIBLE, folder, 'csv');
    expect(readdirSync(folder)).toEqual(['summary.json']);
  });

  it('makes the folders on the way and takes an empty one', async () => {
    const parent = temporaryFolder();
    await writeResult(result, join(parent, 'a', 'b', 'c'), 'csv');
    expect(existsSync(join(parent, 'a', 'b', 'c', 'summary.json'))).toBe(true);
    expect(readdirSync(join(parent, 'a', 'b'))).toEqual(['c']);
    const empty = temporaryFolder();
    await writeResult(result, empty, 'csv');
    expect(existsSync(join(empty, 'summary.json'))).toBe(true);
  });

  it('does not touch a folder that is no result, or that holds something else too', async () => {
    const foreign = temporaryFolder();
    writeFileSync(join(foreign, 'notes.txt'), 'mine');
    await expect(expectResultFolder(foreign)).rejects.toThrow(UsageError);
    await expect(writeResult(result, foreign, 'csv')).rejects.toThrow('no summary.json');
    writeFileSync(join(foreign, 'summary.json'), '{}');
    await expect(writeResult(result, foreign, 'csv')).rejects.toThrow('notes.txt');
    expect(readdirSync(foreign).sort()).toEqual(['notes.txt', 'summary.json']);
    const file = join(foreign, 'notes.txt');
    await expect(writeResult(result, file, 'csv')).rejects.toThrow(`${file} is a file`);
  });

  it('leaves nothing behind when it fails, and the earlier result as it was', async () => {
    const parent = temporaryFolder();
    const folder = join(parent, 'result');
    await writeResult(result, folder, 'csv');
    const before = readFileSync(join(folder, 'summary.json'), 'utf8');
    const broken: ClearingResult = {
      ...result,
      outcome: {
        ...result.outcome,
        get buses(): never {
          throw new Error('half way');
        },
      },
    };
    await expect(writeResult(broken, folder, 'csv')).rejects.toThrow('half way');
    await expect(writeResult(broken, join(parent, 'new', 'deep'), 'csv')).rejects.toThrow();
    expect(readdirSync(parent)).toEqual(['result']);
    expect(readFileSync(join(folder, 'summary.json'), 'utf8')).toBe(before);
  });
});

describe('summarise', () => {
  const summary = summarise(result);

  it('has the fields of the case format', () => {
    expect(Object.keys(summary)).toEqual([
      'case',
      'mode',
      'status',
      'objective_usd_per_h',
      'cost_usd_per_h',
      'lower_bound_usd_per_h',
      'gap',
      'nodes',
      'grid_import_kw',
      'losses_kw',
      'v_min_pu',
      'v_max_pu',
      'operator_surplus_usd_per_h',
      'revenue_adequacy',
      'certificate',
      'timing_ms',
      'counts',
      'versions',
    ]);
    expect(summary.counts).toEqual({
      buses: 3,
      branches: 3,
      communities: 2,
      prosumers: 4,
      devices: 2,
    });
    expect(summary.versions.node).toBe(process.versions.node);
    expect(summary.versions.wattshare).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('leaves out what has no value', () => {
    const without = summarise({ ...result, gap: Number.NaN, lowerBound: -Infinity });
    expect(without).not.toHaveProperty('gap');
    expect(without).not.toHaveProperty('lower_bound_usd_per_h');
    expect(without.certificate).not.toHaveProperty('lower_bound_usd_per_h');
    expect(without.certificate).not.toHaveProperty('voltage_violation_bus');
    expect(without.certificate).toHaveProperty('optimality_holds', false);
  });
});

describe('readResult', () => {
  for (const format of FORMATS) {
    it(`gives back what was written as ${format}, to the last bit`, async () => {
      const folder = join(temporaryFolder(), 'result');
      await writeResult(result, folder, format);
      const stored = await readResult(folder, theCase);
      expect(stored.outcome).toEqual(asReported(theCase, result.outcome));
      expect(stored.mode).toBe('welfare');
      expect(stored.summary).toEqual(summarise(result));
    });
  }

  it('has no proof where the result has none', async () => {
    const folder = join(temporaryFolder(), 'result');
    const outcome = { ...result.outcome, proof: [], largestConeSlack: Number.NaN };
    const certificate = { ...result.certificate, largestConeSlack_pu: Number.NaN };
    await writeResult({ ...result, outcome, certificate }, folder, 'csv');
    expect(readdirSync(folder).filter((name) => name.startsWith('proof'))).toEqual([]);
    expect((await readResult(folder, theCase)).outcome).toEqual(asReported(theCase, outcome));
  });

  it('writes no table of limits, and no column of parts, where there are none', async () => {
    const folder = join(temporaryFolder(), 'result');
    const outcome = {
      ...result.outcome,
      proof: result.outcome.proof.map((leaf) => ({
        ...leaf,
        community: new Int32Array(0),
        importMinKw: new Float64Array(0),
        importMaxKw: new Float64Array(0),
        flows: NO_FLOWS,
        parts: [],
      })),
    };
    for (const format of FORMATS) {
      await writeResult({ ...result, outcome }, folder, format);
      const tables = readdirSync(folder).filter((name) => name.startsWith('proof'));
      expect(tables).toEqual([`proof_leaves.${format}`, `proof_prices.${format}`]);
      expect((await readResult(folder, theCase)).outcome).toEqual(asReported(theCase, outcome));
    }
    await writeResult({ ...result, outcome }, folder, 'csv');
    const [header] = readFileSync(join(folder, 'proof_leaves.csv'), 'utf8').split('\n');
    expect(header).toBe('leaf,kind,revenue_price');
  });

  it('takes a proof without prices of revenue for one whose prices are 0', async () => {
    const folder = await written();
    edit(folder, 'proof_leaves.csv', () => 'leaf,kind\n0,bound\n1,infeasible\n2,bound\n');
    for (const file of ['proof_prices.csv', 'proof_boxes.csv', 'proof_flows.csv']) {
      edit(folder, file, (text) => text.replaceAll(/^[3-9],.*\n/gm, ''));
    }
    const { proof } = (await readResult(folder, theCase)).outcome;
    const plain = result.outcome.proof.map((leaf) => ({ ...leaf, revenuePrice: 0, parts: [] }));
    expect(proof).toEqual(plain);
  });

  it('matches rows in any order', async () => {
    const folder = await written();
    for (const file of readdirSync(folder)) {
      // Leaves are in the order of the proof, their limits in the order of the leaf.
      const isOrdered = /^proof_(leaves|boxes|flows)/.test(file);
      if (!file.endsWith('.csv') || isOrdered) continue;
      edit(folder, file, (text) => {
        const [header, ...rows] = text.trimEnd().split('\n');
        return [header, ...rows.reverse()].join('\n');
      });
    }
    expect((await readResult(folder, theCase)).outcome).toEqual(
      asReported(theCase, result.outcome),
    );
  });

  const faults: readonly (readonly [string, string, (text: string) => string, RegExp])[] = [
    [
      'a row that is missing',
      'prosumers.csv',
      (text) => text.replace(/^n2,.*\n/m, ''),
      /^prosumers\.csv: no row for prosumer n2$/,
    ],
    [
      'a row that is there twice',
      'buses.csv',
      (text) => `${text}end,1,1\n`,
      /^buses\.csv, row 5, column bus, value "end": there twice$/,
    ],
    [
      'a row of nobody',
      'buses.csv',
      (text) => `${text}moon,1,1\n`,
      /^buses\.csv, row 5, column bus, value "moon": the case has no such row$/,
    ],
    [
      'a number that is missing',
      'communities.csv',
      (text) => text.replace(/^(south,.*),[^,]*$/m, '$1,'),
      /^communities\.csv, row 3, column kappa, value "": a number is needed$/,
    ],
    [
      'a prosumer of another community',
      'prosumers.csv',
      (text) => text.replace('n2,north', 'n2,south'),
      /^prosumers\.csv, row 3, column community, value "south": in the case it is north$/,
    ],
    [
      'a branch the wrong way round',
      'branches.csv',
      (text) => text.replace('middle,end', 'end,middle'),
      /branches\.csv: no row for the branch from middle \(nearer the root\) to end/,
    ],
    [
      'a leaf out of order',
      'proof_leaves.csv',
      (text) => text.replace('1,infeasible', '5,infeasible'),
      /^proof_leaves\.csv, row 3, column leaf, value "5"/,
    ],
    [
      'a leaf of another kind',
      'proof_leaves.csv',
      (text) => text.replace('infeasible', 'guess'),
      /^proof_leaves\.csv, row 3, column kind, value "guess"/,
    ],
    [
      'a box of no leaf',
      'proof_boxes.csv',
      (text) => text.replace('\n1,south', '\n7,south'),
      /^proof_boxes\.csv, row 2, column leaf, value "7"/,
    ],
    [
      'a leaf of a part of no leaf',
      'proof_leaves.csv',
      (text) => text.replace(/^(4,infeasible,[^,]*),2,/m, '$1,3,'),
      /^proof_leaves\.csv, row 6, column within, value "3": not the number of an earlier leaf/,
    ],
    [
      'a part at no bus',
      'proof_leaves.csv',
      (text) => text.replace(/^(3,bound,.*),end,/m, '$1,moon,'),
      /^proof_leaves\.csv, row 5, column part_bus, value "moon": the case has no such row$/,
    ],
    [
      'a part without the price of its sending bus',
      'proof_leaves.csv',
      (text) => text.replace(/^(3,bound,.*),[^,]*$/m, '$1,'),
      /^proof_leaves\.csv, row 5, column sender_voltage_price_usd_per_h_per_pu2, value ""/,
    ],
    [
      'a flow to no bus',
      'proof_flows.csv',
      (text) => text.replace('2,end,', '2,moon,'),
      /^proof_flows\.csv, row 2, column bus, value "moon": the case has no such row$/,
    ],
    [
      'a flow of no leaf',
      'proof_flows.csv',
      (text) => text.replace('2,end,', '9,end,'),
      /^proof_flows\.csv, row 2, column leaf, value "9": not an entry of proof_leaves$/,
    ],
    [
      'a multiplier that is missing',
      'proof_flows.csv',
      (text) => text.replace(/^(2,end,.*),[^,]*$/m, '$1,'),
      /^proof_flows\.csv, row 2, column high_voltage_cut_price_usd_per_h_per_pu2, value ""/,
    ],
    [
      'a price that is there twice',
      'proof_prices.csv',
      (text) => `${text}0,end,1,1,1\n`,
      /^proof_prices\.csv, row \d+, column bus, value "end": there twice$/,
    ],
    [
      'another case',
      'summary.json',
      (text) => text.replace('"small"', '"large"'),
      /^summary\.json, column case, value "large"/,
    ],
    [
      'a result without an outcome',
      'summary.json',
      (text) => text.replace(/"status": "\w+"/, '"status": "infeasible"'),
      /^summary\.json, column status, value "infeasible": .* no outcome to check$/,
    ],
    [
      'an unknown mode',
      'summary.json',
      (text) => text.replace('"welfare"', '"greed"'),
      /^summary\.json, column mode, value "greed"/,
    ],
    [
      'a figure that is text',
      'summary.json',
      (text) => text.replace(/"gap": 1e-9/, '"gap": "small"'),
      /^summary\.json, column gap, value "small"/,
    ],
  ];
  for (const [fault, file, change, message] of faults) {
    it(`names ${fault}`, async () => {
      const folder = await written();
      edit(folder, file, change);
      const reading = readResult(folder, theCase);
      await expect(reading).rejects.toThrow(CaseError);
      await expect(reading).rejects.toThrow(message);
    });
  }

  it('names what a half proof lacks', async () => {
    const folder = await written();
    edit(folder, 'proof_prices.csv', (text) => text.replace(/^2,end,.*\n/m, ''));
    await expect(readResult(folder, theCase)).rejects.toThrow(
      'proof_prices.csv: no row for bus end in leaf 2',
    );
  });
});
