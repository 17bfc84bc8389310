/**
 * What a leaf's limits on flows add to the Lagrangian (docs/model.md section 5). With P' = P − r ℓ and Q'
 * = Q − x ℓ, what arrives at bus j, exact outcomes have ℓ v_j = P'² + Q'², and in a box a ≤ P' ≤ b, c ≤
 * Q' ≤ d the right side lies below its secants. McCormick's two lower bounds of the product ℓ v_j give
 *
 *     ℓ v_lo + ℓ_lo v_j − ℓ_lo v_lo  ≤  (a + b) P' − a b + (c + d) Q' − c d
 *     ℓ v_hi + ℓ_hi v_j − ℓ_hi v_hi  ≤  the same
 *
 * with the ranges of v_j and ℓ that the box implies (ranges.ts); they give the sides that it leaves open,
 * too. All rows are linear in P, Q, ℓ and v_j: what they add to the coefficients is all that the closed
 * form needs to know.
 */
import type { Feeder } from './feeder.js';
import type { Ranges } from './ranges.js';
import { holdsPlace, type Scope } from './scopes.js';

/** The rows of one scope at a time; entries of other buses are 0. */
export class FlowRows {
  /** By bus, added to the coefficients of P, Q, ℓ (all of it) and v_j, $/h per pu. */
  readonly active: Float64Array;
  readonly reactive: Float64Array;
  readonly current: Float64Array;
  readonly voltage: Float64Array;
  private readonly restricted: number[] = [];

  constructor(
    private readonly feeder: Feeder,
    private readonly baseKva: number,
  ) {
    const count = feeder.order.length;
    this.active = new Float64Array(count);
    this.reactive = new Float64Array(count);
    this.current = new Float64Array(count);
    this.voltage = new Float64Array(count);
  }

  /**
   * Replaces the rows by those of a scope.
   *
   * @param ranges those of its box
   * @returns the constant that they add, $/h
   */
  load(scope: Scope, ranges: Ranges): number {
    for (const bus of this.restricted) {
      this.active[bus] = 0;
      this.reactive[bus] = 0;
      this.current[bus] = 0;
      this.voltage[bus] = 0;
    }
    this.restricted.length = 0;
    let constant = 0;
    scope.leaf.flows.bus.forEach((bus, k) => {
      if (holdsPlace(scope, this.feeder.position[bus])) constant += this.add(scope, k, ranges);
    });
    return constant;
  }

  private add({ leaf }: Scope, k: number, ranges: Ranges): number {
    const { feeder, baseKva } = this;
    const { flows } = leaf;
    const bus = flows.bus[k];
    // Over a link there are no multipliers.
    if (feeder.isLink[bus] === 1) return 0;
    this.restricted.push(bus);
    const a = ranges.active.low[bus];
    const b = ranges.active.high[bus];
    const c = ranges.reactive.low[bus];
    const d = ranges.reactive.high[bus];
    const lowVoltage = ranges.voltage.low[bus];
    const highVoltage = ranges.voltage.high[bus];
    const leastCurrent = ranges.current.low[bus];
    const mostCurrent = ranges.current.high[bus];
    const atLow = flows.lowVoltageCutPrice[k];
    const atHigh = flows.highVoltageCutPrice[k];
    const cuts = atLow + atHigh;
    const minActive = flows.minKwPrice[k] * baseKva;
    const maxActive = flows.maxKwPrice[k] * baseKva;
    const minReactive = flows.minKvarPrice[k] * baseKva;
    const maxReactive = flows.maxKvarPrice[k] * baseKva;
    this.active[bus] = maxActive - minActive - cuts * (a + b);
    this.reactive[bus] = maxReactive - minReactive - cuts * (c + d);
    // P' and Q' take r ℓ and x ℓ from P and Q.
    this.current[bus] =
      atLow * lowVoltage +
      atHigh * highVoltage -
      feeder.r[bus] * this.active[bus] -
      feeder.x[bus] * this.reactive[bus];
    this.voltage[bus] = atLow * leastCurrent + atHigh * mostCurrent;
    return (
      minActive * a -
      maxActive * b +
      minReactive * c -
      maxReactive * d +
      cuts * (a * b + c * d) -
      atLow * leastCurrent * lowVoltage -
      atHigh * mostCurrent * highVoltage
    );
  }
}
