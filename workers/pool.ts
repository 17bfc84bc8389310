/**
 * Threads for the parts of a clearing that fall into communities. Shards are contiguous ranges of
 * communities with about equal numbers of prosumers; every shard writes its own part of shared arrays, so the
 * result does not depend on who did what.
 */
import { Piscina } from 'piscina';
import { InternalError, UsageError } from '../engine/base/errors.js';
import type { ResponseStage } from '../engine/clearing/options.js';
import { bidsOnly, type ResponseShard } from './protocol.js';

export interface WorkerPoolOptions {
  /** Number of threads, at least 1. */
  readonly threads: number;
}

export interface WorkerPool {
  /** Give it to `clear` as `responseStage`. */
  readonly responseStage: ResponseStage;
  /** Ends all threads. */
  close(): Promise<void>;
}

/** Shards for each thread: a thread that falls behind leaves the rest to the others. */
const SHARDS_PER_THREAD = 2;

/** @throws UsageError when the number of threads is not a positive whole number */
export function openWorkerPool({ threads }: WorkerPoolOptions): WorkerPool {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new UsageError(`${threads} workers: a positive whole number is needed`);
  }
  const pool = new Piscina<ResponseShard, void>({
    filename: new URL('./entry.js', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
  });
  return {
    responseStage: async (bids, responses) => {
      const shared = bidsOnly(bids);
      const bounds = shardBounds(bids.prosumerStart, SHARDS_PER_THREAD * threads);
      const runs: Promise<void>[] = [];
      for (let k = 0; k + 1 < bounds.length; k += 1) {
        const first = bounds[k] as number;
        const end = bounds[k + 1] as number;
        runs.push(runShard(pool, { bids: shared, responses, first, end }));
      }
      await Promise.all(runs);
    },
    close: () => pool.destroy(),
  };
}

async function runShard(pool: Piscina<ResponseShard, void>, shard: ResponseShard): Promise<void> {
  try {
    await pool.run(shard);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InternalError(
      `a worker failed on communities ${shard.first} to ${shard.end - 1}: ${reason}; ` +
        'try again with --workers 1',
    );
  }
}

/** Community rows at which shards begin and end: 0 first, the number of communities last. */
export function shardBounds(prosumerStart: Int32Array, shards: number): number[] {
  const communities = prosumerStart.length - 1;
  const prosumers = prosumerStart[communities];
  const bounds = [0];
  for (let shard = 1; shard < shards; shard += 1) {
    const target = (shard * prosumers) / shards;
    let community = bounds.at(-1) ?? 0;
    while (community < communities && prosumerStart[community] < target) community += 1;
    if (community > (bounds.at(-1) ?? 0)) bounds.push(community);
  }
  if ((bounds.at(-1) ?? 0) < communities) bounds.push(communities);
  return bounds;
}
