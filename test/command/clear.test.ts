import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MODES, type Mode } from '../../engine/clearing/result.js';
import { readTrace } from '../../engine/io/traceField.js';
import { caseFolder, SMALL_CASE, temporaryFolder, wattshare } from './harness.js';

/** Lower limits that no dispatch can keep: everything is fixed and the line is long. */
const INFEASIBLE = {
  'branches.csv': 'from,to,r_ohm,x_ohm\nroot,near,0.5,0.2\nnear,far,0.5,0.2\n',
  'prosumers.csv': [
    'prosumer,community,demand_kw,p_min_kw,p_max_kw,cost_quadratic,cost_linear',
    'n1,north,12,0,0,0.02,0.1',
    's1,south,30,0,0,0.005,0.02',
    '',
  ].join('\n'),
};

async function summaryOf(folder: string, ...options: readonly string[]) {
  const run = await wattshare('clear', folder, '--json', ...options);
  expect(run.errors).toBe('');
  return { code: run.code, summary: JSON.parse(run.output) as Record<string, unknown> };
}

describe('wattshare clear', () => {
  it.each(MODES)('certifies the small case in mode %s', async (mode) => {
    const { code, summary } = await summaryOf(caseFolder(), '--mode', mode);
    expect(summary).toMatchObject({ case: 'small', mode, status: 'optimal' });
    expect(code).toBe(0);
  });

  it('finds costs in the order that theory gives: social, subsidised welfare, dlmp', async () => {
    const folder = caseFolder();
    const costOf = async (mode: Mode, ...options: readonly string[]): Promise<number> => {
      const { summary } = await summaryOf(folder, '--mode', mode, ...options);
      return summary.cost_usd_per_h as number;
    };
    const [social, welfare, dlmp] = [
      await costOf('social'),
      await costOf('welfare', '--subsidised'),
      await costOf('dlmp'),
    ];
    expect(social).toBeGreaterThan(0);
    expect(social).toBeLessThanOrEqual(welfare + 1e-6);
    expect(welfare).toBeLessThanOrEqual(dlmp + 1e-6);
  });

  it('prints a summary with units, and progress nowhere but on a terminal', async () => {
    const { code, output, errors } = await wattshare('clear', caseFolder());
    expect(code).toBe(0);
    expect(errors).toBe('');
    expect(output).toMatch(/^small, welfare/);
    expect(output).toMatch(/status +optimal/);
    expect(output).toMatch(/cost +[\d.]+ \$\/h/);
    expect(output).toMatch(/prices +[\d.]+ \$\/kWh \(\w+\) to [\d.]+ \$\/kWh/);
    expect(output).toMatch(/voltages +[\d.]+ pu/);
  });

  it('prints pure JSON with --json: the summary that it also writes', async () => {
    const out = join(temporaryFolder(), 'result');
    const run = await wattshare('clear', caseFolder(), '--json', '--out', out);
    expect(run.code).toBe(0);
    expect(JSON.parse(run.output)).toEqual(
      JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')),
    );
  });

  it.each(['csv', 'arrow'])(
    'writes every table as %s and leaves nothing beside',
    async (format) => {
      const out = join(temporaryFolder(), 'result');
      const run = await wattshare('clear', caseFolder(), '--out', out, '--format', format);
      expect(run.code).toBe(0);
      const tables = ['branches', 'buses', 'communities', 'prosumers'];
      expect(readdirSync(out)).toEqual(
        expect.arrayContaining(['summary.json', ...tables.map((table) => `${table}.${format}`)]),
      );
      expect(readdirSync(dirname(out))).toEqual(['result']);
    },
  );

  it('answers the same with threads', async () => {
    const folder = caseFolder();
    const [alone, threaded] = [
      await summaryOf(folder, '--workers', '1'),
      await summaryOf(folder, '--workers', '2'),
    ];
    const { timing_ms: _, search_trace: moments, ...figures } = alone.summary;
    expect(threaded.code).toBe(0);
    expect(threaded.summary).toMatchObject(figures);
    const bounds = readTrace(moments)?.map(({ bound, nodes }) => ({ bound, nodes }));
    expect(readTrace(threaded.summary.search_trace)).toMatchObject(bounds ?? []);
  });

  it('replaces its own earlier result, but no folder of somebody else', async () => {
    const folder = caseFolder();
    const out = join(temporaryFolder(), 'result');
    expect((await wattshare('clear', folder, '--out', out)).code).toBe(0);
    expect((await wattshare('clear', folder, '--out', out, '--mode', 'dlmp')).code).toBe(0);
    expect(JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')).mode).toBe('dlmp');

    const foreign = temporaryFolder();
    writeFileSync(join(foreign, 'thesis.txt'), 'years of work');
    const refused = await wattshare('clear', folder, '--out', foreign);
    expect(refused.code).toBe(2);
    expect(refused.errors).toContain(foreign);
    expect(readdirSync(foreign)).toEqual(['thesis.txt']);
  });

  it('exits 3 on an infeasible case, explains it, and writes the summary alone', async () => {
    const out = join(temporaryFolder(), 'result');
    const folder = caseFolder(INFEASIBLE);
    const { code, output, errors } = await wattshare('clear', folder, '--out', out);
    expect(code).toBe(3);
    expect(output).toMatch(/status +infeasible/);
    expect(errors).toContain('result written');
    expect(readdirSync(out)).toEqual(['summary.json']);
    const { summary } = await summaryOf(folder);
    expect(summary.status).toBe('infeasible');
    expect(summary.explanation).toMatch(/\w/);
  });

  it('gives exit code and status that agree when the search may not begin', async () => {
    const { code, summary } = await summaryOf(caseFolder(), '--time-limit', '1e-9');
    expect(code).toBe({ optimal: 0, feasible: 0, limit: 4 }[String(summary.status)]);
  });
});

describe('wattshare clear, given bad input', () => {
  it('names file, row, column and value, one line a problem, without a stack trace', async () => {
    const folder = caseFolder({
      'prosumers.csv': SMALL_CASE['prosumers.csv']
        .replace('n2,north,6', 'n2,north,six')
        .replace('s2,south', 's2,west'),
    });
    const { code, output, errors } = await wattshare('clear', folder);
    expect(code).toBe(2);
    expect(output).toBe('');
    const lines = errors.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/prosumers\.csv, row 3, column demand_kw, value "six"/);
    expect(lines[1]).toMatch(/prosumers\.csv, row 5, column community, value "west"/);
    expect(errors).not.toMatch(/^ +at /m);
  });

  it.each([
    { what: 'a folder that is not there', make: () => join(temporaryFolder(), 'absent') },
    { what: 'an empty folder', make: () => temporaryFolder() },
    { what: 'JSON cut short', make: () => caseFolder({ 'case.json': '{"name": ' }) },
    {
      what: 'a network with a loop',
      make: () =>
        caseFolder({
          'branches.csv': 'from,to,r_ohm,x_ohm\nroot,near,1,1\nnear,far,1,1\nfar,root,1,1\n',
        }),
    },
    {
      what: 'an island',
      make: () =>
        caseFolder({
          'branches.csv': 'from,to,r_ohm,x_ohm\nroot,near,1,1\n',
        }),
    },
    {
      what: 'a table without rows',
      make: () =>
        caseFolder({
          'prosumers.csv':
            'prosumer,community,demand_kw,p_min_kw,p_max_kw,cost_quadratic,cost_linear\n',
        }),
    },
  ])('exits 2 on $what', async ({ make }) => {
    const { code, output, errors } = await wattshare('clear', make());
    expect(code).toBe(2);
    expect(output).toBe('');
    expect(errors).toMatch(/\S/);
    expect(errors).not.toMatch(/internal error|^ +at /m);
  });

  it('exits 2 when the result cannot be written where it should', async () => {
    const blocked = join(temporaryFolder(), 'file');
    writeFileSync(blocked, '');
    const { code, errors } = await wattshare('clear', caseFolder(), '--out', join(blocked, 'out'));
    expect(code).toBe(2);
    expect(errors).toMatch(/\S/);
  });

  it('keeps an earlier result when a later run fails', async () => {
    const out = join(temporaryFolder(), 'result');
    await wattshare('clear', caseFolder(), '--out', out);
    const before = readFileSync(join(out, 'summary.json'), 'utf8');
    const bad = caseFolder({ 'buses.csv': 'bus,load_kw\nroot,none\n' });
    expect((await wattshare('clear', bad, '--out', out)).code).toBe(2);
    expect(readFileSync(join(out, 'summary.json'), 'utf8')).toBe(before);
  });
});
