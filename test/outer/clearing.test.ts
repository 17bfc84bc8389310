import { describe, expect, it } from 'vitest';
import type { Case } from '../../engine/case/case.js';
import { clear } from '../../engine/clearing/clear.js';
import type { ClearOptions } from '../../engine/clearing/options.js';
import { readCase, resolveCase } from '../../engine/index.js';
import { randomMarket, variedShape } from '../fixtures/randomMarket.js';

const CHOICES: readonly ClearOptions[] = [
  { mode: 'welfare' },
  { mode: 'welfare', subsidised: true },
  { mode: 'dlmp' },
  { mode: 'social' },
];

const SEEDS = Array.from({ length: 20 }, (_, k) => k + 5);

const GAP = 1e-6;

async function expectAgreement(theCase: Case, options: ClearOptions): Promise<void> {
  const native = await clear(theCase, options);
  const outer = await clear(theCase, { ...options, solver: 'highs' });
  expect(outer.status).toBe(native.status);
  if (outer.outcome === undefined || native.outcome === undefined) return;
  const { certificate } = outer;
  expect(certificate.equilibriumHolds && certificate.physicsHolds).toBe(true);
  if (outer.status !== 'optimal') return;
  const scale = Math.max(1, Math.abs(native.objective));
  expect(certificate.optimalityHolds && certificate.revenueHolds).toBe(true);
  expect(Math.abs(outer.objective - native.objective)).toBeLessThanOrEqual(GAP * scale);
  expect(Math.abs(outer.lowerBound - native.lowerBound)).toBeLessThanOrEqual(GAP * scale);
}

describe('clear by HiGHS gives what the native route gives, certified,', () => {
  describe.each(['five-bus', 'case33bw'])('on %s', (name) => {
    it.each(CHOICES)('in $mode, subsidised: $subsidised', async (options) => {
      await expectAgreement(await readCase(resolveCase(name)), options);
    });
  });

  it.each(SEEDS)('on a random market (seed %i)', async (seed) => {
    const theCase = randomMarket(seed, variedShape(seed));
    for (const options of CHOICES) await expectAgreement(theCase, options);
  });

  it('stopped by a limit on nodes as well', async () => {
    const theCase = await readCase(resolveCase('case33bw'));
    const options = { solver: 'highs', gap: 1e-11, nodeLimit: 1 } as const;
    const result = await clear(theCase, options);
    expect(result.status).toBe('feasible');
  });
});
