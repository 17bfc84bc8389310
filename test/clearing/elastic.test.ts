import { describe, expect, it } from 'vitest';
import { UsageError } from '../../engine/base/errors.js';
import { seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { createCase } from '../../engine/case/create.js';
import { widenLimits } from '../../engine/case/widen.js';
import { certify } from '../../engine/certify/certify.js';
import { clear } from '../../engine/clearing/clear.js';
import type { Mode, Relaxation, ResultWithOutcome } from '../../engine/clearing/result.js';
import { randomColumns, randomMarket, variedShape } from '../fixtures/randomMarket.js';
import {
  endVoltage,
  importAtVoltage,
  TWO_BUS_KV,
  TWO_BUS_KVA,
  twoBus,
} from '../fixtures/twoBus.js';

const HIGH_PRICE = 1000;

/** A mode that asks for nothing but the limits. */
const LIMITS_ALONE = { mode: 'dlmp' } as const;

async function elastic(
  theCase: Case,
  price: number,
  mode: Mode = LIMITS_ALONE.mode,
): Promise<ResultWithOutcome & { readonly relaxation: Relaxation }> {
  const result = await clear(theCase, { mode, elastic: { price } });
  if (result.outcome === undefined) throw new Error(`${result.status}: ${result.explanation}`);
  if (result.relaxation === undefined) throw new Error('no relaxation is reported');
  return { ...result, relaxation: result.relaxation };
}

describe('a limit that a market cannot keep', () => {
  it('is widened to the voltage of the exact power flow, and nothing else is', async () => {
    const { relaxation, status, certificate } = await elastic(twoBus({ vMinPu: 0.99 }), HIGH_PRICE);
    expect(status).toBe('optimal');
    expect(certificate.physicsHolds).toBe(true);
    expect(relaxation.reason).toBe('infeasible');
    expect(relaxation.limits).toHaveLength(1);
    expect(relaxation.limits[0]).toMatchObject({ kind: 'voltage-min', row: 1, from: 0.99 });
    expect(relaxation.limits[0].to).toBeCloseTo(Math.sqrt(endVoltage(0.05, 0.4)), 5);
  });

  it('is widened in A and in kW as well', async () => {
    const voltage = endVoltage(0.05, 0.4);
    const amperes = (0.4 / Math.sqrt(voltage)) * (TWO_BUS_KVA / (Math.sqrt(3) * TWO_BUS_KV));
    const drawn = TWO_BUS_KVA * (0.4 + (0.05 * 0.4 ** 2) / voltage);
    const theCase = twoBus({ iMaxA: 50, settings: { gridLimitKw: 30 } });
    const { relaxation } = await elastic(theCase, HIGH_PRICE);
    const [current, exchange] = [...relaxation.limits].sort((a, b) => b.row - a.row);
    expect(relaxation.limits).toHaveLength(2);
    expect(current).toMatchObject({ kind: 'current', row: 0, from: 50 });
    expect(current.to / amperes).toBeCloseTo(1, 5);
    expect(exchange).toMatchObject({ kind: 'grid-import', row: -1, from: 30 });
    expect(exchange.to / drawn).toBeCloseTo(1, 5);
  });

  it('is widened where the relaxation keeps it by invented losses', async () => {
    // 60 kW that must be sold: only the exact power flow knows where the voltage goes.
    const theCase = twoBus({ demandKw: -60, vMaxPu: 1.01 });
    const within = await clear(theCase, LIMITS_ALONE);
    expect(['limit', 'infeasible']).toContain(within.status);
    const { relaxation, status } = await elastic(theCase, HIGH_PRICE);
    expect(['optimal', 'feasible']).toContain(status);
    expect(relaxation.reason).toBe('power-flow');
    expect(relaxation.limits).toHaveLength(1);
    expect(relaxation.limits[0].kind).toBe('voltage-max');
    expect(relaxation.limits[0].to).toBeCloseTo(Math.sqrt(endVoltage(0.05, -0.6)), 4);
  });

  it('is widened where the voltage is given', async () => {
    const theCase = createCase({
      ...randomColumns(4, { buses: 2, communities: 1, prosumers: [2, 2], linkShare: 1 }),
      buses: { bus: ['b0', 'b1'], vMinPu: [0.9, 1.01], vMaxPu: [1.1, 1.1] },
    });
    expect((await clear(theCase, LIMITS_ALONE)).status).toBe('infeasible');
    const { relaxation, status } = await elastic(theCase, HIGH_PRICE);
    expect(status).toBe('optimal');
    expect(relaxation.reason).toBe('infeasible');
    expect(relaxation.limits).toHaveLength(1);
    expect(relaxation.limits[0].to).toBeCloseTo(1, 9);
  });
});

describe('the price of violation', () => {
  // At the root there are no losses: 10 kW bought, the rest of 30 kW produced at b + c p = 0.1 + 0.02 · 20.
  const atRoot = (limit: number): Case => {
    const theCase = twoBus({ demandKw: 30, pMaxKw: 30, settings: { gridLimitKw: limit } });
    const communities = { ...theCase.communities, bus: Int32Array.of(0) };
    return widenLimits({ ...theCase, communities }, [
      { kind: 'grid-import', row: -1, from: limit, to: limit },
    ]);
  };
  const multiplier = 0.1 + 0.02 * 20 - 0.3;

  it('above the multiplier of the limit changes nothing', async () => {
    const within = await clear(atRoot(10), LIMITS_ALONE);
    const result = await elastic(atRoot(10), 1.1 * multiplier);
    expect(result.relaxation).toMatchObject({ reason: 'kept', limits: [] });
    expect(result.outcome).toEqual(within.outcome);
  });

  it('below it widens the limit until the multiplier is the price', async () => {
    const price = 0.5 * multiplier;
    const { cost, relaxation } = await elastic(atRoot(10), price);
    expect(relaxation.reason).toBe('cheaper');
    // b + c (30 − X) = buy + price.
    const expected = 30 - (0.3 + price - 0.1) / 0.02;
    expect(relaxation.limits).toHaveLength(1);
    expect(relaxation.limits[0].to).toBeCloseTo(expected, 4);
    const within = await clear(atRoot(10), LIMITS_ALONE);
    expect(cost).toBeLessThan(within.outcome === undefined ? 0 : within.cost);
  });

  it('counts a voltage as the power at its bus that would keep it', async () => {
    // To first order 1 pu² of the end is worth 1 / (2 r) pu of power there.
    const resistance = 0.05;
    const lowest = 0.98 ** 2;
    const allowed = TWO_BUS_KVA * importAtVoltage(resistance, lowest);
    const shape = { resistance, demandKw: 60, pMaxKw: 60, vMinPu: 0.98 };
    const own = 0.1 + 0.02 * (60 - allowed);
    // What a kW more at the end costs at the root, and what it lowers v by beyond first order.
    const step = 1e-6;
    const atRootNow = (drawn: number): number =>
      drawn + (resistance * drawn ** 2) / endVoltage(resistance, drawn);
    const drawn = allowed / TWO_BUS_KVA;
    const marginalLoss = (atRootNow(drawn + step) - atRootNow(drawn - step)) / (2 * step);
    const slope =
      (endVoltage(resistance, drawn - step) - endVoltage(resistance, drawn + step)) / (2 * step);
    const threshold = (own - 0.3 * marginalLoss) / (slope / (2 * resistance));
    const kept = await elastic(twoBus(shape), 1.02 * threshold);
    expect(kept.relaxation.reason).toBe('kept');
    const left = await elastic(twoBus(shape), 0.98 * threshold);
    expect(left.relaxation.reason).toBe('cheaper');
    expect(left.relaxation.limits.map(({ kind }) => kind)).toEqual(['voltage-min']);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('must not be %d', async (price) => {
    await expect(clear(twoBus({}), { elastic: { price } })).rejects.toBeInstanceOf(UsageError);
  });

  it.each(['local', 'isolated'] as const)('means nothing in %s', async (mode) => {
    const options = { mode, elastic: { price: 1 } };
    await expect(clear(twoBus({}), options)).rejects.toBeInstanceOf(UsageError);
  });
});

describe('price caps', () => {
  it('are kept: the voltage gives way', async () => {
    const theCase = twoBus({ demandKw: 60, pMaxKw: 60, vMinPu: 0.98, priceMax: 0.2 });
    const { outcome, relaxation } = await elastic(theCase, HIGH_PRICE);
    expect(relaxation.limits.map(({ kind }) => kind)).toEqual(['voltage-min']);
    expect(outcome.communities.price[0]).toBeLessThanOrEqual(0.2);
  });

  it('give way where no voltage would do: the line collapses at what they leave to import', async () => {
    // More than v_0 / (4 r) = 500 kW cannot arrive; at the cap 545 kW would have to.
    const theCase = twoBus({ demandKw: 550, pMaxKw: 400, priceMax: 0.2, vMinPu: 0.7 });
    expect((await clear(theCase, LIMITS_ALONE)).status).toBe('infeasible');
    const { relaxation, status } = await elastic(theCase, HIGH_PRICE);
    expect(['optimal', 'feasible']).toContain(status);
    expect(relaxation.limits.map(({ kind }) => kind)).toContain('price-max');
  });
});

describe('random markets', () => {
  it('with an outcome are cleared the same at a high price', async () => {
    for (let seed = 0; seed < 15; seed += 1) {
      const theCase = randomMarket(seed, variedShape(seed));
      for (const mode of ['welfare', 'dlmp'] as const) {
        const within = await clear(theCase, { mode });
        if (within.status !== 'optimal') continue;
        const result = await elastic(theCase, HIGH_PRICE, mode);
        const message = `seed ${seed}, ${mode}`;
        expect(result.relaxation, message).toMatchObject({ reason: 'kept', limits: [] });
        expect(result.outcome, message).toEqual(within.outcome);
      }
    }
  });

  it('without one are cleared within wider limits, which the certificate confirms', async () => {
    let tried = 0;
    for (let seed = 0; seed < 40; seed += 1) {
      const theCase = tightMarket(seed);
      const within = await clear(theCase, LIMITS_ALONE);
      if (within.status !== 'infeasible') continue;
      tried += 1;
      const message = `seed ${seed}`;
      const { outcome, relaxation, status } = await elastic(theCase, HIGH_PRICE);
      expect(['optimal', 'feasible'], message).toContain(status);
      expect(relaxation.reason, message).toBe('infeasible');
      for (const { from, kind, to } of relaxation.limits) {
        expect(kind === 'voltage-min' ? from - to : to - from, message).toBeGreaterThan(0);
      }
      const { physicsHolds } = certify(theCase, LIMITS_ALONE.mode, outcome);
      expect(physicsHolds, `${message}: by its own limits`).toBe(false);
      const widened = certify(widenLimits(theCase, relaxation.limits), LIMITS_ALONE.mode, outcome);
      expect(widened.physicsHolds, message).toBe(true);
    }
    expect(tried).toBeGreaterThan(10);
  });
});

function tightMarket(seed: number): Case {
  const random = seededRandom(seed);
  return randomMarket(8000 + seed, {
    buses: random.integer(2, 9),
    communities: random.integer(1, 6),
    prosumers: [1, 8],
    cappedShare: 0.5,
    limitedShare: 0.3,
    limitA: random.between(2, 12),
    linkShare: 0.2,
    ratioShare: 0.2,
    loadShare: 0.5,
    settings: {
      vMinPu: random.between(0.98, 0.999),
      vMaxPu: 1.1,
      gridLimitKw: random.next() < 0.5 ? random.between(1, 40) : undefined,
    },
  });
}
