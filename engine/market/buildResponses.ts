/**
 * Builds response functions from bids: every prosumer gives the prices at which its output changes
 * slope; sorted, one sweep over them gives import, cost and their derivatives (docs/model.md section 2).
 *
 * A prosumer at output p in its market stands at the price λ with C_i'(p) = λ + κ (D_i − p), so a
 * bound p̄ is met at  λ = b_i + c_i p̄ − κ (D_i − p̄).
 *
 * The sweep carries Σ_A s_i, Σ_A s_i² and Σ_A s_i x_i. Between knots λ_a < λ_b, with x_i' = −s_i,
 *
 *     X_b = X_a − Σ_A s_i (λ_b − λ_a)
 *     C_b = C_a + ∫ Σ_A s_i (λ + κ x_i) dλ   (the integrand is linear: trapezoid is exact)
 *
 * All running sums are compensated, so a community of 100,000 agrees with direct summation to
 * rounding. Ties are kept in row order: the bytes do not depend on who builds which community.
 */
import { CompensatedSum, lostIn } from '../base/compensated.js';
import { sortedOrder } from '../base/order.js';
import type { ProsumerTable } from '../case/case.js';
import { type DeviceBids, DeviceCurve } from './deviceCurve.js';
import type { ResponseFunctions } from './responseFunction.js';

/** The numeric columns of the bids; what a worker thread needs, all in shared memory. */
export interface Bids {
  readonly prosumerStart: Int32Array;
  readonly prosumers: Omit<ProsumerTable, 'id' | 'demandKvar'>;
  readonly devices: DeviceBids;
}

/** Most knots that each community can have. */
export function countKnotCapacity(bids: Bids): Int32Array {
  const { pMinKw, pMaxKw, deviceStart } = bids.prosumers;
  const anyDevices = deviceStart.length > 0;
  const communities = bids.prosumerStart.length - 1;
  const capacity = new Int32Array(communities);
  for (let m = 0; m < communities; m += 1) {
    let knots = 0;
    for (let i = bids.prosumerStart[m]; i < bids.prosumerStart[m + 1]; i += 1) {
      const devices = anyDevices ? deviceStart[i + 1] - deviceStart[i] : 0;
      if (pMinKw[i] < pMaxKw[i]) knots += devices === 0 ? 2 : 4 * devices + 1;
    }
    capacity[m] = knots;
  }
  return capacity;
}

/** Fills the response functions of communities first … end − 1. */
export function buildResponses(
  bids: Bids,
  responses: ResponseFunctions,
  first: number,
  end: number,
): void {
  let capacity = 0;
  for (let m = first; m < end; m += 1) {
    capacity = Math.max(capacity, responses.knotStart[m + 1] - responses.knotStart[m]);
  }
  const builder = new ResponseBuilder(bids, responses, capacity);
  for (let m = first; m < end; m += 1) builder.build(m);
}

class ResponseBuilder {
  private readonly eventPrice: Float64Array;
  /** What s_i rises by, from zero or to zero, and the purchase x_i there. */
  private readonly eventSlope: Float64Array;
  private readonly eventPurchase: Float64Array;
  /** 1 where a prosumer enters A, −1 where it leaves. */
  private readonly eventEntry: Int8Array;
  /** Output that is added at one price, where κ = 0 and c = 0. */
  private readonly eventJump: Float64Array;
  private readonly order: Int32Array;
  private readonly scratch: Int32Array;
  private eventCount = 0;

  private readonly deviceCurve = new DeviceCurve();
  private readonly netImport = new CompensatedSum();
  private readonly cost = new CompensatedSum();
  private readonly squares = new CompensatedSum();

  constructor(
    private readonly bids: Bids,
    private readonly responses: ResponseFunctions,
    knotCapacity: number,
  ) {
    // At a point of a device curve one slope ends and another begins.
    const capacity = 2 * knotCapacity;
    this.eventPrice = new Float64Array(capacity);
    this.eventSlope = new Float64Array(capacity);
    this.eventPurchase = new Float64Array(capacity);
    this.eventEntry = new Int8Array(capacity);
    this.eventJump = new Float64Array(capacity);
    this.order = new Int32Array(capacity);
    this.scratch = new Int32Array(capacity);
  }

  build(community: number): void {
    this.collectEvents(community);
    sortedOrder(this.eventPrice, this.eventCount, this.order, this.scratch);
    this.sweep(community);
  }

