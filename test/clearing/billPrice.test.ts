import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { validateCase } from '../../engine/case/validate.js';
import { clear } from '../../engine/clearing/clear.js';
import type { ClearingResult, ResultWithOutcome } from '../../engine/clearing/result.js';
import { SurplusBracket } from '../../engine/clearing/surplusBracket.js';
import { buildBundledMarket } from '../../engine/generate/bundledMarkets.js';
import { BUNDLED_MARKETS, SITUATIONS } from '../../engine/generate/situations.js';
import { readFeeder, resolveFeeder } from '../../engine/index.js';
import { type MarketShape, randomMarket } from '../fixtures/randomMarket.js';

/** ieee123 by day with so many times its sun. */
async function sunnyMarket(sun: number): Promise<Case> {
  const bundled = BUNDLED_MARKETS.find(({ name }) => name === 'ieee123');
  if (bundled === undefined) throw new Error('there is no market ieee123');
  const { day } = SITUATIONS;
  const situation = { ...day, solarFactor: sun * day.solarFactor };
  const feeder = await readFeeder(resolveFeeder(bundled.feeder), () => {});
  return validateCase(buildBundledMarket(feeder, { ...bundled, situation }));
}

function withOutcome(result: ClearingResult): ResultWithOutcome {
  if (result.outcome === undefined) throw new Error(result.explanation);
  return result;
}

describe('where overvoltage limits bind and prices must cover the bill', () => {
  it.each([
    [6, -19.34],
    [9, -26.46],
  ])('ieee123 with %i times its sun has an outcome at the first node', async (sun, cost) => {
    const result = withOutcome(await clear(await sunnyMarket(sun), { nodeLimit: 1 }));
    const { certificate } = result;
    expect(['feasible', 'optimal']).toContain(result.status);
    expect(certificate.physicsHolds && certificate.revenueHolds).toBe(true);
    expect(certificate.largestVoltageViolation_pu).toBeLessThanOrEqual(1e-9);
    // The bill is just covered: a surplus would cost.
    expect(certificate.operatorSurplus_usd_per_h).toBeGreaterThanOrEqual(-1e-9);
    expect(certificate.operatorSurplus_usd_per_h).toBeLessThanOrEqual(1e-4);
    expect(result.cost).toBeLessThanOrEqual(cost);
  });

  const WEAK_FEEDER: MarketShape = {
    buses: 20,
    communities: 15,
    prosumers: [3, 6],
    impedance: 8,
    loadShare: 0.3,
    settings: { gridSell: 0.02, vMaxPu: 1.01 },
  };

  it.each(Array.from({ length: 8 }, (_, k) => k).concat(32, 78, 79, 99, 116))(
    'no outcome is cheaper than its bound by a limit that is missed within its tolerance (seed %i)',
    async (seed) => {
      const result = await clear(randomMarket(seed, WEAK_FEEDER), { nodeLimit: 20 });
      expect(['optimal', 'infeasible']).toContain(result.status);
      if (result.outcome !== undefined) expect(Math.abs(result.gap)).toBeLessThanOrEqual(1e-6);
    },
  );
});

/** Places looked at until one will do; Infinity after 200. */
function roundsToClose(
  surplusAt: (place: number) => number,
  [from, to]: readonly [number, number],
  isDone: (place: number, surplus: number) => boolean,
): number {
  const sample = (place: number) => ({ place, surplus: surplusAt(place) });
  const bracket = new SurplusBracket(sample(from), sample(to));
  for (let round = 1; round <= 200; round += 1) {
    const { place, surplus } = sample(bracket.next);
    if (isDone(place, surplus)) return round;
    bracket.narrow({ place, surplus });
  }
  return Number.POSITIVE_INFINITY;
}

describe('a bracket of the surplus', () => {
  const seeds = Array.from({ length: 20 }, (_, seed) => seed);

  it.each(seeds)('closes on the zero of a smooth surplus in a few rounds (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const zero = random.between(0.01, 0.99);
    const [slope, bend] = [random.between(0.1, 10), random.between(0, 20)];
    const surplusAt = (x: number): number => slope * (x - zero) + bend * (x ** 3 - zero ** 3);
    const isDone = (_: number, surplus: number): boolean => Math.abs(surplus) <= 1e-10;
    expect(roundsToClose(surplusAt, [0, 1], isDone)).toBeLessThanOrEqual(20);
    // Which end is the short one must not matter.
    const mirrored = (x: number): number => surplusAt(1 - x);
    expect(roundsToClose(mirrored, [0, 1], isDone)).toBeLessThanOrEqual(20);
  });

  it.each(seeds)('closes on a leap across zero, whatever lies beside it (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const leap = random.between(0.01, 0.99);
    const [below, above] = [10 ** random.between(-4, 2), 10 ** random.between(-4, 2)];
    const surplusAt = (x: number): number => (x < leap ? -below : above);
    const isDone = (place: number): boolean => Math.abs(place - leap) <= 1e-6;
    expect(roundsToClose(surplusAt, [0, 1], isDone)).toBeLessThanOrEqual(80);
  });
});
