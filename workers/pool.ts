/**
 * Threads for the work on all bids and for the nodes of large search trees. Shards are contiguous ranges of
 * communities, or of blocks of them, with about equally many prosumers; every shard writes its own part of
 * shared arrays, so the result does not depend on who did what.
 */
import { sharedCopy, sharedFloats } from '../engine/base/columns.js';
import { UsageError } from '../engine/base/errors.js';
import type { NodeStage } from '../engine/clearing/nodeStage.js';
import type { ResponseStage } from '../engine/clearing/responseStage.js';
import { bidBlocks } from '../engine/market/bidBlocks.js';
import { SUM_COUNT } from '../engine/market/blockSums.js';
import type { PassWatch } from '../engine/market/passWatch.js';
import { answerInShards, certifyInShards } from './blockStages.js';
import { bidsOnly } from './protocol.js';
import { balancedShards, type ShardRange } from './shardBounds.js';
import { ShardPool, type ShardRun } from './shardPool.js';

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

/** What the threads can do. */
export type Kinds = typeof import('./entry.js');

/** @throws UsageError when the number of threads is not a positive whole number */
export function openWorkerPool({ threads }: WorkerPoolOptions): WorkerPool {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new UsageError(`${threads} workers: a positive whole number is needed`);
  }
  return stagesOf(new ShardPool<Kinds>(threads, new URL('./entry.js', import.meta.url)));
}

/** The stages of a clearing in the threads of a pool. */
export function stagesOf(pool: ShardPool<Kinds>): WorkerPool {
  return {
    responseStage: {
      build: async (bids, responses, watch) => {
        const whole = { bids: bidsOnly(bids), responses };
        const ranges = balancedShards(bids.prosumerStart, pool.threads);
        const shards = ranges.map(({ first, end }) => ({ ...whole, first, end }));
        await pool.runShards('build', shards, watched(ranges, 'communities', watch));
      },
      read: async (bids, kappa, windows, watch) => {
        const blocks = bidBlocks(bids.prosumerStart);
        const sums = sharedFloats(SUM_COUNT * blocks.count);
        const whole = {
          bids: bidsOnly(bids),
          kappa,
          windows: { low: sharedCopy(windows.low), high: sharedCopy(windows.high) },
          sums,
        };
        const ranges = balancedShards(blocks.rowStart, pool.threads);
        const shards = ranges.map(({ first, end }) => ({ ...whole, first, end }));
        const run = watched(ranges, 'blocks of the bids', watch);
        return { blocks, sums, shards: await pool.runShards('read', shards, run) };
      },
      answer: answerInShards(pool),
      certify: certifyInShards(pool),
    },
    nodeStage: (task) => pool.runShard('relax', task, 'a node of the search'),
    close: () => pool.close(),
  };
}

function watched(
  ranges: readonly ShardRange[],
  groups: string,
  watch: PassWatch | undefined,
): ShardRun {
  return {
    place: (k) => `${groups} ${ranges[k].first} to ${ranges[k].end - 1}`,
    signal: watch?.signal,
    onProgress: (k) => watch?.onRows(ranges[k].rows),
  };
}
