import { describe, expect, it } from 'vitest';
import { type RandomSource, seededRandom } from '../../engine/base/random.js';
import type { CommunityCurve } from '../../engine/outer/communityCurve.js';
import {
  COST_ALONE,
  envelopeAt,
  leastTerm,
  REVENUE_ALONE,
  type Weights,
  weightedValue,
} from '../../engine/outer/supportingLine.js';

const SEEDS = Array.from({ length: 30 }, (_, k) => k + 1);

/** Convex arcs with convex and concave kinks between them, and prices that fall along them. */
function randomCurve(random: RandomSource): CommunityCurve {
  const arcCount = random.integer(1, 12);
  const knot = new Float64Array(arcCount + 1);
  const value = new Float64Array(arcCount + 1);
  const slope = new Float64Array(arcCount);
  const curvature = new Float64Array(arcCount);
  const price = new Float64Array(arcCount);
  const priceRate = new Float64Array(arcCount);
  knot[0] = random.between(-20, 5);
  value[0] = random.between(-5, 5);
  slope[0] = random.between(-1, 0);
  price[0] = random.between(0.2, 1);
  for (let k = 0; k < arcCount; k += 1) {
    const width = random.between(0.1, 6);
    curvature[k] = random.next() < 0.2 ? 0 : random.between(0, 0.1);
    priceRate[k] = random.between(0, 0.1);
    knot[k + 1] = knot[k] + width;
    value[k + 1] = value[k] + (slope[k] + 0.5 * curvature[k] * width) * width;
    if (k + 1 === arcCount) break;
    slope[k + 1] = slope[k] + curvature[k] * width + random.between(-0.2, 0.2);
    price[k + 1] = price[k] - priceRate[k] * width - Math.max(random.between(-0.1, 0.1), 0);
  }
  const lastPrice = price[arcCount - 1] - 1;
  return {
    arcCount,
    knot,
    value,
    slope,
    curvature,
    price,
    priceRate,
    priceFloor: lastPrice,
    priceCeiling: price[0] + 0.5,
  };
}

/** The lower convex hull of many points of the curve, at an import: above the envelope by less than 1e-4. */
function hullOf(curve: CommunityCurve, weights: Weights): (netImport: number) => number {
  const [low, high] = [curve.knot[0], curve.knot[curve.arcCount]];
  const grid = Array.from({ length: 4001 }, (_, k) => low + (k / 4000) * (high - low));
  const hull: [number, number][] = [];
  for (const x of [...grid, ...curve.knot].sort((a, b) => a - b)) {
    const y = weightedValue(curve, weights, x);
    for (;;) {
      const [last, before] = [hull.at(-1), hull.at(-2)];
      if (last === undefined || before === undefined) break;
      const isBelow =
        (last[1] - before[1]) * (x - before[0]) < (y - before[1]) * (last[0] - before[0]);
      if (isBelow) break;
      hull.pop();
    }
    hull.push([x, y]);
  }
  return (netImport) => {
    const at = hull.findIndex(([x]) => x >= netImport);
    const [right, left] = [hull[Math.max(at, 1)], hull[Math.max(at, 1) - 1]];
    if (right === undefined || left === undefined) return Number.NaN;
    const share = (netImport - left[0]) / (right[0] - left[0]);
    return left[1] + share * (right[1] - left[1]);
  };
}

function samples(random: RandomSource, low: number, high: number): number[] {
  return [low, high, ...Array.from({ length: 40 }, () => random.between(low, high))];
}

describe('lines below costs and above payments', () => {
  it.each(SEEDS)('hold everywhere and touch where they say (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const curve = randomCurve(random);
    const weights: Weights = { cost: random.next(), revenue: random.between(0, 2) };
    const [low, high] = [curve.knot[0], curve.knot[curve.arcCount]];
    const contact = { value: 0, netImport: 0 };
    for (let k = 0; k < 10; k += 1) {
      const price = random.between(-1, 1.5);
      const from = random.between(low, high);
      const to = random.between(from, high);
      leastTerm(curve, weights, price, from, to, contact);
      const { value, netImport } = contact;
      expect(netImport).toBeGreaterThanOrEqual(from);
      expect(netImport).toBeLessThanOrEqual(to);
      expect(weightedValue(curve, weights, netImport) + price * netImport).toBeCloseTo(value, 9);
      for (const at of samples(random, from, to)) {
        const term = weightedValue(curve, weights, at) + price * at;
        expect(term).toBeGreaterThanOrEqual(value - 1e-9);
      }
    }
  });

  it.each(SEEDS)('follow the lower hull of the curve (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const curve = randomCurve(random);
    const [low, high] = [curve.knot[0], curve.knot[curve.arcCount]];
    for (const weights of [COST_ALONE, REVENUE_ALONE, { cost: 1, revenue: random.next() }]) {
      const hullAt = hullOf(curve, weights);
      const point = { price: 0, value: 0, left: 0, right: 0 };
      for (const at of samples(random, low, high)) {
        envelopeAt(curve, weights, at, low, high, point);
        expect(point.value).toBeLessThanOrEqual(hullAt(at) + 1e-9);
        expect(point.value).toBeGreaterThanOrEqual(hullAt(at) - 1e-4);
        expect(point.left).toBeLessThanOrEqual(at);
        expect(point.right).toBeGreaterThanOrEqual(at);
      }
    }
  });

  it('count the best payment where the price may jump', () => {
    const curve: CommunityCurve = {
      arcCount: 0,
      knot: Float64Array.of(-2),
      value: Float64Array.of(1),
      slope: new Float64Array(0),
      curvature: new Float64Array(0),
      price: new Float64Array(0),
      priceRate: new Float64Array(0),
      priceFloor: 0.1,
      priceCeiling: 0.4,
    };
    // Somebody who exports 2 kW whatever the price is pays most at the lowest one: −0.2 $/h.
    expect(weightedValue(curve, { cost: 0, revenue: 1 }, -2)).toBeCloseTo(0.2, 12);
    expect(weightedValue(curve, { cost: 1, revenue: 10 }, -2)).toBeCloseTo(3, 12);
  });
});
