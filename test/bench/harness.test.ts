import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { interleaved, measure, quantile, summarised } from '../../bench/harness.js';

test('a quantile lies linearly between the two samples around it', () => {
  const sorted = Float64Array.of(1, 2, 4, 8, 16);
  expect(quantile(sorted, 0)).toBe(1);
  expect(quantile(sorted, 0.5)).toBe(4);
  expect(quantile(sorted, 0.625)).toBe(6);
  expect(quantile(sorted, 1)).toBe(16);
});

test('quartiles do not depend on the order of the samples', () => {
  const expected = { name: 'a', median_ms: 3, p25_ms: 2, p75_ms: 4, samples: 5 };
  expect(summarised('a', [5, 1, 4, 2, 3])).toEqual(expected);
});

test('subjects are measured in the order given, asynchronous ones among them', async () => {
  const measured = await measure(
    [
      { name: 'at once', run: () => 1 },
      { name: 'later', run: () => new Promise((resolve) => setImmediate(resolve, 1)) },
    ],
    { rounds: 2, seconds: 0.01 },
  );
  expect(measured.map(({ name }) => name)).toEqual(['at once', 'later']);
  for (const { median_ms, samples } of measured) {
    expect(median_ms).toBeGreaterThan(0);
    expect(samples).toBeGreaterThanOrEqual(2);
  }
});

test('a subject that fails ends the measurement with its error', async () => {
  const failing = { name: 'failing', run: () => Promise.reject(new Error('out of order')) };
  await expect(measure([failing], { rounds: 1, seconds: 0.01 })).rejects.toThrow('out of order');
});

test('the built benchmark measures every stage of a small case', async () => {
  const script = join(import.meta.dirname, '..', '..', 'dist', 'bench', 'clearing.js');
  const words = ['--case', 'five-bus', '--rounds', '1', '--seconds', '0.01', '--larger', '0'];
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...words, '--no-write']);
  const names = [
    'clear, welfare',
    'clear, isolated',
    'one conic solve',
    'power flow',
    'certificate',
  ];
  names.push('read the case, arrow', 'write the result, csv', 'cold start: wattshare clear');
  for (const name of names) expect(stdout).toMatch(new RegExp(`^${name} +\\d`, 'm'));
});

test('samplers have their turn in every round', async () => {
  const turns: string[] = [];
  const sampler = (name: string, milliseconds: number) => async () => {
    turns.push(name);
    return [milliseconds];
  };
  const samples = await interleaved([sampler('first', 1), sampler('second', 2)], 2);
  expect(turns).toEqual(['first', 'second', 'first', 'second']);
  expect(samples).toEqual([
    [1, 1],
    [2, 2],
  ]);
});
