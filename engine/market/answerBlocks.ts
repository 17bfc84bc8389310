/**
 * The answers of all prosumers to the prices of their communities (docs/model.md section 2), found block by
 * block: outputs, and sums over the prosumers of each community. Threads may take ranges of blocks; what comes
 * out does not depend on who takes which.
 */
import { CompensatedSum } from '../base/compensated.js';
import { ANSWER, ANSWER_COUNT, answerRows, settleRows } from './answer.js';
import { type BidBlocks, bidBlocks } from './bidBlocks.js';
import type { Bids } from './buildResponses.js';

/**
 * Writes the outputs of all prosumers at a price by community, kW; returns sums by block, ANSWER_COUNT each, in
 * the order of `bidBlocks`. Worker threads may do it: the same bytes come back.
 */
export type BidAnswerer = (
  bids: Bids,
  kappa: Float64Array,
  price: Float64Array,
  output: Float64Array,
) => Promise<Float64Array> | Float64Array;

/**
 * Answers for blocks `first` to before `end`.
 *
 * @param price by community, $/kWh
 * @param output by prosumer, kW; the rows of these blocks are written
 * @param sums by block, ANSWER_COUNT each; those of these blocks are written
 */
export function answerBlocks(
  bids: Bids,
  kappa: Float64Array,
  price: Float64Array,
  blocks: BidBlocks,
  first: number,
  end: number,
  output: Float64Array,
  sums: Float64Array,
): void {
  for (let block = first; block < end; block += 1) {
    const m = blocks.community[block];
    const [from, to] = [blocks.first[block], blocks.end[block]];
    answerRows(bids, from, to, kappa[m], price[m], output, sums, ANSWER_COUNT * block);
  }
}

/** Answers for all blocks in this thread. */
export function answerBids(
  bids: Bids,
  kappa: Float64Array,
  price: Float64Array,
  output: Float64Array,
): Float64Array {
  const blocks = bidBlocks(bids.prosumerStart);
  const sums = new Float64Array(ANSWER_COUNT * blocks.count);
  answerBlocks(bids, kappa, price, blocks, 0, blocks.count, output, sums);
  return sums;
}

/** Sums of a community's blocks at given outputs; those of its blocks are written. */
export function settleCommunity(
  bids: Bids,
  blocks: BidBlocks,
  community: number,
  output: Float64Array,
  sums: Float64Array,
): void {
  for (let block = blocks.start[community]; block < blocks.start[community + 1]; block += 1) {
    settleRows(bids, blocks.first[block], blocks.end[block], output, sums, ANSWER_COUNT * block);
  }
}

/** One of the sums over the blocks of each community, in their order. */
export function communitySums(
  blocks: BidBlocks,
  sums: Float64Array,
  kind: (typeof ANSWER)[keyof typeof ANSWER],
): Float64Array {
  const total = new CompensatedSum();
  return Float64Array.from({ length: blocks.start.length - 1 }, (_, m) => {
    total.reset();
    for (let block = blocks.start[m]; block < blocks.start[m + 1]; block += 1) {
      total.add(sums[ANSWER_COUNT * block + kind]);
    }
    return total.value;
  });
}

/** Outputs of one community at price λ; returns its import, kW. */
export function answerPrice(
  bids: Bids,
  community: number,
  kappa: number,
  price: number,
  output: Float64Array,
): number {
  const blocks = bidBlocks(bids.prosumerStart.slice(community, community + 2));
  const sums = new Float64Array(ANSWER_COUNT * blocks.count);
  const [slope, posted] = [Float64Array.of(kappa), Float64Array.of(price)];
  answerBlocks(bids, slope, posted, blocks, 0, blocks.count, output, sums);
  return communitySums(blocks, sums, ANSWER.netImport)[0];
}