  /** Every prosumer at its lower bound, and the prices at which its output changes slope. */
  private collectEvents(community: number): void {
    const { demandKw, pMinKw, pMaxKw, costQuadratic, costLinear, deviceStart } =
      this.bids.prosumers;
    const anyDevices = deviceStart.length > 0;
    const kappa = this.responses.kappa[community];
    this.eventCount = 0;
    this.netImport.reset();
    this.cost.reset();
    this.squares.reset();
    const end = this.bids.prosumerStart[community + 1];
    for (let i = this.bids.prosumerStart[community]; i < end; i += 1) {
      const demand = demandKw[i];
      const low = pMinKw[i];
      this.netImport.add(demand);
      this.netImport.add(-low);
      this.squares.add((demand - low) * (demand - low));
      if (anyDevices && deviceStart[i + 1] > deviceStart[i]) {
        this.collectDeviceEvents(i, demand, kappa);
        continue;
      }
      const quadratic = costQuadratic[i];
      const linear = costLinear[i];
      this.cost.add((0.5 * quadratic * low + linear) * low);
      const high = pMaxKw[i];
      if (high <= low) continue;
      const stiffness = quadratic + kappa;
      if (stiffness === 0) {
        this.addEvent(linear, 0, 0, high - low);
        continue;
      }
      const slope = 1 / stiffness;
      this.addEvent(linear + quadratic * low - kappa * (demand - low), slope, demand - low, 0);
      this.addEvent(linear + quadratic * high - kappa * (demand - high), -slope, demand - high, 0);
    }
  }

  private collectDeviceEvents(prosumer: number, demand: number, kappa: number): void {
    const curve = this.deviceCurve;
    const { deviceStart } = this.bids.prosumers;
    curve.load(this.bids.devices, deviceStart[prosumer], deviceStart[prosumer + 1]);
    this.cost.add(curve.cost[0]);
    let slopeBefore = 0;
    for (let k = 0; k < curve.pointCount; k += 1) {
      const purchase = demand - curve.output[k];
      const price = curve.marginalCost[k] - kappa * purchase;
      const isVertical = kappa === 0 && curve.slope[k] === Number.POSITIVE_INFINITY;
      const isFlat = isVertical || curve.slope[k] === 0;
      const slopeAfter = isFlat ? 0 : 1 / (1 / curve.slope[k] + kappa);
      if (slopeAfter !== slopeBefore) {
        if (slopeAfter > 0) this.addEvent(price, slopeAfter, purchase, 0);
        if (slopeBefore > 0) this.addEvent(price, -slopeBefore, purchase, 0);
      }
      if (isVertical) this.addEvent(price, 0, purchase, curve.output[k + 1] - curve.output[k]);
      slopeBefore = slopeAfter;
    }
  }

  private addEvent(price: number, slope: number, purchase: number, jump: number): void {
    const event = this.eventCount;
    this.eventPrice[event] = price;
    this.eventSlope[event] = slope;
    this.eventPurchase[event] = purchase;
    this.eventEntry[event] = Math.sign(slope);
    this.eventJump[event] = jump;
    this.eventCount = event + 1;
  }

  private sweep(community: number): void {
    const { responses, order, eventPrice, eventSlope, eventPurchase, eventEntry, eventJump } = this;
    const kappa = responses.kappa[community];
    const first = responses.knotStart[community];
    responses.largestImport[community] = this.netImport.value;
    responses.costAtLargestImport[community] = this.cost.value;
    responses.potentialAtLargestImport[community] =
      this.cost.value + 0.5 * kappa * this.squares.value;

    // Σ_A s_i, Σ_A s_i² and Σ_A s_i x_i as compensated sums: the sum, and what rounding left out of it.
    let active = 0;
    let slope = 0;
    let slopeRest = 0;
    let squares = 0;
    let squaresRest = 0;
    let purchase = 0;
    let purchaseRest = 0;
    let knot = first - 1;
    let price = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < this.eventCount; k += 1) {
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
      if (eventJump[event] > 0) {
        this.writeVertical(knot, eventJump[event]);
        knot += 1;
        this.writeKnot(knot, price);
        continue;
      }
      active += eventEntry[event];
      if (active === 0) {
        // In closed form: no rounding survives.
        slope = slopeRest = squares = squaresRest = purchase = purchaseRest = 0;
        continue;
      }
      const ofSlope = eventSlope[event];
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
    responses.knotCount[community] = knot - first + 1;
    responses.smallestImport[community] = this.netImport.value;
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
