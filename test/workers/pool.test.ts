import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { clear } from '../../engine/clearing/clear.js';
import { IN_THIS_THREAD, type ResponseStage } from '../../engine/clearing/responseStage.js';
import type { Outcome } from '../../engine/clearing/result.js';
import type { ResponseFunctions } from '../../engine/market/responseFunction.js';
import type { WorkerPool } from '../../workers/pool.js';
import { shardBounds } from '../../workers/shardBounds.js';
import { randomMarket } from '../fixtures/randomMarket.js';
import { DEATHS_FOLDER } from './mortalEntry.js';

// Threads run JavaScript: what they are given is the build, which `npm test` makes first.
const BUILT_POOL = new URL('../../dist/workers/pool.js', import.meta.url).href;
const { openWorkerPool, stagesOf } = (await import(
  BUILT_POOL
)) as typeof import('../../workers/pool.js');

function crowdedMarket(seed: number): Case {
  return randomMarket(seed, {
    buses: 12,
    communities: 40,
    prosumers: [1, 60],
    deviceShare: 0.3,
    fixedShare: 0.1,
    linearShare: 0.2,
    priceTakerShare: 0.2,
    impedance: 0.05,
  });
}

/** Communities so large that their response functions are built in windows of prices. */
function populousMarket(seed: number): Case {
  return randomMarket(seed, {
    buses: 5,
    communities: 3,
    prosumers: [4000, 9000],
    deviceShare: 0.1,
    fixedShare: 0.1,
    linearShare: 0.2,
    priceTakerShare: 0.4,
    impedance: 0.0005,
  });
}

/** The stage, and what it left behind. */
function recorded(stage: ResponseStage): { stage: ResponseStage; responses: ResponseFunctions[] } {
  const responses: ResponseFunctions[] = [];
  return {
    responses,
    stage: {
      ...stage,
      build: async (bids, target) => {
        await stage.build(bids, target);
        responses.push(target);
      },
    },
  };
}

/** Every byte of every column of an object of columns, also nested. */
function bytesOf(value: unknown): Buffer {
  if (ArrayBuffer.isView(value)) {
    return Buffer.from(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength));
  }
  if (typeof value === 'object' && value !== null) {
    return Buffer.concat(Object.values(value).map(bytesOf));
  }
  return Buffer.from(`${String(value)};`);
}

describe.each([1, 2, 3])('a pool of %i threads', (threads) => {
  let pool: WorkerPool;
  beforeAll(() => {
    pool = openWorkerPool({ threads });
  });
  afterAll(() => pool.close());

  it.each([9001, 9002])('gives the bytes of this thread alone (seed %i)', async (seed) => {
    const theCase = crowdedMarket(seed);
    const here = recorded(IN_THIS_THREAD);
    const there = recorded(pool.responseStage);
    for (const mode of ['dlmp', 'social'] as const) {
      const alone = await clear(theCase, { mode, responseStage: here.stage });
      const together = await clear(theCase, { mode, responseStage: there.stage });
      expect(alone.status).toBe('optimal');
      expect(together.status).toBe('optimal');
      const certificates = [alone, together].map(
        (result) => 'certificate' in result && result.certificate,
      );
      expect(certificates[1]).toEqual(certificates[0]);
      const outcomes = [alone.outcome, together.outcome] as [Outcome, Outcome];
      expect(bytesOf(outcomes[1]).equals(bytesOf(outcomes[0]))).toBe(true);
    }
    expect(there.responses).toHaveLength(2);
    there.responses.forEach((responses, k) => {
      expect(bytesOf(responses).equals(bytesOf(here.responses[k]))).toBe(true);
    });
  });

  it('is given handles of shared memory, and fills shared memory', async () => {
    const theCase = crowdedMarket(9003);
    let columns = 0;
    await clear(theCase, {
      mode: 'dlmp',
      responseStage: {
        ...pool.responseStage,
        build: async (bids, responses) => {
          for (const table of [bids.prosumers, bids.devices, responses]) {
            for (const column of Object.values(table)) {
              if (!ArrayBuffer.isView(column)) continue;
              expect(column.buffer).toBeInstanceOf(SharedArrayBuffer);
              columns += 1;
            }
          }
          expect(bids.prosumerStart.buffer).toBeInstanceOf(SharedArrayBuffer);
          await pool.responseStage.build(bids, responses);
        },
      },
    });
    expect(columns).toBeGreaterThan(20);
  });

  it('names the communities whose thread failed, and works on', async () => {
    const theCase = crowdedMarket(9004);
    const broken: ResponseStage = {
      ...pool.responseStage,
      build: async (bids, responses) => {
        const missing = null as unknown as Float64Array;
        const prosumers = { ...bids.prosumers, demandKw: missing };
        await pool.responseStage.build({ ...bids, prosumers }, responses);
      },
    };
    const failure = clear(theCase, { mode: 'dlmp', responseStage: broken });
    await expect(failure).rejects.toMatchObject({
      name: 'InternalError',
      message: expect.stringMatching(/communities \d+ to \d+: .*null/),
    });
    const next = await clear(theCase, { mode: 'dlmp', responseStage: pool.responseStage });
    expect(next.status).toBe('optimal');
  });
});

