import { describe, expect, it } from 'vitest';
import { type RandomSource, seededRandom } from '../../engine/base/random.js';
import { type FlowPrices, flowTerms, movedFlowPrices } from '../../engine/program/flowPrices.js';
import type { FlowRanges } from '../../engine/program/flowRanges.js';
import { WHOLE_RANGE } from '../../engine/program/importModels.js';
import type { NetworkPrices } from '../../engine/program/lagrangian.js';
import {
  boxAround,
  type FlowMarket,
  isInside,
  openFlowMarket,
  overvoltageMarket,
  type SampledFlow,
  sampleFlows,
} from './overvoltage.js';

const seeds = Array.from({ length: 20 }, (_, k) => 7200 + k);

describe('the multipliers of limits and cuts of flows', () => {
  it('are tried on markets that have outcomes', async () => {
    const counts = await Promise.all(
      seeds.map(async (seed) => {
        const market = await openFlowMarket(overvoltageMarket(seed), 'dlmp');
        return sampleFlows(market, seededRandom(seed), 40).length;
      }),
    );
    expect(counts.filter((count) => count >= 5).length).toBeGreaterThan(seeds.length / 2);
  });

  it.each(seeds)('add nothing positive at an exact outcome of the box (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const market = await openFlowMarket(overvoltageMarket(seed), 'dlmp');
    const samples = sampleFlows(market, random, 40);
    for (const centre of samples.slice(0, 6)) {
      const box = boxAround(market, centre, random);
      const prices = randomFlowPrices(market.relaxation.rangesIn(box), random);
      for (const sample of samples.filter((other) => isInside(box, other))) {
        for (const worth of worthAt(market, prices, sample)) expect(worth).toBeLessThan(1e-9);
      }
    }
  });

  it.each(seeds)('moved into a narrower box are worth no less there (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const market = await openFlowMarket(overvoltageMarket(seed), 'dlmp');
    const samples = sampleFlows(market, random, 40);
    for (const centre of samples.slice(0, 6)) {
      const wide = randomFlowPrices(market.relaxation.rangesIn(WHOLE_RANGE), random);
      const ranges = market.relaxation.rangesIn(boxAround(market, centre, random));
      const moved = movedFlowPrices(wide, ranges);
      for (const multipliers of [moved.minActive, moved.maxActive, moved.minReactive]) {
        for (const value of multipliers) expect(value).toBeGreaterThanOrEqual(0);
      }
      // Flows beyond the box count, too: the Lagrangian minimises over all of them.
      const point = {
        ...centre,
        active: centre.active.map((flow) => flow + random.normal()),
        reactive: centre.reactive.map((flow) => flow + random.normal()),
      };
      const before = worthAt(market, wide, point);
      worthAt(market, moved, point).forEach((worth, e) => {
        expect(worth).toBeGreaterThanOrEqual((before[e] as number) - 1e-9);
      });
    }
  });

  it.each(seeds)(
    'of any size bound every outcome of the box, with any prices (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const market = await openFlowMarket(overvoltageMarket(seed), 'dlmp');
      const samples = sampleFlows(market, random, 60);
      for (const centre of samples.slice(0, 5)) {
        const box = boxAround(market, centre, random);
        const inside = samples.filter((sample) => isInside(box, sample));
        const least = Math.min(...inside.map(({ objective }) => objective));
        const ranges = market.relaxation.rangesIn(box);
        const tolerance = 1e-9 * Math.max(1, Math.abs(least));
        for (let draw = 0; draw < 20; draw += 1) {
          const flows = randomFlowPrices(ranges, random);
          const prices = { ...randomPrices(market, random), flows };
          expect(market.relaxation.boundIn(box, prices)).toBeLessThanOrEqual(least + tolerance);
          expect(market.relaxation.excludes(box, prices)).toBe(false);
        }
        const solved = market.relaxation.solve(box);
        if (solved.status !== 'solved') throw new Error(`seed ${seed}: ${solved.status}`);
        expect(solved.point.bound).toBeLessThanOrEqual(least + tolerance);
      }
    },
  );
});

function randomFlowPrices(ranges: FlowRanges, random: RandomSource): FlowPrices {
  const spread = 10 ** random.between(-1, 3);
  const multipliers = (): Float64Array =>
    ranges.minActive.map(() => (random.next() < 0.5 ? 0 : spread * random.next()));
  return {
    minActive: multipliers(),
    maxActive: multipliers(),
    minReactive: multipliers(),
    maxReactive: multipliers(),
    lowCut: multipliers(),
    highCut: multipliers(),
    ranges,
  };
}

/** Prices of about the right size, or not. */
function randomPrices({ state }: FlowMarket, random: RandomSource): NetworkPrices {
  const { network } = state;
  const spread = 10 ** random.between(-3, 0);
  const around = (centre: number): number => (centre + spread * random.normal()) * network.baseKva;
  return {
    active: network.vMin.map(() => around(0.2)),
    reactive: network.vMin.map((_, j) => (j === 0 ? 0 : 0.1 * around(0))),
    voltageDrop: network.r.map(() => 0.1 * around(0)),
    squaredVoltage: network.vMin.map(() => random.between(0.8, 1.2)),
    revenue: 0,
  };
}

/** By branch, at a point: limits and cuts times their multipliers, from the coefficients that they add. */
function worthAt({ program }: FlowMarket, prices: FlowPrices, at: SampledFlow): number[] {
  const { r, x } = program.network;
  const terms = flowTerms(program, prices);
  return Array.from(r, (resistance, e) => {
    const current = at.current[e];
    const sentActive = at.active[e] + resistance * current;
    const sentReactive = at.reactive[e] + x[e] * current;
    return (
      terms.active[e] * sentActive +
      terms.reactive[e] * sentReactive +
      terms.current[e] * current +
      terms.voltage[e] * at.voltage[e + 1] +
      terms.constant[e]
    );
  });
}
