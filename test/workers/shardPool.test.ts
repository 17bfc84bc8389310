import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { nextTurn } from '../../engine/base/nextTurn.js';
import type { ShardPool } from '../../workers/shardPool.js';

type Mortal = typeof import('./mortalEntry.js');

// Threads run JavaScript: what they are given is the build, which `npm test` makes first.
const BUILT = new URL('../../dist/', import.meta.url);
const built = (await import(
  new URL('workers/shardPool.js', BUILT).href
)) as typeof import('../../workers/shardPool.js');

const pools: ShardPool<Mortal>[] = [];

function openPool(threads: number, entry = 'mortalEntry.js'): ShardPool<Mortal> {
  const pool = new built.ShardPool<Mortal>(threads, new URL(`test/workers/${entry}`, BUILT));
  pools.push(pool);
  return pool;
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

const place = (shard: number): string => `shard ${shard}`;

function sharedCounter(value: number): Int32Array<SharedArrayBuffer> {
  const counter = new Int32Array(new SharedArrayBuffer(4));
  counter[0] = value;
  return counter;
}

function numbers(count: number, deaths: number, by: 'exit' | 'memory' = 'exit') {
  const shared = sharedCounter(deaths);
  return Array.from({ length: count }, (_, value) => ({ value, deaths: shared, by }));
}

describe('shards', () => {
  it.each([1, 2, 3])('come back in their order from %i threads, each reported once', async (n) => {
    const done: number[] = [];
    const results = await openPool(n).runShards('square', numbers(20, 0), {
      place,
      onProgress: (shard) => done.push(shard),
    });
    expect(results).toEqual(Array.from({ length: 20 }, (_, value) => value * value));
    expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, k) => k));
  });

  it('may be none at all', async () => {
    expect(await openPool(2).runShards('square', [], { place })).toEqual([]);
  });

  it.each([1, 2])('of threads that exit are done again (%i threads)', async (threads) => {
    const pool = openPool(threads);
    const results = await pool.runShards('square', numbers(8, 2), { place });
    expect(results).toEqual([0, 1, 4, 9, 16, 25, 36, 49]);
    // The pool is whole again.
    expect(await pool.runShards('square', numbers(3, 0), { place })).toEqual([0, 1, 4]);
  });

  it('of a thread out of memory are done again', () => {
    // With little memory for each thread, or it would take long to run out of it.
    const script = `
      const { ShardPool } = await import('${new URL('workers/shardPool.js', BUILT).href}');
      const pool = new ShardPool(1, new URL('${new URL('test/workers/mortalEntry.js', BUILT).href}'));
      const deaths = new Int32Array(new SharedArrayBuffer(4)).fill(1);
      const shards = [3, 4].map((value) => ({ value, deaths, by: 'memory' }));
      const place = (shard) => 'shard ' + shard;
      process.stdout.write(String(await pool.runShards('square', shards, { place })));
      await pool.close();`;
    const words = ['--max-old-space-size=48', '--input-type=module', '--eval', script];
    const run = spawnSync(process.execPath, words, { encoding: 'utf8' });
    expect(run.stdout).toBe('9,16');
    expect(run.status).toBe(0);
  });

  it('that kill every thread fail the run with their place, after a few threads', async () => {
    const pool = openPool(2);
    const deaths = 100;
    const shards = numbers(1, deaths);
    const run = pool.runShards('square', shards, { place });
    await expect(run).rejects.toMatchObject({
      name: 'InternalError',
      message: expect.stringMatching(/^3 workers died on shard 0, .*exited with code: 9/),
    });
    expect(deaths - Atomics.load(shards[0]?.deaths ?? sharedCounter(0), 0)).toBe(3);
  });

  it('that throw fail the run with their place, and are not done again', async () => {
    const pool = openPool(2);
    let done = 0;
    const onProgress = (): void => {
      done += 1;
    };
    const run = pool.runShards('refuse', [7, 7, 7, 7], { place, onProgress });
    await expect(run).rejects.toMatchObject({
      name: 'InternalError',
      message: expect.stringMatching(/^a worker failed on shard [01]: 7 is refused/),
    });
    expect(done).toBe(0);
    expect(await pool.runShards('square', numbers(2, 0), { place })).toEqual([0, 1]);
  });

  it('do not wait for threads that cannot be started', async () => {
    const run = openPool(2, 'unstartableEntry.js').runShards('square', numbers(4, 0), { place });
    await expect(run).rejects.toMatchObject({ name: 'InternalError' });
  });
});

describe('a signal', () => {
  it('ends shards under way and those waiting, and leaves a pool that works', async () => {
    const pool = openPool(2);
    const begun = sharedCounter(0);
    const controller = new AbortController();
    const run = pool.runShards('hang', [begun, begun, begun, begun], {
      place,
      signal: controller.signal,
    });
    while (Atomics.load(begun, 0) === 0) await nextTurn();
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(run).rejects.toBe(reason);
    expect(Atomics.load(begun, 0)).toBeLessThanOrEqual(2);
    expect(await pool.runShards('square', numbers(3, 0), { place })).toEqual([0, 1, 4]);
  });

  it('that came before keeps shards from beginning', async () => {
    const begun = sharedCounter(0);
    const run = openPool(1).runShards('hang', [begun], { place, signal: AbortSignal.abort('no') });
    await expect(run).rejects.toBe('no');
    expect(Atomics.load(begun, 0)).toBe(0);
  });
});
