import { describe, expect, it } from 'vitest';
import { type RandomSource, seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { leafBounds } from '../../engine/certify/lowerBound.js';
import { clear } from '../../engine/clearing/clear.js';
import { NO_FLOWS, type Outcome, type ProofLeaf } from '../../engine/clearing/result.js';
import { breakPrices, equilibriumAt, kappaOf } from '../fixtures/directMarket.js';
import { type MarketShape, randomMarket, variedShape } from '../fixtures/randomMarket.js';
import { leastOfParabola } from './parabola.js';
import {
  movedPrices,
  plainLeaf,
  randomFlows,
  randomHeads,
  randomImports,
  randomPart,
  treeOf,
} from './randomLeaves.js';
import { rowwiseBound } from './rowwiseBound.js';
import {
  isInBox,
  lagrangianAt,
  postablePrices,
  rangesOf,
  type SampledOutcome,
  sampleOutcomes,
} from './sampledOutcomes.js';

interface Setting {
  readonly theCase: Case;
  readonly random: RandomSource;
  readonly outcomes: readonly SampledOutcome[];
  /** Prices that bound the cost well. */
  readonly prices: ProofLeaf;
  readonly voltagePu: Float64Array;
}

function shapeOf(seed: number): MarketShape {
  const shape = variedShape(seed);
  return { ...shape, buses: Math.max(shape.buses, 3), prosumers: [1, 4] };
}

const known = new Map<string, Promise<Omit<Setting, 'random'>>>();

/** The market, its outcomes and prices are made once for all tests. */
async function setting(seed: number, changes: Partial<MarketShape> = {}): Promise<Setting> {
  const key = JSON.stringify([seed, changes]);
  const made = known.get(key) ?? makeSetting(seed, changes);
  known.set(key, made);
  return { ...(await made), random: seededRandom(seed) };
}

/** The prices of a leaf alone. */
function pricesOf(leaf: Parameters<typeof plainLeaf>[0]): ProofLeaf {
  const { activePrice, reactivePrice, voltagePrice } = plainLeaf(leaf);
  return plainLeaf({ activePrice, reactivePrice, voltagePrice });
}

async function makeSetting(
  seed: number,
  changes: Partial<MarketShape>,
): Promise<Omit<Setting, 'random'>> {
  const theCase = randomMarket(seed, { ...shapeOf(seed), ...changes });
  const outcomes = sampleOutcomes(theCase, seededRandom(seed), 25);
  const { outcome } = await clear(theCase, { mode: 'welfare' });
  const buses = theCase.buses.id.length;
  return {
    theCase,
    outcomes,
    prices: pricesOf(outcome?.proof[0] ?? { activePrice: new Float64Array(buses).fill(0.2) }),
    voltagePu: outcome?.buses.voltagePu ?? new Float64Array(buses).fill(1),
  };
}

function boundOf({ theCase, voltagePu }: Setting, leaf: ProofLeaf, revenueAdequacy = true): number {
  const kappa = Float64Array.from(theCase.communities.id, (_, m) => kappaOf(theCase, m, 'welfare'));
  const buses: Outcome['buses'] = { voltagePu, marginalPrice: voltagePu };
  return leafBounds(theCase, 'welfare', kappa, { proof: [leaf], revenueAdequacy, buses })[0];
}

/** A leaf around an outcome, with prices near good ones or far off. */
function leafAround({ theCase, random, prices }: Setting, outcome: SampledOutcome): ProofLeaf {
  const spread = 10 ** random.between(-4, 0);
  const tree = treeOf(theCase);
  const branches = [...tree.order].filter((bus) => tree.parentBus[bus] >= 0 && !tree.isLink(bus));
  const restricted = branches.filter(() => random.next() < 0.3);
  return {
    ...movedPrices(prices, spread, random),
    ...randomImports(outcome, random.next() < 0.5 ? 0 : 0.3, random),
    kind: random.next() < 0.2 ? 'infeasible' : 'bound',
    revenuePrice: random.next() < 0.3 ? 0 : 10 ** random.between(-3, 0.5),
    flows: randomFlows(restricted, outcome, spread, random),
    parts: [],
  };
}

function expectBelow({ theCase, outcomes }: Setting, bound: number, leaf: ProofLeaf): number {
  const ranges = rangesOf(theCase, leaf).written;
  let compared = 0;
  for (const outcome of outcomes) {
    if (!isInBox(leaf, outcome)) continue;
    compared += 1;
    if (leaf.kind === 'infeasible') {
      // Rows that an outcome does not keep may well show that no outcome keeps them.
      if (lagrangianAt(theCase, leaf, outcome, ranges) <= 0)
        expect(bound).toBe(Number.NEGATIVE_INFINITY);
      continue;
    }
    const value = lagrangianAt(theCase, leaf, outcome, ranges);
    expect(bound).toBeLessThanOrEqual(value + 1e-9 * Math.max(1, Math.abs(value)));
  }
  return compared;
}

const seeds = Array.from({ length: 20 }, (_, k) => 9100 + k);

/** Least of the Lagrangian of one community at the root, by direct answers between its break prices. */
function leastOfCommunity(
  theCase: Case,
  weight: number,
  revenuePrice: number,
  withCosts: boolean,
): number {
  const kappa = kappaOf(theCase, 0, 'welfare');
  const [floor, ceiling] = postablePrices(theCase, 0);
  const inside = breakPrices(theCase, 0, kappa).filter((price) => price > floor && price < ceiling);
  const ends = [floor, ...inside, ceiling];
  const valueAt = (price: number): number => {
    const { netImport, cost } = equilibriumAt(theCase, 0, kappa, price);
    return (withCosts ? cost : 0) + (weight - revenuePrice * price) * netImport;
  };
  return Math.min(...ends.map((end, k) => leastOfParabola(ends[Math.max(k - 1, 0)], end, valueAt)));
}

describe('the bound of a leaf with a price of revenue adequacy', () => {
  it.each(seeds)('is the least of the Lagrangian where there is no network (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const shape = { ...variedShape(seed), buses: 1, communities: 1, prosumers: [1, 5] as const };
    const settings = { gridBuy: 0.3, gridSell: 0.3, gridLimitKw: undefined };
    const theCase = randomMarket(seed, { ...shape, loadShare: 0, settings });
    for (const kind of ['bound', 'infeasible'] as const) {
      const revenuePrice = 10 ** random.between(-2, 1);
      const weight = 0.3 * (revenuePrice + (kind === 'bound' ? 1 : 0));
      const least = leastOfCommunity(theCase, weight, revenuePrice, kind === 'bound');
      const leaf = plainLeaf({ kind, revenuePrice, activePrice: Float64Array.of(weight) });
      const voltagePu = Float64Array.of(1);
      const kappa = Float64Array.of(kappaOf(theCase, 0, 'welfare'));
      const buses = { voltagePu, marginalPrice: voltagePu };
      const proof = { proof: [leaf], revenueAdequacy: true, buses };
      const bound = leafBounds(theCase, 'welfare', kappa, proof)[0];
      if (kind === 'bound') expect(bound).toBeCloseTo(least, 7);
      else expect(bound).toBe(least > 1e-9 ? Infinity : -Infinity);
    }
  });
});

