/**
 * From sorted events to the knots of a response function (docs/model.md section 2). The sweep carries
 * Σ_A s_i, Σ_A s_i² and Σ_A s_i x_i. Between knots λ_a < λ_b, with x_i' = −s_i,
 *
 *     X_b = X_a − Σ_A s_i (λ_b − λ_a)
 *     C_b = C_a + ∫ Σ_A s_i (λ + κ x_i) dλ   (the integrand is linear: trapezoid is exact)
 *
 * All running sums are compensated, so a community of 100,000 agrees with direct summation to rounding.
 *
 * A sweep may begin and end inside the range of prices (priceWindows.ts). What prosumers do outside is then
 * one vertical stretch at either end: the imports are those of the community, and with x⁺ and x⁻ the greatest
 * and the least purchase that anybody can have,
 *
 *     F' ≥ −(low + κ x⁺)  and  W' ≥ −low  below the window,   F' ≤ −(high + κ x⁻)  and  W' ≤ −high  above it,
 *
 * so that stretches with these slopes lie nowhere above F and W.
 */
import { CompensatedSum, lostIn } from '../base/compensated.js';
import type { AnswerEvents } from './answerEvents.js';
import type { ResponseFunctions } from './responseFunction.js';

/** What holds at the price where a sweep begins, before any event. Units: kW, $/h, kW per $/kWh. */
export interface SweepStart {
  /** Where the sweep begins and ends, $/kWh; ±Infinity for all prices. */
  low: number;
  high: number;
  netImport: number;
  cost: number;
  /** Σ x_i² of all prosumers, and Σ s_i, Σ s_i² and Σ s_i x_i of those in A. */
  squaredPurchase: number;
  slope: number;
  squaredSlope: number;
  weightedPurchase: number;
  /** Prosumers in A; those that have moved below `low`, and those that have not finished at `high`. */
  active: number;
  moved: number;
  unfinished: number;
  /** Imports with all outputs at their lower and at their upper bounds. */
  largestImport: number;
  smallestImport: number;
  /** x⁺ and x⁻. */
  greatestPurchase: number;
  leastPurchase: number;
}

export function newSweepStart(): SweepStart {
  return {
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
    netImport: 0,
    cost: 0,
    squaredPurchase: 0,
    slope: 0,
    squaredSlope: 0,
    weightedPurchase: 0,
    active: 0,
    moved: 0,
    unfinished: 0,
    largestImport: 0,
    smallestImport: 0,
    greatestPurchase: 0,
    leastPurchase: 0,
  };
}

/** Knots that a sweep may add to those of its events: two at either end of a window. */
export const END_KNOTS = 4;

/** Writes the response functions of one community after the other. */
export class Sweep {
  private readonly netImport = new CompensatedSum();
  private readonly cost = new CompensatedSum();

  constructor(private readonly responses: ResponseFunctions) {}

  /**
   * Writes the knots of one community.
   *
   * @param start `netImport`, `cost` and the sums are those at `low`; where that is −Infinity, with every
   *   output at its lower bound
   * @param order of the events, by ascending price
   */
  run(community: number, start: SweepStart, events: AnswerEvents, order: Int32Array): void {
    const { responses, netImport, cost } = this;
    const { price: eventPrice, slope: eventSlope, purchase: eventPurchase } = events;
    const kappa = responses.kappa[community];
    const first = responses.knotStart[community];
    netImport.reset(start.netImport);
    cost.reset(start.cost);
    let knot = this.begin(community, start);
    // Without a knot at the beginning the first event makes one.
    let price = knot < first ? Number.NaN : start.low;

    // Σ_A s_i, Σ_A s_i² and Σ_A s_i x_i as compensated sums: the sum, and what rounding left out of it.
    let active = start.active;
    let slope = start.slope;
    let slopeRest = 0;
    let squares = start.squaredSlope;
    let squaresRest = 0;
    let purchase = start.weightedPurchase;
    let purchaseRest = 0;
    for (let k = 0; k < events.count; k += 1) {
      const event = order[k];
      const nextPrice = eventPrice[event];
      if (nextPrice !== price) {
        if (active > 0) {
          const squaredSlope = squares + squaresRest;
          const weightedPurchase = purchase + purchaseRest;
          this.writeSegment(knot, slope + slopeRest, squaredSlope, weightedPurchase, kappa);
          this.moveTo(price, nextPrice, slope + slopeRest, squaredSlope, weightedPurchase, kappa);
          const fall = -squaredSlope * (nextPrice - price);
          const sum = purchase + fall;
          purchaseRest += lostIn(sum, purchase, fall);
          purchase = sum;
        }
        price = nextPrice;
        knot += 1;
        this.writeKnot(knot, price);
      }
      const ofSlope = eventSlope[event];
      if (ofSlope === 0) {
        this.writeVertical(knot, eventPurchase[event]);
        knot += 1;
        this.writeKnot(knot, price);
        continue;
      }
      active += ofSlope > 0 ? 1 : -1;
      if (active === 0) {
        // In closed form: no rounding survives.
        slope = slopeRest = squares = squaresRest = purchase = purchaseRest = 0;
        continue;
      }
      const nextSlope = slope + ofSlope;
      slopeRest += lostIn(nextSlope, slope, ofSlope);
      slope = nextSlope;
      const ofSquares = ofSlope * Math.abs(ofSlope);
      const nextSquares = squares + ofSquares;
      squaresRest += lostIn(nextSquares, squares, ofSquares);
      squares = nextSquares;
      const ofPurchase = ofSlope * eventPurchase[event];
      const nextPurchase = purchase + ofPurchase;
      purchaseRest += lostIn(nextPurchase, purchase, ofPurchase);
      purchase = nextPurchase;
    }
    if (start.unfinished > 0) {
      if (active > 0) {
        const squaredSlope = squares + squaresRest;
        const weightedPurchase = purchase + purchaseRest;
        this.writeSegment(knot, slope + slopeRest, squaredSlope, weightedPurchase, kappa);
        this.moveTo(price, start.high, slope + slopeRest, squaredSlope, weightedPurchase, kappa);
      }
      knot = this.end(first, knot, start, kappa);
    }
    responses.knotCount[community] = knot - first + 1;
    responses.smallestImport[community] = netImport.value;
  }

