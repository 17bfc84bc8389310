/**
 * A solution nearby corrected for what has changed: Newton's method on the optimality conditions of the exact
 * equations (stationarySystem.ts), from its prices and imports, with limits held and let go by the sign of
 * their prices.
 *
 * Every community then is asked what is best over its whole range at the prices found. One that wants another
 * import is moved there, and one that wants to go back is mixed of both (localAnswers.ts), until all are content:
 * the solution of the relaxation with convex envelopes, without any envelope. It proves nothing. The bound that
 * its prices give, and the exact power flow of its outcome, decide what it is worth.
 */
import type { AnswerCurves } from '../market/answerCurves.js';
import { findLeastAnswer, type LeastAnswer } from '../market/leastAnswer.js';
import { createPowerFlow } from '../network/powerFlow.js';
import type { NetworkPrices } from '../program/lagrangian.js';
import type { MarketFrame } from '../program/networkProgram.js';
import { firstHold, Hold, heldValue, nextHold } from './activeLimits.js';
import { type ImportLimits, LocalAnswers } from './localAnswers.js';
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

/** A corrected point at which every community is content. */
export interface RelaxedMarket extends CorrectedPoint {
  /** Σ min F_m − μ R_m + p_m X over the limits of imports, at its prices, $/h. */
  readonly leastAnswers: number;
  /** Communities between two imports (kW), both as good as any, and the share of the second. */
  readonly mixed: readonly {
    readonly community: number;
    readonly ends: readonly [number, number];
    readonly share: number;
  }[];
}

/** Steps of one correction; one to four are usual. */
const STEP_LIMIT = 20;

/** Corrections until all communities are content; one or two are usual. */
const ROUND_LIMIT = 40;

/** What may be left of the conditions, in pu and in units of the price scale. */
const TOLERANCE = 1e-11;

/** A current this near its limit, as a share of it, may have been held there. */
const NEAR_LIMIT = 1e-6;

/** One community may be off by this share of what they may be off by together, divided by all of them. */
const CONTENT_SHARE = 0.1;

/** Shares this far beyond 0 and 1 do not come back. */
const FAR_BEYOND = 1;

/** How often the bill may begin or cease to count before it is left out. */
const MOST_REVENUE_TURNS = 3;

/** A community moves at once by this share of its range at most, and is mixed beyond. */
const SMALL_LEAP = 0.05;

export class Correction {
  private readonly point: StationaryPoint;
  private readonly holds: Holds;
  private readonly answers: LocalAnswers;
  private readonly system: StationarySystem;
  private readonly priceScale: number;
  /** By community: how often it was moved in this correction. */
  private readonly moves: Uint8Array;
  /** How often the bill began or ceased to count in this run of steps. */
  private revenueTurns = 0;
  /** See RelaxedMarket; of the prices that everybody was asked about last. */
  private leastAnswers = 0;
  /** While μ is a given number, whatever the bill. */
  private revenueIsFixed = false;
  private readonly least: LeastAnswer = { netImport: 0, value: 0, knot: -1 };

  /** @param limits of imports, which may change between corrections */
  constructor(
    private readonly frame: MarketFrame,
    private readonly places: StationaryPlaces,
    private readonly curves: AnswerCurves,
    private readonly limits: ImportLimits,
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
    this.answers = new LocalAnswers(curves.costs, curves.revenues, limits);
    this.system = new StationarySystem(network, market, places, this.priceScale);
    this.moves = new Uint8Array(curves.costs.arcCount.length);
  }

  /**
   * A stationary point near the given one with every community content; undefined where none is reached.
   *
   * @param allowed what all communities together may be off by, $/h
   */
  relax(start: CorrectedPoint, allowed: number): RelaxedMarket | undefined {
    if (!this.begin(start)) return undefined;
    const { point, holds, answers, system } = this;
    system.evaluate(point, holds, answers);
    this.firstHolds();
    // At a fixed μ answers follow from prices of the network alone; then the bill is covered from there.
    this.revenueIsFixed = this.curves.revenues !== undefined;
    if (this.revenueIsFixed && !this.satisfy(allowed)) return undefined;
    this.revenueIsFixed = false;
    holds.revenue = this.curves.revenues !== undefined && point.revenue > 0;
    return this.satisfy(allowed) ? this.relaxed() : undefined;
  }

