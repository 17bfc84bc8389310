import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import { WHOLE_RANGE } from '../../engine/program/importModels.js';
import {
  boxAround,
  distanceFrom,
  isInside,
  openFlowMarket,
  overvoltageMarket,
  sampleFlows,
} from './overvoltage.js';

const seeds = Array.from({ length: 25 }, (_, k) => 7100 + k);

describe('the ranges of flows, currents and voltages in a box', () => {
  it.each(seeds)('hold every exact outcome of the box (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const market = await openFlowMarket(overvoltageMarket(seed), 'dlmp');
    const samples = sampleFlows(market, random, 60);
    const whole = market.relaxation.rangesIn(WHOLE_RANGE);
    for (const centre of samples.slice(0, 12)) {
      expect(distanceFrom(whole, centre)).toBeLessThan(1e-10);
      const box = boxAround(market, centre, random);
      const ranges = market.relaxation.rangesIn(box);
      const inside = samples.filter((sample) => isInside(box, sample));
      expect(inside).toContain(centre);
      for (const sample of inside) expect(distanceFrom(ranges, sample)).toBeLessThan(1e-10);
    }
  });

  it.each(seeds)('lie within those of a wider box (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const market = await openFlowMarket(overvoltageMarket(seed), 'dlmp');
    const [centre] = sampleFlows(market, random, 40);
    if (centre === undefined) return;
    const wide = market.relaxation.rangesIn(WHOLE_RANGE);
    const narrow = market.relaxation.rangesIn(boxAround(market, centre, random));
    for (const [low, high] of [
      ['minActive', 'maxActive'],
      ['minReactive', 'maxReactive'],
      ['minCurrent', 'maxCurrent'],
      ['minVoltage', 'maxVoltage'],
    ] as const) {
      narrow[low].forEach((value, k) => {
        expect(value).toBeLessThanOrEqual(narrow[high][k]);
        expect(value).toBeGreaterThanOrEqual(wide[low][k]);
        expect(narrow[high][k]).toBeLessThanOrEqual(wide[high][k]);
      });
    }
  });

  it('are finite and in order even where box and equations exclude each other', async () => {
    const market = await openFlowMarket(overvoltageMarket(7100), 'dlmp');
    const far = { branch: [0], minActive: [1e3], maxActive: [Number.POSITIVE_INFINITY] };
    const open = {
      minReactive: [Number.NEGATIVE_INFINITY],
      maxReactive: [Number.POSITIVE_INFINITY],
    };
    const ranges = market.relaxation.rangesIn({ ...WHOLE_RANGE, flows: { ...far, ...open } });
    for (const values of Object.values(ranges)) {
      for (const value of values) expect(Number.isFinite(value)).toBe(true);
    }
    ranges.minActive.forEach((value, e) => {
      expect(value).toBeLessThanOrEqual(ranges.maxActive[e]);
    });
    const outcome = market.relaxation.solve({ ...WHOLE_RANGE, flows: { ...far, ...open } });
    expect(outcome.status).toBe('infeasible');
  });
});
