/**
 * What one prosumer does, from its bids alone: outputs and costs by direct evaluation, device by device,
 * without response functions.
 *
 * A device gives S_k(μ) = clip((μ − b_k)/c_k, p_min, p_max) at marginal cost μ; where c_k = 0, anything
 * between its bounds at μ = b_k. A prosumer without devices is its own single device.
 */
import { insertInOrder } from '../base/order.js';
import type { Bids, Units } from './bids.js';

/** A range of outputs, kW; a point unless a cost is linear. */
export interface OutputRange {
  low: number;
  high: number;
}

/** The units that make up a prosumer: rows of the devices, or its own. */
export class Supply {
  private low: Float64Array;
  private high: Float64Array;
  private quadratic: Float64Array;
  private linear: Float64Array;
  private first = 0;
  private end = 0;
  private fromDevices = false;
  private bound = new Float64Array(8);
  private readonly scratch: OutputRange = { low: 0, high: 0 };
  private readonly deviceStart: Int32Array;

  constructor(
    private readonly bids: {
      readonly prosumers: Units & Pick<Bids['prosumers'], 'deviceStart'>;
      readonly devices: Units;
    },
  ) {
    const { pMinKw, pMaxKw, costQuadratic, costLinear, deviceStart } = bids.prosumers;
    this.low = pMinKw;
    this.high = pMaxKw;
    this.quadratic = costQuadratic;
    this.linear = costLinear;
    this.deviceStart = deviceStart;
  }

  load(prosumer: number): void {
    if (this.deviceStart.length === 0) {
      this.first = prosumer;
      this.end = prosumer + 1;
      return;
    }
    const start = this.deviceStart[prosumer];
    const end = this.deviceStart[prosumer + 1];
    const fromDevices = end > start;
    if (fromDevices !== this.fromDevices) this.turnTo(fromDevices);
    this.first = fromDevices ? start : prosumer;
    this.end = fromDevices ? end : prosumer + 1;
  }

  private turnTo(fromDevices: boolean): void {
    const table = fromDevices ? this.bids.devices : this.bids.prosumers;
    this.fromDevices = fromDevices;
    this.low = table.pMinKw;
    this.high = table.pMaxKw;
    this.quadratic = table.costQuadratic;
    this.linear = table.costLinear;
  }

  private get isSingle(): boolean {
    return this.end - this.first === 1;
  }

  /** Outputs at marginal cost μ. */
  outputAt(marginalCost: number, range: OutputRange): void {
    range.low = 0;
    range.high = 0;
    for (let k = this.first; k < this.end; k += 1) {
      const rise = marginalCost - this.linear[k];
      if (this.quadratic[k] > 0) {
        const output = Math.min(Math.max(rise / this.quadratic[k], this.low[k]), this.high[k]);
        range.low += output;
        range.high += output;
      } else {
        range.low += rise > 0 ? this.high[k] : this.low[k];
        range.high += rise < 0 ? this.low[k] : this.high[k];
      }
    }
  }

  /** Marginal costs at which a unit meets a bound, ascending. */
  bounds(): Float64Array {
    return this.bound.slice(0, this.findBounds());
  }

  /** The same into `bound`; how many there are. */
  private findBounds(): number {
    const count = 2 * (this.end - this.first);
    if (count > this.bound.length) this.bound = new Float64Array(count);
    for (let k = this.first; k < this.end; k += 1) {
      const at = 2 * (k - this.first);
      insertInOrder(this.bound, at, this.linear[k] + this.quadratic[k] * this.low[k]);
      insertInOrder(this.bound, at + 1, this.linear[k] + this.quadratic[k] * this.high[k]);
    }
    return count;
  }

  /** Outputs S with μ + stiffness · S = target for a marginal cost μ of S. */
  solve(stiffness: number, target: number, range: OutputRange): void {
    const { first } = this;
    if (this.isSingle && this.quadratic[first] + stiffness > 0) {
      const free = (target - this.linear[first]) / (this.quadratic[first] + stiffness);
      range.low = range.high = Math.min(Math.max(free, this.low[first]), this.high[first]);
      return;
    }
    if (stiffness === 0) this.outputAt(target, range);
    else this.solveStiff(stiffness, target, range);
  }

  private solveStiff(stiffness: number, target: number, range: OutputRange): void {
    let previousCost = Number.NEGATIVE_INFINITY;
    let previousOutput = 0;
    const count = this.findBounds();
    for (let k = 0; k < count; k += 1) {
      const marginalCost = this.bound[k];
      this.outputAt(marginalCost, range);
      const { low, high } = range;
      if (marginalCost + stiffness * low >= target) {
        // Below the first bound nothing moves; the target may be −∞.
        if (previousCost === Number.NEGATIVE_INFINITY) {
          range.high = low;
          return;
        }
        // Below this bound the output is a straight line from the one before.
        const step = marginalCost - previousCost;
        const slope = step > 0 ? (low - previousOutput) / step : 0;
        const rise = (target - marginalCost - stiffness * low) / (1 + stiffness * slope);
        range.low = range.high = low + slope * rise;
        return;
      }
      if (marginalCost + stiffness * high >= target) {
        range.low = range.high = (target - marginalCost) / stiffness;
        return;
      }
      previousCost = marginalCost;
      previousOutput = high;
    }
    range.low = range.high = previousOutput;
  }

  /** Least cost of an output, $/h. */
  costOf(output: number): number {
    return this.isSingle ? this.unitCost(this.first, output) : this.costOfDevices(output);
  }

  private costOfDevices(output: number): number {
    const range = this.scratch;
    const marginalCost = this.marginalCostOf(output, range);
    this.outputAt(marginalCost, range);
    // Units with a linear cost at exactly this marginal cost share what is left.
    let left = output - range.low;
    let cost = 0;
    for (let k = this.first; k < this.end; k += 1) {
      const rise = marginalCost - this.linear[k];
      if (this.quadratic[k] > 0) {
        const part = Math.min(Math.max(rise / this.quadratic[k], this.low[k]), this.high[k]);
        cost += this.unitCost(k, part);
        continue;
      }
      const part = rise > 0 ? this.high[k] : this.low[k];
      const more = rise === 0 ? Math.min(left, this.high[k] - part) : 0;
      left -= more;
      cost += this.unitCost(k, part + more);
    }
    return cost + left * marginalCost;
  }

  /** A marginal cost whose outputs hold this one. */
  private marginalCostOf(output: number, range: OutputRange): number {
    let previousCost = Number.NaN;
    let previousOutput = Number.NaN;
    let marginalCost = 0;
    const count = this.findBounds();
    for (let k = 0; k < count; k += 1) {
      marginalCost = this.bound[k];
      this.outputAt(marginalCost, range);
      if (output <= range.low && previousOutput < range.low) {
        const share = (output - previousOutput) / (range.low - previousOutput);
        return previousCost + share * (marginalCost - previousCost);
      }
      if (output <= range.high) return marginalCost;
      previousCost = marginalCost;
      previousOutput = range.high;
    }
    return marginalCost;
  }

  private unitCost(unit: number, output: number): number {
    return 0.5 * this.quadratic[unit] * output * output + this.linear[unit] * output;
  }
}
