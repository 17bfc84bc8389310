import { describe, expect, it } from 'vitest';
import { sharedFloats } from '../../engine/base/columns.js';
import { seededRandom } from '../../engine/base/random.js';
import {
  allocateCurves,
  allocateLike,
  arcAt,
  type CostCurves,
  conjugateAt,
  curveValueAt,
  endSlope,
  loadCurve,
  minimiserAt,
} from '../../engine/market/costCurve.js';
import { loadEnvelope } from '../../engine/market/envelope.js';
import { allocateResponses, importAt } from '../../engine/market/responseFunction.js';
import { bestImport, knotRange } from '../../engine/market/revenueAnswer.js';
import {
  allowedPrices,
  revenueAt,
  revenueCurves,
  revenueOnEnvelope,
  weighCurves,
} from '../../engine/market/revenueCurve.js';
import { jumpNear, SNAP_SHARE, splitBesideJump } from '../../engine/market/revenueJump.js';
import { hullValues } from './hull.js';
import { GRID_BUY, GRID_SELL, type RandomCurves, randomCurves } from './randomCurves.js';

function weighed({ costs, revenues }: RandomCurves, cost: number, revenue: number): CostCurves {
  const curves = allocateLike(costs);
  weighCurves(costs, revenues, cost, revenue, curves);
  return curves;
}

function envelopeOf(curves: CostCurves, low: number, high: number): CostCurves {
  const capacity = curves.start.subarray(1).map((end, m) => 2 * (end - curves.start[m]) + 1);
  const envelope = allocateCurves(capacity);
  loadEnvelope(curves, 0, low, high, envelope);
  return envelope;
}

function knotsOf({ knot, start, arcCount }: CostCurves): number[] {
  return Array.from(knot.subarray(start[0], start[0] + arcCount[0] + 1));
}

const seeds = Array.from({ length: 25 }, (_, k) => k + 1);

describe('revenue curve', () => {
  it.each(seeds)('is the largest λ X of the prices that are answered by X (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const { responses, costs, revenues, low, high } = randomCurves(random, seed % 2 === 0);
    const { low: floor, high: ceiling } = revenues.allowed;
    const spread = ceiling[0] - floor[0];
    // Every allowed price earns no more than the curve says for its import …
    for (let k = 0; k <= 400; k += 1) {
      const price = floor[0] + (k / 400) * spread;
      const netImport = importAt(responses, 0, price);
      const most = revenueAt(costs, revenues, 0, arcAt(costs, 0, netImport), netImport);
      expect(price * netImport).toBeLessThanOrEqual(most + 1e-9 * Math.max(1, Math.abs(most)));
    }
    // … and some price earns it, by bisection over the prices that import at least X.
    for (const netImport of [low, high, ...knotsOf(costs), random.between(low, high)]) {
      const most = revenueAt(costs, revenues, 0, arcAt(costs, 0, netImport), netImport);
      let last = floor[0];
      let first = ceiling[0] + 1e-9;
      const wanted = netImport > 0 ? netImport : netImport + 1e-9;
      for (let k = 0; k < 80; k += 1) {
        const middle = 0.5 * (last + first);
        if (importAt(responses, 0, middle) >= wanted - 1e-12) last = middle;
        else first = middle;
      }
      const rounding = 1e-6 * Math.max(1, Math.abs(netImport)) * Math.max(1, spread);
      expect(most).toBeLessThanOrEqual(Math.min(last, ceiling[0]) * netImport + rounding);
    }
  });

  it.each(seeds)('jumps only where the price is open, and not beside (seed %i)', (seed) => {
    const { costs, revenues } = randomCurves(seededRandom(400 + seed), seed % 2 === 0);
    const [start, end] = [costs.start[0], costs.start[0] + costs.arcCount[0]];
    const range = costs.knot[end] - costs.knot[start];
    const valueAt = (x: number): number => revenueAt(costs, revenues, 0, arcAt(costs, 0, x), x);
    for (let k = start; k <= end && range > 0; k += 1) {
      const knot = costs.knot[k];
      const inside = [knot - 1e-9 * range, knot + 1e-9 * range].filter(
        (x) => x > costs.knot[start] && x < costs.knot[end],
      );
      const fall = Math.max(...inside.map((x) => revenues.most[k] - valueAt(x)));
      const isJump = fall > 1e-4 * Math.max(1, Math.abs(revenues.most[k]));
      if (isJump) expect(jumpNear(costs, revenues, 0, knot, SNAP_SHARE)).toBe(k);
      const beside = splitBesideJump(costs, revenues, 0, k);
      if (isJump) expect(Math.abs(beside - knot)).toBeCloseTo(SNAP_SHARE * range, 9);
      // The split leaves the knot alone on its side: beyond it there is nothing to snap to.
      if (beside !== knot) expect(jumpNear(costs, revenues, 0, beside, SNAP_SHARE)).not.toBe(k);
      expect(Math.max(...inside.map(valueAt))).toBeLessThanOrEqual(
        revenues.most[k] + 1e-6 * Math.max(1, Math.abs(revenues.most[k]), range),
      );
    }
  });

  it('lets a community that nobody in can answer be charged the tariff at most', () => {
    const responses = allocateResponses([0], sharedFloats(1));
    responses.largestImport[0] = responses.smallestImport[0] = 4;
    const costs = allocateCurves([0]);
    loadCurve(responses, 0, 'cost', 4, 4, costs);
    const open = (value: number): Float64Array => Float64Array.of(value);
    const none = Number.POSITIVE_INFINITY;
    const revenueWith = (priceMin: number, priceMax: number): number => {
      const allowed = allowedPrices(responses, open(priceMin), open(priceMax), GRID_BUY, GRID_SELL);
      return revenueCurves(responses, costs, allowed).most[0];
    };
    expect(revenueWith(-none, none)).toBeCloseTo(4 * GRID_BUY, 12);
    expect(revenueWith(-none, 0.2)).toBeCloseTo(4 * 0.2, 12);
    expect(revenueWith(0.4, none)).toBeCloseTo(4 * 0.4, 12);
  });
});