  /** Corrections until all communities are content; false where one fails, or they never are. */
  private satisfy(allowed: number): boolean {
    this.moves.fill(0);
    for (let round = 0; round < ROUND_LIMIT; round += 1) {
      if (!this.converge()) return false;
      const haveSettled = this.settleMixtures();
      if (this.makeContent(allowed) && haveSettled && this.coversBill()) return true;
    }
    return false;
  }

  /**
   * The stationary points with every mixed community of the relaxed market found last at one of its imports, one
   * for each choice.
   *
   * @param choices by mixed community, in their order, whether it takes the second import
   */
  *complete(choices: readonly (readonly boolean[])[]): Generator<CorrectedPoint> {
    const { answers } = this;
    const relaxed = answers.saved();
    for (const choice of choices) {
      answers.restore(relaxed);
      relaxed.mixed.forEach((m, k) => {
        answers.unmix(m, choice[k] === true ? 'other' : 'first');
      });
      if (this.converge()) yield this.found();
    }
  }

  /** Newton's method with the arcs that communities are on; false where it does not converge. */
  private converge(): boolean {
    const { point, holds, answers, system } = this;
    this.revenueTurns = 0;
    system.evaluate(point, holds, answers);
    for (let step = 0; step < STEP_LIMIT; step += 1) {
      if (!system.takeStep(point, holds, answers)) return false;
      system.evaluate(point, holds, answers);
      const hasChanged = this.endMixtures();
      if (this.updateHolds() || hasChanged) system.evaluate(point, holds, answers);
      else if (system.largestResidual(holds, answers) <= TOLERANCE) return true;
    }
    return false;
  }

  /** Whether the bill is covered, or does not count now. */
  private coversBill(): boolean {
    const { curves, holds, revenueIsFixed, system } = this;
    if (curves.revenues === undefined || revenueIsFixed || holds.revenue) return true;
    return system.deficit <= TOLERANCE;
  }

  /** Ends mixtures of what has become one import, or far beyond either; whether there were any. */
  private endMixtures(): boolean {
    const { answers } = this;
    let ended = false;
    for (const m of [...answers.mixed]) {
      const share = answers.share[m];
      const isOne = answers.areOne(m);
      if (!isOne && share > -FAR_BEYOND && share < 1 + FAR_BEYOND) continue;
      answers.unmix(m, isOne || share < 0 ? 'first' : 'other');
      ended = true;
    }
    return ended;
  }

  /** Mixtures that want more than the whole of one import end; false where one did. */
  private settleMixtures(): boolean {
    const { answers } = this;
    let settled = true;
    for (const m of [...answers.mixed]) {
      const share = answers.share[m];
      if (share >= 0 && share <= 1) continue;
      answers.unmix(m, share < 0 ? 'first' : 'other');
      settled = false;
    }
    return settled;
  }

  /**
   * Moves the community that could gain most by another import, or mixes it in; true where all are content. One
   * at a time: once prices have followed, most of the others are content where they are.
   */
  private makeContent(allowed: number): boolean {
    const { answers, limits, moves, point } = this;
    const content = (CONTENT_SHARE * allowed) / Math.max(moves.length, 1);
    let off = 0;
    this.leastAnswers = 0;
    let widest = content;
    let wanting = -1;
    for (let m = 0; m < moves.length; m += 1) {
      const own = answers.valueOf(m, this.priceOf(m), point.revenue);
      this.findLeast(m);
      this.leastAnswers += this.least.value;
      const gain = own - this.least.value;
      if (gain > content) off += gain;
      if (gain <= widest) continue;
      widest = gain;
      wanting = m;
    }
    if (!(off > allowed) || wanting < 0) return true;
    this.findLeast(wanting);
    const { netImport, knot } = this.least;
    const range = limits.high[wanting] - limits.low[wanting];
    const leap = Math.abs(netImport - answers.netImport[wanting]);
    const isSmall = leap <= SMALL_LEAP * range && !answers.mixed.includes(wanting);
    if (moves[wanting] === 0 && isSmall) answers.moveTo(wanting, netImport, knot);
    else answers.mixWith(wanting, netImport, knot);
    moves[wanting] = 1;
    return false;
  }

