/** What a worker thread runs: one export a kind of shard. */
import { checkBlocks } from '../engine/certify/blockChecks.js';
import { readWindowBlocks } from '../engine/certify/windowBlocks.js';
import { relaxNode } from '../engine/clearing/nodeStage.js';
import { answerBlocks } from '../engine/market/answerBlocks.js';
import { bidBlocks } from '../engine/market/bidBlocks.js';
import { sumBlocks } from '../engine/market/blockSums.js';
import { buildResponses } from '../engine/market/buildResponses.js';
import type {
  AnswerShard,
  CheckShard,
  ReadingShard,
  ResponseShard,
  WindowShard,
} from './protocol.js';
import { shardKind } from './shardKind.js';

export const relax = shardKind(relaxNode);

export const build = shardKind(({ bids, responses, first, end }: ResponseShard) =>
  buildResponses(bids, responses, first, end),
);

export const read = shardKind(({ bids, kappa, windows, first, end, sums }: ReadingShard) =>
  sumBlocks(bids, kappa, windows, bidBlocks(bids.prosumerStart), first, end, sums),
);

export const answer = shardKind(({ bids, kappa, price, first, end, output, sums }: AnswerShard) =>
  answerBlocks(bids, kappa, price, bidBlocks(bids.prosumerStart), first, end, output, sums),
);

export const check = shardKind(({ input, first, end, partials }: CheckShard) =>
  checkBlocks(input, first, end, partials),
);

export const window = shardKind(({ input, first, end, sums }: WindowShard) =>
  readWindowBlocks(input, first, end, sums),
);
