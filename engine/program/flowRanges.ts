/**
 * What can flow, and at which voltages, when imports and some flows keep to a box: interval arithmetic on the
 * exact equations (docs/model.md sections 3 and 5). With P', Q' what arrives at j over branch e from i, and k
 * the branches that leave j,
 *
 *     backwards   P'_e = load_j + Σ X_m + Σ_k (P'_k + r_k ℓ_k)
 *                 Q'_e = load_j + q_j − b_j v_j + Σ_k (Q'_k + x_k ℓ_k)
 *                 ℓ_e  = (P'² + Q'²) / v_j = (t v_i − v_j − 2 (r P' + x Q')) / |z|²
 *     forwards    v_j  = t v_i − 2 (r P' + x Q') − |z|² ℓ_e
 *
 * each side of every interval by itself, from the limits of the case and the box to what the equation leaves
 * of them. The second form of ℓ gives an upper limit only. Two rounds, because currents depend on voltages: a
 * third changes next to nothing. An interval that an equation and the box exclude shrinks to the nearest end
 * of the box: nothing is possible then, so that any interval is valid, and prices will show it.
 *
 * r and x are not negative, v is positive.
 */
import type { FlowBox } from './flowBox.js';
import type { NetworkProgram } from './networkProgram.js';

/** pu, pu²; flows and currents by branch, voltages by junction. */
export interface FlowRanges {
  readonly minActive: Float64Array;
  readonly maxActive: Float64Array;
  readonly minReactive: Float64Array;
  readonly maxReactive: Float64Array;
  /** Squared. */
  readonly minCurrent: Float64Array;
  readonly maxCurrent: Float64Array;
  readonly minVoltage: Float64Array;
  readonly maxVoltage: Float64Array;
}

const ROUNDS = 2;

/**
 * @param smallestImport by community, pu
 * @param greatestImport by community, pu
 */
export function flowRanges(
  program: NetworkProgram,
  smallestImport: Float64Array,
  greatestImport: Float64Array,
  box: FlowBox,
): FlowRanges {
  const ranges = openRanges(program, box);
  const junctionCount = program.layout.junctionCount;
  const least = {
    active: new Float64Array(junctionCount),
    reactive: new Float64Array(junctionCount),
  };
  const most = {
    active: new Float64Array(junctionCount),
    reactive: new Float64Array(junctionCount),
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    consume(program, smallestImport, greatestImport, ranges, least, most);
    sweepBackwards(program, ranges, least, most);
    sweepForwards(program, ranges);
  }
  return ranges;
}

/** The limits of the case and of the box. */
function openRanges({ network, layout }: NetworkProgram, box: FlowBox): FlowRanges {
  const { branchCount } = layout;
  const ranges: FlowRanges = {
    minActive: new Float64Array(branchCount).fill(Number.NEGATIVE_INFINITY),
    maxActive: new Float64Array(branchCount).fill(Number.POSITIVE_INFINITY),
    minReactive: new Float64Array(branchCount).fill(Number.NEGATIVE_INFINITY),
    maxReactive: new Float64Array(branchCount).fill(Number.POSITIVE_INFINITY),
    minCurrent: new Float64Array(branchCount),
    maxCurrent: Float64Array.from(network.currentLimit),
    minVoltage: Float64Array.from(network.vMin),
    maxVoltage: Float64Array.from(network.vMax),
  };
  ranges.minVoltage[0] = network.rootVoltage;
  ranges.maxVoltage[0] = network.rootVoltage;
  box.branch.forEach((e, k) => {
    ranges.minActive[e] = box.minActive[k];
    ranges.maxActive[e] = box.maxActive[k];
    ranges.minReactive[e] = box.minReactive[k];
    ranges.maxReactive[e] = box.maxReactive[k];
  });
  return ranges;
}

/** Sums by junction, pu. */
interface Consumption {
  readonly active: Float64Array;
  readonly reactive: Float64Array;
}

