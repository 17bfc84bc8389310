/**
 * What every prosumer of a community does at the lower end of a window of prices, in sums, and the prices inside
 * the window at which outputs meet bounds (docs/model.md section 2).
 *
 * On a stretch from (λ_a, p_a) to (λ_b, p_b) a prosumer gives p = p_a + s (λ − λ_a). What it adds to the cost
 * is ∫ (λ + κ x) dp, or to the potential Σ C_i + ½ κ Σ x_i² just ∫ λ dp: about a price λ_ref, with w = κ or 0
 * and x⁰ the purchase at λ_ref, were the stretch continued to it,
 *
 *     C = ½ s (1 − w s) t² + s (λ_ref + w x⁰) t + const,   t = λ − λ_ref
 *
 * λ_ref is the lower end of the window, where it has one.
 */
import { type Bids, runEnd } from './bids.js';
import { type OutputRange, Supply } from './supply.js';
import type { WindowEvents } from './windowEvents.js';

/** What F is: the cost of a community, or its potential. */
export type CostKind = 'cost' | 'potential';

/** Numbers of a block, at the lower end of the window; the first five about λ_ref like those of a piece. */
export const WINDOW = {
  rate: 0,
  output: 1,
  quadratic: 2,
  linear: 3,
  constant: 4,
  demand: 5,
  /** Stretches that the window begins inside. */
  active: 6,
  /** Outputs that jump inside the window: κ = 0 and c = 0. */
  jumps: 7,
  /** Σ of the sizes of what `constant` is summed from, $/h. */
  size: 8,
} as const;

/** Length of a block's numbers. */
export const WINDOW_COUNT = 9;

/** Reads rows of one community at a time. */
export class WindowReading {
  /** λ_ref. */
  reference = 0;
  private kappa = 0;
  /** κ where costs are read, 0 where the potential is. */
  private strategic = 0;
  private from = 0;
  private to = 0;
  private readonly supply: Supply;
  private readonly range: OutputRange = { low: 0, high: 0 };
  /** Output below, in and above the stretch: picked by number, for a branch would be guessed wrong too often. */
  private readonly choice = new Float64Array(3);

  constructor(
    private readonly bids: Bids,
    private readonly kind: CostKind,
    private readonly events: WindowEvents,
  ) {
    this.supply = new Supply(bids);
  }

  open(community: number, kappa: number, from: number, to: number): void {
    this.kappa = kappa;
    this.strategic = this.kind === 'cost' ? kappa : 0;
    this.from = from;
    this.to = to;
    this.reference = Number.isFinite(from) ? from : this.firstPrice(community);
  }

  /** The price at which the first prosumer's output begins to rise: a number of the right size. */
  private firstPrice(community: number): number {
    const { prosumerStart, prosumers } = this.bids;
    const first = prosumerStart[community];
    if (first === prosumerStart[community + 1]) return 0;
    this.supply.load(first);
    return (this.supply.bounds()[0] ?? 0) - this.kappa * prosumers.demandKw[first];
  }

  /**
   * Reads rows `first` to before `end` of the community.
   *
   * @param sums WINDOW_COUNT numbers from `at`, zero before
   */
  read(first: number, end: number, sums: Float64Array, at: number): void {
    const { bids, kappa } = this;
    for (let row = first; row < end; ) {
      const stop = runEnd(bids, kappa, row, end);
      if (stop > row) {
        this.readRun(row, stop, sums, at);
        row = stop;
        continue;
      }
      this.readUnits(row, sums, at);
      row += 1;
    }
  }

  /** Plain prosumers alone: one stretch each. */
  private readRun(first: number, end: number, sums: Float64Array, at: number): void {
    const { demandKw, pMinKw, pMaxKw, costQuadratic, costLinear } = this.bids.prosumers;
    const { choice, kappa, strategic, from, to } = this;
    const half = 0.5 * (kappa - strategic);
    let demands = 0;
    let outputs = 0;
    let costs = 0;
    let size = 0;
    let rates = 0;
    let squaredRates = 0;
    let weighted = 0;
    let active = 0;
    for (let i = first; i < end; i += 1) {
      const demand = demandKw[i];
      const low = pMinKw[i];
      const high = pMaxKw[i];
      const quadratic = costQuadratic[i];
      const linear = costLinear[i];
      const begins = linear + quadratic * low + kappa * (low - demand);
      const ends = linear + quadratic * high + kappa * (high - demand);
      const slope = 1 / (quadratic + kappa);
      const hasBegun = Number(begins <= from);
      const hasEnded = Number(ends <= from);
      choice[0] = low;
      choice[1] = low + slope * (from - begins);
      choice[2] = high;
      const output = choice[hasBegun + hasEnded];
      const purchase = demand - output;
      const cost = (0.5 * quadratic * output + linear) * output + half * purchase * purchase;
      const moving = hasBegun - hasEnded;
      const rate = moving * slope;
      demands += demand;
      outputs += output;
      costs += cost;
      size += Math.abs(cost);
      rates += rate;
      squaredRates += rate * rate;
      weighted += rate * purchase;
      active += moving;
      // Whether it begins or ends inside the window.
      if (Number(begins < to) === hasBegun && Number(ends < to) === hasEnded) continue;
      if (high > low) this.addEvents(begins, low, ends, high, demand, slope);
    }
    sums[at + WINDOW.rate] += rates;
    sums[at + WINDOW.output] += outputs;
    sums[at + WINDOW.quadratic] += 0.5 * (rates - strategic * squaredRates);
    sums[at + WINDOW.linear] += this.reference * rates + strategic * weighted;
    sums[at + WINDOW.constant] += costs;
    sums[at + WINDOW.demand] += demands;
    sums[at + WINDOW.active] += active;
    sums[at + WINDOW.size] += size;
  }

