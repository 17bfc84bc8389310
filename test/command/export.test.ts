import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConicInstance } from '../../bench/cbf/conicInstance.js';
import { caseFolder, temporaryFolder, wattshare } from './harness.js';

describe('wattshare export', () => {
  it('writes a program that can be read again to standard output, and its size to the other', async () => {
    const { code, output, errors } = await wattshare(
      'export',
      caseFolder(),
      '--program',
      'explicit',
    );
    expect(code).toBe(0);
    const { problem, integers } = readConicInstance(output);
    expect(errors).toBe(
      `program written to standard output: ${problem.variableCount} variables ` +
        `(${integers.length} binary), 28 linear rows, 8 cones\n`,
    );
  });

  it.each(['cbf', 'mps'])(
    'writes the same %s to a file, and nothing else when it is quiet',
    async (format) => {
      const words = ['export', caseFolder(), '--program', 'full', '--format', format, '--quiet'];
      const file = join(temporaryFolder(), `program.${format}`);
      const printed = await wattshare(...words);
      const written = await wattshare(...words, '--out', file);
      expect(printed).toMatchObject({ code: 0, errors: '' });
      expect(written).toEqual({ code: 0, output: '', errors: '' });
      expect(readFileSync(file, 'utf8')).toBe(printed.output);
    },
  );

  it('takes mode, subsidy and base from its options', async () => {
    const words = ['export', caseFolder(), '--program', 'reduced', '--quiet'];
    const covered = await wattshare(...words);
    const subsidised = await wattshare(...words, '--subsidised', '--base-kva', '25');
    const social = await wattshare(...words, '--mode', 'social');
    expect(covered.output).toContain('# wattshare export: reduced program of welfare\n');
    expect(covered.output).toMatch(/# con \d+ revenue\n/);
    expect(subsidised.output).toContain('reduced program of welfare, subsidised\n');
    expect(subsidised.output).toContain('# powers in pu of 25 kVA, voltages in pu of 0.4 kV\n');
    expect(subsidised.output).not.toMatch(/revenue/);
    expect(social.output).toContain('reduced program of social\n');
  });

  it('says in its help which programs there are', async () => {
    const { output } = await wattshare('help', 'export');
    for (const word of [
      'explicit',
      'reduced',
      'full',
      'bilevel',
      'QCMATRIX',
      '--subsidised',
      '--out',
    ]) {
      expect(output).toContain(word);
    }
  });

  it.each([
    { words: ['CASE'], names: "required option '--program <program>'" },
    { words: ['CASE', '--program', 'dual'], names: 'explicit, reduced, full' },
    { words: ['CASE', '--program', 'full', '--format', 'lp'], names: 'cbf, mps' },
    { words: ['CASE', '--program', 'full', '--mode', 'welfare'], names: 'bilevel' },
    { words: ['CASE', '--program', 'full', '--mode', 'local'], names: 'no network program' },
    { words: ['CASE', '--program', 'full', '--subsidised'], names: 'only welfare' },
    {
      words: ['CASE', '--program', 'explicit', '--mode', 'dlmp'],
      names: 'reduced program is exact',
    },
    { words: ['CASE', '--program', 'full', '--base-kva', '0'], names: 'above 0' },
    { words: ['nowhere', '--program', 'full'], names: 'nowhere' },
    { words: ['CASE', '--program', 'full', '--out', '/nowhere/file'], names: '/nowhere/file' },
  ])('exits 2 on $words and says what is wrong', async ({ words, names }) => {
    const folder = caseFolder();
    const { code, output, errors } = await wattshare(
      'export',
      ...words.map((word) => (word === 'CASE' ? folder : word)),
    );
    expect(code).toBe(2);
    expect(output).toBe('');
    expect(errors).toContain(names);
    expect(errors).not.toMatch(/internal error|^ +at /m);
    expect(errors.trimEnd().split('\n')).toHaveLength(1);
  });
});
