import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseString } from 'fast-csv';
import { expect, test } from 'vitest';
import { summarised } from '../../bench/harness.js';
import {
  bytesPerFurtherProsumer,
  bytesPerProsumer,
  growthExponent,
  judge,
  sumPasses,
  threadGain,
} from '../../bench/scaling/bars.js';
import { recordsAsCsv } from '../../bench/scaling/csv.js';
import { addUpBids, answerAll } from '../../bench/scaling/floors.js';
import { drawStudy, panelsOf } from '../../bench/scaling/picture.js';
import { planStudy, threadCounts } from '../../bench/scaling/plan.js';
import { repeat } from '../../bench/scaling/repetition.js';
import { bidsOf } from '../../engine/clearing/marketState.js';
import { clear, readCase, resolveCase } from '../../engine/index.js';
import { temporaryFolder } from '../io/temporaryFolder.js';
import { pointRecord } from './scalingRecord.js';

const everything = {
  parts: ['population', 'network', 'workers'],
  largestPopulation: 12_300_000,
  largestNetwork: 10_000,
  threads: 2,
} as const;

const time = (milliseconds: number) => summarised('total', [milliseconds]);

test('the plan holds every size in both modes, and no size beyond what was asked for', () => {
  const points = planStudy(everything).flatMap((plan) => plan.points);
  const sizes = (part: string) =>
    points
      .filter((point) => point.part === part && point.mode === 'welfare')
      .map(({ market }) => ('buses' in market ? market.buses : market.prosumers));
  expect(sizes('population')).toEqual([1_230, 12_300, 123_000, 1_230_000, 12_300_000]);
  expect(sizes('network')).toEqual([160, 615, 33, 100, 330, 1_000, 3_300, 10_000]);
  expect(sizes('workers')).toEqual([1_230_000, 1_230_000, 12_300_000, 12_300_000]);
  expect(points.filter(({ mode }) => mode === 'dlmp')).toHaveLength(points.length / 2);

  const small = planStudy({ ...everything, largestPopulation: 20_000, largestNetwork: 100 });
  expect(small.map(({ market }) => market)).toEqual([
    { network: 'ieee123', prosumers: 1_230 },
    { network: 'ieee123', prosumers: 12_300 },
    { network: 'case33bw', prosumers: 160 },
    { network: 'ieee123', prosumers: 615 },
    { network: 'radial', buses: 33 },
    { network: 'radial', buses: 100 },
    { network: 'ieee123', prosumers: 12_300 },
  ]);
  expect(() => planStudy({ ...everything, largestPopulation: 5 })).toThrow('1230 prosumers');
});

test('threads go up one by one, then by powers of two, and end with the most there are', () => {
  expect(threadCounts(1)).toEqual([1]);
  expect(threadCounts(3)).toEqual([1, 2, 3]);
  expect(threadCounts(12)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 12]);
  expect(threadCounts(32)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 16, 32]);
});

test('a quick clear is repeated often, a slow one as rarely as is allowed', async () => {
  const countOf = async (once: number) => {
    let now = 0;
    const run = async () => {
      now += once;
    };
    await repeat(run, { most: 15, least: 3, milliseconds: 10_000 }, () => now);
    return now / once;
  };
  expect(await countOf(1)).toBe(15);
  expect(await countOf(2_000)).toBe(5);
  expect(await countOf(60_000)).toBe(3);
});

test('the exponent of a power law is found whatever its factor', () => {
  const sizes = [33, 100, 330, 1_000];
  expect(growthExponent(sizes.map((size) => [size, 7 * size ** 1.25]))).toBeCloseTo(1.25, 12);
  expect(growthExponent([[33, 1]])).toBeNaN();
});

test('a record is stated in passes over the bids and in bytes a prosumer', () => {
  const record = pointRecord();
  expect(sumPasses(record)).toBe(10);
  expect(bytesPerProsumer(record)).toBeCloseTo((16 * 2 ** 20) / 12_300, 9);
  const { memory } = record;
  const larger = pointRecord({ prosumers: 22_300, memory: { ...memory, peak_mb: 81 } });
  expect(bytesPerFurtherProsumer(record, larger)).toBeCloseTo(2 ** 20 / 10_000, 9);
});

test('the gain of threads is stated for the clear, the response stage and a mere pass', () => {
  const comparison = { clear: time(125), responseStage: time(60), threadedSumPass: time(8) };
  const gain = threadGain(pointRecord({ threads: 2, comparison }));
  expect(gain).toEqual({ clear: 1.25, responseStage: 2, sumPass: 1.25 });
  expect(threadGain(pointRecord())).toBeNull();
});

