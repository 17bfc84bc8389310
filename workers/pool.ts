/**
 * Threads for the parts of a clearing that fall into communities. Shards are contiguous ranges of
 * communities with about equal numbers of prosumers; every shard writes its own part of shared arrays, so the
 * result does not depend on who did what.
 */
import { Piscina } from 'piscina';
import { sharedFloats } from '../engine/base/columns.js';
import { InternalError, UsageError } from '../engine/base/errors.js';
import type { MarketOutcome } from '../engine/clearing/marketProblem.js';
import type { NodeStage, NodeTask } from '../engine/clearing/nodeStage.js';
import type { ResponseStage } from '../engine/clearing/options.js';
import { bidBlocks } from '../engine/market/bidBlocks.js';
import { type BlockEvents, SUM_COUNT } from '../engine/market/blockSums.js';
import { bidsOnly, type ReadingShard, type ResponseShard } from './protocol.js';

export interface WorkerPoolOptions {
  /** Number of threads, at least 1. */
  readonly threads: number;
}

export interface WorkerPool {
  /** Give it to `clear` as `responseStage`. */
  readonly responseStage: ResponseStage;
  /** Give it to `clear` as `nodeStage`. */
  readonly nodeStage: NodeStage;
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
  const pool: ThreadPool = new Piscina({
    filename: new URL('./entry.js', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
  });
  return {
    responseStage: {
      build: async (bids, responses) => {
        const shared = bidsOnly(bids);
        const bounds = shardBounds(bids.prosumerStart, SHARDS_PER_THREAD * threads);
        await Promise.all(
          pairs(bounds).map(([first, end]) =>
            runShard(pool, { bids: shared, responses, first, end }),
          ),
        );
      },
      read: async (bids, kappa, windows) => {
        const shared = bidsOnly(bids);
        const blocks = bidBlocks(bids.prosumerStart);
        const sums = sharedFloats(SUM_COUNT * blocks.count);
        const count = Math.min(SHARDS_PER_THREAD * threads, blocks.count);
        const bounds = Array.from({ length: count + 1 }, (_, k) =>
          Math.round((k * blocks.count) / count),
        );
        const shards = await Promise.all(
          pairs(bounds).map(([first, end]) =>
            readShard(pool, { bids: shared, kappa, windows, blocks, first, end, sums }),
          ),
        );
        return { blocks, sums, shards };
      },
    },
    nodeStage: (task) => runNode(pool, task),
    close: () => pool.destroy(),
  };
}

/** Shards of response functions return nothing. */
type ThreadPool = Piscina<
  ResponseShard | ReadingShard | NodeTask,
  MarketOutcome | BlockEvents | undefined
>;

/** Neighbours in a list. */
function pairs(bounds: readonly number[]): (readonly [number, number])[] {
  return bounds.slice(1).map((end, k) => [bounds[k] ?? 0, end] as const);
}

async function readShard(pool: ThreadPool, shard: ReadingShard): Promise<BlockEvents> {
  try {
    const events = await pool.run(shard, { name: 'readShard' });
    if (events === undefined || !('end' in events)) {
      throw new InternalError('blocks came back without their events');
    }
    return events;
  } catch (cause) {
    throw workerFailure(`blocks ${shard.first} to ${shard.end - 1} of the bids`, cause);
  }
}

async function runShard(pool: ThreadPool, shard: ResponseShard): Promise<void> {
  try {
    await pool.run(shard, { name: 'fillShard' });
  } catch (cause) {
    throw workerFailure(`communities ${shard.first} to ${shard.end - 1}`, cause);
  }
}

async function runNode(pool: ThreadPool, task: NodeTask): Promise<MarketOutcome> {
  try {
    const outcome = await pool.run(task, { name: 'relaxNode' });
    if (outcome === undefined || !('status' in outcome))
      throw new InternalError('a node came back without an outcome');
    return outcome;
  } catch (cause) {
    throw workerFailure('a node of the search', cause);
  }
}

function workerFailure(place: string, cause: unknown): InternalError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new InternalError(`a worker failed on ${place}: ${reason}; try again with --workers 1`);
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
