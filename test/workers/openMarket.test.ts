import { spawnSync } from 'node:child_process';
import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { CaseError, UsageError } from '../../engine/base/errors.js';
import { nextTurn } from '../../engine/base/nextTurn.js';
import { seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { createCase } from '../../engine/case/create.js';
import { LARGE_COMMUNITY } from '../../engine/clearing/windowSearch.js';
import type { Market, MarketClearing, MarketOptions } from '../../engine/session/market.js';
import { openMarketSession } from '../../engine/session/marketSession.js';
import { smallMarket } from '../case/smallMarket.js';
import { randomMarket, variedShape } from '../fixtures/randomMarket.js';
import { randomChanges } from '../session/randomChanges.js';
import { bytesOf, textOf } from '../session/resultBytes.js';
import { bundledCase } from '../trial/day.js';

// Threads run JavaScript: what they are given is the build, which `npm test` makes first.
const BUILT = new URL('../../dist/', import.meta.url);
const { openMarket } = (await import(
  new URL('workers/openMarket.js', BUILT).href
)) as typeof import('../../workers/openMarket.js');

const PROGRAMS: readonly (readonly [string, MarketOptions])[] = [
  ['welfare', {}],
  ['welfare, subsidised', { subsidised: true }],
  ['dlmp', { mode: 'dlmp' }],
  ['local', { mode: 'local' }],
];

const markets: Market[] = [];

afterEach(async () => {
  await Promise.all(markets.splice(0).map((market) => market.close()));
});

async function open(theCase: Case, options: MarketOptions = {}): Promise<Market> {
  const market = await openMarket(theCase, options);
  markets.push(market);
  return market;
}

/** Clears both after the same changes. */
async function expectSameBytes(
  here: Market,
  there: Market,
  rounds: number,
  seed: number,
): Promise<void> {
  const random = seededRandom(seed);
  for (let k = 0; k < rounds; k += 1) {
    const changes = randomChanges(random, here.case);
    if (k > 0) await Promise.all([here.update(changes), there.update(changes)]);
    const [one, other] = [await here.clear(), await there.clear()];
    expect(bytesOf(other)).toBe(bytesOf(one));
    expect(textOf(there.memory)).toBe(textOf(here.memory));
    expect(other.result.case).toBe(there.case);
  }
}

describe.each(PROGRAMS)('a market in a thread, in %s', (_, options) => {
  it.each([1502, 1504])('answers with the bytes of one in this thread (seed %i)', async (seed) => {
    const theCase = randomMarket(seed, variedShape(seed));
    const warm = seed === 1504 ? { ...options, warmUp: 'well' as const } : options;
    await expectSameBytes(
      await openMarketSession(theCase, warm),
      await open(theCase, warm),
      4,
      seed,
    );
  });
});

it('answers with the same bytes for large communities', async () => {
  const theCase = randomMarket(1510, {
    buses: 3,
    communities: 1,
    prosumers: [LARGE_COMMUNITY + 1, LARGE_COMMUNITY + 2],
    kappaPowers: [-4, -2],
    impedance: 0.002,
    settings: { baseKva: 20_000, vMinPu: 0.98, vMaxPu: 1.02 },
  });
  await expectSameBytes(await openMarketSession(theCase), await open(theCase), 2, 3);
});

it('leaves the event loop of its caller alone while it clears', async () => {
  const market = await open(await bundledCase('ieee123'));
  for (let k = 0; k < 2; k += 1) {
    let turns = 0;
    let ended = false;
    const clearing = market.clear().finally(() => {
      ended = true;
    });
    const turn = (): void => {
      if (ended) return;
      turns += 1;
      setImmediate(turn);
    };
    setImmediate(turn);
    expect((await clearing).result.status).toBe('optimal');
    expect(turns).toBeGreaterThan(10);
  }
});

it('answers in order those who do not wait, each for the case of its own moment', async () => {
  const theCase = await bundledCase('five-bus');
  const market = await open(theCase);
  const first = market.clear();
  await market.update({ settings: { gridBuy: 0.4 } });
  const changed = market.case;
  const second = market.clear();
  await market.update({ settings: { gridBuy: 0.35 } });
  const order: number[] = [];
  void first.then(() => order.push(1));
  void second.then(() => order.push(2));
  await market.close();
  expect((await first).result.case).toBe(theCase);
  expect((await second).result.case).toBe(changed);
  expect(order).toEqual([1, 2]);
  const session = await openMarketSession(theCase);
  expect(bytesOf(await first)).toBe(bytesOf(await session.clear()));
  await session.update({ settings: { gridBuy: 0.4 } });
  expect(bytesOf(await second)).toBe(bytesOf(await session.clear()));
});

describe('a hurry', () => {
  it('falls back on the last prices at a deadline, and at a signal', async () => {
    const market = await open(await bundledCase('ieee123'));
    const controller = new AbortController();
    const begun = await market.clear({ deadlineMs: 0.001 });
    expect(begun.route).toBe('searched');
    expect(begun.result.status).toBe('limit');
    await market.clear();
    const asked = market.clear({ signal: controller.signal });
    controller.abort();
    const late = market.clear({ deadlineMs: 0.001 });
    const aborted = market.clear({ signal: AbortSignal.abort() });
    for (const clearing of [await asked, await late, await aborted]) {
      expect(clearing.route).toBe('fallback');
      expect(clearing.reason).not.toBe('');
      const { result } = clearing;
      expect(['optimal', 'feasible']).toContain(result.status);
      if (result.outcome === undefined) continue;
      const { equilibriumHolds, physicsHolds } = result.certificate;
      expect(equilibriumHolds && physicsHolds).toBe(true);
    }
    expect((await market.clear()).result.status).toBe('optimal');
  });
});

describe('what is wrong', () => {
  it('with a change arrives as a CaseError, and nothing has changed', async () => {
    const theCase = createCase(smallMarket());
    const market = await open(theCase);
    const nobody = market.update({ prosumers: { prosumer: ['n9'] } });
    await expect(nobody).rejects.toMatchObject({ name: 'CaseError', problems: [{ value: 'n9' }] });
    const costQuadratic = Float64Array.of(0);
    const flat = market.update({ devices: { device: ['s2-roof'], costQuadratic } });
    await expect(flat).rejects.toMatchObject({
      name: 'CaseError',
      problems: [{ file: 'devices', column: 'cost_quadratic', value: '0' }],
    });
    expect(market.case).toBe(theCase);
    const session = await openMarketSession(theCase);
    expect(bytesOf(await market.clear())).toBe(bytesOf(await session.clear()));
  });

  it('with the market is said as it opens, the way a session says it', async () => {
    const { devices } = smallMarket();
    const theCase = createCase({
      ...smallMarket(),
      ...(devices && { devices: { ...devices, costQuadratic: [0, 0.01] } }),
    });
    await expect(openMarket(theCase)).rejects.toMatchObject({ name: CaseError.name });
    const withoutGap = openMarket(createCase(smallMarket()), { gap: -1 });
    await expect(withoutGap).rejects.toMatchObject({ name: UsageError.name });
  });
});

/** Threads that were started, as they are. */
function threadsStartedBy(work: () => Promise<unknown>): Promise<Worker[]> {
  const started: Worker[] = [];
  const note = (worker: Worker): void => {
    started.push(worker);
  };
  process.on('worker', note);
  return work()
    .then(() => started)
    .finally(() => process.off('worker', note));
}

describe('a thread that dies', () => {
  it.each(['between two clearings', 'while it clears'])(
    'is replaced, and the next bytes are those it would have given: %s',
    async (moment) => {
      const theCase = await bundledCase('case33bw');
      const here = await openMarketSession(theCase);
      let there: Market | undefined;
      const answers: MarketClearing[] = [];
      const first = await threadsStartedBy(async () => {
        there = await open(theCase);
        answers.push(await there.clear());
      });
      expect(first).toHaveLength(1);
      if (there === undefined) return;
      const changes = randomChanges(seededRandom(1), theCase);
      const second = await threadsStartedBy(async () => {
        if (moment === 'between two clearings') await first[0]?.terminate();
        await there?.update(changes);
        const next = there?.clear();
        if (moment === 'while it clears') {
          await nextTurn();
          await first[0]?.terminate();
        }
        if (next !== undefined) answers.push(await next);
      });
      expect(second.length).toBeLessThanOrEqual(1);
      expect(second).not.toContain(first[0]);
      expect(bytesOf(answers[0] as MarketClearing)).toBe(bytesOf(await here.clear()));
      await here.update(changes);
      expect(bytesOf(answers[1] as MarketClearing)).toBe(bytesOf(await here.clear()));
      await expectSameBytes(here, there, 1, 2);
    },
  );
});

it('has no thread left once it is closed', async () => {
  const theCase = createCase(smallMarket());
  const threads = await threadsStartedBy(async () => {
    const [idle, busy] = [await openMarket(theCase), await openMarket(theCase)];
    await idle.clear();
    const clearing = busy.clear();
    await Promise.all([idle.close(), busy.close()]);
    expect((await clearing).result.status).toBe('optimal');
  });
  // A thread that has ended has no number.
  expect(threads.map(({ threadId }) => threadId)).toEqual([-1, -1]);
});

describe('a process', () => {
  const script = (body: string): ReturnType<typeof spawnSync> => {
    const imports = `
      const { openMarket } = await import('${new URL('workers/openMarket.js', BUILT).href}');
      const { readCase } = await import('${new URL('engine/io/readCase.js', BUILT).href}');
      const { resolveCase } = await import('${new URL('engine/io/package.js', BUILT).href}');
      const theCase = await readCase(resolveCase('five-bus'));`;
    const words = ['--input-type=module', '--eval', imports + body];
    return spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 30_000 });
  };

  it('ends by itself once its market is closed', () => {
    const run = script(`
      const market = await openMarket(theCase);
      const { result } = await market.clear();
      await market.close();
      process.stdout.write(result.status);`);
    expect(run.stdout).toBe('optimal');
    expect([run.status, run.signal]).toEqual([0, null]);
  });

  it('ends by itself where a market is closed before, twice, or while it clears', () => {
    const run = script(`
      await (await openMarket(theCase)).close();
      const market = await openMarket(theCase);
      const clearing = market.clear();
      await market.close();
      await market.close();
      process.stdout.write((await clearing).result.status);`);
    expect(run.stdout).toBe('optimal');
    expect([run.status, run.signal]).toEqual([0, null]);
  });
});
