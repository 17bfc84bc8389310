import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { measure, quantile, summarised } from '../../bench/harness.js';

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
  const words = ['--case', 'five-bus', '--rounds', '1', '--seconds', '0.01', '--no-write'];
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...words]);
  for (const name of ['clear, welfare', 'one conic solve', 'power flow', 'certificate']) {
    expect(stdout).toMatch(new RegExp(`^${name} +\\d`, 'm'));
  }
});
