/** What a worker thread runs: one function a kind of task. */
import { type BlockEvents, sumBlocks } from '../engine/market/blockSums.js';
import { buildResponses } from '../engine/market/buildResponses.js';
import type { ReadingShard, ResponseShard } from './protocol.js';

export { relaxNode } from '../engine/clearing/nodeStage.js';

export function readShard(shard: ReadingShard): BlockEvents {
  const { bids, kappa, windows, blocks, first, end, sums } = shard;
  return sumBlocks(bids, kappa, windows, blocks, first, end, sums);
}

export function fillShard({ bids, responses, first, end }: ResponseShard): void {
  buildResponses(bids, responses, first, end);
}
