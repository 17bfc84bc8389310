import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import { LocalAnswers } from '../../engine/correction/localAnswers.js';
import { arcAt, curveValueAt } from '../../engine/market/costCurve.js';
import { revenueAt } from '../../engine/market/revenueCurve.js';
import { jumpNear, SNAP_SHARE } from '../../engine/market/revenueJump.js';
import { type RandomCurves, randomCurves } from '../market/randomCurves.js';

const SEEDS = Array.from({ length: 40 }, (_, k) => 1200 + k);

/** Of a price, $/kWh, and of μ. */
const STEP = 1e-6;

function valueAt({ costs, revenues }: RandomCurves, mu: number, price: number, x: number): number {
  const revenue = mu === 0 ? 0 : revenueAt(costs, revenues, 0, arcAt(costs, 0, x), x);
  return curveValueAt(costs, 0, x) - mu * revenue + price * x;
}

interface Answered {
  readonly netImport: number;
  readonly revenue: number;
  readonly compliance: number;
  readonly complianceOfRevenue: number;
  readonly bendOfRevenue: number;
}

/** What a community that starts from an import answers. */
function answerFrom(
  curves: RandomCurves,
  withRevenues: boolean,
  limits: { low: number; high: number },
  from: number,
  price: number,
  mu: number,
): Answered {
  const answers = new LocalAnswers(curves.costs, withRevenues ? curves.revenues : undefined, {
    low: Float64Array.of(limits.low),
    high: Float64Array.of(limits.high),
  });
  answers.begin();
  answers.moveTo(0, from, -1);
  answers.answer(0, price, mu);
  expect(answers.totalRevenue()).toBe(answers.revenue[0]);
  return {
    netImport: answers.netImport[0],
    revenue: answers.revenue[0],
    compliance: answers.compliance[0],
    complianceOfRevenue: answers.complianceOfRevenue[0],
    bendOfRevenue: answers.bendOfRevenue[0],
  };
}

describe('the local answer of a community', () => {
  it.each(SEEDS)('follows prices by its compliance inside an arc (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const curves = randomCurves(random, seed % 2 === 0);
    const { costs, low, high } = curves;
    for (let k = 0; k < 60; k += 1) {
      const mu = k % 3 === 0 ? 0 : 10 ** random.between(-2, 0);
      const price = (1 + mu) * random.between(-0.5, 0.2);
      const from = random.between(low, high);
      const answer = (atPrice: number, atMu: number): Answered =>
        answerFrom(curves, mu > 0, { low, high }, from, atPrice, atMu);
      const here = answer(price, mu);
      const arcOf = ({ netImport }: Answered): number => arcAt(costs, 0, netImport);
      const isInside = (other: Answered): boolean =>
        arcOf(other) === arcOf(here) && (other.compliance === 0) === (here.compliance === 0);
      const [before, after] = [answer(price - STEP, mu), answer(price + STEP, mu)];
      const scale = Math.max(1e-3, here.compliance);
      if (isInside(before) && isInside(after)) {
        const fall = (before.netImport - after.netImport) / (2 * STEP);
        expect(Math.abs(fall - here.compliance)).toBeLessThanOrEqual(2e-4 * scale);
      }
      if (mu === 0) continue;
      const [less, more] = [answer(price, mu - STEP), answer(price, mu + STEP)];
      if (!isInside(less) || !isInside(more)) continue;
      const rise = (more.netImport - less.netImport) / (2 * STEP);
      const ofRevenue = (more.revenue - less.revenue) / (2 * STEP);
      expect(Math.abs(rise - here.complianceOfRevenue)).toBeLessThanOrEqual(2e-4 * scale);
      expect(Math.abs(ofRevenue - here.bendOfRevenue)).toBeLessThanOrEqual(
        1e-3 * Math.max(scale, here.bendOfRevenue),
      );
    }
  });

  it.each(SEEDS)(
    'is no dearer than imports beside it, in any part of its range (seed %i)',
    (seed) => {
      const random = seededRandom(seed);
      const curves = randomCurves(random, seed % 2 === 0);
      const drawn = (): number => random.between(curves.low, curves.high);
      for (let k = 0; k < 40; k += 1) {
        const mu = k % 2 === 0 ? 0 : random.between(0, 2);
        const price = (1 + mu) * random.between(-0.5, 0.2);
        const [one, other] = [drawn(), drawn()];
        const limits = { low: Math.min(one, other), high: Math.max(one, other) };
        const from = random.between(limits.low, limits.high);
        const { netImport } = answerFrom(curves, mu > 0, limits, from, price, mu);
        // Where revenues jump imports are held, whichever way prices pull.
        if (mu > 0 && jumpNear(curves.costs, curves.revenues, 0, netImport, SNAP_SHARE) >= 0)
          continue;
        expect(netImport).toBeGreaterThanOrEqual(limits.low - 1e-12);
        expect(netImport).toBeLessThanOrEqual(limits.high + 1e-12);
        const value = valueAt(curves, mu, price, netImport);
        const beside = 1e-7 * (curves.high - curves.low);
        for (const near of [netImport - beside, netImport + beside]) {
          if (near < limits.low || near > limits.high) continue;
          const rounding = 1e-11 * Math.max(1, Math.abs(value));
          expect(value).toBeLessThanOrEqual(valueAt(curves, mu, price, near) + rounding);
        }
      }
    },
  );

  it.each(SEEDS)(
    'is mixed of two imports as their share says, and comes back (seed %i)',
    (seed) => {
      const random = seededRandom(seed);
      const curves = randomCurves(random, false);
      const { low, high } = curves;
      const limits = { low: Float64Array.of(low), high: Float64Array.of(high) };
      const answers = new LocalAnswers(curves.costs, undefined, limits);
      const price = random.between(-0.4, 0.1);
      answers.begin();
      answers.moveTo(0, low, -1);
      answers.answer(0, price, 0);
      const first = answers.netImport[0];
      const saved = answers.saved();
      answers.mixWith(0, high, -1);
      answers.answer(0, price, 0);
      expect(answers.netImport[0]).toBe(first);
      const [from, to] = answers.endsOf(0);
      const expectedLeap = valueAt(curves, 0, price, to) - valueAt(curves, 0, price, from);
      expect(answers.valueLeap[0]).toBeCloseTo(expectedLeap, 9);
      answers.share[0] = 0.25;
      answers.answer(0, price, 0);
      expect(answers.netImport[0]).toBeCloseTo(from + 0.25 * (to - from), 10);
      const mixed = answers.saved();
      answers.unmix(0, 'other');
      answers.answer(0, price, 0);
      expect(answers.mixed).toEqual([]);
      expect(answers.netImport[0]).toBeCloseTo(to, 10);
      answers.restore(mixed);
      answers.answer(0, price, 0);
      expect(answers.netImport[0]).toBeCloseTo(from + 0.25 * (to - from), 10);
      answers.restore(saved);
      answers.answer(0, price, 0);
      expect(answers.netImport[0]).toBe(first);
    },
  );
});
