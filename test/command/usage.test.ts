import { describe, expect, it } from 'vitest';
import { caseFolder, wattshare } from './harness.js';

describe('the command line', () => {
  it.each([
    ['--help'],
    ['-h'],
    ['help'],
    ['help', 'clear'],
    ['clear', '--help'],
    ['verify', '--help'],
    ['generate', '--help'],
    ['--version'],
  ])('answers %j on standard output and exits 0', async (...words) => {
    const { code, output, errors } = await wattshare(...words.filter((word) => word !== undefined));
    expect(code).toBe(0);
    expect(errors).toBe('');
    expect(output).toMatch(/\S/);
  });

  it('lists commands, options and exit codes in its help', async () => {
    const { output } = await wattshare('help');
    for (const word of ['clear', 'generate', 'verify', 'Exit codes'])
      expect(output).toContain(word);
    const clear = await wattshare('help', 'clear');
    for (const option of [
      '--mode',
      '--out',
      '--format',
      '--workers',
      '--gap',
      '--time-limit',
      '--node-limit',
      '--quiet',
      '--json',
      '--debug',
    ]) {
      expect(clear.output).toContain(option);
    }
  });

  it('shows the help on standard error and exits 2 when nothing is asked', async () => {
    const { code, output, errors } = await wattshare();
    expect(code).toBe(2);
    expect(output).toBe('');
    expect(errors).toContain('Usage: wattshare');
  });

  it.each([
    { words: ['cler', 'x'], names: "unknown command 'cler'" },
    { words: ['clear'], names: "missing required argument 'case'" },
    { words: ['clear', 'CASE', 'extra'], names: 'too many arguments' },
    { words: ['clear', 'CASE', '--mod', 'social'], names: "unknown option '--mod'" },
    { words: ['clear', 'CASE', '--mode', 'best'], names: 'welfare, dlmp, social, local, isolated' },
    { words: ['clear', 'CASE', '--mode', 'operator'], names: 'not available yet' },
    { words: ['clear', 'CASE', '--mode'], names: 'argument missing' },
    { words: ['clear', 'CASE', '--format', 'xlsx'], names: 'csv, arrow' },
    { words: ['clear', 'CASE', '--workers', '0'], names: '1 or more' },
    { words: ['clear', 'CASE', '--workers', '1.5'], names: 'whole number' },
    { words: ['clear', 'CASE', '--gap', '0'], names: 'above 0' },
    { words: ['clear', 'CASE', '--gap', '1e-6x'], names: 'must be a number' },
    { words: ['clear', 'CASE', '--gap', 'NaN'], names: 'must be a number' },
    { words: ['clear', 'CASE', '--time-limit', '-5'], names: 'above 0' },
    { words: ['clear', 'CASE', '--node-limit', ''], names: 'must be a number' },
    { words: ['verify', 'CASE'], names: "missing required argument 'result'" },
    { words: ['generate', 'ieee123'], names: "required option '--out <folder>'" },
    { words: ['help', 'nonsense'], names: 'Usage: wattshare' },
  ])('exits 2 on $words and says what is wrong', async ({ words, names }) => {
    const folder = caseFolder();
    const { code, output, errors } = await wattshare(
      ...words.map((word) => (word === 'CASE' ? folder : word)),
    );
    expect(code).toBe(2);
    expect(output).toBe('');
    expect(errors).toContain(names);
    expect(errors).not.toMatch(/^ +at /m);
    if (!errors.includes('Usage')) expect(errors.trimEnd().split('\n')).toHaveLength(1);
  });

  it('names the bundled cases when there is none of the name given', async () => {
    const { code, errors } = await wattshare('clear', 'ieee124');
    expect(code).toBe(2);
    expect(errors).toContain('ieee124');
    expect(errors).toContain('ieee123');
  });
});
