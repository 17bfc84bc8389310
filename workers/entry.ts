/** What a worker thread runs: one export a kind of shard. */
import { relaxNode } from '../engine/clearing/nodeStage.js';
import { bidBlocks } from '../engine/market/bidBlocks.js';
import { sumBlocks } from '../engine/market/blockSums.js';
import { buildResponses } from '../engine/market/buildResponses.js';
import type { ReadingShard, ResponseShard } from './protocol.js';
import { shardKind } from './shardKind.js';

export const relax = shardKind(relaxNode);

export const build = shardKind(({ bids, responses, first, end }: ResponseShard) =>
  buildResponses(bids, responses, first, end),
);

export const read = shardKind(({ bids, kappa, windows, first, end, sums }: ReadingShard) =>
  sumBlocks(bids, kappa, windows, bidBlocks(bids.prosumerStart), first, end, sums),
);
