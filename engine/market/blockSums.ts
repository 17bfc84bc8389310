/**
 * One reading of the bids: what every prosumer does at the lower end of its community's window of prices, in
 * sums by block, and the events inside the window (docs/model.md section 2).
 *
 * A prosumer's output leaves its lower bound at λ_in and reaches its upper one at λ_out,
 *
 *     λ_in  = b + c p_min − κ (D − p_min),    λ_out = b + c p_max − κ (D − p_max),
 *
 * and in between it is p_min + (λ − λ_in)/(c + κ). Events lie strictly inside the window; a change at its
 * lower end counts as done, one at its upper end as to come.
 */
import { AnswerEvents } from './answerEvents.js';
import type { BidBlocks } from './bidBlocks.js';
import type { Bids } from './buildResponses.js';
import { DeviceCurve } from './deviceCurve.js';
import type { PriceWindows } from './priceWindow.js';

/** Numbers of a block; see `SweepStart` for what they mean. Jumps are outputs that are added at one price. */
export const SUM = {
  netImport: 0,
  cost: 1,
  squaredPurchase: 2,
  slope: 3,
  squaredSlope: 4,
  weightedPurchase: 5,
  active: 6,
  moved: 7,
  unfinished: 8,
  largestImport: 9,
  smallestImport: 10,
  greatestPurchase: 11,
  leastPurchase: 12,
  jumps: 13,
} as const;

/** Length of a block's sums. */
export const SUM_COUNT = 14;

/** Events of consecutive blocks, block after block. */
export interface BlockEvents {
  readonly price: Float64Array;
  readonly slope: Float64Array;
  readonly purchase: Float64Array;
  /** Where the events of each block end. */
  readonly end: Int32Array;
}

/**
 * Reads the bids of blocks `first` to before `end`.
 *
 * @param sums by block, SUM_COUNT each; those of these blocks are written
 */
export function sumBlocks(
  bids: Bids,
  kappa: Float64Array,
  windows: PriceWindows,
  blocks: BidBlocks,
  first: number,
  end: number,
  sums: Float64Array,
): BlockEvents {
  const reading = new BidReading(bids);
  const eventEnd = new Int32Array(end - first);
  for (let block = first; block < end; block += 1) {
    const m = blocks.community[block];
    reading.read(blocks.first[block], blocks.end[block], kappa[m], windows.low[m], windows.high[m]);
    reading.write(sums, SUM_COUNT * block);
    eventEnd[block - first] = reading.events.count;
  }
  const { price, slope, purchase, count } = reading.events;
  return {
    price: price.slice(0, count),
    slope: slope.slice(0, count),
    purchase: purchase.slice(0, count),
    end: eventEnd,
  };
}

/** Room for events to begin with. */
const EVENTS = 1024;

class BidReading {
  readonly events = new AnswerEvents(EVENTS);
  private readonly curve = new DeviceCurve();
  private readonly sum = new Float64Array(SUM_COUNT);

  constructor(private readonly bids: Bids) {}

  write(sums: Float64Array, at: number): void {
    sums.set(this.sum, at);
  }