  /** Of the community's bus, $/kWh. */
  private priceOf(community: number): number {
    const { frame, point, priceScale } = this;
    return (point.active[frame.market.junction[community]] * priceScale) / frame.network.baseKva;
  }

  private findLeast(community: number): void {
    const { curves, point, limits, least } = this;
    const price = this.priceOf(community);
    const low = limits.low[community];
    const high = limits.high[community];
    findLeastAnswer(curves, community, point.revenue, price, low, high, least);
  }

  /** Everybody's best answer to given prices. */
  private beginAnswers({ active, revenue }: NetworkPrices): void {
    const { answers, frame, least, point, priceScale } = this;
    point.active.set(active.map((price) => price / priceScale));
    point.revenue = this.curves.revenues === undefined ? 0 : revenue;
    answers.begin();
    for (let m = 0; m < frame.market.junction.length; m += 1) {
      this.findLeast(m);
      answers.moveTo(m, least.netImport, least.knot);
    }
  }

  /** From the state that the power flow gives to the imports; false where it has none. */
  private begin({ freeReactive, prices }: CorrectedPoint): boolean {
    const { frame, point, priceScale } = this;
    const { network, market } = frame;
    this.beginAnswers(prices);
    const flow = createPowerFlow(network);
    const active = new Float64Array(network.junctionCount);
    const reactive = Float64Array.from(market.reactiveDemand, (demand, j) => {
      return demand + freeReactive[j];
    });
    this.answers.netImport.forEach((value, m) => {
      active[market.junction[m]] += value / network.baseKva;
    });
    if (flow.solve(active, reactive) === 'diverged') return false;
    for (let e = 0; e < network.parent.length; e += 1) {
      point.activeFlow[e] = flow.activeFlow[e];
      point.reactiveFlow[e] = flow.reactiveFlow[e];
      point.squaredVoltage[e] = flow.squaredVoltage[e + 1];
      point.freeReactive[e] = freeReactive[e + 1];
      point.reactive[e] = prices.reactive[e + 1] / priceScale;
      point.voltageDrop[e] = prices.voltageDrop[e] / priceScale;
      point.current[e] = 0;
    }
    point.exchange = flow.rootActive;
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
   * Holds and lets go; whether anything changed. Of the voltages beyond their limits only the furthest is held:
   * it takes most of the others along, and two that cannot both be held leave no step.
   */
  private updateHolds(): boolean {
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
    if (this.updateExchange()) changed = true;
    return this.updateRevenue() || changed;
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
    if (this.curves.revenues === undefined || this.revenueIsFixed) return false;
    const isBinding = holds.revenue ? point.revenue >= 0 : system.deficit > TOLERANCE;
    if (isBinding === holds.revenue) return false;
    // Answers that leap next to μ = 0 turn it on and off: without it they become content first.
    this.revenueTurns += 1;
    if (isBinding && this.revenueTurns > MOST_REVENUE_TURNS) return false;
    holds.revenue = isBinding;
    point.revenue = Math.max(point.revenue, 0);
    return true;
  }

  private relaxed(): RelaxedMarket {
    const { answers } = this;
    const mixed = answers.mixed.map((community) => ({
      community,
      ends: answers.endsOf(community),
      share: answers.share[community],
    }));
    return { ...this.found(), mixed, leastAnswers: this.leastAnswers };
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
