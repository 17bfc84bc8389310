import { describe, expect, it } from 'vitest';
import { sharedFloats } from '../../engine/base/columns.js';
import { seededRandom } from '../../engine/base/random.js';
import { buildResponses, countKnotCapacity } from '../../engine/market/buildResponses.js';
import {
  allocateCurves,
  type CostCurves,
  conjugateAt,
  countArcCapacity,
  curveValueAt,
  endSlope,
  loadCurve,
  minimiserAt,
} from '../../engine/market/costCurve.js';
import { loadEnvelope } from '../../engine/market/envelope.js';
import {
  allocateResponses,
  costAt,
  type ResponseFunctions,
} from '../../engine/market/responseFunction.js';
import { hullValues } from './hull.js';
import { randomBids } from './population.js';

interface Sample {
  readonly responses: ResponseFunctions;
  readonly curves: CostCurves;
  readonly envelope: CostCurves;
  readonly low: number;
  readonly high: number;
}

function sample(seed: number, kind: 'cost' | 'potential', part = false): Sample {
  const random = seededRandom(seed);
  const prosumers = random.integer(2, 25);
  const bids = randomBids(random, [{ prosumers, fixedShare: 0.1, deviceShare: 0.2 }]);
  const kappas = sharedFloats(1).fill(10 ** random.between(-3, 1));
  const responses = allocateResponses(countKnotCapacity(bids), kappas);
  buildResponses(bids, responses, 0, 1);
  const range = responses.largestImport[0] - responses.smallestImport[0];
  const low = responses.smallestImport[0] + (part ? random.between(0, 0.4) * range : 0);
  const high = responses.largestImport[0] - (part ? random.between(0, 0.4) * range : 0);
  const curves = allocateCurves(countArcCapacity(responses));
  loadCurve(responses, 0, kind, low, high, curves);
  const envelope = allocateCurves(countArcCapacity(responses).map((arcs) => 2 * arcs + 1));
  loadEnvelope(curves, 0, low, high, envelope);
  return { responses, curves, envelope, low, high };
}

const seeds = Array.from({ length: 25 }, (_, k) => k + 1);

describe('cost curve', () => {
  it.each(seeds)('is the cost at equilibrium of the response function (seed %i)', (seed) => {
    const { responses, curves, low, high } = sample(seed, 'cost', true);
    for (let k = 0; k <= 50; k += 1) {
      const netImport = low + (k / 50) * (high - low);
      expect(curveValueAt(curves, 0, netImport)).toBeCloseTo(costAt(responses, 0, netImport), 9);
    }
  });

  it.each(seeds)('of the potential is convex with slope −λ (seed %i)', (seed) => {
    const { curves, responses } = sample(seed, 'potential');
    const end = curves.start[0] + curves.arcCount[0];
    for (let k = curves.start[0]; k < end; k += 1) {
      if (k + 1 < end) {
        expect(endSlope(curves, k)).toBeLessThanOrEqual(curves.slope[k + 1] + 1e-9);
        expect(curveValueAt(curves, 0, curves.knot[k + 1])).toBeCloseTo(curves.value[k + 1], 9);
      }
    }
    expect(-curves.slope[0]).toBeCloseTo(responses.price[responses.knotCount[0] - 1], 9);
  });
});

describe('convex envelope', () => {
  it.each(seeds)('is convex, continuous and below the curve (seed %i)', (seed) => {
    const { curves, envelope, low, high } = sample(seed, 'cost', seed % 2 === 0);
    const end = envelope.start[0] + envelope.arcCount[0];
    expect(envelope.knot[envelope.start[0]]).toBeCloseTo(low, 12);
    expect(envelope.knot[end]).toBeCloseTo(high, 12);
    for (let k = envelope.start[0]; k < end; k += 1) {
      expect(envelope.curvature[k]).toBeGreaterThanOrEqual(0);
      const width = envelope.knot[k + 1] - envelope.knot[k];
      const right =
        envelope.value[k] + (envelope.slope[k] + 0.5 * envelope.curvature[k] * width) * width;
      expect(right).toBeCloseTo(envelope.value[k + 1], 9);
      if (k + 1 < end) {
        expect(endSlope(envelope, k)).toBeLessThanOrEqual(envelope.slope[k + 1] + 1e-8);
      }
    }
    for (let k = 0; k <= 400; k += 1) {
      const netImport = low + (k / 400) * (high - low);
      const below = curveValueAt(envelope, 0, netImport);
      expect(below).toBeLessThanOrEqual(curveValueAt(curves, 0, netImport) + 1e-10);
    }
  });

  it.each(seeds)('is the lower hull of the curve (seed %i)', (seed) => {
    const { curves, envelope, low, high } = sample(seed, 'cost', seed % 2 === 0);
    const xs = Array.from({ length: 4001 }, (_, k) => low + (k / 4000) * (high - low));
    const ys = xs.map((x) => curveValueAt(curves, 0, x));
    const hull = hullValues(xs, ys);
    const scale = Math.max(...ys.map(Math.abs), 1);
    for (let k = 0; k < xs.length; k += 1) {
      const value = curveValueAt(envelope, 0, xs[k] as number);
      expect(value).toBeLessThanOrEqual((hull[k] as number) + 1e-9 * scale);
      expect(value).toBeGreaterThan((hull[k] as number) - 1e-4 * scale);
    }
  });

  it.each(seeds)('has the conjugate of the curve (seed %i)', (seed) => {
    const { curves, envelope, low, high } = sample(seed, 'cost');
    for (const price of [-10, -0.3, -0.1, 0, 0.05, 0.1, 0.2, 0.3, 0.5, 10]) {
      let best = Number.POSITIVE_INFINITY;
      for (let k = 0; k <= 4000; k += 1) {
        const netImport = low + (k / 4000) * (high - low);
        best = Math.min(best, curveValueAt(curves, 0, netImport) + price * netImport);
      }
      const conjugate = conjugateAt(envelope, 0, price);
      expect(conjugate).toBeLessThanOrEqual(best + 1e-9);
      expect(conjugate).toBeGreaterThan(best - 2e-4 * Math.max(1, Math.abs(best)));
      const point = minimiserAt(envelope, 0, price);
      expect(curveValueAt(curves, 0, point) + price * point).toBeCloseTo(conjugate, 7);
    }
  });
});
