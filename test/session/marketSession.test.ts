import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { branchRow, type MarketChanges } from '../../engine/case/changes.js';
import { clear } from '../../engine/clearing/clear.js';
import { LARGE_COMMUNITY } from '../../engine/clearing/windowSearch.js';
import type { Market, MarketClearing, MarketOptions } from '../../engine/session/market.js';
import { openMarketSession } from '../../engine/session/marketSession.js';
import { randomMarket, variedShape } from '../fixtures/randomMarket.js';
import { bundledCase } from '../trial/day.js';
import { randomChanges, wideChanges } from './randomChanges.js';
import { bytesOf, textOf } from './resultBytes.js';

const PROGRAMS: readonly (readonly [string, MarketOptions])[] = [
  ['welfare', {}],
  ['welfare, subsidised', { subsidised: true }],
  ['dlmp', { mode: 'dlmp' }],
  ['social', { mode: 'social' }],
];

/** What rounding and the tolerances of limits may be worth, relative to the objective. */
const ROUNDING = 2e-7;

/** Takes a branch of ieee123 from service and closes a tie, or the other way round. */
function switched(theCase: Case, isBack: boolean): MarketChanges {
  const branch = Int32Array.of(branchRow(theCase, '97', '197'), branchRow(theCase, '151', '300'));
  return { branches: { branch, closed: isBack ? Uint8Array.of(1, 0) : Uint8Array.of(0, 1) } };
}

describe.each(PROGRAMS)('the memory of a market in %s', (_, options) => {
  it.each(Array.from({ length: 5 }, (_, k) => 1403 + k))(
    'is all that the next clearing starts from (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const market = await openMarketSession(randomMarket(seed, variedShape(seed)), options);
      for (let k = 0; k < 4; k += 1) {
        if (k > 0) await market.update(wideChanges(random, market.case));
        const { memory } = market;
        const other = await openMarketSession(market.case, { ...options, memory });
        const [here, there] = [await market.clear(), await other.clear()];
        expect(bytesOf(there)).toBe(bytesOf(here));
        expect(textOf(other.memory)).toBe(textOf(market.memory));
      }
    },
  );
});

it('gives the same bytes to a market that takes over, where a branch was switched', async () => {
  const random = seededRandom(11);
  const market = await openMarketSession(await bundledCase('ieee123'));
  const routes: string[] = [];
  for (const turn of ['as it is', 'switched', 'bids', 'back']) {
    if (turn === 'bids') await market.update(randomChanges(random, market.case));
    else if (turn !== 'as it is') await market.update(switched(market.case, turn === 'back'));
    const other = await openMarketSession(market.case, { memory: market.memory });
    const [here, there] = [await market.clear(), await other.clear()];
    expect(bytesOf(there)).toBe(bytesOf(here));
    expect(here.result.status).toBe('optimal');
    routes.push(here.route);
  }
  expect(routes[0]).toBe('searched');
});

it('that warms up goes on from what it was given, or else from its first answer', async () => {
  const theCase = randomMarket(1450, SMALL);
  const market = await openMarketSession(theCase);
  await market.clear();
  const warm = await openMarketSession(theCase, { warmUp: 'well' });
  expect(textOf(warm.memory)).toBe(textOf(market.memory));
  await market.update(randomChanges(seededRandom(1), theCase));
  const { memory } = market;
  const other = await openMarketSession(market.case, { warmUp: 'well', memory });
  expect(textOf(other.memory)).toBe(textOf(memory));
  expect(bytesOf(await other.clear())).toBe(bytesOf(await market.clear()));
});

it('does not start from the memory of another case', async () => {
  const other = await openMarketSession(randomMarket(1, { ...SMALL, communities: 2 }));
  await other.clear();
  const theCase = randomMarket(2, SMALL);
  const market = await openMarketSession(theCase, { memory: other.memory });
  const fresh = await openMarketSession(theCase);
  expect(bytesOf(await market.clear())).toBe(bytesOf(await fresh.clear()));
});

const SMALL = { buses: 6, communities: 4, prosumers: [2, 8] } as const;

