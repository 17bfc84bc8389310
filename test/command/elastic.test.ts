import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { caseFolder, temporaryFolder, wattshare } from './harness.js';

/** What the far bus draws cannot reach it within the limits: everything is fixed and the line is long. */
const INFEASIBLE = {
  'branches.csv': 'from,to,r_ohm,x_ohm\nroot,near,0.05,0.02\nnear,far,0.1,0.04\n',
  'prosumers.csv': [
    'prosumer,community,demand_kw,p_min_kw,p_max_kw,cost_quadratic,cost_linear',
    'n1,north,12,0,0,0.02,0.1',
    's1,south,100,0,0,0.005,0.02',
    '',
  ].join('\n'),
};

/** Prices that cover the grid's bill are not what this is about. */
async function clearElastically(folder: string, ...options: readonly string[]) {
  return wattshare('clear', folder, '--mode', 'dlmp', '--elastic', '100', ...options);
}

describe('wattshare clear --elastic', () => {
  it('clears what has no answer, says what it relaxed, and verify takes it for that', async () => {
    const folder = caseFolder(INFEASIBLE);
    const within = await wattshare('clear', folder, '--mode', 'dlmp');
    expect(within.code).toBe(3);
    expect(within.output).toMatch(
      /no outcome keeps the lower voltage limit of bus far \(0\.9 pu\)/,
    );
    expect(within.output).toMatch(/least violation, by voltages alone \([\d.]+ pu² in all\)/);

    const out = join(temporaryFolder(), 'result');
    const run = await clearElastically(folder, '--out', out);
    expect(run.code).toBe(0);
    expect(run.output).toMatch(/status +optimal/);
    expect(run.output).toMatch(/relaxed +\d limits?, .* wider/);
    expect(run.output).toMatch(/bus(es)? .*far from 0\.9 to 0\.8\d+ pu/);
    expect(run.output).toContain('price caps are kept');

    const verified = await wattshare('verify', folder, out);
    expect(verified.errors).toBe('');
    expect(verified.output).toMatch(/within relaxed limits:\n +lower voltage limit/);
    expect(verified.code).toBe(0);

    // Without its table the result is one that breaks the limits of the case.
    const table = join(out, 'relaxed.csv');
    writeFileSync(table, `${readFileSync(table, 'utf8').split('\n')[0]}\n`);
    const bare = await wattshare('verify', folder, out);
    expect(bare.code).toBe(4);
    expect(bare.errors).toContain('breaks a limit');
  });

  it('gives the same tables where nothing has to give', async () => {
    const folder = caseFolder();
    const [plain, elastic] = [temporaryFolder(), temporaryFolder()].map((at) => join(at, 'result'));
    await wattshare('clear', folder, '--mode', 'dlmp', '--out', plain);
    const run = await clearElastically(folder, '--out', elastic);
    expect(run.output).toContain('every limit of the case is kept');
    for (const table of ['communities', 'prosumers', 'buses', 'branches', 'proof_prices']) {
      const [one, other] = [plain, elastic].map((at) =>
        readFileSync(join(at, `${table}.csv`), 'utf8'),
      );
      expect(other).toBe(one);
    }
  });

  it('prints what it relaxed as JSON', async () => {
    const { output } = await clearElastically(caseFolder(INFEASIBLE), '--json');
    const summary: unknown = JSON.parse(output);
    expect(summary).toMatchObject({
      relaxed: { price_usd_per_kwh: 100, reason: 'infeasible' },
    });
  });

  it.each([
    [['--elastic', '0'], 'above 0'],
    [['--elastic', '5', '--mode', 'local'], 'which none binds'],
  ] as const)('takes no %j', async (options, message) => {
    const run = await wattshare('clear', caseFolder(), ...options);
    expect(run.code).toBe(2);
    expect(run.errors).toContain(message);
  });
});

describe('wattshare exactness', () => {
  it('answers every point with yes or no', async () => {
    const run = await wattshare('exactness', caseFolder());
    expect(run.code).toBe(0);
    expect(run.output).toMatch(/^small, welfare: exact/);
    expect(run.output.match(/^ {2}(yes|no ) {2}/gm)).toHaveLength(7);
  });

  it('says where it fails, and the same as JSON', async () => {
    const folder = caseFolder({ 'buses.csv': 'bus,v_max_pu\nroot,1.1\nnear,1.1\nfar,1.0001\n' });
    const run = await wattshare('exactness', folder);
    expect(run.output).toMatch(/not known to be exact/);
    expect(run.output).toMatch(/no +upper voltage limits +without losses bus far reaches/);
    const report: unknown = JSON.parse((await wattshare('exactness', folder, '--json')).output);
    expect(report).toMatchObject({ case: 'small', isExact: false });
  });
});
