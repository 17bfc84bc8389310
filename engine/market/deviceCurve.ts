/**
 * A prosumer with several devices: the cheapest split of an output p over them (docs/model.md sections
 * 1 and 2). At marginal cost μ device k gives clip((μ − b_k)/c_k, p_min, p_max), and anything
 * between its bounds at μ = b_k where c_k = 0. The total S(μ) is a non-decreasing polyline of points
 * (μ, S), horizontal where no device moves and vertical where one with c = 0 does.
 *
 * Units: kW, $/kWh, $/h.
 */
import { insertInOrder } from '../base/order.js';
import type { DeviceTable } from '../case/case.js';

/** The numeric columns of the device table. */
export type DeviceBids = Omit<DeviceTable, 'id' | 'prosumer'>;

export class DeviceCurve {
  /** Points of the polyline, in order; the first is the least output, the last the greatest. */
  pointCount = 0;
  marginalCost = new Float64Array(16);
  output = new Float64Array(16);
  /** C_i at the point, $/h. */
  cost = new Float64Array(16);
  /** dS/dμ between point k and k + 1; Infinity on a vertical piece. */
  slope = new Float64Array(16);

  private knot = new Float64Array(16);

  /** Builds the curve of devices start … end − 1. */
  load(devices: DeviceBids, start: number, end: number): void {
    this.reserve(4 * (end - start) + 1);
    let knots = 0;
    let output = 0;
    let cost = 0;
    for (let d = start; d < end; d += 1) {
      const low = devices.pMinKw[d];
      output += low;
      cost += (0.5 * devices.costQuadratic[d] * low + devices.costLinear[d]) * low;
      if (devices.pMaxKw[d] > low) {
        insertInOrder(this.knot, knots, marginalCostOf(devices, d, low));
        insertInOrder(this.knot, knots + 1, marginalCostOf(devices, d, devices.pMaxKw[d]));
        knots += 2;
      }
    }
    this.pointCount = 0;
    if (knots === 0) this.addPoint(0, output, cost);
    let previous = Number.NaN;
    for (let k = 0; k < knots; k += 1) {
      const marginalCost = this.knot[k];
      if (marginalCost === previous) continue;
      if (this.pointCount > 0) {
        const rise = slopeAfter(devices, start, end, previous) * (marginalCost - previous);
        output += rise;
        cost += 0.5 * (previous + marginalCost) * rise;
      }
      this.addPoint(marginalCost, output, cost);
      const jump = jumpAt(devices, start, end, marginalCost);
      if (jump > 0) {
        this.slope[this.pointCount - 1] = Number.POSITIVE_INFINITY;
        output += jump;
        cost += marginalCost * jump;
        this.addPoint(marginalCost, output, cost);
      }
      this.slope[this.pointCount - 1] = slopeAfter(devices, start, end, marginalCost);
      previous = marginalCost;
    }
  }

  /** Output at price λ in a market of slope κ, for net demand D: λ = μ + κ (S − D). */
  outputAt(price: number, kappa: number, demand: number): number {
    const last = this.pointCount - 1;
    for (let k = 0; k <= last; k += 1) {
      const pointPrice = this.marginalCost[k] + kappa * (this.output[k] - demand);
      if (price > pointPrice) continue;
      if (k === 0) return this.output[0];
      const marketSlope = 1 / (1 / this.slope[k - 1] + kappa);
      const output = this.output[k] - marketSlope * (pointPrice - price);
      return Math.min(Math.max(output, this.output[k - 1]), this.output[k]);
    }
    return this.output[last];
  }

  /** C_i(p), the cost of the cheapest split of p; p is taken into the bounds. */
  costAt(output: number): number {
    const last = this.pointCount - 1;
    for (let k = 1; k <= last; k += 1) {
      if (output >= this.output[k] && k < last) continue;
      if (this.output[k] === this.output[k - 1]) continue;
      const step =
        Math.min(Math.max(output, this.output[k - 1]), this.output[k]) - this.output[k - 1];
      return (
        this.cost[k - 1] + (this.marginalCost[k - 1] + (0.5 * step) / this.slope[k - 1]) * step
      );
    }
    return this.cost[last];
  }

  /** C_i'(p), $/kWh; at a kink, the lower of the two. */
  marginalCostAt(output: number): number {
    const last = this.pointCount - 1;
    for (let k = 1; k <= last; k += 1) {
      if (output > this.output[k]) continue;
      if (this.output[k] === this.output[k - 1]) continue;
      const step = Math.max(output - this.output[k - 1], 0);
      return this.marginalCost[k - 1] + step / this.slope[k - 1];
    }
    return this.marginalCost[last];
  }

  private addPoint(marginalCost: number, output: number, cost: number): void {
    this.marginalCost[this.pointCount] = marginalCost;
    this.output[this.pointCount] = output;
    this.cost[this.pointCount] = cost;
    this.slope[this.pointCount] = 0;
    this.pointCount += 1;
  }

  private reserve(points: number): void {
    if (points <= this.output.length) return;
    this.knot = new Float64Array(points);
    this.marginalCost = new Float64Array(points);
    this.output = new Float64Array(points);
    this.cost = new Float64Array(points);
    this.slope = new Float64Array(points);
  }
}

function marginalCostOf(devices: DeviceBids, device: number, output: number): number {
  return devices.costLinear[device] + devices.costQuadratic[device] * output;
}

/** Σ 1/c_k over the devices that move just above μ. */
function slopeAfter(devices: DeviceBids, start: number, end: number, marginalCost: number): number {
  let slope = 0;
  for (let d = start; d < end; d += 1) {
    if (devices.costQuadratic[d] === 0) continue;
    const moves =
      marginalCostOf(devices, d, devices.pMinKw[d]) <= marginalCost &&
      marginalCostOf(devices, d, devices.pMaxKw[d]) > marginalCost;
    if (moves) slope += 1 / devices.costQuadratic[d];
  }
  return slope;
}

/** Output that devices without a quadratic cost add at μ = b_k. */
function jumpAt(devices: DeviceBids, start: number, end: number, marginalCost: number): number {
  let jump = 0;
  for (let d = start; d < end; d += 1) {
    if (devices.costQuadratic[d] === 0 && devices.costLinear[d] === marginalCost) {
      jump += devices.pMaxKw[d] - devices.pMinKw[d];
    }
  }
  return jump;
}
