/**
 * The limits that a correction holds as equations: which it begins with, and which it takes up and lets go after a
 * step (activeLimits.ts).
 */
import type { MarketFrame } from '../program/networkProgram.js';
import { firstHold, Hold, heldValue, nextHold } from './activeLimits.js';
import type { StationaryPlaces } from './stationaryPlaces.js';
import { type StationaryPoint, senderVoltage } from './stationaryPoint.js';
import { type Holds, type StationarySystem, tariffAt } from './stationarySystem.js';

/** A current this near its limit, as a share of it, may have been held there. */
const NEAR_LIMIT = 1e-6;

/** What rounding leaves of limits and prices, in pu and in units of the price scale. */
const ROUNDING = 1e-11;

export class HeldLimits {
  readonly holds: Holds;

  /**
   * @param point moved to the limits that it is held at
   * @param system evaluated at the point
   */
  constructor(
    private readonly frame: MarketFrame,
    private readonly places: StationaryPlaces,
    private readonly point: StationaryPoint,
    private readonly system: StationarySystem,
    private readonly priceScale: number,
  ) {
    const branches = frame.network.parent.length;
    this.holds = {
      squaredVoltage: new Uint8Array(branches),
      freeReactive: new Uint8Array(branches),
      current: new Uint8Array(branches),
      exchange: Hold.free,
      revenue: false,
    };
  }

  /** What the given point seems to hold. */
  begin(): void {
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
    holds.revenue = false;
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

  /**
   * Holds and lets go after a step; whether anything changed. Of the voltages beyond their limits only the furthest is held:
   * it takes most of the others along, and two that cannot both be held leave no step.
   */
  update(): boolean {
    const { frame, point, holds, system, places } = this;
    const { network, market } = frame;
    let changed = false;
    let furthest = -1;
    let beyond = 0;
    for (let e = 0; e < network.parent.length; e += 1) {
      const j = e + 1;
      const voltage = point.squaredVoltage[e];
      const before = holds.squaredVoltage[e];
      const gradient = system.voltageGradient[e];
      const hold = nextHold(before, voltage, network.vMin[j], network.vMax[j], gradient);
      if (hold !== before && hold === Hold.free) {
        holds.squaredVoltage[e] = hold;
        changed = true;
      } else if (hold !== before) {
        const excess = Math.max(voltage - network.vMax[j], network.vMin[j] - voltage);
        if (excess > beyond) furthest = e;
        beyond = Math.max(beyond, excess);
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
    if (furthest >= 0) {
      this.holdVoltage(furthest);
      changed = true;
    }
    return this.updateExchange() || changed;
  }

  private holdVoltage(e: number): void {
    const { network } = this.frame;
    const { point, holds } = this;
    const isHigh = point.squaredVoltage[e] > network.vMax[e + 1];
    holds.squaredVoltage[e] = isHigh ? Hold.high : Hold.low;
    point.squaredVoltage[e] = isHigh ? network.vMax[e + 1] : network.vMin[e + 1];
  }

  private updateCurrent(e: number): boolean {
    const { point, holds, system } = this;
    if (holds.current[e] === 1) {
      if (point.current[e] >= 0) return false;
      holds.current[e] = 0;
      point.current[e] = 0;
      return true;
    }
    if (system.squaredCurrent[e] <= this.frame.network.currentLimit[e] + ROUNDING) return false;
    holds.current[e] = 1;
    return true;
  }

  private updateExchange(): boolean {
    const { point, holds, frame, priceScale } = this;
    const { gridBuy, gridSell, gridLimit } = frame.market;
    const before = holds.exchange;
    const price = (point.active[0] * priceScale) / (1 + point.revenue);
    const rounding = ROUNDING * priceScale;
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
    if (before === Hold.fixed) point.exchange = price > gridBuy ? ROUNDING : -ROUNDING;
    holds.exchange = Hold.free;
    return true;
  }
}
