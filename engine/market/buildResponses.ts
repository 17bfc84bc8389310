/**
 * Builds response functions from bids: every prosumer gives the prices at which its output changes
 * slope; sorted, one sweep over them (sweep.ts) gives import, cost and their derivatives (docs/model.md
 * section 2). Here from all of a community's bids at once; see windowedResponses.ts for large communities.
 *
 * A prosumer at output p in its market stands at the price λ with C_i'(p) = λ + κ (D_i − p), so a
 * bound p̄ is met at  λ = b_i + c_i p̄ − κ (D_i − p̄).
 *
 * Ties are kept in row order: the bytes do not depend on who builds which community.
 */
import { CompensatedSum } from '../base/compensated.js';
import { sortedOrder } from '../base/order.js';
import type { ProsumerTable } from '../case/case.js';
import { AnswerEvents } from './answerEvents.js';
import { type DeviceBids, DeviceCurve } from './deviceCurve.js';
import type { ResponseFunctions } from './responseFunction.js';
import { newSweepStart, Sweep } from './sweep.js';

/** The numeric columns of the bids; what a worker thread needs, all in shared memory. */
export interface Bids {
  readonly prosumerStart: Int32Array;
  readonly prosumers: Omit<ProsumerTable, 'id' | 'demandKvar'>;
  readonly devices: DeviceBids;
}

/** Most knots that each community can have; `ever`: whatever the bounds of its prosumers become. */
export function countKnotCapacity(bids: Bids, when: 'now' | 'ever' = 'now'): Int32Array {
  const { pMinKw, pMaxKw, deviceStart } = bids.prosumers;
  const anyDevices = deviceStart.length > 0;
  const communities = bids.prosumerStart.length - 1;
  const capacity = new Int32Array(communities);
  for (let m = 0; m < communities; m += 1) {
    let knots = 0;
    for (let i = bids.prosumerStart[m]; i < bids.prosumerStart[m + 1]; i += 1) {
      const devices = anyDevices ? deviceStart[i + 1] - deviceStart[i] : 0;
      if (when === 'ever' || pMinKw[i] < pMaxKw[i]) knots += devices === 0 ? 2 : 4 * devices + 1;
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
  private readonly events: AnswerEvents;
  private readonly order: Int32Array;
  private readonly scratch: Int32Array;
  private readonly start = newSweepStart();
  private readonly sweep: Sweep;
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
    this.events = new AnswerEvents(capacity);
    this.order = new Int32Array(capacity);
    this.scratch = new Int32Array(capacity);
    this.sweep = new Sweep(responses);
  }

  build(community: number): void {
    const { events, order, scratch, start } = this;
    this.collectEvents(community);
    sortedOrder(events.price, events.count, order, scratch);
    start.netImport = this.netImport.value;
    start.cost = this.cost.value;
    start.squaredPurchase = this.squares.value;
    this.sweep.run(community, start, events, order);
  }

  /** Every prosumer at its lower bound, and the prices at which its output changes slope. */
  private collectEvents(community: number): void {
    const { demandKw, pMinKw, pMaxKw, costQuadratic, costLinear, deviceStart } =
      this.bids.prosumers;
    const { events } = this;
    const kappa = this.responses.kappa[community];
    const anyDevices = deviceStart.length > 0;
    events.count = 0;
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
        this.deviceCurve.load(this.bids.devices, deviceStart[i], deviceStart[i + 1]);
        this.cost.add(this.deviceCurve.cost[0]);
        addDeviceEvents(this.deviceCurve, demand, kappa, events);
        continue;
      }
      const quadratic = costQuadratic[i];
      const linear = costLinear[i];
      this.cost.add((0.5 * quadratic * low + linear) * low);
      const high = pMaxKw[i];
      if (high <= low) continue;
      const stiffness = quadratic + kappa;
      if (stiffness === 0) {
        events.add(linear, 0, high - low);
        continue;
      }
      const slope = 1 / stiffness;
      events.add(linear + quadratic * low - kappa * (demand - low), slope, demand - low);
      events.add(linear + quadratic * high - kappa * (demand - high), -slope, demand - high);
    }
  }
}

/** Where a prosumer with several devices changes the slope of its answer. */
export function addDeviceEvents(
  curve: DeviceCurve,
  demand: number,
  kappa: number,
  events: AnswerEvents,
): void {
  let slopeBefore = 0;
  for (let k = 0; k < curve.pointCount; k += 1) {
    const purchase = demand - curve.output[k];
    const price = curve.marginalCost[k] - kappa * purchase;
    const isVertical = kappa === 0 && curve.slope[k] === Number.POSITIVE_INFINITY;
    const isFlat = isVertical || curve.slope[k] === 0;
    const slopeAfter = isFlat ? 0 : 1 / (1 / curve.slope[k] + kappa);
    if (slopeAfter !== slopeBefore) {
      if (slopeAfter > 0) events.add(price, slopeAfter, purchase);
      if (slopeBefore > 0) events.add(price, -slopeBefore, purchase);
    }
    if (isVertical) events.add(price, 0, curve.output[k + 1] - curve.output[k]);
    slopeBefore = slopeAfter;
  }
}
