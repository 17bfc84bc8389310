/** `wattshare report` and `clear --report`: pages of results on disk and of clearings just done. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PANELS, panelsOf } from '../page/pageText.js';
import { caseFolder, temporaryFolder, wattshare } from './harness.js';

const pageIn = (file: string): string => readFileSync(file, 'utf8');

async function clearedFolder(folder: string): Promise<string> {
  const out = join(temporaryFolder(), 'result');
  expect((await wattshare('clear', folder, '--out', out)).code).toBe(0);
  return out;
}

describe('report', () => {
  it('shows what clear --report shows, from the files', async () => {
    const folder = caseFolder();
    const result = join(temporaryFolder(), 'result');
    const direct = join(temporaryFolder(), 'direct.html');
    const cleared = await wattshare('clear', folder, '--out', result, '--report', direct);
    expect(cleared.errors).toContain(`report written to ${direct}\n`);
    const later = join(temporaryFolder(), 'later.html');
    const run = await wattshare('report', result, '--case', folder, '--out', later);
    expect(run).toEqual({ code: 0, output: '', errors: `report written to ${later}\n` });
    expect(panelsOf(pageIn(later))).toEqual(PANELS);
    // But for the cost of covering the bill, which no file holds, they are the same to the last byte.
    const text = (file: string): string =>
      pageIn(file).replace(/(<div>prices cover the grid&#39;s bill)[^<]*/, '$1');
    expect(text(later)).toBe(text(direct));
  });

  it('finds a bundled case by the name in the result', async () => {
    const result = await clearedFolder('five-bus');
    const file = join(temporaryFolder(), 'page.html');
    expect((await wattshare('report', result, '--out', file)).code).toBe(0);
    expect(pageIn(file)).toContain('<title>five-bus');
  });

  it('asks for the case where the result does not name a bundled one', async () => {
    const result = await clearedFolder(caseFolder());
    const { code, errors } = await wattshare('report', result);
    expect(errors).toBe('the result is one of the case small; say where that is: --case FOLDER\n');
    expect(code).toBe(2);
  });

  it('refuses a folder that holds no result', async () => {
    const { code, errors } = await wattshare('report', temporaryFolder());
    expect(errors).toContain('summary.json');
    expect(code).toBe(2);
  });

  it('says above all where the files claim more than they show', async () => {
    const folder = caseFolder();
    const result = await clearedFolder(folder);
    const buses = join(result, 'buses.csv');
    const [header, root, near, far] = pageIn(buses).trimEnd().split('\n');
    const [id, , price] = near.split(',');
    writeFileSync(buses, [header, root, `${id},0.99,${price}`, far, ''].join('\n'));
    const file = join(temporaryFolder(), 'page.html');
    await wattshare('report', result, '--case', folder, '--out', file);
    expect(pageIn(file)).toMatch(/role="alert">The files of small say optimal; .* they show limit/);
  });

  it('shows an infeasible market too', async () => {
    const folder = caseFolder({
      'communities.csv':
        'community,bus,price_sensitivity,price_min,price_max\nnorth,near,40,9,9\nsouth,far,60,9,9\n',
    });
    const file = join(temporaryFolder(), 'page.html');
    const run = await wattshare('clear', folder, '--report', file, '--mode', 'local');
    expect(run.code).toBe(3);
    expect(pageIn(file)).toContain('infeasible: proven');
  });
});