it('answers in order those who do not wait, each for the case of its own moment', async () => {
  const random = seededRandom(3);
  const theCase = randomMarket(1410, SMALL);
  const changes = [randomChanges(random, theCase), randomChanges(random, theCase)];
  const patient = await openMarketSession(theCase);
  const expected = [await patient.clear()];
  for (const change of changes) {
    await patient.update(change);
    expected.push(await patient.clear());
  }
  const market = await openMarketSession(theCase);
  const order: number[] = [];
  const asked: Promise<MarketClearing>[] = [];
  const cases: Case[] = [];
  for (let k = 0; k < 3; k += 1) {
    const change = changes[k - 1];
    // Nobody waits for the clearing before.
    if (change !== undefined) await market.update(change);
    cases.push(market.case);
    const clearing = market.clear();
    asked.push(clearing);
    void clearing.then(() => order.push(k));
  }
  await market.close();
  const found = await Promise.all(asked);
  expect(order).toEqual([0, 1, 2]);
  expect(new Set(cases).size).toBe(3);
  found.forEach((clearing, k) => {
    expect(clearing.result.case).toBe(cases[k]);
    expect(bytesOf(clearing)).toBe(bytesOf(expected[k] as MarketClearing));
  });
});

/** Nothing is claimed that a clearing without a hurry contradicts. */
async function expectHonest(
  { result, route, reason }: MarketClearing,
  options: MarketOptions,
): Promise<void> {
  expect(reason === '').toBe(route !== 'fallback');
  const cold = await clear(result.case, options);
  if (result.status === 'infeasible') expect(['infeasible', 'limit']).toContain(cold.status);
  if (result.outcome === undefined) {
    expect(['infeasible', 'limit']).toContain(result.status);
    expect(result.explanation).not.toBe('');
    return;
  }
  const { equilibriumHolds, physicsHolds } = result.certificate;
  if (result.status !== 'limit') expect(equilibriumHolds && physicsHolds).toBe(true);
  if (result.status === 'optimal') expect(result.gap).toBeLessThanOrEqual(1e-6);
  else expect(result.explanation).not.toBe('');
  if (cold.outcome === undefined) return;
  const slack = ROUNDING * Math.max(1, Math.abs(cold.objective));
  if (cold.status !== 'limit') {
    expect(result.lowerBound).toBeLessThanOrEqual(cold.objective + slack);
  }
  if (result.status !== 'limit') {
    expect(result.objective).toBeGreaterThanOrEqual(cold.lowerBound - slack);
  }
}

const HURRIES = [
  ['a deadline that has passed', () => ({ deadlineMs: 0.001 }), 'no certified answer'],
  ['a signal aborted before', () => ({ signal: AbortSignal.abort() }), 'stopped by its caller'],
] as const;

describe.each(HURRIES)('%s', (_, hurry, because) => {
  it.each(PROGRAMS)(
    'lets the last prices of ieee123 stand in %s, certified',
    async (_, options) => {
      const market = await openMarketSession(await bundledCase('ieee123'), options);
      await market.clear();
      await market.update(randomChanges(seededRandom(5), market.case));
      const clearing = await market.clear(hurry());
      expect(clearing.route).toBe('fallback');
      expect(clearing.reason).toContain(because);
      await expectHonest(clearing, options);
      const next = await market.clear();
      expect(next.result.status).toBe('optimal');
      expect(next.reason).toBe('');
    },
  );

  it.each(PROGRAMS)('never gives more than it has in %s', async (_, options) => {
    let fallbacks = 0;
    for (let seed = 1420; seed < 1428; seed += 1) {
      const market = await openMarketSession(randomMarket(seed, variedShape(seed)), options);
      // Without an earlier answer there is nothing to fall back on.
      const first = await market.clear(hurry());
      expect(first.route).not.toBe('fallback');
      await expectHonest(first, options);
      await market.clear();
      for (let k = 0; k < 2; k += 1) {
        await market.update(randomChanges(seededRandom(seed + k), market.case));
        const clearing = await market.clear(hurry());
        if (clearing.route === 'fallback') fallbacks += 1;
        await expectHonest(clearing, options);
      }
    }
    expect(fallbacks).toBeGreaterThan(3);
  });
});

