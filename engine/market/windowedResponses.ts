/**
 * Response functions of large communities, exact in a window of prices (docs/model.md section 2). The bids are
 * read once, block by block; only the events inside the windows are kept and sorted.
 */
import { CompensatedSum } from '../base/compensated.js';
import { sortedOrder } from '../base/order.js';
import { AnswerEvents } from './answerEvents.js';
import type { BidBlocks } from './bidBlocks.js';
import { type BlockEvents, SUM, SUM_COUNT } from './blockSums.js';
import type { Bids } from './buildResponses.js';
import type { PassWatch } from './passWatch.js';
import type { PriceWindows } from './priceWindow.js';
import { allocateResponses, type ResponseFunctions } from './responseFunction.js';
import { END_KNOTS, newSweepStart, Sweep, type SweepStart } from './sweep.js';

/** What a reading of all bids found: sums by block, and events of all blocks in their order. */
export interface BidSums {
  readonly blocks: BidBlocks;
  /** By block, SUM_COUNT each. */
  readonly sums: Float64Array;
  /** Shards of consecutive blocks, the first block first. */
  readonly shards: readonly BlockEvents[];
}

/** Reads all bids; worker threads may do it. What it finds does not depend on who reads what. */
export type BidReader = (
  bids: Bids,
  kappa: Float64Array,
  windows: PriceWindows,
  watch?: PassWatch,
) => Promise<BidSums>;

/** The response functions that a reading leads to. */
export function responsesOf(
  { blocks, sums, shards }: BidSums,
  kappa: Float64Array,
  windows: PriceWindows,
): ResponseFunctions {
  const eventCount = eventsByCommunity(blocks, shards);
  const knotCapacity = eventCount.map((events) => events + END_KNOTS);
  // A jump has two knots.
  blocks.community.forEach((m, block) => {
    knotCapacity[m] += sums[SUM_COUNT * block + SUM.jumps];
  });
  const responses = allocateResponses(knotCapacity, kappa);
  const most = eventCount.reduce((largest, events) => Math.max(largest, events), 0);
  const order = new Int32Array(most);
  const scratch = new Int32Array(most);
  const events = new AnswerEvents(most);
  const start = newSweepStart();
  const sweep = new Sweep(responses);
  const pieces = eventPieces(shards);
  for (let m = 0; m < kappa.length; m += 1) {
    startAt(blocks, sums, m, windows, start);
    events.count = 0;
    for (let block = blocks.start[m]; block < blocks.start[m + 1]; block += 1) {
      pieces.append(events);
    }
    sortedOrder(events.price, events.count, order, scratch);
    sweep.run(m, start, events, order);
  }
  return responses;
}

/** What holds in a community at the lower end of its window. */
export function startAt(
  blocks: BidBlocks,
  sums: Float64Array,
  community: number,
  windows: PriceWindows,
  start: SweepStart,
): void {
  const first = SUM_COUNT * blocks.start[community];
  const end = SUM_COUNT * blocks.start[community + 1];
  const total = (kind: number): number => {
    sum.reset();
    for (let at = first + kind; at < end; at += SUM_COUNT) sum.add(sums[at]);
    return sum.value;
  };
  start.low = windows.low[community];
  start.high = windows.high[community];
  start.netImport = total(SUM.netImport);
  start.cost = total(SUM.cost);
  start.squaredPurchase = total(SUM.squaredPurchase);
  start.slope = total(SUM.slope);
  start.squaredSlope = total(SUM.squaredSlope);
  start.weightedPurchase = total(SUM.weightedPurchase);
  start.active = total(SUM.active);
  start.moved = total(SUM.moved);
  start.unfinished = total(SUM.unfinished);
  start.largestImport = total(SUM.largestImport);
  start.smallestImport = total(SUM.smallestImport);
  start.greatestPurchase = Number.NEGATIVE_INFINITY;
  start.leastPurchase = Number.POSITIVE_INFINITY;
  for (let at = first; at < end; at += SUM_COUNT) {
    start.greatestPurchase = Math.max(start.greatestPurchase, sums[at + SUM.greatestPurchase]);
    start.leastPurchase = Math.min(start.leastPurchase, sums[at + SUM.leastPurchase]);
  }
}

const sum = new CompensatedSum();

function eventsByCommunity(blocks: BidBlocks, shards: readonly BlockEvents[]): Int32Array {
  const count = new Int32Array(blocks.start.length - 1);
  let block = 0;
  for (const { end } of shards) {
    for (let k = 0; k < end.length; k += 1, block += 1) {
      count[blocks.community[block]] += end[k] - (k === 0 ? 0 : end[k - 1]);
    }
  }
  return count;
}

/** Hands out the events of one block after the other. */
function eventPieces(shards: readonly BlockEvents[]) {
  let shard = 0;
  let block = 0;
  let next = 0;
  return {
    append(target: AnswerEvents): void {
      while (block === (shards[shard]?.end.length ?? 0)) {
        shard += 1;
        block = next = 0;
      }
      const { price, slope, purchase, end } = shards[shard] as BlockEvents;
      const at = target.count;
      target.price.set(price.subarray(next, end[block]), at);
      target.slope.set(slope.subarray(next, end[block]), at);
      target.purchase.set(purchase.subarray(next, end[block]), at);
      target.count = at + end[block] - next;
      next = end[block];
      block += 1;
    },
  };
}
