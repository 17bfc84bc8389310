import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import { priceCaps } from '../../engine/certify/allowedPrices.js';
import { boxOf } from '../../engine/certify/box.js';
import { CommunityTerms } from '../../engine/certify/communityTerms.js';
import { createFeeder } from '../../engine/certify/feeder.js';
import { type Intervals, RangeFinder } from '../../engine/certify/ranges.js';
import { kappaOf } from '../fixtures/directMarket.js';
import { randomMarket, variedShape } from '../fixtures/randomMarket.js';
import { plainLeaf, randomFlows, randomImports, treeOf } from './randomLeaves.js';
import { isInBox, type SampledOutcome, sampleOutcomes } from './sampledOutcomes.js';

const seeds = Array.from({ length: 12 }, (_, k) => 9300 + k);

function finderFor(theCase: ReturnType<typeof randomMarket>) {
  const kappa = Float64Array.from(theCase.communities.id, (_, m) => kappaOf(theCase, m, 'welfare'));
  const allowed = priceCaps(theCase, 'welfare');
  const feeder = createFeeder(theCase);
  const { imports } = new CommunityTerms(theCase, 'welfare', kappa, allowed);
  return { feeder, finder: new RangeFinder(theCase, feeder, imports) };
}

describe('the ranges of flows, currents and voltages', () => {
  it.each(seeds)('hold every outcome of the box (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const theCase = randomMarket(seed, { ...variedShape(seed), prosumers: [1, 4] });
    const { feeder, finder } = finderFor(theCase);
    const outcomes = sampleOutcomes(theCase, random, 25);
    const tree = treeOf(theCase);
    const branches = [...tree.order].filter((bus) => tree.parentBus[bus] >= 0 && !tree.isLink(bus));
    for (const outcome of outcomes) {
      const leaf = {
        ...plainLeaf({ activePrice: new Float64Array(theCase.buses.id.length) }),
        ...randomImports(outcome, random.next() < 0.5 ? 0 : 0.4, random),
        flows: randomFlows(
          branches.filter(() => random.next() < 0.3),
          outcome,
          1,
          random,
        ),
      };
      finder.load(boxOf(leaf));
      for (const other of outcomes) {
        if (!isInBox(leaf, other)) continue;
        for (const ranges of [finder.written, finder.narrow]) {
          for (const bus of branches) {
            const quantities = quantitiesAt(other, bus, theCase.settings.baseKva);
            expectIn(ranges.active, bus, quantities.active);
            expectIn(ranges.reactive, bus, quantities.reactive);
            expectIn(ranges.current, bus, quantities.current);
          }
          for (const bus of feeder.order) expectIn(ranges.voltage, bus, other.voltagePu[bus] ** 2);
        }
      }
    }
  });
});

function quantitiesAt(outcome: SampledOutcome, bus: number, base: number) {
  const active = outcome.arrivingKw[bus] / base;
  const reactive = outcome.arrivingKvar[bus] / base;
  const current = (active ** 2 + reactive ** 2) / outcome.voltagePu[bus] ** 2;
  return { active, reactive, current };
}

function expectIn({ low, high }: Intervals, bus: number, value: number): void {
  const rounding = 1e-9 * Math.max(1, Math.abs(value));
  expect(value).toBeGreaterThanOrEqual(low[bus] - rounding);
  expect(value).toBeLessThanOrEqual(high[bus] + rounding);
}
