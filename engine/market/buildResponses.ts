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
import { CompensatedSum } from '../base/compensated.js';
import { sortedOrder } from '../base/order.js';
import type { ProsumerTable } from '../case/case.js';
import { type DeviceBids, DeviceCurve } from './deviceCurve.js';
import type { ResponseFunctions } from './responseFunction.js';

/** The numeric columns of the bids; what a worker thread needs, all in shared memory. */
export interface Bids {
  readonly prosumerStart: Int32Array;
  readonly prosumers: Omit<ProsumerTable, 'id' | 'community' | 'demandKvar'>;
  readonly devices: DeviceBids;
}

/** Most knots that each community can have. */
export function countKnotCapacity(bids: Bids): Int32Array {
  const { pMinKw, pMaxKw, deviceStart } = bids.prosumers;
  const communities = bids.prosumerStart.length - 1;
  const capacity = new Int32Array(communities);
  for (let m = 0; m < communities; m += 1) {
    let knots = 0;
    for (let i = bids.prosumerStart[m]; i < bids.prosumerStart[m + 1]; i += 1) {
      const devices = deviceStart[i + 1] - deviceStart[i];
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
  private readonly eventSlopeBefore: Float64Array;
  private readonly eventSlopeAfter: Float64Array;
  private readonly eventPurchase: Float64Array;
  /** Output that is added at one price, where κ = 0 and c = 0. */
  private readonly eventJump: Float64Array;
  private readonly order: Int32Array;
  private readonly scratch: Int32Array;
  private eventCount = 0;

  private readonly deviceCurve = new DeviceCurve();
  private readonly netImport = new CompensatedSum();
  private readonly cost = new CompensatedSum();
  private readonly squares = new CompensatedSum();
  private readonly slope = new CompensatedSum();
  private readonly squaredSlope = new CompensatedSum();
  private readonly weightedPurchase = new CompensatedSum();
  private activeCount = 0;

  constructor(
    private readonly bids: Bids,
    private readonly responses: ResponseFunctions,
    capacity: number,
  ) {
    this.eventPrice = new Float64Array(capacity);
    this.eventSlopeBefore = new Float64Array(capacity);
    this.eventSlopeAfter = new Float64Array(capacity);
    this.eventPurchase = new Float64Array(capacity);
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
      if (deviceStart[i + 1] > deviceStart[i]) {
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
        this.addEvent(linear, 0, 0, 0, high - low);
        continue;
      }
      const slope = 1 / stiffness;
      this.addEvent(linear + quadratic * low - kappa * (demand - low), 0, slope, demand - low, 0);
      this.addEvent(
        linear + quadratic * high - kappa * (demand - high),
        slope,
        0,
        demand - high,
        0,
      );
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
      if (kappa === 0 && curve.slope[k] === Number.POSITIVE_INFINITY) {
        this.addEvent(price, slopeBefore, 0, purchase, curve.output[k + 1] - curve.output[k]);
        slopeBefore = 0;
        continue;
      }
      const slopeAfter = curve.slope[k] === 0 ? 0 : 1 / (1 / curve.slope[k] + kappa);
      if (slopeAfter === slopeBefore) continue;
      this.addEvent(price, slopeBefore, slopeAfter, purchase, 0);
      slopeBefore = slopeAfter;
    }
  }

  private addEvent(
    price: number,
    slopeBefore: number,
    slopeAfter: number,
    purchase: number,
    jump: number,
  ): void {
    const event = this.eventCount;
    this.eventPrice[event] = price;
    this.eventSlopeBefore[event] = slopeBefore;
    this.eventSlopeAfter[event] = slopeAfter;
    this.eventPurchase[event] = purchase;
    this.eventJump[event] = jump;
    this.eventCount = event + 1;
  }

  private sweep(community: number): void {
    const { responses, order, eventPrice, eventJump } = this;
    const kappa = responses.kappa[community];
    const first = responses.knotStart[community];
    responses.largestImport[community] = this.netImport.value;
    responses.costAtLargestImport[community] = this.cost.value;
    responses.potentialAtLargestImport[community] =
      this.cost.value + 0.5 * kappa * this.squares.value;
    this.clearActive();

    let knot = first - 1;
    let price = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < this.eventCount; k += 1) {
      const event = order[k];
      if (eventPrice[event] !== price) {
        if (this.activeCount > 0) this.passSegment(knot, price, eventPrice[event], kappa);
        price = eventPrice[event];
        knot += 1;
        this.writeKnot(knot, price);
      }
      const jump = eventJump[event];
      if (jump > 0) {
        this.writeVertical(knot);
        this.netImport.add(-jump);
        this.cost.add(price * jump);
        knot += 1;
        this.writeKnot(knot, price);
      }
      this.changeActive(event);
    }
    responses.knotCount[community] = knot - first + 1;
    responses.smallestImport[community] = this.netImport.value;
  }

  /** Closed form of the running sums where nobody is inside its bounds: no rounding survives. */
  private clearActive(): void {
    this.activeCount = 0;
    this.slope.reset();
    this.squaredSlope.reset();
    this.weightedPurchase.reset();
  }

  private changeActive(event: number): void {
    const before = this.eventSlopeBefore[event];
    const after = this.eventSlopeAfter[event];
    if (before === after) return;
    if (before === 0) this.activeCount += 1;
    if (after === 0) this.activeCount -= 1;
    if (this.activeCount === 0) {
      this.clearActive();
      return;
    }
    const purchase = this.eventPurchase[event];
    if (before === 0 || after === 0) {
      this.changeSums(after - before, after * after - before * before, purchase);
    } else {
      // A difference of two slopes would be rounded.
      this.changeSums(after, after * after, purchase);
      this.changeSums(-before, -before * before, purchase);
    }
  }

  private changeSums(slope: number, squaredSlope: number, purchase: number): void {
    this.slope.add(slope);
    this.squaredSlope.add(squaredSlope);
    this.weightedPurchase.add(slope * purchase);
  }

  /** Writes the derivatives on the segment that begins at a knot, and moves on to its end. */
  private passSegment(knot: number, from: number, to: number, kappa: number): void {
    const { responses } = this;
    const slope = this.slope.value;
    const squaredSlope = this.squaredSlope.value;
    const purchase = this.weightedPurchase.value;
    responses.slope[knot] = slope;
    responses.marginalCost[knot] = -(from + (kappa * purchase) / slope);
    const strategic = 1 - (kappa * squaredSlope) / slope;
    responses.curvature[knot] = Math.max(strategic, 0) / slope;

    const rise = to - from;
    const fall = squaredSlope * rise;
    this.netImport.add(-slope * rise);
    this.cost.add(0.5 * slope * (from + to) * rise);
    this.cost.add(0.5 * kappa * (purchase + (purchase - fall)) * rise);
    this.weightedPurchase.add(-fall);
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

  private writeVertical(knot: number): void {
    this.responses.slope[knot] = Number.POSITIVE_INFINITY;
    this.responses.marginalCost[knot] = -this.responses.price[knot];
  }
}
