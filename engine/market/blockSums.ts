/**
 * One reading of the bids: what every prosumer does at the lower end of its community's window of prices, in
 * sums by block, and the events inside the window (docs/model.md section 2).
 *
 * A prosumer's output leaves its lower bound at λ_in and reaches its upper one at λ_out,
 *
 *     λ_in  = b + c p_min − κ (D − p_min),    λ_out = b + c p_max − κ (D − p_max),
 *
 * and in between it is p_min + (λ − λ_in)/(c + κ). Changes at either end of the window are events.
 */
import { AnswerEvents } from './answerEvents.js';
import { type BidBlocks, RUN_ROWS } from './bidBlocks.js';
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
    const low = finite(windows.low[m]);
    const high = finite(windows.high[m]);
    reading.begin();
    for (let row = blocks.first[block]; row < blocks.end[block]; row += RUN_ROWS) {
      reading.read(row, Math.min(row + RUN_ROWS, blocks.end[block]), kappa[m], low, high);
    }
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

/** An open end of a window as a number that can be multiplied by 0. */
function finite(price: number): number {
  return Math.min(Math.max(price, -Number.MAX_VALUE), Number.MAX_VALUE);
}

/** Room for events to begin with. */
const EVENTS = 1024;

class BidReading {
  readonly events = new AnswerEvents(EVENTS);
  private readonly curve = new DeviceCurve();
  private readonly sum = new Float64Array(SUM_COUNT);
  /** Rows of a run with events in the window, and those that are not one output with a rising answer. */
  private readonly crossing = new Int32Array(RUN_ROWS);
  private readonly other = new Int32Array(RUN_ROWS);
  private crossings = 0;
  private others = 0;

  constructor(private readonly bids: Bids) {}

  /** Forgets the rows read so far, but for their events. */
  begin(): void {
    const { sum } = this;
    sum.fill(0);
    sum[SUM.greatestPurchase] = Number.NEGATIVE_INFINITY;
    sum[SUM.leastPurchase] = Number.POSITIVE_INFINITY;
  }

  write(sums: Float64Array, at: number): void {
    sums.set(this.sum, at);
  }

  /** Reads rows from `first` to before `end` besides those read before; all belong to one community. */
  read(first: number, end: number, kappa: number, low: number, high: number): void {
    // Apart from the loop over all rows, which is compiled while it runs: what follows it must be known then.
    this.readRun(first, end, kappa, low, high);
    for (let k = 0; k < this.crossings; k += 1) this.addEvents(this.crossing[k], kappa, low, high);
    for (let k = 0; k < this.others; k += 1) this.readOther(this.other[k], kappa, low, high);
  }