test('bars are met or missed by ratios of the records, and not measured without them', () => {
  const comparison = { clear: time(120), responseStage: time(54), threadedSumPass: time(8) };
  const bars = judge([
    pointRecord(),
    pointRecord({ prosumers: 1_230_000, clear: time(3_900) }),
    pointRecord({ prosumers: 12_300_000, clear: time(200) }),
    pointRecord({ part: 'workers', prosumers: 1_230_000, threads: 2, comparison }),
  ]);
  const verdictOf = (words: RegExp) => bars.find(({ name }) => words.test(name))?.verdict;
  expect(verdictOf(/dlmp: time with 1,230,000/)).toBe('met');
  expect(verdictOf(/welfare: time with 1,230,000/)).toBe('not measured');
  expect(verdictOf(/dlmp: 12,300,000 prosumers in passes/)).toBe('missed');
  expect(verdictOf(/dlmp: response stage/)).toBe('met');
  expect(verdictOf(/12,300,000 prosumers: bids/)).toBe('met');
  expect(verdictOf(/optimal/)).toBe('met');
});

test('the time of a clear that was not certified meets no bar', () => {
  const records = [pointRecord(), pointRecord({ prosumers: 1_230_000, status: 'limit' })];
  const bars = judge(records);
  expect(bars.find(({ name }) => name.startsWith('dlmp: time'))).toMatchObject({
    measured: null,
    verdict: 'missed',
  });
  expect(bars.find(({ name }) => name.includes('optimal'))).toMatchObject({
    measured: 0.5,
    verdict: 'missed',
  });
});

test('the table has one line a point, with every stage that occurs and nothing where one lacks', async () => {
  const explained = pointRecord({
    status: 'infeasible',
    gap: null,
    answerPass: null,
    stages: [summarised('explain', [5])],
  });
  const text = await recordsAsCsv([pointRecord(), explained]);
  const rows: Record<string, string>[] = [];
  for await (const row of parseString(text, { headers: true })) rows.push(row);
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({ status: 'optimal', median_ms: '100', search_ms: '60' });
  expect(rows[0]).toMatchObject({ explain_ms: '', sum_passes: '10', answer_passes: '5' });
  expect(rows[1]).toMatchObject({ status: 'infeasible', gap: '', search_ms: '', explain_ms: '5' });
});

test('the picture names every series of its panels, and leaves out a panel without points', async () => {
  const records = [
    pointRecord({ prosumers: 1_230 }),
    pointRecord(),
    pointRecord({ mode: 'welfare' }),
    pointRecord({ part: 'network', network: 'radial', buses: 1_000 }),
  ];
  const drawing = await drawStudy('of records', records);
  const panels = panelsOf(records).filter(({ points }) => points.length > 0);
  expect(panels.map(({ xTitle }) => xTitle)).toEqual(['prosumers', 'prosumers', 'buses']);
  const series = panels.flatMap(({ points }) => points.map((point) => point.series));
  for (const text of [...series, ...panels.map(({ title }) => title), 'of records']) {
    expect(drawing).toContain(`>${text}<`);
  }
  expect(drawing).not.toContain('>threads<');
  expect(drawing).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
});

test('the floors add up all six columns, and answer the prices of a clear as it did', async () => {
  const theCase = await readCase(resolveCase('case33bw'));
  const { demandKw, demandKvar, pMinKw, pMaxKw, costQuadratic, costLinear } = theCase.prosumers;
  const columns = [demandKw, demandKvar, pMinKw, pMaxKw, costQuadratic, costLinear];
  const sum = columns.reduce((total, column) => column.reduce((all, cell) => all + cell, total), 0);
  expect(addUpBids(theCase.prosumers)).toBeCloseTo(sum, 9);

  const { outcome } = await clear(theCase, { mode: 'dlmp' });
  if (outcome === undefined) throw new Error('case33bw was not cleared');
  const { kappa, price, importKw } = outcome.communities;
  const output = new Float64Array(demandKw.length);
  const netImport = answerAll(bidsOf(theCase), kappa, price, output);
  expect(netImport).toBeCloseTo(
    importKw.reduce((total, cell) => total + cell, 0),
    6,
  );
  output.forEach((answer, i) => {
    expect(answer).toBeCloseTo(outcome.prosumers.outputKw[i] ?? Number.NaN, 6);
  });
});

const script = join(import.meta.dirname, '..', '..', 'dist', 'bench', 'scaling.js');
const words = ['--part', 'population', '--largest', '1230', '--repeats', '1', '--no-write'];

test('the built study measures its smallest population', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, ...words]);
  expect(stdout).toMatch(/^ieee123, 130 buses, dlmp +1,230 +1 +optimal/m);
  expect(stdout).toMatch(/^share of points that are optimal +1\.00 .* met$/m);
  expect(stderr).toContain('[1 of 2 points');
});

test('an interrupted study says what it has, writes nothing and leaves no files behind', async () => {
  const folder = temporaryFolder();
  const study = spawn(process.execPath, [script, ...words], {
    env: { ...process.env, TMPDIR: folder },
  });
  let output = '';
  study.stdout.on('data', (text) => {
    output += text;
  });
  study.stderr.once('data', () => study.kill('SIGINT'));
  const [exitCode] = await once(study, 'close');
  expect(exitCode).toBe(130);
  expect(output).toContain('interrupted: nothing is written');
  expect(readdirSync(folder)).toEqual([]);
});
