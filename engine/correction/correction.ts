/**
 * The last clearing corrected for what has changed: Newton's method on the optimality conditions of the exact
 * equations (stationarySystem.ts), from the last prices and imports, with limits held and let go by the sign of
 * their prices. It proves nothing. What it finds is a point like any other: its outcome is evaluated by the
 * exact power flow, and the bound that its prices give decides whether it is the optimum.
 */
import type { CostCurves } from '../market/costCurve.js';
import type { RevenueCurves } from '../market/revenueCurve.js';
import { createPowerFlow } from '../network/powerFlow.js';
import type { NetworkPrices } from '../program/lagrangian.js';
import type { MarketFrame } from '../program/networkProgram.js';
import { firstHold, Hold, heldValue, nextHold } from './activeLimits.js';
import { LocalAnswers } from './localAnswers.js';
import type { StationaryPlaces } from './stationaryPlaces.js';
import { newStationaryPoint, type StationaryPoint, senderVoltage } from './stationaryPoint.js';
import { type Holds, StationarySystem, tariffAt } from './stationarySystem.js';

/** Where a correction begins, and what it finds. */
export interface CorrectedPoint {
  /** By community, kW. */
  readonly netImport: Float64Array;
  /** By junction, pu. */
  readonly freeReactive: Float64Array;
  readonly prices: NetworkPrices;
}

/** Steps; four to six are usual. */
const STEP_LIMIT = 20;

/** What may be left of the conditions, in pu and in units of the price scale. */
const TOLERANCE = 1e-11;

/** A current this near its limit, as a share of it, may have been held there. */
const NEAR_LIMIT = 1e-6;

export class Correction {
  /** Newton steps of the last correction. */
  steps = 0;
  private readonly point: StationaryPoint;
  private readonly holds: Holds;
  private readonly answers: LocalAnswers;
  private readonly system: StationarySystem;
  private readonly priceScale: number;

  constructor(
    private readonly frame: MarketFrame,
    private readonly places: StationaryPlaces,
    curves: CostCurves,
    private readonly revenues: RevenueCurves | undefined,
  ) {
    const { network, market } = frame;
    const branches = network.parent.length;
    this.priceScale = Math.max(Math.abs(market.gridBuy), Math.abs(market.gridSell), 1);
    this.point = newStationaryPoint(branches);
    this.holds = {
      squaredVoltage: new Uint8Array(branches),
      freeReactive: new Uint8Array(branches),
      current: new Uint8Array(branches),
      exchange: Hold.free,
      revenue: false,
    };
    this.answers = new LocalAnswers(curves, revenues);
    this.system = new StationarySystem(network, market, places, this.priceScale);
  }

  /** A stationary point near the given one; undefined where none is reached. */
  find(start: CorrectedPoint): CorrectedPoint | undefined {
    if (!this.begin(start)) return undefined;
    const { point, holds, answers, system } = this;
    system.evaluate(point, holds, answers);
    this.firstHolds();
    system.evaluate(point, holds, answers);
    for (this.steps = 0; this.steps < STEP_LIMIT; this.steps += 1) {
      if (!system.takeStep(point, holds)) return undefined;
      system.evaluate(point, holds, answers);
      if (this.updateHolds()) system.evaluate(point, holds, answers);
      else if (system.largestResidual(holds) <= TOLERANCE) return this.found();
    }
    return undefined;
  }