  /**
   * Several units, or one without stiffness: a stretch between any two marginal costs at which one meets a
   * bound, and at them.
   */
  private readUnits(prosumer: number, sums: Float64Array, at: number): void {
    const { supply, range, kappa, strategic } = this;
    const demand = this.bids.prosumers.demandKw[prosumer];
    supply.load(prosumer);
    supply.outputAt(Number.NEGATIVE_INFINITY, range);
    let output = range.low;
    const purchase = demand - output;
    const least = supply.costOf(output) + 0.5 * (kappa - strategic) * purchase * purchase;
    sums[at + WINDOW.demand] += demand;
    sums[at + WINDOW.output] += output;
    sums[at + WINDOW.constant] += least;
    sums[at + WINDOW.size] += Math.abs(least);
    let previousCost = Number.NEGATIVE_INFINITY;
    for (const marginalCost of supply.bounds()) {
      if (marginalCost === previousCost) continue;
      supply.outputAt(marginalCost, range);
      const { low, high } = range;
      // Below the first bound nothing moves: a difference there is rounding.
      if (low > output && previousCost > Number.NEGATIVE_INFINITY) {
        this.readStretch(previousCost, output, marginalCost, low, demand, sums, at);
      }
      if (high > low) this.readStretch(marginalCost, low, marginalCost, high, demand, sums, at);
      output = high;
      previousCost = marginalCost;
    }
  }

  /** Outputs from p_a to p_b as marginal costs go from μ_a to μ_b; it may be a single marginal cost. */
  private readStretch(
    costFrom: number,
    outputFrom: number,
    costTo: number,
    outputTo: number,
    demand: number,
    sums: Float64Array,
    at: number,
  ): void {
    const { kappa, strategic, from, reference } = this;
    const begins = costFrom + kappa * (outputFrom - demand);
    const ends = costTo + kappa * (outputTo - demand);
    if (begins >= this.to) return;
    const rate = (outputTo - outputFrom) / (ends - begins);
    const isJump = kappa === 0 && costTo === costFrom;
    // Where prices must rise with outputs, and do not, outputs differ by rounding: they may as well have moved.
    const isRounding = !(ends > begins || isJump);
    if ((begins > from || ends > from) && !isRounding) {
      if (isJump) {
        sums[at + WINDOW.jumps] += 1;
        return;
      }
      this.addEvents(begins, outputFrom, ends, outputTo, demand, rate);
      if (begins > from) return;
    }
    const isActive = ends > from && !isRounding;
    const output = isActive ? outputFrom + rate * (from - begins) : outputTo;
    const rise = output - outputFrom;
    // Marginal costs and prices are linear in the output: what counts is the middle of the way.
    const middle = isActive ? 0.5 * (begins + from) : 0.5 * (begins + ends);
    const value = rise * (middle + strategic * (demand - 0.5 * (outputFrom + output)));
    sums[at + WINDOW.output] += rise;
    sums[at + WINDOW.constant] += value;
    sums[at + WINDOW.size] += Math.abs(value);
    if (!isActive) return;
    sums[at + WINDOW.rate] += rate;
    sums[at + WINDOW.quadratic] += 0.5 * rate * (1 - strategic * rate);
    sums[at + WINDOW.linear] += rate * (reference + strategic * (demand - output));
    sums[at + WINDOW.active] += 1;
  }

  /** The ends of a stretch that lie inside the window, with what changes there. */
  private addEvents(
    begins: number,
    outputFrom: number,
    ends: number,
    outputTo: number,
    demand: number,
    rate: number,
  ): void {
    const { strategic, reference, events } = this;
    const start = begins - reference;
    const end = ends - reference;
    const outputConstant = outputFrom - rate * start;
    const quadratic = 0.5 * rate * (1 - strategic * rate);
    const linear = rate * (reference + strategic * (demand - outputConstant));
    const constant = -(quadratic * start + linear) * start;
    if (begins > this.from) {
      events.add(begins, rate, outputConstant - outputFrom, quadratic, linear, constant);
    }
    if (ends >= this.to) return;
    // A stretch that the window begins inside stands with its value there, which is that at λ_ref.
    const cost = (quadratic * end + linear) * end;
    events.add(ends, -rate, outputTo - outputConstant, -quadratic, -linear, cost);
  }
}
