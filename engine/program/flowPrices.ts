/**
 * What limits of flows add to the Lagrangian (docs/model.md section 5). Exact outcomes have ℓ v_j = P'² + Q'²
 * at the receiving end. For a ≤ P' ≤ b and c ≤ Q' ≤ d the right side lies below its secants, and for ℓ and
 * v_j in their ranges the left side above McCormick's two planes, so that
 *
 *     low cut    ℓ v_lo + ℓ_lo v_j − ℓ_lo v_lo  ≤  (a + b) P' − a b + (c + d) Q' − c d
 *     high cut   ℓ v_hi + ℓ_hi v_j − ℓ_hi v_hi  ≤  the same
 *
 * With P' = P − r ℓ, Q' = Q − x ℓ, multipliers γ of the cuts and α, β of the limits, the branch gets
 *
 *     p = α_max − α_min − (γ_lo + γ_hi)(a + b)        added to c_P; q likewise with β, c, d, to c_Q
 *     γ_lo v_lo + γ_hi v_hi − r p − x q               added to c_ℓ
 *     γ_lo ℓ_lo + γ_hi ℓ_hi                           added to the coefficient of v_j
 *     α_min a − α_max b + β_min c − β_max d + (γ_lo + γ_hi)(a b + c d)
 *         − γ_lo ℓ_lo v_lo − γ_hi ℓ_hi v_hi           a constant
 *
 * **In a narrower box.** Cuts follow the box, so multipliers found in one box have to move with them. With
 * a', b' the narrower limits and s = a + b − a' − b', the old secant is the new one plus
 *
 *     s (P' − a') + (a' − a)(b − a')   =   −s (b' − P') + (b' − a)(b − b')
 *
 * so γ s more on the limit a', or where s < 0, −γ s more on b', makes the bound no worse.
 */
import type { FlowRanges } from './flowRanges.js';
import type { NetworkProgram } from './networkProgram.js';

/** Multipliers ≥ 0, by branch: of limits $/h per pu, of cuts $/h per pu². */
export interface FlowPrices {
  readonly minActive: Float64Array;
  readonly maxActive: Float64Array;
  readonly minReactive: Float64Array;
  readonly maxReactive: Float64Array;
  readonly lowCut: Float64Array;
  readonly highCut: Float64Array;
  /** For which the cuts were made. */
  readonly ranges: FlowRanges;
}

/** By branch: what multipliers add to the Lagrangian in given ranges. */
export interface FlowTerms {
  /** To c_P, c_Q, c_ℓ (in full) and the coefficient of v_j, $/h per pu. */
  readonly active: Float64Array;
  readonly reactive: Float64Array;
  readonly current: Float64Array;
  readonly voltage: Float64Array;
  /** $/h. */
  readonly constant: Float64Array;
  readonly ranges: FlowRanges;
}

/** No multipliers. */
export function zeroFlowPrices(ranges: FlowRanges): FlowPrices {
  const zeros = (): Float64Array => new Float64Array(ranges.minActive.length);
  return {
    minActive: zeros(),
    maxActive: zeros(),
    minReactive: zeros(),
    maxReactive: zeros(),
    lowCut: zeros(),
    highCut: zeros(),
    ranges,
  };
}

/** Multipliers for narrower ranges that bound no less there. */
export function movedFlowPrices(prices: FlowPrices, ranges: FlowRanges): FlowPrices {
  const old = prices.ranges;
  if (old === ranges) return prices;
  const minActive = Float64Array.from(prices.minActive);
  const maxActive = Float64Array.from(prices.maxActive);
  const minReactive = Float64Array.from(prices.minReactive);
  const maxReactive = Float64Array.from(prices.maxReactive);
  for (let e = 0; e < minActive.length; e += 1) {
    const cuts = prices.lowCut[e] + prices.highCut[e];
    if (cuts === 0) continue;
    const turn = old.minActive[e] + old.maxActive[e] - ranges.minActive[e] - ranges.maxActive[e];
    if (turn > 0) minActive[e] += cuts * turn;
    else maxActive[e] -= cuts * turn;
    const reactiveTurn =
      old.minReactive[e] + old.maxReactive[e] - ranges.minReactive[e] - ranges.maxReactive[e];
    if (reactiveTurn > 0) minReactive[e] += cuts * reactiveTurn;
    else maxReactive[e] -= cuts * reactiveTurn;
  }
  const { lowCut, highCut } = prices;
  return { minActive, maxActive, minReactive, maxReactive, lowCut, highCut, ranges };
}

