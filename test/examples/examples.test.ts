/** The built examples, run as their readers run them. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

async function outputOf(example: string, ...words: readonly string[]): Promise<string> {
  const file = fileURLToPath(new URL(`../../dist/examples/${example}.js`, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [file, ...words]);
  return stdout;
}

describe('the examples', () => {
  it('clear a case', async () => {
    const output = await outputOf('clearCase', 'five-bus');
    expect(output).toMatch(/^five-bus: optimal\ncost [\d.]+ \$\/h, proven to a relative gap of /);
    expect(output).toMatch(/\$\/kWh, imports -?[\d.]+ kW/);
  });

  it('build a case from arrays', async () => {
    const output = await outputOf('buildCase');
    expect(output.match(/ buys -?[\d.]+ kW and pays -?[\d.]+ \$\/h/g)).toHaveLength(4);
    expect(output).toContain('equilibrium true, physics true, optimality true');
  });

  it('clear again with changed bids: dearer bids, dearer prices', async () => {
    const lines = (await outputOf('reclear', 'case33bw')).trim().split('\n');
    expect(lines).toHaveLength(4);
    const prices = lines.map((line) => Number(/mean price ([\d.]+)/.exec(line)?.[1]));
    for (const line of lines) expect(line).toContain('optimal');
    prices.slice(1).forEach((price, k) => {
      expect(price).toBeGreaterThanOrEqual(prices[k] ?? Number.NaN);
    });
  });
});