describe('envelope of cost less revenue', () => {
  it.each(seeds)('is the lower hull of a curve with jumps (seed %i)', (seed) => {
    const random = seededRandom(100 + seed);
    const drawn = randomCurves(random, seed % 3 === 0);
    const curves = weighed(drawn, seed % 5 === 0 ? 0 : 1, 10 ** random.between(-2, 1));
    const inside = (from: number, to: number): number =>
      drawn.low + random.between(from, to) * (drawn.high - drawn.low);
    const low = seed % 2 === 0 ? drawn.low : inside(0, 0.4);
    const high = seed % 2 === 0 ? drawn.high : inside(0.6, 1);
    const envelope = envelopeOf(curves, low, high);
    const between = knotsOf(curves).filter((knot) => knot > low && knot < high);
    const grid = Array.from({ length: 1501 }, (_, k) => low + (k / 1500) * (high - low));
    const xs = [...new Set([...grid, ...between, low, high])].sort((a, b) => a - b);
    const ys = xs.map((x) => curveValueAt(curves, 0, x));
    const hull = hullValues(xs, ys);
    const scale = Math.max(...ys.map(Math.abs), 1);
    for (let k = 0; k < xs.length; k += 1) {
      const value = curveValueAt(envelope, 0, xs[k] as number);
      expect(value).toBeLessThanOrEqual((hull[k] as number) + 1e-9 * scale);
      expect(value).toBeGreaterThan((hull[k] as number) - 1e-4 * scale);
    }
    const end = envelope.start[0] + envelope.arcCount[0];
    for (let k = envelope.start[0]; k + 1 < end; k += 1) {
      expect(endSlope(envelope, k)).toBeLessThanOrEqual(envelope.slope[k + 1] + 1e-7 * scale);
    }
  });

  it.each(seeds)('has the conjugate that all arcs and knots have (seed %i)', (seed) => {
    const random = seededRandom(200 + seed);
    const drawn = randomCurves(random, seed % 2 === 0);
    const [cost, revenue] = [1 - (seed % 4 === 0 ? 1 : 0), random.between(0.01, 2)];
    const curves = weighed(drawn, cost, revenue);
    const envelope = envelopeOf(curves, drawn.low, drawn.high);
    const answer = { netImport: 0, revenue: 0, knot: 0 };
    for (const price of [-5, -0.4, -0.1, 0, 0.07, 0.2, 0.5, 5]) {
      const { costs, revenues, low, high } = drawn;
      const question = { costWeight: cost, revenueWeight: revenue, price, low, high };
      const [first, last] = knotRange(costs, 0, low, high);
      bestImport(costs, revenues, question, first, last, answer);
      const value = curveValueAt(curves, 0, answer.netImport) + price * answer.netImport;
      expect(conjugateAt(envelope, 0, price)).toBeCloseTo(value, 8);
      const arc = arcAt(costs, 0, answer.netImport);
      expect(answer.revenue).toBeCloseTo(revenueAt(costs, revenues, 0, arc, answer.netImport), 9);
    }
  });

  it.each(seeds)('falls by the revenue it stands for as that gains weight (seed %i)', (seed) => {
    const random = seededRandom(300 + seed);
    const drawn = randomCurves(random, seed % 2 === 0);
    const { costs, revenues, low, high } = drawn;
    const weight = random.between(0.05, 1);
    const price = random.between(-0.3, 0.6);
    const curves = weighed(drawn, 1, weight);
    const envelope = envelopeOf(curves, low, high);
    const netImport = minimiserAt(envelope, 0, price);
    const revenue = revenueOnEnvelope(costs, revenues, curves, envelope, 0, netImport);
    // Concave in the weight: the revenue lies between the slopes on both sides.
    const step = 1e-4;
    const valueAt = (at: number): number =>
      conjugateAt(envelopeOf(weighed(drawn, 1, at), low, high), 0, price);
    const before = (valueAt(weight - step) - valueAt(weight)) / step;
    const after = (valueAt(weight) - valueAt(weight + step)) / step;
    const slack = 1e-6 * Math.max(1, Math.abs(revenue));
    expect(revenue).toBeGreaterThanOrEqual(before - slack);
    expect(revenue).toBeLessThanOrEqual(after + slack);
  });
});