  /** Sums what prosumers with one output do, and notes who has events and who is something else. */
  private readRun(first: number, end: number, kappa: number, low: number, high: number): void {
    const { demandKw, pMinKw, pMaxKw, costQuadratic, costLinear } = this.bids.prosumers;
    const { sum, crossing, other } = this;
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
    let crossings = 0;
    let others = 0;
    for (let i = first; i < end; i += 1) {
      const quadratic = costQuadratic[i];
      const stiffness = quadratic + kappa;
      // Owners of devices have no costs of their own: NaN is not above 0 either.
      if (!(stiffness > 0)) {
        other[others] = i;
        others += 1;
        continue;
      }
      const demand = demandKw[i];
      const from = pMinKw[i];
      const to = pMaxKw[i];
      const linear = costLinear[i];
      const most = demand - from;
      const fewest = demand - to;
      const begins = linear + quadratic * from - kappa * most;
      const ends = linear + quadratic * to - kappa * fewest;
      const slope = 1 / stiffness;
      // What prosumers do is beyond prediction: arithmetic with 0 and 1 takes half the time of branches.
      const isFlexible = Number(to > from);
      const hasMoved = isFlexible & Number(begins < low);
      const isActive = hasMoved & Number(ends > low);
      const rise = isActive * slope * (low - begins) + (hasMoved - isActive) * (to - from);
      const output = from + rise;
      const purchase = demand - output;
      const activeSlope = isActive * slope;
      slopes += activeSlope;
      squaredSlopes += activeSlope * slope;
      weighted += activeSlope * purchase;
      active += isActive;
      moved += hasMoved;
      unfinished += isFlexible & Number(ends > high);
      largest += most;
      smallest += fewest;
      greatest = Math.max(greatest, most);
      least = Math.min(least, fewest);
      netImport += purchase;
      cost += (0.5 * quadratic * output + linear) * output;
      squares += purchase * purchase;
      const beginsInside = Number((begins - low) * (high - begins) >= 0);
      const endsInside = Number((ends - low) * (high - ends) >= 0);
      crossing[crossings] = i;
      crossings += isFlexible & (beginsInside | endsInside);
    }
    this.crossings = crossings;
    this.others = others;
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

  /** The events of a prosumer with one output, apart from the loop over all: few have any. */
  private addEvents(prosumer: number, kappa: number, low: number, high: number): void {
    const { demandKw, pMinKw, pMaxKw, costQuadratic, costLinear } = this.bids.prosumers;
    const { events } = this;
    const quadratic = costQuadratic[prosumer];
    const linear = costLinear[prosumer];
    const most = demandKw[prosumer] - pMinKw[prosumer];
    const fewest = demandKw[prosumer] - pMaxKw[prosumer];
    const begins = linear + quadratic * pMinKw[prosumer] - kappa * most;
    const ends = linear + quadratic * pMaxKw[prosumer] - kappa * fewest;
    const slope = 1 / (quadratic + kappa);
    if (begins >= low && begins <= high) events.add(begins, slope, most);
    if (ends > low && ends <= high) events.add(ends, -slope, fewest);
  }

  private readOther(prosumer: number, kappa: number, low: number, high: number): void {
    const { deviceStart } = this.bids.prosumers;
    const hasDevices = deviceStart.length > 0 && deviceStart[prosumer + 1] > deviceStart[prosumer];
    if (hasDevices) this.readDevices(prosumer, kappa, low, high);
    else this.readJump(prosumer, low, high);
  }

  /** A prosumer whose output is open at one price: κ = 0 and c = 0. */
  private readJump(prosumer: number, low: number, high: number): void {
    const { demandKw, pMinKw, pMaxKw, costLinear } = this.bids.prosumers;
    const price = costLinear[prosumer];
    const output = price < low ? pMaxKw[prosumer] : pMinKw[prosumer];
    this.readStretch(
      price,
      price,
      pMinKw[prosumer],
      pMaxKw[prosumer],
      demandKw[prosumer],
      low,
      high,
    );
    const purchase = demandKw[prosumer] - output;
    this.addOutput(purchase, price * output);
    this.addRange(demandKw[prosumer] - pMinKw[prosumer], demandKw[prosumer] - pMaxKw[prosumer]);
  }

  /** A prosumer with devices: its curve's stretches one after the other, as if they were prosumers. */
  private readDevices(prosumer: number, kappa: number, low: number, high: number): void {
    const { bids, curve } = this;
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
      const reached = this.readStretch(begins, ends, from, to, demand, low, high);
      if (reached > from) output = reached;
    }
    this.addOutput(demand - output, curve.costAt(output));
    this.addRange(demand - curve.output[0], demand - curve.output[last]);
  }

  /** Outputs that rise from p_a to p_b between two prices, or at one; returns where they are at `low`. */
  private readStretch(
    begins: number,
    ends: number,
    from: number,
    to: number,
    demand: number,
    low: number,
    high: number,
  ): number {
    const { events, sum } = this;
    if (ends > high) sum[SUM.unfinished] += 1;
    if (begins > high) return from;
    if (ends === begins) {
      if (begins < low) {
        sum[SUM.moved] += 1;
        return to;
      }
      events.add(begins, 0, to - from);
      sum[SUM.jumps] += 1;
      return from;
    }
    const slope = (to - from) / (ends - begins);
    const output = Math.min(Math.max(from + slope * (low - begins), from), to);
    if (output > from) {
      sum[SUM.moved] += 1;
      if (output === to) return to;
      sum[SUM.active] += 1;
      sum[SUM.slope] += slope;
      sum[SUM.squaredSlope] += slope * slope;
      sum[SUM.weightedPurchase] += slope * (demand - output);
    } else {
      events.add(Math.max(begins, low), slope, demand - from);
    }
    if (ends <= high) events.add(Math.max(ends, low), -slope, demand - to);
    return output;
  }

  private addOutput(purchase: number, cost: number): void {
    const { sum } = this;
    sum[SUM.netImport] += purchase;
    sum[SUM.cost] += cost;
    sum[SUM.squaredPurchase] += purchase * purchase;
  }

  private addRange(most: number, fewest: number): void {
    const { sum } = this;
    sum[SUM.largestImport] += most;
    sum[SUM.smallestImport] += fewest;
    sum[SUM.greatestPurchase] = Math.max(sum[SUM.greatestPurchase], most);
    sum[SUM.leastPurchase] = Math.min(sum[SUM.leastPurchase], fewest);
  }
}