  /** From the state that the power flow gives to the imports; false where it has none. */
  private begin({ netImport, freeReactive, prices }: CorrectedPoint): boolean {
    const { frame, point, priceScale } = this;
    const { network, market } = frame;
    this.answers.beginAt(netImport);
    const flow = createPowerFlow(network);
    const active = new Float64Array(network.junctionCount);
    const reactive = Float64Array.from(market.reactiveDemand, (demand, j) => {
      return demand + freeReactive[j];
    });
    this.answers.netImport.forEach((value, m) => {
      active[market.junction[m]] += value / network.baseKva;
    });
    if (flow.solve(active, reactive) === 'diverged') return false;
    point.active[0] = prices.active[0] / priceScale;
    for (let e = 0; e < network.parent.length; e += 1) {
      point.activeFlow[e] = flow.activeFlow[e];
      point.reactiveFlow[e] = flow.reactiveFlow[e];
      point.squaredVoltage[e] = flow.squaredVoltage[e + 1];
      point.freeReactive[e] = freeReactive[e + 1];
      point.active[e + 1] = prices.active[e + 1] / priceScale;
      point.reactive[e] = prices.reactive[e + 1] / priceScale;
      point.voltageDrop[e] = prices.voltageDrop[e] / priceScale;
      point.current[e] = 0;
    }
    point.exchange = flow.rootActive;
    point.revenue = prices.revenue;
    return true;
  }

  /** What the given point seems to hold. */
  private firstHolds(): void {
    const { frame, point, holds, system } = this;
    const { network, market } = frame;
    for (let e = 0; e < network.parent.length; e += 1) {
      const low = network.vMin[e + 1];
      const high = network.vMax[e + 1];
      const voltage = point.squaredVoltage[e];
      const hold = firstHold(voltage, low, high, system.voltageGradient[e]);
      holds.squaredVoltage[e] = hold;
      point.squaredVoltage[e] = heldValue(hold, voltage, low, high);
      const least = market.reactiveMin[e + 1];
      const most = market.reactiveMax[e + 1];
      const reactive = Math.min(Math.max(point.freeReactive[e], least), most);
      const reactiveHold = firstHold(reactive, least, most, point.reactive[e]);
      holds.freeReactive[e] = reactiveHold;
      point.freeReactive[e] = heldValue(reactiveHold, reactive, least, most);
      this.firstCurrent(e);
    }
    holds.exchange = this.firstExchange();
    holds.revenue = this.revenues !== undefined && point.revenue > 0;
    if (!holds.revenue) point.revenue = 0;
  }

  /** The price of a current limit is what the flow's own condition lacks. */
  private firstCurrent(e: number): void {
    const { network } = this.frame;
    const { point, holds, system, places } = this;
    holds.current[e] = 0;
    const limit = network.currentLimit[e];
    if (!(system.squaredCurrent[e] >= (1 - NEAR_LIMIT) * limit)) return;
    const slope =
      (2 * point.activeFlow[e]) / (network.senderFactor[e] * senderVoltage(network, point, e));
    const missing = system.residual[places.rows.activeFlow + e];
    const price = slope === 0 ? 0 : -missing / slope;
    if (price <= 0) return;
    holds.current[e] = 1;
    point.current[e] = price;
  }

  private firstExchange(): number {
    const { point, frame } = this;
    const { gridBuy, gridSell, gridLimit } = frame.market;
    const scale = this.priceScale / (1 + point.revenue);
    const price = point.active[0] * scale;
    const tariff = tariffAt(frame.market, point.exchange);
    const size = Math.max(Math.abs(gridBuy - gridSell), 1);
    if (Math.abs(point.exchange) >= gridLimit * (1 - NEAR_LIMIT)) {
      const isHigh = point.exchange > 0;
      if (isHigh ? price > gridBuy : price < gridSell) {
        point.exchange = isHigh ? gridLimit : -gridLimit;
        return isHigh ? Hold.high : Hold.low;
      }
    }
    const isBetween = price > gridSell + NEAR_LIMIT * size && price < gridBuy - NEAR_LIMIT * size;
    if (isBetween && Math.abs(price - tariff) > NEAR_LIMIT * size) {
      point.exchange = 0;
      return Hold.fixed;
    }
    return Hold.free;
  }

