import { describe, expect, it } from 'vitest';
import { type RandomSource, seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { proofBound } from '../../engine/certify/lowerBound.js';
import { clear } from '../../engine/clearing/clear.js';
import { largestViolation } from '../../engine/clearing/limits.js';
import { type MarketState, openMarketState } from '../../engine/clearing/marketState.js';
import { resolveOptions } from '../../engine/clearing/options.js';
import { NO_FLOWS, type Outcome, type ProofLeaf } from '../../engine/clearing/result.js';
import {
  allocateCurves,
  type CostCurves,
  countArcCapacity,
  curveValueAt,
  loadCurve,
} from '../../engine/market/costCurve.js';
import { loadEnvelope } from '../../engine/market/envelope.js';
import { createPowerFlow } from '../../engine/network/powerFlow.js';
import {
  impliedCurrentLimits,
  lagrangianBound,
  type NetworkPrices,
} from '../../engine/program/lagrangian.js';
import {
  createNetworkProgram,
  type MarketOnNetwork,
  type NetworkProgram,
} from '../../engine/program/networkProgram.js';
import { randomMarket, variedShape } from '../fixtures/randomMarket.js';

type NetworkMode = 'welfare' | 'dlmp' | 'social';

/** A market, its program, the cost of imports, and the envelopes on a box of imports. */
interface Setting {
  readonly state: MarketState;
  readonly program: NetworkProgram;
  readonly curves: CostCurves;
  readonly envelopes: CostCurves;
  readonly currentLimit: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

async function setting(
  theCase: Case,
  mode: NetworkMode,
  random: RandomSource,
  boxedShare: number,
): Promise<Setting> {
  const state = await openMarketState(theCase, resolveOptions({ mode }));
  const program = createNetworkProgram(state.network, marketOnNetwork(state), 1);
  const curves = allocateCurves(countArcCapacity(state.responses));
  const envelopes = allocateCurves(curves.start.slice(1).map((_, m) => 2 * arcRoom(curves, m) + 1));
  const low = Float64Array.from(state.importMin);
  const high = Float64Array.from(state.importMax);
  low.forEach((least, m) => {
    const most = high[m];
    const kind = mode === 'welfare' ? 'cost' : 'potential';
    loadCurve(state.responses, m, kind, least, most, curves);
    if (random.next() < boxedShare) {
      low[m] = random.between(least, most);
      high[m] = random.between(low[m], most);
    }
    loadEnvelope(curves, m, low[m], high[m], envelopes);
  });
  const { baseKva } = state.network;
  const currentLimit = impliedCurrentLimits(
    program,
    state.importMin.map((least) => least / baseKva),
  );
  return { state, program, curves, envelopes, currentLimit, low, high };
}

function arcRoom(curves: CostCurves, m: number): number {
  return curves.start[m + 1] - curves.start[m] - 1;
}

function marketOnNetwork({ theCase, network, junction, reactiveDemand }: MarketState) {
  const { settings, communities } = theCase;
  const { baseKva, junctionCount } = network;
  const market: MarketOnNetwork = {
    junction,
    reactiveDemand: new Float64Array(junctionCount),
    reactiveMin: new Float64Array(junctionCount),
    reactiveMax: new Float64Array(junctionCount),
    gridBuy: settings.gridBuy * baseKva,
    gridSell: settings.gridSell * baseKva,
    gridLimit: settings.gridLimitKw / baseKva,
  };
  junction.forEach((at, m) => {
    market.reactiveDemand[at] += reactiveDemand[m] / baseKva;
    market.reactiveMin[at] += communities.qMinKvar[m] / baseKva;
    market.reactiveMax[at] += communities.qMaxKvar[m] / baseKva;
  });
  return market;
}

/** Costs ($/h) of random imports and reactive amounts whose exact power flow keeps every limit. */
function sampleCosts(setting: Setting, random: RandomSource, count: number): number[] {
  const { state, program, curves, low, high } = setting;
  const { network, junction } = state;
  const { market } = program;
  const flow = createPowerFlow(network);
  const costs: number[] = [];
  for (let sample = 0; sample < count; sample += 1) {
    const active = new Float64Array(network.junctionCount);
    let cost = 0;
    // Samples near one end of the ranges as well as mixed ones: limits bind at the ends.
    const lean = random.next();
    low.forEach((least, m) => {
      const share = 0.5 * (lean + random.next());
      const netImport = Math.min(least + share * (high[m] - least), high[m]);
      active[junction[m]] += netImport / network.baseKva;
      cost += curveValueAt(curves, m, netImport);
    });
    const reactive = market.reactiveDemand.map((demand, j) => {
      return demand + random.between(market.reactiveMin[j], market.reactiveMax[j]);
    });
    if (flow.solve(active, reactive) !== 'converged') continue;
    if (largestViolation(network, flow, market.gridLimit) > 0) continue;
    const exchange = flow.rootActive;
    costs.push(cost + (exchange > 0 ? market.gridBuy : market.gridSell) * exchange);
  }
  return costs;
}

/** Multipliers of about the right size and the right sign, or of neither. */
function randomPrices({ state }: Setting, random: RandomSource): NetworkPrices {
  const { network } = state;
  const spread = 10 ** random.between(-3, 0.5);
  const price = random.between(0.1, 0.35);
  const around = (centre: number): number => (centre + spread * random.normal()) * network.baseKva;
  return {
    active: Float64Array.from(network.vMin, () => around(price)),
    reactive: Float64Array.from(network.vMin, (_, j) => (j === 0 ? 0 : 0.1 * around(0))),
    voltageDrop: Float64Array.from(network.r, () => 0.1 * around(0)),
    revenue: 0,
    squaredVoltage: Float64Array.from(network.vMin, () => random.between(0.8, 1.2)),
  };
}

const seeds = Array.from({ length: 30 }, (_, k) => 5000 + k);

describe.each(['welfare', 'dlmp'] as const)('the Lagrangian bound of %s', (mode) => {
  it.each(seeds)(
    'is below every possible outcome, whatever the multipliers (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const theCase = randomMarket(seed, variedShape(seed));
      const part = await setting(theCase, mode, random, random.next() < 0.5 ? 0 : 0.4);
      const least = Math.min(...sampleCosts(part, random, 150));
      for (let draw = 0; draw < 60; draw += 1) {
        const prices = randomPrices(part, random);
        const { program, envelopes, currentLimit } = part;
        const bound = lagrangianBound(program, prices, envelopes, currentLimit, true);
        expect(bound).not.toBeNaN();
        expect(bound).toBeLessThanOrEqual(least + 1e-9 * Math.max(1, Math.abs(least)));
        const withoutCosts = lagrangianBound(program, prices, envelopes, currentLimit, false);
        if (least < Infinity) expect(withoutCosts).toBeLessThanOrEqual(1e-9);
      }
    },
  );

  it.each(seeds)(
    'at the solver’s prices is the bound of the certificate (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const theCase = randomMarket(seed, variedShape(seed));
      const { outcome, lowerBound, nodes } = await cleared(theCase, mode);
      if (outcome === undefined || nodes !== 1) return;
      const whole = await setting(theCase, mode, random, 0);
      const { program, envelopes, currentLimit } = whole;
      const [leaf] = outcome.proof as [ProofLeaf];
      const bound = lagrangianBound(
        program,
        pricesOf(whole, leaf, outcome),
        envelopes,
        currentLimit,
        true,
      );
      expect(Math.abs(bound - lowerBound)).toBeLessThan(1e-7 * Math.max(1, Math.abs(bound)));
      // The same prices bound any part of the space.
      const part = await setting(theCase, mode, random, 0.6);
      const inBox = lagrangianBound(
        program,
        pricesOf(part, leaf, outcome),
        part.envelopes,
        currentLimit,
        true,
      );
      const least = Math.min(...sampleCosts(part, random, 100));
      expect(inBox).toBeGreaterThanOrEqual(bound - 1e-9 * Math.max(1, Math.abs(bound)));
      expect(inBox).toBeLessThanOrEqual(least + 1e-9 * Math.max(1, Math.abs(least)));
    },
  );

  it.each(seeds)(
    'of the certificate holds for any prices and partition (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const theCase = randomMarket(seed, variedShape(seed));
      const { outcome } = await cleared(theCase, mode);
      if (outcome === undefined) return;
      const whole = await setting(theCase, mode, random, 0);
      const least = Math.min(...sampleCosts(whole, random, 150));
      for (let draw = 0; draw < 20; draw += 1) {
        const proof = randomProof(whole, outcome, random);
        const bound = proofBound(theCase, mode, whole.state.responses.kappa, { ...outcome, proof });
        expect(bound).not.toBeNaN();
        expect(bound).toBeLessThanOrEqual(least + 1e-9 * Math.max(1, Math.abs(least)));
      }
    },
  );
});

