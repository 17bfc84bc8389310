import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { caseFolder, temporaryFolder, wattshare } from '../command/harness.js';

async function clearedCase(...options: readonly string[]) {
  const folder = caseFolder();
  const out = join(temporaryFolder(), 'result');
  expect((await wattshare('clear', folder, '--out', out, ...options)).code).toBe(0);
  return { folder, out };
}

describe('wattshare verify --bound', () => {
  it.each(['--mode=dlmp', '--mode=social', '--subsidised'])(
    'confirms the bound of what clear wrote with %s',
    async (option) => {
      const { folder, out } = await clearedCase(option);
      const { code, output, errors } = await wattshare('verify', folder, out, '--bound');
      expect(errors).toBe('');
      expect(output).toMatch(/second route: at least -?\d+\.\d{6} \$\/h, .* below the objective/);
      expect(output).toMatch(/linear programs, \d+ box(es)?, HiGHS 1\./);
      expect(code).toBe(0);
    },
  );

  it('confirms the bound of a market that covers its bill', async () => {
    const out = join(temporaryFolder(), 'result');
    expect((await wattshare('clear', 'case33bw', '--out', out)).code).toBe(0);
    const { code, output } = await wattshare('verify', 'case33bw', out, '--bound');
    expect(output).toMatch(/second route: at least 787\.30/);
    expect(code).toBe(0);
  });

  it('is refused for a result without a bound to confirm', async () => {
    const { folder, out } = await clearedCase('--mode', 'local');
    const { code, errors } = await wattshare('verify', folder, out, '--bound');
    expect(errors).toMatch(/a result of local has no bound that a second route could confirm/);
    expect(code).toBe(2);
  });

  it('says nothing of a second route when it was not asked for one', async () => {
    const { folder, out } = await clearedCase('--mode', 'dlmp');
    expect((await wattshare('verify', folder, out)).output).not.toMatch(/second route/);
  });
});
