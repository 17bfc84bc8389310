import { describe, expect, it } from 'vitest';
import { UsageError } from '../../engine/base/errors.js';
import { seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { clear } from '../../engine/clearing/clear.js';
import {
  type ExactnessPoint,
  type ExactnessReport,
  reportExactness,
} from '../../engine/clearing/exactness.js';
import { randomMarket } from '../fixtures/randomMarket.js';
import { endVoltage, twoBus } from '../fixtures/twoBus.js';

/** Below it the slack is the solver's tolerance. */
const NO_SLACK = 1e-7;

function pointOf(report: ExactnessReport, name: ExactnessPoint['point']): ExactnessPoint {
  const found = report.points.find(({ point }) => point === name);
  if (found === undefined) throw new Error(`no point ${name}`);
  return found;
}

describe('a market that is reported as exact', () => {
  it('clears without slack in any mode, whatever else it is like', async () => {
    let exact = 0;
    for (let seed = 0; seed < 40; seed += 1) {
      const random = seededRandom(seed);
      const theCase = randomMarket(9000 + seed, {
        buses: random.integer(2, 10),
        communities: random.integer(1, 8),
        prosumers: [1, 10],
        impedance: random.between(0.1, 1.5),
        cappedShare: 0.3,
        reactiveShare: 0.3,
        limitedShare: 0.2,
        limitA: 60,
        ratioShare: 0.2,
        loadShare: 0.5,
        shuntShare: random.next() < 0.3 ? 0.2 : 0,
        settings: {
          vMinPu: 0.92,
          vMaxPu: random.between(1.01, 1.15),
          gridSell: random.next() < 0.3 ? -0.05 : 0.1,
          gridLimitKw: random.next() < 0.3 ? random.between(5, 80) : undefined,
        },
      });
      for (const mode of ['dlmp', 'social'] as const) {
        const report = await reportExactness(theCase, mode);
        if (!report.isExact) continue;
        const result = await clear(theCase, { mode });
        if (result.outcome === undefined) continue;
        exact += 1;
        const message = `seed ${seed}, ${mode}`;
        expect(result.outcome.largestConeSlack, message).toBeLessThan(NO_SLACK);
        expect(result.status, message).toBe('optimal');
      }
    }
    expect(exact).toBeGreaterThan(20);
  });
});

describe('what stands in the way of exactness', () => {
  const plain: Parameters<typeof twoBus>[0] = { demandKw: 10, pMaxKw: 20, pMinKw: 0 };
  const cases: readonly (readonly [ExactnessPoint['point'], Case, Case])[] = [
    [
      'upper voltage limits',
      twoBus({ ...plain, vMaxPu: 1.004 }),
      twoBus({ ...plain, vMaxPu: 1.006 }),
    ],
    ['cost of losses', twoBus({ ...plain, settings: { gridSell: 0 } }), twoBus(plain)],
    [
      'limit on export',
      twoBus({ ...plain, settings: { gridLimitKw: 9.9 } }),
      twoBus({ ...plain, settings: { gridLimitKw: 10.1 } }),
    ],
    ['current limits', twoBus({ ...plain, iMaxA: 30 }), twoBus({ ...plain, iMaxA: 40 })],
  ];

  it.each(cases)('is found where it can: %s', async (name, failing, holding) => {
    const fails = await reportExactness(failing);
    expect(fails.isExact).toBe(false);
    expect(fails.points.filter(({ holds }) => !holds).map(({ point }) => point)).toEqual([name]);
    const holds = await reportExactness(holding);
    expect(pointOf(holds, name).holds).toBe(true);
    expect(holds.isExact).toBe(true);
  });

  it('is found before the cone goes slack, and the slack shows after', async () => {
    const theCase = twoBus({ demandKw: -60, vMaxPu: Math.sqrt(endVoltage(0.05, -0.6)) - 0.01 });
    expect(pointOf(await reportExactness(theCase), 'upper voltage limits')).toMatchObject({
      holds: false,
      place: 'end',
    });
    const result = await clear(theCase, { mode: 'dlmp' });
    if (result.outcome !== undefined) {
      expect(result.outcome.largestConeSlack).toBeGreaterThan(1e-3);
    }
  });

  it('includes shunts and regulators, of which fixed ratios do no harm', async () => {
    const seed = 5;
    const theCase = randomMarket(seed, {
      buses: 6,
      communities: 4,
      prosumers: [1, 3],
      shuntShare: 1,
      ratioShare: 1,
    });
    const report = await reportExactness(theCase);
    expect(pointOf(report, 'shunts')).toMatchObject({ holds: false, place: 'b1' });
    expect(pointOf(report, 'regulators').holds).toBe(true);
    expect(pointOf(report, 'regulators').finding).toContain('covered');
  });

  it('depends on the price caps, which bound the exports', async () => {
    // Without a cap 20 kW are produced; at most 0.1 $/kWh, none.
    const open = await reportExactness(twoBus({ ...plain, vMaxPu: 1.004 }));
    const capped = await reportExactness(twoBus({ ...plain, vMaxPu: 1.004, priceMax: 0.1 }));
    expect(open.isExact).toBe(false);
    expect(capped.isExact).toBe(true);
    const social = await reportExactness(
      twoBus({ ...plain, vMaxPu: 1.004, priceMax: 0.1 }),
      'social',
    );
    expect(social.isExact).toBe(false);
  });

  it('is no question in the modes without a network', async () => {
    await expect(reportExactness(twoBus({}), 'local')).rejects.toBeInstanceOf(UsageError);
  });
});
