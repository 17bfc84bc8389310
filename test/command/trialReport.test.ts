/** `wattshare report` of a trial's folder, and `trial --report`. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { panelsOf } from '../page/pageText.js';
import { caseFolder, temporaryFolder, wattshare } from './harness.js';

const DAY = ['--intervals', '4', '--minutes', '360', '--deadline', 'none'];

const pageIn = (file: string): string => readFileSync(file, 'utf8');

describe('the report of a trial', () => {
  it('is the same while it runs and from its folder', async () => {
    const folder = join(temporaryFolder(), 'trial');
    const direct = join(temporaryFolder(), 'direct.html');
    const run = await wattshare('trial', 'five-bus', ...DAY, '--out', folder, '--report', direct);
    expect(run.errors).toContain(`report written to ${direct}\n`);
    expect(run.code).toBe(0);
    const later = join(temporaryFolder(), 'later.html');
    expect(await wattshare('report', folder, '--out', later)).toEqual({
      code: 0,
      output: '',
      errors: `report written to ${later}\n`,
    });
    expect(pageIn(later)).toBe(pageIn(direct));
    expect(pageIn(later)).toContain('<title>five-bus: a trial');
    expect(panelsOf(pageIn(later))).toContain('day');
  });

  it('needs no folder', async () => {
    const file = join(temporaryFolder(), 'page.html');
    const run = await wattshare('trial', 'five-bus', ...DAY, '--report', file, '--quiet');
    expect(run).toMatchObject({ code: 0, errors: '' });
    expect(pageIn(file)).toContain('4 intervals of 360 minutes, from 00:00 to 24:00');
  });

  it('asks for the case where the trial does not name a bundled one, and refuses another', async () => {
    const own = caseFolder();
    const folder = join(temporaryFolder(), 'trial');
    await wattshare('trial', own, ...DAY, '--out', folder);
    const asked = await wattshare('report', folder);
    expect(asked.errors).toBe(
      'the result is one of the case small; say where that is: --case FOLDER\n',
    );
    expect(asked.code).toBe(2);
    const other = await wattshare('report', folder, '--case', 'five-bus');
    expect(other.errors).toContain('the trial is one of another case');
    expect(other.code).toBe(2);
    rmSync(join(folder, 'intervals.csv'));
    const damaged = await wattshare('report', folder, '--case', own);
    expect(damaged.errors).toContain('intervals');
    expect(damaged.code).toBe(2);
  });
});
