/** Markets without an outcome whose limits the relaxation keeps by inventing losses: what is said of them. */
import { describe, expect, it } from 'vitest';
import type { Case } from '../../engine/case/case.js';
import { clear } from '../../engine/clearing/clear.js';
import { overvoltageMarket } from '../program/overvoltage.js';

/** Seeds of such markets, all of them with too much to sell for an upper voltage limit. */
const SEEDS = [13, 17, 23, 44, 57, 127];

const SUBSIDISED = { mode: 'welfare', subsidised: true } as const;

/** Buses and the voltages that the explanation says they need, pu. */
function neededVoltages(explanation: string): Map<string, number> {
  const needed = new Map<string, number>();
  for (const [, bus = '', to] of explanation.matchAll(/(b\d+) from [\d.]+ to ([\d.]+) pu/g)) {
    needed.set(bus, Number(to));
  }
  return needed;
}

/** A case whose buses may stand at given voltages, to the digits of the explanation. */
function widened(theCase: Case, needed: ReadonlyMap<string, number>): Case {
  const { buses } = theCase;
  const vMaxPu = buses.vMaxPu.map((limit, row) =>
    Math.max(limit, (needed.get(buses.id[row]) ?? limit) + 1e-5),
  );
  return { ...theCase, buses: { ...buses, vMaxPu } };
}

describe('limits that only the exact power flow excludes', () => {
  it.each(SEEDS)(
    'are told with what the nearest outcome needs, which is enough (seed %i)',
    async (seed) => {
      const theCase = overvoltageMarket(seed);
      const { status, explanation } = await clear(theCase, SUBSIDISED);
      expect(status).toBe('infeasible');
      expect(explanation).toMatch(
        /may invent losses, .* what excludes an outcome is the exact one\n/,
      );
      const needed = neededVoltages(explanation);
      expect(needed.size).toBeGreaterThan(0);
      const result = await clear(widened(theCase, needed), SUBSIDISED);
      expect(result.outcome).toBeDefined();
      expect(['optimal', 'feasible']).toContain(result.status);
    },
  );

  it('are not told apart from the bill, where prices have to cover it', async () => {
    const { explanation } = await clear(overvoltageMarket(48), { mode: 'welfare' });
    expect(explanation).toMatch(/is the exact one, or the bill that prices have to cover/);
  });
});