it('is stopped by a signal that comes once it is asked', async () => {
  const market = await openMarketSession(await bundledCase('ieee123'));
  await market.clear();
  const controller = new AbortController();
  const clearing = market.clear({ signal: controller.signal });
  controller.abort();
  const { route, reason } = await clearing;
  expect(route).toBe('fallback');
  expect(reason).toContain('stopped by its caller');
  await market.close();
});

/** Aborts once it was asked so many times. */
function patientSignal(times: number): AbortSignal {
  let asked = 0;
  return Object.defineProperty(new AbortController().signal, 'aborted', {
    get: () => {
      asked += 1;
      return asked > times;
    },
  });
}

it.each(PROGRAMS)('is honest wherever it is stopped, in %s', async (_, options) => {
  const routes = new Set<string>();
  for (let seed = 1460; seed < 1463; seed += 1) {
    const random = seededRandom(seed);
    const market = await openMarketSession(randomMarket(seed, variedShape(seed)), options);
    for (const times of [Number.POSITIVE_INFINITY, 0, 1, 2, 3, 4, 5, 6, 8, 11, 20]) {
      const clearing = await market.clear({ signal: patientSignal(times) });
      routes.add(clearing.route);
      await expectHonest(clearing, options);
      await market.update(wideChanges(random, market.case));
    }
  }
  expect([...routes].sort()).toEqual(['corrected', 'fallback', 'searched']);
});

/** The same as clearing each case from nothing. */
async function expectColdAnswers(
  market: Market,
  options: MarketOptions,
  rounds: number,
): Promise<void> {
  const random = seededRandom(9);
  for (let k = 0; k < rounds; k += 1) {
    if (k > 0) await market.update(randomChanges(random, market.case));
    const clearing = await market.clear();
    const result = await clear(market.case, options);
    expect(bytesOf(clearing)).toBe(bytesOf({ result, route: 'searched', reason: '' }));
  }
}

it.each(['local', 'isolated'] as const)('clears in %s as without a session', async (mode) => {
  for (const name of ['five-bus', 'case33bw']) {
    const market = await openMarketSession(await bundledCase(name), { mode, warmUp: 'well' });
    await expectColdAnswers(market, { mode }, 3);
  }
});

it('clears communities that are built in windows', async () => {
  const theCase = randomMarket(1440, {
    buses: 3,
    communities: 2,
    prosumers: [LARGE_COMMUNITY + 1, LARGE_COMMUNITY + 200],
    kappaPowers: [-4, -2],
    impedance: 0.002,
    settings: { baseKva: 20_000, vMinPu: 0.98, vMaxPu: 1.02 },
  });
  const market = await openMarketSession(theCase);
  await expectColdAnswers(market, {}, 2);
  expect((await market.clear()).result.status).toBe('optimal');
  const late = await market.clear({ deadlineMs: 0.001 });
  expect(late.route).toBe('searched');
  await expectHonest(late, {});
});

describe.each(PROGRAMS)('a state that is infeasible in %s', (_, options) => {
  it('is reported, and the next is cleared as before', async () => {
    const market = await openMarketSession(await bundledCase('five-bus'), options);
    const before = await market.clear();
    expect(before.result.status).toBe('optimal');
    const { gridLimitKw } = market.case.settings;
    const loads = (loadKw: number): MarketChanges => ({
      buses: { bus: ['4'], loadKw: Float64Array.of(loadKw) },
      settings: { gridLimitKw: loadKw > 0 ? 1 : gridLimitKw },
    });
    const kept = market.memory;
    for (const hurry of [{}, { deadlineMs: 0.001 }]) {
      await market.update(loads(60));
      const { result } = await market.clear(hurry);
      if (!('deadlineMs' in hurry)) expect(result.status).toBe('infeasible');
      else expect(['infeasible', 'limit']).toContain(result.status);
      expect(result.explanation).not.toBe('');
      expect(market.memory).toBe(kept);
    }
    await market.update(loads(0));
    const after = await market.clear();
    expect(after.result.status).toBe('optimal');
    if (after.result.outcome === undefined || before.result.outcome === undefined) return;
    expect(after.result.objective).toBeCloseTo(before.result.objective, 6);
  });
});

it('a market that is closed is not cleared again', async () => {
  const market = await openMarketSession(randomMarket(3, variedShape(3)));
  await market.close();
  await expect(market.clear()).rejects.toThrow(/closed/);
});
