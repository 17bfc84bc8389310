import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MODES } from '../../engine/clearing/result.js';
import { caseFolder, SMALL_CASE, temporaryFolder, wattshare } from './harness.js';

/** A case and what `clear` wrote for it. */
async function clearedCase(...options: readonly string[]) {
  const folder = caseFolder();
  const out = join(temporaryFolder(), 'result');
  const run = await wattshare('clear', folder, '--out', out, ...options);
  expect(run.code).toBe(0);
  return { folder, out };
}

/** Replaces one cell of a CSV table; row 1 is the first below the header. */
function changeCell(file: string, row: number, column: string, value: string): void {
  const lines = readFileSync(file, 'utf8').split(/\r?\n/);
  const cells = lines[row].split(',');
  cells[lines[0].split(',').indexOf(column)] = value;
  lines[row] = cells.join(',');
  writeFileSync(file, lines.join('\n'));
}

describe('wattshare verify', () => {
  it.each(MODES)('confirms what clear wrote in mode %s', async (mode) => {
    const { folder, out } = await clearedCase('--mode', mode);
    const { code, output, errors } = await wattshare('verify', folder, out);
    expect(errors).toBe('');
    expect(output).toMatch(/1 equilibrium: pass/);
    expect(output).toMatch(/2 power flow and limits: pass/);
    expect(output).toMatch(/at most 1\.0e-6/);
    expect(code).toBe(0);
  });

  it('confirms a result kept in Arrow tables', async () => {
    const { folder, out } = await clearedCase('--format', 'arrow');
    expect((await wattshare('verify', folder, out)).code).toBe(0);
  });

  it.each([
    { table: 'prosumers.csv', column: 'output_kw', value: '0.5', point: /1 equilibrium: FAIL/ },
    {
      table: 'communities.csv',
      column: 'price_usd_per_kwh',
      value: '9',
      point: /1 equilibrium: FAIL/,
    },
    {
      table: 'buses.csv',
      column: 'voltage_pu',
      value: '1.02',
      point: /2 power flow and limits: FAIL/,
    },
  ])('exits 4 when $column of $table was changed', async ({ table, column, value, point }) => {
    const { folder, out } = await clearedCase();
    changeCell(join(out, table), 2, column, value);
    const { code, output, errors } = await wattshare('verify', folder, out);
    expect(output).toMatch(point);
    expect(errors).toMatch(/\S/);
    expect(code).toBe(4);
  });

  it('exits 4 when the summary reports another cost than the tables give', async () => {
    const { folder, out } = await clearedCase();
    const file = join(out, 'summary.json');
    const summary = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...summary, cost_usd_per_h: summary.cost_usd_per_h - 1 }));
    const { code, errors } = await wattshare('verify', folder, out);
    expect(code).toBe(4);
    expect(errors).toContain('cost');
  });

  it('exits 4 when the result is of another case', async () => {
    const { out } = await clearedCase();
    const other = caseFolder({
      'prosumers.csv': SMALL_CASE['prosumers.csv'].replace('n1,north,12', 'n1,north,11'),
    });
    expect((await wattshare('verify', other, out)).code).toBe(4);
  });

  it('exits 2 on a result that cannot be read, and names the file', async () => {
    const folder = caseFolder();
    const absent = await wattshare('verify', folder, join(temporaryFolder(), 'absent'));
    expect(absent.code).toBe(2);
    expect(absent.errors).toMatch(/\S/);

    const { out } = await clearedCase();
    changeCell(join(out, 'buses.csv'), 1, 'voltage_pu', 'high');
    const garbled = await wattshare('verify', folder, out);
    expect(garbled.code).toBe(2);
    expect(garbled.errors).toContain('buses.csv');

    rmSync(join(out, 'prosumers.csv'));
    const missing = await wattshare('verify', folder, out);
    expect(missing.code).toBe(2);
    expect(missing.errors).toContain('prosumers');
  });
});
