/**
 * One reading of the bids at windows of prices, block by block (windowReading.ts). Threads may take ranges of
 * blocks; what comes out does not depend on who takes which.
 */
import { type Bids, blocksOf } from './bids.js';
import { COEFFICIENTS } from './runningSums.js';
import { WindowEvents } from './windowEvents.js';
import { type CostKind, WINDOW_COUNT, WindowReading } from './windowReading.js';

/** What is read: arrays and numbers alone. */
export interface WindowInput {
  readonly bids: Bids;
  readonly kind: CostKind;
  /** κ_m, $/kWh per kW. */
  readonly kappa: Float64Array;
  /** By community, $/kWh; ±Infinity leaves a side open, and nothing is read where `from` lies above `to`. */
  readonly from: Float64Array;
  readonly to: Float64Array;
}

/** Events of consecutive blocks. */
export interface BlockEvents {
  readonly price: Float64Array;
  /** COEFFICIENTS each. */
  readonly change: Float64Array;
  /** Where the events of each block end. */
  readonly end: Int32Array;
}

/**
 * Reads blocks `first` to before `end`.
 *
 * @param sums by block, WINDOW_COUNT each, zero before; those of these blocks are written
 */
export function readWindowBlocks(
  { bids, kind, kappa, from, to }: WindowInput,
  first: number,
  end: number,
  sums: Float64Array,
): BlockEvents {
  const blocks = blocksOf(bids);
  const events = new WindowEvents();
  const reading = new WindowReading(bids, kind, events);
  const eventEnd = new Int32Array(end - first);
  for (let block = first; block < end; block += 1) {
    const m = blocks.community[block];
    if (from[m] <= to[m]) {
      reading.open(m, kappa[m], from[m], to[m]);
      reading.read(blocks.first[block], blocks.end[block], sums, WINDOW_COUNT * block);
    }
    eventEnd[block - first] = events.count;
  }
  return {
    price: events.price.slice(0, events.count),
    change: events.change.slice(0, COEFFICIENTS * events.count),
    end: eventEnd,
  };
}

/** What has been read of all communities at windows of prices. */
export interface WindowFindings {
  /** By block, WINDOW_COUNT each. */
  readonly sums: Float64Array;
  /** Events of all blocks in their order, and by block where its events end. */
  readonly price: Float64Array;
  readonly change: Float64Array;
  readonly eventEnd: Int32Array;
}

/** @param shards of consecutive blocks, the first block first */
export function mergeWindows(sums: Float64Array, shards: readonly BlockEvents[]): WindowFindings {
  const count = shards.reduce((total, { price }) => total + price.length, 0);
  const price = new Float64Array(count);
  const change = new Float64Array(COEFFICIENTS * count);
  const eventEnd = new Int32Array(sums.length / WINDOW_COUNT);
  let events = 0;
  let block = 0;
  for (const shard of shards) {
    price.set(shard.price, events);
    change.set(shard.change, COEFFICIENTS * events);
    shard.end.forEach((end, k) => {
      eventEnd[block + k] = events + end;
    });
    events += shard.price.length;
    block += shard.end.length;
  }
  return { sums, price, change, eventEnd };
}
