/** Regions on the command line: cleared, written and verified together; refused where one feeder is needed. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { caseFolder, SMALL_CASE, temporaryFolder, wattshare } from './harness.js';

/** The small case twice, with the ids of the second marked, under two roots. */
function regionFolder(changes: Readonly<Record<string, string>> = {}): string {
  const settings = { ...JSON.parse(SMALL_CASE['case.json']), root: ['root', 'root2'] };
  const twice = (file: string, idColumns: number): string => {
    const [header, ...rows] = SMALL_CASE[file].trimEnd().split('\n');
    const marked = rows.map((row) =>
      row
        .split(',')
        .map((cell, column) => (column < idColumns ? `${cell}2` : cell))
        .join(','),
    );
    return [header, ...rows, ...marked, ''].join('\n');
  };
  return caseFolder({
    'case.json': JSON.stringify(settings),
    'buses.csv': twice('buses.csv', 1),
    'branches.csv': twice('branches.csv', 2),
    'communities.csv': twice('communities.csv', 2),
    'prosumers.csv': twice('prosumers.csv', 2),
    ...changes,
  });
}

async function clearedRegion() {
  const folder = regionFolder();
  const out = join(temporaryFolder(), 'result');
  const run = await wattshare('clear', folder, '--out', out);
  expect(run.errors).toBe(`result written to ${out}\n`);
  expect(run.code).toBe(0);
  return { folder, out, run };
}

const summaryOf = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8'));

describe('a region of two equal feeders', () => {
  it('costs twice what one of them costs, and says so', async () => {
    const { out, run } = await clearedRegion();
    const alone = await wattshare('clear', caseFolder(), '--json');
    const summary = summaryOf(out);
    expect(summary.status).toBe('optimal');
    expect(summary.cost_usd_per_h).toBe(2 * JSON.parse(alone.output).cost_usd_per_h);
    expect(readdirSync(out).sort()).toEqual(['feeder-1', 'feeder-2', 'summary.json']);
    expect(run.output).toMatch(/optimal: 2 of 2 feeders optimal/);
    expect(run.output).toMatch(/root2: optimal/);
  });

  it('is verified feeder by feeder', async () => {
    const { folder, out } = await clearedRegion();
    const { code, errors, output } = await wattshare('verify', folder, out);
    expect(errors).toBe('');
    expect(output.match(/1 equilibrium: pass/g)).toHaveLength(2);
    expect(code).toBe(0);
  });

  it('is not confirmed where its totals were changed', async () => {
    const { folder, out } = await clearedRegion();
    const summary = summaryOf(out);
    const changed = { ...summary, cost_usd_per_h: summary.cost_usd_per_h - 1 };
    writeFileSync(join(out, 'summary.json'), JSON.stringify(changed));
    const { code, errors } = await wattshare('verify', folder, out);
    expect(errors).toMatch(/not confirmed: the summary gives .* for the cost, its feeders/);
    expect(code).toBe(4);
  });

  it('gives the same tables with two workers, over an earlier result', async () => {
    const { folder, out } = await clearedRegion();
    const before = ['feeder-1', 'feeder-2'].map((feeder) =>
      readFileSync(join(out, feeder, 'prosumers.csv'), 'utf8'),
    );
    const { code } = await wattshare('clear', folder, '--out', out, '--workers', '2', '--quiet');
    expect(code).toBe(0);
    const after = ['feeder-1', 'feeder-2'].map((feeder) =>
      readFileSync(join(out, feeder, 'prosumers.csv'), 'utf8'),
    );
    expect(after).toEqual(before);
  });

  it.each(['exactness', 'export'])('is refused by %s, which takes one feeder', async (command) => {
    const out = join(temporaryFolder(), 'out');
    const words = command === 'export' ? ['--program', 'reduced', '--out', out] : [];
    const { code, errors } = await wattshare(command, regionFolder(), ...words);
    expect(errors).toMatch(/case.json, column root: a list of roots makes a region/);
    expect(code).toBe(2);
  });

  it('is refused with the file and row of a branch that joins its feeders', async () => {
    const folder = regionFolder();
    const branches = readFileSync(join(folder, 'branches.csv'), 'utf8');
    writeFileSync(join(folder, 'branches.csv'), `${branches}near,far2,0.1,0.1,\n`);
    const { code, errors } = await wattshare('clear', folder);
    expect(errors).toMatch(
      /branches.csv, row \d.*reached from two roots, root2 and root, by way of root2, near2, far2, near, root;/,
    );
    expect(code).toBe(2);
  });
});