describe('the bound of a leaf', () => {
  it.each(seeds)(
    'is the sum of all rows, minimised variable by variable (seed %i)',
    async (seed) => {
      const setup = await setting(seed, { linkShare: 0 });
      const { theCase, outcomes } = setup;
      for (const outcome of outcomes.slice(0, 10)) {
        const { community: _, ...leaf } = leafAround(setup, outcome);
        const free = { ...leaf, community: new Int32Array(0), revenuePrice: 0 };
        const without = { ...free, flows: NO_FLOWS };
        // What communities and the grid contribute is the same with limits of flows and without.
        const byRows =
          rowwiseBound(theCase, free, rangesOf(theCase, free), setup.voltagePu) -
          rowwiseBound(theCase, without, rangesOf(theCase, without), setup.voltagePu);
        const byCertificate =
          boundOf(setup, { ...free, kind: 'bound' }) -
          boundOf(setup, { ...without, kind: 'bound' });
        expect(Math.abs(byRows - byCertificate)).toBeLessThan(1e-7 * Math.max(1, Math.abs(byRows)));
      }
    },
  );

  it.each(seeds)(
    'is below the Lagrangian of every outcome in its box, whatever its multipliers (seed %i)',
    async (seed) => {
      const setup = await setting(seed);
      for (const outcome of setup.outcomes.slice(0, 10)) {
        const leaf = leafAround(setup, outcome);
        const compared = expectBelow(setup, boundOf(setup, leaf), leaf);
        expect(compared).toBeGreaterThan(0);
      }
    },
  );

  it.each(seeds)('stays so when subtrees have leaves of their own (seed %i)', async (seed) => {
    const setup = await setting(seed);
    const { random, theCase } = setup;
    const tree = treeOf(theCase);
    for (const outcome of setup.outcomes.slice(0, 10)) {
      const whole = leafAround(setup, outcome);
      const heads = randomHeads(tree, random, 3);
      const inParts = new Set(heads.flatMap((head) => [...tree.behind(head)]));
      const parts = heads.map((head) => randomPart(whole, head, outcome, random));
      const bound = boundOf(setup, { ...whole, parts });
      // Multipliers of flows inside a part are those of its leaves.
      const kept = (prices: Float64Array): Float64Array =>
        prices.map((price, k) => (inParts.has(whole.flows.bus[k]) ? 0 : price));
      const { flows } = whole;
      const outside = {
        ...whole,
        flows: {
          ...flows,
          minKwPrice: kept(flows.minKwPrice),
          maxKwPrice: kept(flows.maxKwPrice),
          minKvarPrice: kept(flows.minKvarPrice),
          maxKvarPrice: kept(flows.maxKvarPrice),
          lowVoltageCutPrice: kept(flows.lowVoltageCutPrice),
          highVoltageCutPrice: kept(flows.highVoltageCutPrice),
        },
      };
      expectBelow(setup, bound, outside);
    }
  });

  it.each(seeds)(
    'is the same with a part that has one leaf, at the best share of the sending voltage (seed %i)',
    async (seed) => {
      const setup = await setting(seed);
      const { random, theCase, prices } = setup;
      for (const head of randomHeads(treeOf(theCase), random, 2)) {
        const leaf = {
          ...movedPrices(prices, 10 ** random.between(-5, -2), random),
          revenuePrice: random.next(),
        };
        const inner = movedPrices(leaf, 10 ** random.between(-5, -2), random);
        const behind = treeOf(theCase).behind(head);
        const joined = (outside: Float64Array, inside: Float64Array): Float64Array =>
          outside.map((price, bus) => (behind.has(bus) ? inside[bus] : price));
        const plain = boundOf(setup, {
          ...leaf,
          activePrice: joined(leaf.activePrice, inner.activePrice),
          reactivePrice: joined(leaf.reactivePrice, inner.reactivePrice),
          voltagePrice: joined(leaf.voltagePrice, inner.voltagePrice),
        });
        const best = greatest((senderVoltagePrice) =>
          boundOf(setup, { ...leaf, parts: [{ bus: head, senderVoltagePrice, leaves: [inner] }] }),
        );
        expect(Math.abs(best - plain)).toBeLessThan(1e-7 * Math.max(1, Math.abs(plain)));
      }
    },
  );

  it('finds outcomes to compare with in most of these markets', async () => {
    let markets = 0;
    for (const seed of seeds) if ((await setting(seed)).outcomes.length > 5) markets += 1;
    expect(markets).toBeGreaterThan(0.6 * seeds.length);
  });
});

/** Greatest value of a concave function, by ternary search. */
function greatest(value: (x: number) => number): number {
  let low = -1e6;
  let high = 1e6;
  for (let round = 0; round < 80; round += 1) {
    const third = (high - low) / 3;
    if (value(low + third) < value(high - third)) low += third;
    else high -= third;
  }
  return value(0.5 * (low + high));
}
