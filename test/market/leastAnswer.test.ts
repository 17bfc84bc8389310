import { describe, expect, it } from 'vitest';
import { type RandomSource, seededRandom } from '../../engine/base/random.js';
import { allocateAnswers, loadAnswers } from '../../engine/market/answerCurves.js';
import { arcAt, curveValueAt } from '../../engine/market/costCurve.js';
import { findLeastAnswer, type LeastAnswer } from '../../engine/market/leastAnswer.js';
import { revenueAt } from '../../engine/market/revenueCurve.js';
import { type RandomCurves, randomCurves } from './randomCurves.js';

const GRID = 500;

/** Of kW. */
const ROUNDING = 1e-12;

const PRICES = [-5, -0.4, -0.1, 0, 0.07, 0.2, 0.5, 5];

/** F − μ R + p X; μ is 0 where revenues are left out. */
function valueAt({ costs, revenues }: RandomCurves, mu: number, price: number, x: number): number {
  const revenue = mu === 0 ? 0 : revenueAt(costs, revenues, 0, arcAt(costs, 0, x), x);
  return curveValueAt(costs, 0, x) - mu * revenue + price * x;
}

/** A part of the range; now and then from knot to knot, and one import alone. */
function partOf(random: RandomSource, { costs, low, high }: RandomCurves): [number, number] {
  const knots = costs.knot.subarray(0, costs.arcCount[0] + 1);
  const drawn = (): number =>
    random.next() < 0.3
      ? (knots[random.integer(0, knots.length)] as number)
      : Math.min(low + random.next() * (high - low), high);
  const first = drawn();
  const second = random.next() < 0.1 ? first : drawn();
  return first < second ? [first, second] : [second, first];
}

function expectLeast(
  curves: RandomCurves,
  mu: number | undefined,
  price: number,
  low: number,
  high: number,
): void {
  const { costs, revenues } = curves;
  const least: LeastAnswer = { netImport: Number.NaN, value: Number.NaN, knot: Number.NaN };
  const counted = mu === undefined ? undefined : revenues;
  const answers = allocateAnswers(costs, counted);
  loadAnswers(answers, 0);
  findLeastAnswer(answers, 0, mu ?? 0.7, price, low, high, least);
  const value = (x: number): number => valueAt(curves, mu ?? 0, price, x);
  const knots = Array.from(costs.knot.subarray(0, costs.arcCount[0] + 1));
  const inside = knots.filter((knot) => knot >= low && knot <= high);
  const step = (high - low) / GRID;
  const grid = Array.from({ length: GRID + 1 }, (_, k) => Math.min(low + k * step, high));
  const values = [...inside, ...grid].map(value);
  const scale = Math.max(1, ...values.map(Math.abs));
  // No import is cheaper, and the one that is named costs what is said.
  expect(Math.min(...values)).toBeGreaterThanOrEqual(least.value - 1e-9 * scale);
  expect(least.netImport).toBeGreaterThanOrEqual(low - ROUNDING);
  expect(least.netImport).toBeLessThanOrEqual(high + ROUNDING);
  expect(Math.abs(value(least.netImport) - least.value)).toBeLessThanOrEqual(1e-9 * scale);
  if (least.knot < 0) return;
  expect(costs.knot[least.knot]).toBe(least.netImport);
  const end = costs.arcCount[0];
  if (end > 0) expect(revenues.isJump[least.knot]).toBe(1);
}

describe('the least answer of a community', () => {
  it.each(Array.from({ length: 60 }, (_, k) => 1000 + k))(
    'is the least of a dense grid and all knots, whatever revenues count for (seed %i)',
    (seed) => {
      const random = seededRandom(seed);
      const curves = randomCurves(random, seed % 2 === 0);
      const { low, high } = curves;
      for (const price of PRICES) {
        for (const mu of [undefined, 0, 10 ** random.between(-3, 1)]) {
          expectLeast(curves, mu, price, low, high);
          expectLeast(curves, mu, price, ...partOf(random, curves));
        }
      }
    },
  );

  it('of one import is that import, at what it costs and brings in', () => {
    const random = seededRandom(5);
    let points = 0;
    for (let k = 0; k < 300; k += 1) {
      const curves = randomCurves(random, true);
      if (curves.costs.arcCount[0] > 0) continue;
      points += 1;
      for (const mu of [undefined, 0, 1.5]) expectLeast(curves, mu, 0.2, curves.low, curves.high);
    }
    expect(points).toBeGreaterThan(0);
  });
});