it('finds outcomes to compare with in most of these markets', async () => {
  let markets = 0;
  for (const seed of seeds) {
    const random = seededRandom(seed);
    const part = await setting(randomMarket(seed, variedShape(seed)), 'welfare', random, 0);
    if (sampleCosts(part, random, 100).length > 5) markets += 1;
  }
  expect(markets).toBeGreaterThan(0.6 * seeds.length);
});

async function cleared(theCase: Case, mode: NetworkMode) {
  // The bound of the program below knows no price of revenue.
  const result = await clear(theCase, { mode, subsidised: mode === 'welfare' });
  return {
    outcome: result.outcome,
    nodes: result.nodes,
    lowerBound: result.outcome === undefined ? Number.NaN : result.lowerBound,
  };
}

/** From the units of a proof back to those of the program. */
function pricesOf({ state }: Setting, leaf: ProofLeaf, outcome: Outcome): NetworkPrices {
  const { network } = state;
  const { baseKva } = network;
  const busOf = Int32Array.from(network.vMin, (_, j) => network.busJunction.indexOf(j));
  return {
    active: Float64Array.from(busOf, (bus) => leaf.activePrice[bus] * baseKva),
    reactive: Float64Array.from(busOf, (bus, j) => (j ? leaf.reactivePrice[bus] * baseKva : 0)),
    voltageDrop: Float64Array.from(network.r, (_, e) => leaf.voltagePrice[busOf[e + 1]]),
    revenue: leaf.revenuePrice,
    squaredVoltage: Float64Array.from(
      busOf,
      (bus) => outcome.buses.voltagePu[bus] ** 2 / network.busFactor[bus],
    ),
  };
}

/** Leaves that cut the range of one community in two, with prices near the proven ones or far off. */
function randomProof(whole: Setting, outcome: Outcome, random: RandomSource): ProofLeaf[] {
  const community = random.integer(0, whole.low.length);
  const cut = random.between(whole.low[community], whole.high[community]);
  const spread = 10 ** random.between(-4, 0);
  return [
    [Number.NEGATIVE_INFINITY, cut],
    [cut, Number.POSITIVE_INFINITY],
  ].map(([low, high]) => {
    const from = outcome.proof[random.integer(0, outcome.proof.length)] as ProofLeaf;
    const moved = (prices: Float64Array): Float64Array =>
      prices.map((price) => price + spread * random.normal());
    return {
      kind: 'bound',
      community: Int32Array.of(community),
      importMinKw: Float64Array.of(low as number),
      importMaxKw: Float64Array.of(high as number),
      activePrice: moved(from.activePrice),
      reactivePrice: moved(from.reactivePrice),
      voltagePrice: moved(from.voltagePrice),
      revenuePrice: 0,
      flows: NO_FLOWS,
      parts: [],
    };
  });
}