  /** The ends of the response function, and the stretch below the window; returns the last knot written. */
  private begin(community: number, start: SweepStart): number {
    const { responses } = this;
    const kappa = responses.kappa[community];
    const first = responses.knotStart[community];
    const potential = start.cost + 0.5 * kappa * start.squaredPurchase;
    if (start.moved === 0) {
      responses.largestImport[community] = start.netImport;
      responses.costAtLargestImport[community] = start.cost;
      responses.potentialAtLargestImport[community] = potential;
      if (start.low === Number.NEGATIVE_INFINITY || start.active === 0) return first - 1;
      this.writeKnot(first, start.low);
      return first;
    }
    const room = start.largestImport - start.netImport;
    const marginalCost = -(start.low + kappa * start.greatestPurchase);
    responses.largestImport[community] = start.largestImport;
    responses.costAtLargestImport[community] = start.cost + marginalCost * room;
    responses.potentialAtLargestImport[community] = potential - start.low * room;
    responses.price[first] = start.low;
    responses.netImport[first] = start.largestImport;
    responses.cost[first] = start.cost + marginalCost * room;
    responses.slope[first] = Number.POSITIVE_INFINITY;
    responses.marginalCost[first] = marginalCost;
    responses.curvature[first] = 0;
    this.writeKnot(first + 1, start.low);
    return first + 1;
  }

  /** The stretch above the window; returns the last knot written. */
  private end(first: number, knot: number, start: SweepStart, kappa: number): number {
    const { responses, netImport, cost } = this;
    let last = knot;
    if (knot < first || responses.price[knot] !== start.high) {
      last += 1;
      this.writeKnot(last, start.high);
    }
    const room = netImport.value - start.smallestImport;
    const marginalCost = -(start.high + kappa * start.leastPurchase);
    responses.slope[last] = Number.POSITIVE_INFINITY;
    responses.marginalCost[last] = marginalCost;
    netImport.reset(start.smallestImport);
    cost.add(-marginalCost * room);
    this.writeKnot(last + 1, start.high);
    return last + 1;
  }

  /** Import and cost at the end of a segment, from its first price to its last. */
  private moveTo(
    from: number,
    to: number,
    slope: number,
    squaredSlope: number,
    weightedPurchase: number,
    kappa: number,
  ): void {
    const rise = to - from;
    const purchaseAfter = weightedPurchase - squaredSlope * rise;
    this.netImport.add(-slope * rise);
    this.cost.add(0.5 * slope * (from + to) * rise);
    this.cost.add(0.5 * kappa * (weightedPurchase + purchaseAfter) * rise);
  }

  private writeKnot(knot: number, price: number): void {
    const { responses } = this;
    responses.price[knot] = price;
    responses.netImport[knot] = this.netImport.value;
    responses.cost[knot] = this.cost.value;
    responses.slope[knot] = 0;
    responses.marginalCost[knot] = 0;
    responses.curvature[knot] = 0;
  }

  /** A segment on which the output rises by `jump` at one price. */
  private writeVertical(knot: number, jump: number): void {
    const { responses } = this;
    const price = responses.price[knot];
    responses.slope[knot] = Number.POSITIVE_INFINITY;
    responses.marginalCost[knot] = -price;
    this.netImport.add(-jump);
    this.cost.add(price * jump);
  }

  /** Derivatives on the segment that begins at a knot. */
  private writeSegment(
    knot: number,
    slope: number,
    squaredSlope: number,
    weightedPurchase: number,
    kappa: number,
  ): void {
    const { responses } = this;
    responses.slope[knot] = slope;
    responses.marginalCost[knot] = -(responses.price[knot] + (kappa * weightedPurchase) / slope);
    const strategic = 1 - (kappa * squaredSlope) / slope;
    responses.curvature[knot] = Math.max(strategic, 0) / slope;
  }
}