describe('a pool', () => {
  it.each([0, -1, 1.5, Number.NaN])('refuses %d threads', (threads) => {
    expect(() => openWorkerPool({ threads })).toThrow('a positive whole number is needed');
  });

  it('leaves nothing running once it is closed', () => {
    const script = `
      const { openWorkerPool } = await import(${JSON.stringify(BUILT_POOL)});
      const pool = openWorkerPool({ threads: 3 });
      await pool.close();
      process.stdout.write('closed');`;
    const run = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      timeout: 30_000,
      encoding: 'utf8',
    });
    expect(run.stderr).toBe('');
    expect(run.stdout).toBe('closed');
    expect(run.status).toBe(0);
  });
});

describe('threads that die', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wattshare-deaths-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([9005, 9006])('change no byte of a result (seed %i)', async (seed) => {
    const deaths = join(folder, String(seed));
    mkdirSync(deaths);
    vi.stubEnv(DEATHS_FOLDER, deaths);
    const { ShardPool } = (await import(
      new URL('shardPool.js', BUILT_POOL).href
    )) as typeof import('../../workers/shardPool.js');
    const entry = new URL('../test/workers/mortalEntry.js', BUILT_POOL);
    const pool = stagesOf(new ShardPool(2, entry));
    try {
      for (const theCase of [crowdedMarket(seed), populousMarket(seed)]) {
        const alone = await clear(theCase, { mode: 'dlmp' });
        const together = await clear(theCase, { mode: 'dlmp', ...pool });
        expect(alone.status).toBe('optimal');
        expect(bytesOf(together.outcome).equals(bytesOf(alone.outcome))).toBe(true);
      }
    } finally {
      vi.unstubAllEnvs();
      await pool.close();
    }
    expect(readdirSync(deaths).sort()).toEqual(['answer', 'build', 'check', 'read', 'window']);
  });
});

describe('a signal', () => {
  it.each([9007, 9008])('stops the work on bids, here and in threads (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const pool = openWorkerPool({ threads: 2 });
    try {
      for (const theCase of [crowdedMarket(seed), populousMarket(seed)]) {
        for (const stage of [IN_THIS_THREAD, pool.responseStage]) {
          const controller = new AbortController();
          const passes = random.integer(0, 2);
          let passed = 0;
          const stopping = (): void => {
            if (passed === passes) controller.abort();
            passed += 1;
          };
          const result = await clear(theCase, {
            mode: 'dlmp',
            signal: controller.signal,
            responseStage: {
              ...stage,
              build: async (...work) => {
                stopping();
                await stage.build(...work);
              },
              read: (...work) => {
                stopping();
                return stage.read(...work);
              },
            },
          });
          expect(result.status).toBe(passed > passes ? 'limit' : 'optimal');
          if (passed > passes) expect(result.outcome).toBeUndefined();
        }
      }
    } finally {
      await pool.close();
    }
  });
});

describe('shards', () => {
  it.each([1, 2, 3, 4, 5])('partition the communities, about evenly (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const start = [0];
    const communities = random.integer(1, 200);
    for (let m = 0; m < communities; m += 1)
      start.push((start[m] as number) + random.integer(1, 50));
    for (const shards of [1, 2, 6, 1000]) {
      const bounds = shardBounds(Int32Array.from(start), shards);
      expect(bounds[0]).toBe(0);
      expect(bounds.at(-1)).toBe(communities);
      expect(bounds.length - 1).toBeLessThanOrEqual(Math.min(shards, communities));
      for (let k = 1; k < bounds.length; k += 1) {
        const [from, to] = [bounds[k - 1] as number, bounds[k] as number];
        expect(to).toBeGreaterThan(from);
        const prosumers = (start[to] as number) - (start[from] as number);
        expect(prosumers).toBeLessThanOrEqual((start.at(-1) as number) / shards + 50);
      }
    }
  });
});