  /** Reads rows from `first` to before `end`, which belong to one community. */
  read(first: number, end: number, kappa: number, low: number, high: number): void {
    const { demandKw, pMinKw, pMaxKw, costQuadratic, costLinear, deviceStart } =
      this.bids.prosumers;
    const { events, sum } = this;
    const anyDevices = deviceStart.length > 0;
    sum.fill(0);
    sum[SUM.greatestPurchase] = Number.NEGATIVE_INFINITY;
    sum[SUM.leastPurchase] = Number.POSITIVE_INFINITY;
    let netImport = 0;
    let cost = 0;
    let squares = 0;
    let slopes = 0;
    let squaredSlopes = 0;
    let weighted = 0;
    let active = 0;
    let moved = 0;
    let unfinished = 0;
    let largest = 0;
    let smallest = 0;
    let greatest = Number.NEGATIVE_INFINITY;
    let least = Number.POSITIVE_INFINITY;
    for (let i = first; i < end; i += 1) {
      if (anyDevices && deviceStart[i + 1] > deviceStart[i]) {
        this.readDevices(i, kappa, low, high);
        continue;
      }
      const demand = demandKw[i];
      const from = pMinKw[i];
      const to = pMaxKw[i];
      const quadratic = costQuadratic[i];
      const linear = costLinear[i];
      const most = demand - from;
      const fewest = demand - to;
      const begins = linear + quadratic * from - kappa * most;
      const ends = linear + quadratic * to - kappa * fewest;
      largest += most;
      smallest += fewest;
      if (most > greatest) greatest = most;
      if (fewest < least) least = fewest;
      let output = from;
      if (to > from) {
        if (ends >= high) unfinished += 1;
        if (begins <= low) {
          moved += 1;
          if (ends <= low) output = to;
          else {
            const slope = 1 / (quadratic + kappa);
            output = Math.min(from + slope * (low - begins), to);
            active += 1;
            slopes += slope;
            squaredSlopes += slope * slope;
            weighted += slope * (demand - output);
            if (ends < high) events.add(ends, -slope, fewest);
          }
        } else if (begins < high) {
          const stiffness = quadratic + kappa;
          if (stiffness === 0) {
            events.add(begins, 0, to - from);
            sum[SUM.jumps] += 1;
          } else {
            const slope = 1 / stiffness;
            events.add(begins, slope, most);
            if (ends < high) events.add(ends, -slope, fewest);
          }
        }
      }
      const purchase = demand - output;
      netImport += purchase;
      cost += (0.5 * quadratic * output + linear) * output;
      squares += purchase * purchase;
    }
    sum[SUM.netImport] += netImport;
    sum[SUM.cost] += cost;
    sum[SUM.squaredPurchase] += squares;
    sum[SUM.slope] += slopes;
    sum[SUM.squaredSlope] += squaredSlopes;
    sum[SUM.weightedPurchase] += weighted;
    sum[SUM.active] += active;
    sum[SUM.moved] += moved;
    sum[SUM.unfinished] += unfinished;
    sum[SUM.largestImport] += largest;
    sum[SUM.smallestImport] += smallest;
    sum[SUM.greatestPurchase] = Math.max(sum[SUM.greatestPurchase], greatest);
    sum[SUM.leastPurchase] = Math.min(sum[SUM.leastPurchase], least);
  }

  /** A prosumer with devices: its curve's stretches one after the other, as if they were prosumers. */
  private readDevices(prosumer: number, kappa: number, low: number, high: number): void {
    const { bids, curve, events, sum } = this;
    const demand = bids.prosumers.demandKw[prosumer];
    const { deviceStart } = bids.prosumers;
    curve.load(bids.devices, deviceStart[prosumer], deviceStart[prosumer + 1]);
    const last = curve.pointCount - 1;
    let output = curve.output[0];
    for (let k = 0; k < last; k += 1) {
      const from = curve.output[k];
      const to = curve.output[k + 1];
      if (!(to > from)) continue;
      const begins = curve.marginalCost[k] + kappa * (from - demand);
      const ends = curve.marginalCost[k + 1] + kappa * (to - demand);
      const slope = (to - from) / (ends - begins);
      if (ends >= high) sum[SUM.unfinished] += 1;
      if (begins <= low) {
        sum[SUM.moved] += 1;
        if (ends <= low) output = to;
        else {
          output = Math.min(from + slope * (low - begins), to);
          sum[SUM.active] += 1;
          sum[SUM.slope] += slope;
          sum[SUM.squaredSlope] += slope * slope;
          sum[SUM.weightedPurchase] += slope * (demand - output);
          if (ends < high) events.add(ends, -slope, demand - to);
        }
      } else if (begins < high) {
        if (ends === begins) {
          events.add(begins, 0, to - from);
          sum[SUM.jumps] += 1;
        } else {
          events.add(begins, slope, demand - from);
          if (ends < high) events.add(ends, -slope, demand - to);
        }
      }
    }
    const most = demand - curve.output[0];
    const fewest = demand - curve.output[last];
    const purchase = demand - output;
    sum[SUM.netImport] += purchase;
    sum[SUM.cost] += curve.costAt(output);
    sum[SUM.squaredPurchase] += purchase * purchase;
    sum[SUM.largestImport] += most;
    sum[SUM.smallestImport] += fewest;
    sum[SUM.greatestPurchase] = Math.max(sum[SUM.greatestPurchase], most);
    sum[SUM.leastPurchase] = Math.min(sum[SUM.leastPurchase], fewest);
  }
}