/**
 * Multipliers of a part of the network (docs/model.md section 5) inside it, common ones outside.
 *
 * @param part by junction
 * @param number of the part
 */
export function joinFlowPrices(
  part: Int32Array,
  number: number,
  own: FlowPrices,
  common: FlowPrices,
): FlowPrices {
  const joined = (inside: Float64Array, outside: Float64Array): Float64Array =>
    outside.map((value, e) => (part[e + 1] === number ? inside[e] : value));
  return {
    minActive: joined(own.minActive, common.minActive),
    maxActive: joined(own.maxActive, common.maxActive),
    minReactive: joined(own.minReactive, common.minReactive),
    maxReactive: joined(own.maxReactive, common.maxReactive),
    lowCut: joined(own.lowCut, common.lowCut),
    highCut: joined(own.highCut, common.highCut),
    ranges: {
      ...common.ranges,
      minActive: joined(own.ranges.minActive, common.ranges.minActive),
      maxActive: joined(own.ranges.maxActive, common.ranges.maxActive),
      minReactive: joined(own.ranges.minReactive, common.ranges.minReactive),
      maxReactive: joined(own.ranges.maxReactive, common.ranges.maxReactive),
    },
  };
}

/** @param prices multipliers for the ranges they hold */
export function flowTerms({ network }: NetworkProgram, prices: FlowPrices): FlowTerms {
  const { ranges } = prices;
  const zeros = (): Float64Array => new Float64Array(network.parent.length);
  const terms: FlowTerms = {
    active: zeros(),
    reactive: zeros(),
    current: zeros(),
    voltage: zeros(),
    constant: zeros(),
    ranges,
  };
  for (let e = 0; e < network.parent.length; e += 1) {
    const atLow = prices.lowCut[e];
    const atHigh = prices.highCut[e];
    const cuts = atLow + atHigh;
    const limits =
      prices.minActive[e] + prices.maxActive[e] + prices.minReactive[e] + prices.maxReactive[e];
    if (cuts === 0 && limits === 0) continue;
    const minActive = ranges.minActive[e];
    const maxActive = ranges.maxActive[e];
    const minReactive = ranges.minReactive[e];
    const maxReactive = ranges.maxReactive[e];
    const minVoltage = ranges.minVoltage[e + 1];
    const maxVoltage = ranges.maxVoltage[e + 1];
    const minCurrent = ranges.minCurrent[e];
    const maxCurrent = ranges.maxCurrent[e];
    const active = prices.maxActive[e] - prices.minActive[e] - cuts * (minActive + maxActive);
    const reactive =
      prices.maxReactive[e] - prices.minReactive[e] - cuts * (minReactive + maxReactive);
    terms.active[e] = active;
    terms.reactive[e] = reactive;
    terms.current[e] =
      atLow * minVoltage + atHigh * maxVoltage - network.r[e] * active - network.x[e] * reactive;
    terms.voltage[e] = atLow * minCurrent + atHigh * maxCurrent;
    terms.constant[e] =
      prices.minActive[e] * minActive -
      prices.maxActive[e] * maxActive +
      prices.minReactive[e] * minReactive -
      prices.maxReactive[e] * maxReactive +
      cuts * (minActive * maxActive + minReactive * maxReactive) -
      atLow * minCurrent * minVoltage -
      atHigh * maxCurrent * maxVoltage;
  }
  return terms;
}
