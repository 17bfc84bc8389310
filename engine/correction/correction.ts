/**
 * A solution nearby corrected for what has changed: Newton's method on the optimality conditions of the exact
 * equations (stationarySystem.ts), from its prices and imports, with limits held and let go by the sign of
 * their prices.
 *
 * Every community then is asked what is best over its whole range at the prices found. One that wants an import
 * nearby is moved there; one that wants one far away, or wants to go back, is mixed of both (localAnswers.ts); until
 * all are content: the solution of the relaxation with convex envelopes, without any envelope. It proves nothing. The bound that
 * its prices give, and the exact power flow of its outcome, decide what it is worth.
 */
import type { AnswerCurves } from '../market/answerCurves.js';
import { findLeastAnswer, type LeastAnswer } from '../market/leastAnswer.js';
import type { NetworkPrices } from '../program/lagrangian.js';
import { MarketFlow } from '../program/marketFlow.js';
import type { MarketFrame } from '../program/networkProgram.js';
import { HeldLimits } from './heldLimits.js';
import { type ImportLimits, LocalAnswers } from './localAnswers.js';
import type { StationaryPlaces } from './stationaryPlaces.js';
import { newStationaryPoint, type StationaryPoint } from './stationaryPoint.js';
import { type Holds, StationarySystem } from './stationarySystem.js';

/** What a correction starts from. */
export interface CorrectionStart {
  /** By junction, pu. */
  readonly freeReactive: Float64Array;
  readonly prices: NetworkPrices;
}

/** What it finds. */
export interface CorrectedPoint extends CorrectionStart {
  /** By community, kW. */
  readonly netImport: Float64Array;
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

/** After so many, all may be off by this many times as much: answers that go in circles are near enough then. */
const PATIENT_ROUNDS = 8;
const IMPATIENCE = 8;

/** What may be left of the conditions, in pu and in units of the price scale. */
const TOLERANCE = 1e-11;

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
  private readonly limitsHeld: HeldLimits;
  private readonly holds: Holds;
  private readonly answers: LocalAnswers;
  private readonly system: StationarySystem;
  private readonly flow: MarketFlow;
  private readonly priceScale: number;
  /** By community: 1 once it was moved or mixed while the others became content. */
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
    places: StationaryPlaces,
    private readonly curves: AnswerCurves,
    private readonly limits: ImportLimits,
  ) {
    const { network, market } = frame;
    const branches = network.parent.length;
    this.priceScale = Math.max(Math.abs(market.gridBuy), Math.abs(market.gridSell), 1);
    this.point = newStationaryPoint(branches);
    this.answers = new LocalAnswers(curves.costs, curves.revenues, limits);
    this.system = new StationarySystem(network, market, places, this.priceScale);
    this.flow = new MarketFlow(frame);
    this.limitsHeld = new HeldLimits(frame, places, this.point, this.system, this.priceScale);
    this.holds = this.limitsHeld.holds;
    this.moves = new Uint8Array(curves.costs.arcCount.length);
  }

  /**
   * The stationary point with every community content, from prices nearby; undefined where it is not reached.
   *
   * @param allowed what all communities together may be off by, $/h
   */
  relax(start: CorrectionStart, allowed: number): RelaxedMarket | undefined {
    if (!this.begin(start)) return undefined;
    const { point, holds, answers, system } = this;
    system.evaluate(point, holds, answers);
    this.limitsHeld.begin();
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
      if (!this.settleMixtures()) continue;
      const patience = round < PATIENT_ROUNDS ? 1 : IMPATIENCE;
      if (this.makeContent(patience * allowed) && this.coversBill()) return true;
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
      const hasTurned = this.updateRevenue();
      const hasHeld = this.limitsHeld.update();
      if (hasHeld || hasTurned || hasChanged) system.evaluate(point, holds, answers);
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

  /** The mixture that wants most beyond the whole of one import ends; false where one did. */
  private settleMixtures(): boolean {
    const { answers } = this;
    let furthest = 0;
    let ending = -1;
    for (const m of answers.mixed) {
      const beyond = Math.max(-answers.share[m], answers.share[m] - 1);
      if (beyond <= furthest) continue;
      furthest = beyond;
      ending = m;
    }
    if (ending < 0) return true;
    answers.unmix(ending, answers.share[ending] < 0 ? 'first' : 'other');
    return false;
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

  /** From everybody's answers, and the state that the power flow gives to them; false where it has none. */
  private begin({ freeReactive, prices }: CorrectionStart): boolean {
    const { frame, point, priceScale } = this;
    const { network } = frame;
    this.beginAnswers(prices);
    if (!this.flow.solve(this.answers.netImport, freeReactive)) return false;
    const { state } = this.flow;
    for (let e = 0; e < network.parent.length; e += 1) {
      point.activeFlow[e] = state.activeFlow[e];
      point.reactiveFlow[e] = state.reactiveFlow[e];
      point.squaredVoltage[e] = state.squaredVoltage[e + 1];
      point.freeReactive[e] = freeReactive[e + 1];
      point.reactive[e] = prices.reactive[e + 1] / priceScale;
      point.voltageDrop[e] = prices.voltageDrop[e] / priceScale;
      point.current[e] = 0;
    }
    point.exchange = state.rootActive;
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
