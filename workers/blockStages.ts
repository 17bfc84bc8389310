/**
 * Passes over all prosumers in ranges of blocks (engine/market/bidBlocks.ts), one shard a range. Blocks write
 * into their own places of shared arrays, so that it does not matter who takes which.
 */
import { sharedFloats } from '../engine/base/columns.js';
import { blocksOf } from '../engine/certify/bids.js';
import { newPartials } from '../engine/certify/blockChecks.js';
import type { CertifyStage } from '../engine/certify/certify.js';
import { mergeWindows } from '../engine/certify/windowBlocks.js';
import { WINDOW_COUNT } from '../engine/certify/windowReading.js';
import { ANSWER_COUNT } from '../engine/market/answer.js';
import type { BidAnswerer } from '../engine/market/answerBlocks.js';
import { bidBlocks } from '../engine/market/bidBlocks.js';
import type { Kinds } from './pool.js';
import { bidsOnly } from './protocol.js';
import type { ShardPool, ShardRun } from './shardPool.js';

/** Ranges of blocks for each thread: one that falls behind leaves the rest to the others. */
const RANGES_PER_THREAD = 4;

export function answerInShards(pool: ShardPool<Kinds>): BidAnswerer {
  return async (bids, kappa, price, output) => {
    const { count } = bidBlocks(bids.prosumerStart);
    const sums = sharedFloats(ANSWER_COUNT * count);
    const whole = { bids: bidsOnly(bids), kappa, price, output, sums };
    const ranges = blockRanges(count, RANGES_PER_THREAD * pool.threads);
    const shards = ranges.map((range) => ({ ...whole, ...range }));
    await pool.runShards('answer', shards, placedIn(ranges));
    return sums;
  };
}

export function certifyInShards(pool: ShardPool<Kinds>): CertifyStage {
  return {
    check: async (input) => {
      const { count } = blocksOf(input.bids);
      const partials = newPartials(count, sharedFloats);
      const ranges = blockRanges(count, RANGES_PER_THREAD * pool.threads);
      const shards = ranges.map((range) => ({ input, partials, ...range }));
      await pool.runShards('check', shards, placedIn(ranges));
      return partials;
    },
    window: async (input) => {
      const { count } = blocksOf(input.bids);
      const sums = sharedFloats(WINDOW_COUNT * count);
      const ranges = blockRanges(count, RANGES_PER_THREAD * pool.threads);
      const shards = ranges.map((range) => ({ input, sums, ...range }));
      return mergeWindows(sums, await pool.runShards('window', shards, placedIn(ranges)));
    },
  };
}

interface BlockRange {
  readonly first: number;
  readonly end: number;
}

function placedIn(ranges: readonly BlockRange[]): ShardRun {
  return { place: (k) => `blocks ${ranges[k].first} to ${ranges[k].end - 1} of the prosumers` };
}

/** `count` blocks in so many ranges of about equal length, none of them empty. */
export function blockRanges(count: number, shards: number): BlockRange[] {
  const ranges = Math.min(shards, count);
  return Array.from({ length: ranges }, (_, k) => ({
    first: Math.round((k * count) / ranges),
    end: Math.round(((k + 1) * count) / ranges),
  }));
}
