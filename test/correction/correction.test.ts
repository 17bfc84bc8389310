import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import { applyChanges } from '../../engine/case/changes.js';
import { clear } from '../../engine/clearing/clear.js';
import { resolveOptions } from '../../engine/clearing/options.js';
import { Correction, type RelaxedMarket } from '../../engine/correction/correction.js';
import { createPowerFlow, type PowerFlow } from '../../engine/network/powerFlow.js';
import { WHOLE_RANGE } from '../../engine/program/importModels.js';
import { KeptMarket, type PresentMarket } from '../../engine/session/keptMarket.js';
import type { MarketOptions } from '../../engine/session/market.js';
import { MarketBound } from '../../engine/session/marketBound.js';
import { openMarketSession } from '../../engine/session/marketSession.js';
import { recall } from '../../engine/session/memory.js';
import { randomMarket, variedShape } from '../fixtures/randomMarket.js';
import { randomChanges } from '../session/randomChanges.js';

const PROGRAMS: readonly (readonly [string, MarketOptions])[] = [
  ['dlmp', { mode: 'dlmp' }],
  ['subsidised welfare', { subsidised: true }],
];

const SEEDS = Array.from({ length: 30 }, (_, k) => 1300 + k);

const ROUNDS = 3;

/** What all communities together may be off by, as a share of the objective. */
const ALLOWED = 1e-8;

/** What the tolerances of limits may be worth to a clearing, relative to its objective. */
const TOLERANCES = 2e-7;

/** The exact power flow of what communities import. */
function flowOf({ frame }: PresentMarket, point: RelaxedMarket): PowerFlow | undefined {
  const { network, market } = frame;
  const active = new Float64Array(network.junctionCount);
  point.netImport.forEach((netImport, m) => {
    active[market.junction[m]] += netImport / network.baseKva;
  });
  const reactive = market.reactiveDemand.map((demand, j) => demand + point.freeReactive[j]);
  const flow = createPowerFlow(network);
  return flow.solve(active, reactive) === 'converged' ? flow : undefined;
}

function expectExactState(market: PresentMarket, point: RelaxedMarket): void {
  const flow = flowOf(market, point);
  const { network, market: onNetwork } = market.frame;
  expect(flow).toBeDefined();
  if (flow === undefined) return;
  for (let j = 0; j < network.junctionCount; j += 1) {
    const voltage = flow.squaredVoltage[j];
    expect(Math.abs(voltage - point.prices.squaredVoltage[j])).toBeLessThanOrEqual(1e-9);
    if (j === 0) continue;
    expect(voltage).toBeGreaterThanOrEqual(network.vMin[j] - 1e-9);
    expect(voltage).toBeLessThanOrEqual(network.vMax[j] + 1e-9);
    expect(flow.squaredCurrent[j - 1]).toBeLessThanOrEqual(network.currentLimit[j - 1] + 1e-9);
    expect(point.freeReactive[j]).toBeGreaterThanOrEqual(onNetwork.reactiveMin[j] - 1e-9);
    expect(point.freeReactive[j]).toBeLessThanOrEqual(onNetwork.reactiveMax[j] + 1e-9);
  }
  expect(Math.abs(flow.rootActive)).toBeLessThanOrEqual(onNetwork.gridLimit + 1e-9);
}

interface Tally {
  corrected: number;
  whole: number;
}

async function follow(options: MarketOptions, seed: number, tally: Tally): Promise<void> {
  const random = seededRandom(seed);
  const resolved = resolveOptions(options);
  const session = await openMarketSession(randomMarket(seed, variedShape(seed)), options);
  const { result } = await session.clear();
  let theCase = session.case;
  const kept = new KeptMarket(theCase, resolved.mode);
  for (let k = 0; k < ROUNDS; k += 1) {
    theCase = applyChanges(theCase, randomChanges(random, theCase));
    const market = kept.renew(theCase, resolved);
    const { network, junction } = market.state;
    const last = recall(session.memory, network, junction.length, market.state);
    if (last === undefined || result.outcome === undefined) return;
    const bound = new MarketBound(market);
    const { frame, places, curves } = market;
    const correction = new Correction(frame, places, curves, bound.limits);
    const allowed = ALLOWED * Math.max(1, Math.abs(last.objective));
    const relaxed = correction.relax(last, allowed);
    if (relaxed === undefined) continue;
    tally.corrected += 1;
    expectExactState(market, relaxed);
    const cold = await clear(theCase, options);
    if (cold.outcome === undefined) continue;
    const scale = Math.max(1, Math.abs(cold.objective));
    const least = bound.at(relaxed.prices, WHOLE_RANGE);
    const quick = bound.at(relaxed.prices, WHOLE_RANGE, relaxed.leastAnswers);
    if (cold.status === 'limit') continue;
    for (const value of [least, quick]) {
      expect(value).toBeLessThanOrEqual(cold.objective + TOLERANCES * scale);
    }
    if (relaxed.mixed.length > 0 || cold.status !== 'optimal') continue;
    tally.whole += 1;
    expect(quick).toBeGreaterThanOrEqual(cold.lowerBound - 1e-6 * scale);
  }
}

describe.each(PROGRAMS)('a correction in %s', (_, options) => {
  const tally: Tally = { corrected: 0, whole: 0 };

  it.each(SEEDS)(
    'leads to an exact state, and to a bound that holds and is met (seed %i)',
    async (seed) => {
      await follow(options, seed, tally);
    },
  );

  it('is found after most changes, mostly with nobody mixed', () => {
    expect(tally.corrected).toBeGreaterThan(0.5 * ROUNDS * SEEDS.length);
    expect(tally.whole).toBeGreaterThan(0.4 * ROUNDS * SEEDS.length);
  });
});
