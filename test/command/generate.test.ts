import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder, wattshare } from './harness.js';

async function generated(...options: readonly string[]): Promise<string> {
  const out = join(temporaryFolder(), 'market');
  const run = await wattshare('generate', 'case33bw', '--out', out, ...options);
  expect(run.errors).toContain('case written to');
  expect(run.output).toBe('');
  expect(run.code).toBe(0);
  return out;
}

function filesOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );
}

describe('wattshare generate', () => {
  it('writes the same bytes for the same seed, and others for another', async () => {
    const size = ['--per-community', '3'];
    const first = filesOf(await generated(...size, '--seed', '7'));
    expect(filesOf(await generated(...size, '--seed', '7'))).toEqual(first);
    expect(filesOf(await generated(...size, '--seed', '8'))).not.toEqual(first);
  });

  it.each(['csv', 'arrow'])('makes a case in %s that clears and is certified', async (format) => {
    const out = await generated('--prosumers', '200', '--format', format);
    const { code, output } = await wattshare('clear', out, '--json', '--mode', 'dlmp');
    expect(JSON.parse(output)).toMatchObject({ status: 'optimal', counts: { prosumers: 200 } });
    expect(code).toBe(0);
  });

  it.each([
    { words: ['case33bw', '--prosumers', '3'], names: 'prosumers' },
    { words: ['case33bw', '--prosumers', '99', '--per-community', '3'], names: 'not both' },
    { words: ['case33bw', '--situation', 'midnight'], names: 'evening' },
    { words: ['case33bw', '--price-min', '0.3', '--price-max', '0.2'], names: '0.3' },
    { words: ['case33bw', '--community-buses', '5,nowhere'], names: 'nowhere' },
    { words: ['case33bx'], names: 'case33bx' },
  ])('exits 2 on $words and says what is wrong', async ({ words, names }) => {
    const out = join(temporaryFolder(), 'market');
    const { code, errors } = await wattshare('generate', ...words, '--out', out);
    expect(code).toBe(2);
    expect(errors).toContain(names);
    expect(errors).not.toMatch(/internal error|^ +at /m);
  });
});