/** What every junction consumes itself. */
function consume(
  { network, market, layout }: NetworkProgram,
  smallestImport: Float64Array,
  greatestImport: Float64Array,
  { minVoltage, maxVoltage }: FlowRanges,
  least: Consumption,
  most: Consumption,
): void {
  least.active.set(network.loadP);
  most.active.set(network.loadP);
  for (let m = 0; m < layout.communityCount; m += 1) {
    least.active[market.junction[m]] += smallestImport[m];
    most.active[market.junction[m]] += greatestImport[m];
  }
  // What joins the root concerns no branch, and its voltage may have no limits.
  for (let j = 1; j < layout.junctionCount; j += 1) {
    const fixed = network.loadQ[j] + market.reactiveDemand[j];
    const shunt = network.shunt[j];
    const atLow = shunt * minVoltage[j];
    const atHigh = shunt * maxVoltage[j];
    least.reactive[j] = fixed + market.reactiveMin[j] - Math.max(atLow, atHigh);
    most.reactive[j] = fixed + market.reactiveMax[j] - Math.min(atLow, atHigh);
  }
}

/** Flows and currents from the leaves to the root; `least` and `most` become what each subtree draws. */
function sweepBackwards(
  { network, layout }: NetworkProgram,
  ranges: FlowRanges,
  least: Consumption,
  most: Consumption,
): void {
  const { minActive, maxActive, minReactive, maxReactive, minCurrent, maxCurrent } = ranges;
  for (let e = layout.branchCount - 1; e >= 0; e -= 1) {
    const j = e + 1;
    const sender = network.parent[e];
    const r = network.r[e];
    const x = network.x[e];
    narrow(minActive, maxActive, e, least.active[j], most.active[j]);
    narrow(minReactive, maxReactive, e, least.reactive[j], most.reactive[j]);
    const leastPower =
      leastSquare(minActive[e], maxActive[e]) + leastSquare(minReactive[e], maxReactive[e]);
    const mostPower =
      mostSquare(minActive[e], maxActive[e]) + mostSquare(minReactive[e], maxReactive[e]);
    let mostByVoltage = Number.POSITIVE_INFINITY;
    if (r > 0 || x > 0) {
      const drop = 2 * (r * minActive[e] + x * minReactive[e]);
      const room =
        network.senderFactor[e] * ranges.maxVoltage[sender] - ranges.minVoltage[j] - drop;
      mostByVoltage = room / (r * r + x * x);
    }
    narrow(
      minCurrent,
      maxCurrent,
      e,
      leastPower / ranges.maxVoltage[j],
      Math.min(quotient(mostPower, ranges.minVoltage[j]), mostByVoltage),
    );
    least.active[sender] += minActive[e] + r * minCurrent[e];
    most.active[sender] += maxActive[e] + r * maxCurrent[e];
    least.reactive[sender] += minReactive[e] + x * minCurrent[e];
    most.reactive[sender] += maxReactive[e] + x * maxCurrent[e];
  }
}

/** Voltages from the root outwards. */
function sweepForwards({ network, layout }: NetworkProgram, ranges: FlowRanges): void {
  const { minVoltage, maxVoltage } = ranges;
  for (let e = 0; e < layout.branchCount; e += 1) {
    const sender = network.parent[e];
    const factor = network.senderFactor[e];
    const r = network.r[e];
    const x = network.x[e];
    const squaredImpedance = r * r + x * x;
    const leastDrop =
      2 * (r * ranges.minActive[e] + x * ranges.minReactive[e]) +
      squaredImpedance * ranges.minCurrent[e];
    const mostDrop =
      2 * (r * ranges.maxActive[e] + x * ranges.maxReactive[e]) +
      squaredImpedance * ranges.maxCurrent[e];
    const lowest = factor * minVoltage[sender] - mostDrop;
    const highest = factor * maxVoltage[sender] - leastDrop;
    narrow(minVoltage, maxVoltage, e + 1, lowest, highest);
  }
}

/** A voltage without a lower limit limits no current. */
function quotient(power: number, voltage: number): number {
  return voltage > 0 ? power / voltage : Number.POSITIVE_INFINITY;
}

/** What [least, most] leaves of the interval; the end nearest to it where that is nothing. */
function narrow(
  low: Float64Array,
  high: Float64Array,
  k: number,
  least: number,
  most: number,
): void {
  const raised = Math.min(Math.max(low[k], least), high[k]);
  high[k] = Math.max(Math.min(high[k], most), low[k]);
  low[k] = raised;
}

function leastSquare(low: number, high: number): number {
  return low <= 0 && high >= 0 ? 0 : Math.min(low * low, high * high);
}

function mostSquare(low: number, high: number): number {
  return Math.max(low * low, high * high);
}