  /** Holds and lets go; whether anything changed. */
  private updateHolds(): boolean {
    const { frame, point, holds, system, places } = this;
    const { network, market } = frame;
    let changed = false;
    for (let e = 0; e < network.parent.length; e += 1) {
      const j = e + 1;
      const low = network.vMin[j];
      const high = network.vMax[j];
      const voltage = point.squaredVoltage[e];
      const before = holds.squaredVoltage[e];
      const hold = nextHold(before, voltage, low, high, system.voltageGradient[e]);
      if (hold !== before) {
        holds.squaredVoltage[e] = hold;
        point.squaredVoltage[e] = heldValue(hold, voltage, low, high);
        changed = true;
      }
      const least = market.reactiveMin[j];
      const most = market.reactiveMax[j];
      const reactive = point.freeReactive[e];
      const held = holds.freeReactive[e];
      const next = nextHold(held, reactive, least, most, point.reactive[e]);
      if (next !== held) {
        holds.freeReactive[e] = next;
        point.freeReactive[e] = heldValue(next, reactive, least, most);
        changed = true;
      }
      if (places.limited[e] >= 0 && this.updateCurrent(e)) changed = true;
    }
    if (this.updateExchange()) changed = true;
    return this.updateRevenue() || changed;
  }

  private updateCurrent(e: number): boolean {
    const { point, holds, system } = this;
    if (holds.current[e] === 1) {
      if (point.current[e] >= 0) return false;
      holds.current[e] = 0;
      point.current[e] = 0;
      return true;
    }
    if (system.squaredCurrent[e] <= this.frame.network.currentLimit[e] + TOLERANCE) return false;
    holds.current[e] = 1;
    return true;
  }

  private updateExchange(): boolean {
    const { point, holds, frame, priceScale } = this;
    const { gridBuy, gridSell, gridLimit } = frame.market;
    const before = holds.exchange;
    const price = (point.active[0] * priceScale) / (1 + point.revenue);
    const rounding = TOLERANCE * priceScale;
    if (before === Hold.free) {
      const next = nextHold(before, point.exchange, -gridLimit, gridLimit, 0);
      if (next !== Hold.free) {
        holds.exchange = next;
        point.exchange = heldValue(next, point.exchange, -gridLimit, gridLimit);
        return true;
      }
      // A step from buying to selling, or back: between them the price is open.
      const was = price > 0.5 * (gridBuy + gridSell);
      if (gridBuy > gridSell && was !== point.exchange > 0) {
        holds.exchange = Hold.fixed;
        point.exchange = 0;
        return true;
      }
      return false;
    }
    const isFree =
      before === Hold.fixed
        ? price > gridBuy + rounding || price < gridSell - rounding
        : before === Hold.high
          ? price < gridBuy - rounding
          : price > gridSell + rounding;
    if (!isFree) return false;
    if (before === Hold.fixed) point.exchange = price > gridBuy ? TOLERANCE : -TOLERANCE;
    holds.exchange = Hold.free;
    return true;
  }

  private updateRevenue(): boolean {
    const { point, holds, system } = this;
    if (this.revenues === undefined) return false;
    const isBinding = holds.revenue ? point.revenue >= 0 : system.deficit > TOLERANCE;
    if (isBinding === holds.revenue) return false;
    holds.revenue = isBinding;
    point.revenue = Math.max(point.revenue, 0);
    return true;
  }

  private found(): CorrectedPoint {
    const { frame, point, priceScale } = this;
    const { network } = frame;
    const scaled = (values: Float64Array): Float64Array => values.map((v) => v * priceScale);
    const byJunction = (values: Float64Array, atRoot: number): Float64Array =>
      Float64Array.from({ length: network.junctionCount }, (_, j) =>
        j === 0 ? atRoot : values[j - 1],
      );
    return {
      netImport: this.answers.netImport.slice(),
      freeReactive: byJunction(point.freeReactive, 0),
      prices: {
        active: scaled(point.active),
        reactive: scaled(byJunction(point.reactive, 0)),
        voltageDrop: scaled(point.voltageDrop),
        squaredVoltage: byJunction(point.squaredVoltage, network.rootVoltage),
        revenue: point.revenue,
      },
    };
  }
}
