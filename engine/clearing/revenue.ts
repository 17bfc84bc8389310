/**
 * Outcomes that cover the grid's bill, Σ λ_m X_m ≥ G(P_0), from the solution of a relaxation that nearly does
 * (docs/model.md section 4).
 *
 * Where Φ_m is flat, an import leaves its price open: it is posted as near to the marginal price as the bill
 * allows. What is missing then, or left over, is settled by imports that answer a slightly larger or smaller
 * weight t of the revenue, each inside its own arc, where (1 − t) F − t R + p X is convex: the costs change
 * by the square of what the deficit was off by.
 */
import { arcAt, type CostCurves } from '../market/costCurve.js';
import { importAt, type PriceInterval, priceIntervalAt } from '../market/responseFunction.js';
import { type RevenueCurves, revenueAt } from '../market/revenueCurve.js';
import { SNAP_SHARE } from '../market/revenueJump.js';
import type { NetworkPrices } from '../program/lagrangian.js';
import type { SearchMarket } from './marketState.js';
import { type SurplusAt, SurplusBracket } from './surplusBracket.js';

/** G(P_0) of the exact power flow at given imports (kW), $/h; NaN where it has no solution. */
export type BillOf = (netImport: Float64Array) => number;

/** A surplus up to this, relative to max(1, bill), is nothing to lower costs with. */
const SURPLUS_TOLERANCE = 1e-8;

/** Power flows in one repair; three are usual, for the bill is nearly linear. */
const ROUND_LIMIT = 8;

/** Evaluations on a line; the surplus is smooth there, and a few are usual. */
const LINE_ROUNDS = 20;

/** How far beyond the nearer solution the bill may be covered, as a share of their distance. */
const BEYOND = 0.5;

/** Halvings of the range of shares: to the last bit. */
const HALVINGS = 60;

/** Surplus Σ R − G and bill G of imports, $/h. */
interface Known {
  readonly surplus: number;
  readonly bill: number;
}

/** A surplus that is none, $/h: a shortfall would be worth μ times itself. */
function littleSurplus(bill: number, revenuePrice: number): number {
  return (SURPLUS_TOLERANCE * Math.max(1, Math.abs(bill))) / (1 + revenuePrice);
}

const interval: PriceInterval = { low: 0, high: 0 };

export class RevenueRow {
  readonly communities: number;
  private readonly arc: Int32Array;
  private readonly price: Float64Array;
  private readonly start: Float64Array;
  private readonly startAnswer: Float64Array;
  private readonly moved: Float64Array;

  constructor(
    private readonly state: SearchMarket,
    private readonly curves: CostCurves,
    private readonly revenues: RevenueCurves,
  ) {
    this.communities = state.importMin.length;
    this.arc = new Int32Array(this.communities);
    this.price = new Float64Array(this.communities);
    this.start = new Float64Array(this.communities);
    this.startAnswer = new Float64Array(this.communities);
    this.moved = new Float64Array(this.communities);
  }

  /**
   * Imports near given ones that cover the bill without much to spare; undefined where none are found.
   *
   * @param prices of the solution that the imports come from
   * @param line two solutions, between or just beyond which the bill is covered: where limits of the network
   *   bind,
   *   imports can move together only
   */
  coverBill(
    netImport: Float64Array,
    prices: NetworkPrices,
    billOf: BillOf,
    line?: readonly [Float64Array, Float64Array],
  ): Float64Array | undefined {
    const covering = this.coverByArcs(netImport, prices, billOf);
    if (covering !== undefined || line === undefined) return covering;
    return this.coverOnLine(line, prices.revenue, billOf);
  }

  /** False position on the line through two solutions, with the exact bill. */
  private coverOnLine(
    [from, to]: readonly [Float64Array, Float64Array],
    revenuePrice: number,
    billOf: BillOf,
  ): Float64Array | undefined {
    const pointAt = (place: number): Float64Array =>
      from.map((value, m) => value + place * (to[m] - value));
    const knownAt = (place: number): Known & SurplusAt => ({
      place,
      ...this.knownAt(pointAt(place), billOf),
    });
    const nearer = knownAt(0);
    let other = knownAt(1);
    // Both solutions may lie on one side: then the place is a little beyond the nearer one.
    if (nearer.surplus < 0 === other.surplus < 0) other = knownAt(-BEYOND);
    const [short, covering] = nearer.surplus < 0 ? [nearer, other] : [other, nearer];
    if (!(short.surplus < 0 && covering.surplus >= 0)) return undefined;
    const bracket = new SurplusBracket(short, covering);
    for (let round = 0; round < LINE_ROUNDS; round += 1) {
      const found = knownAt(bracket.next);
      const little = littleSurplus(found.bill, revenuePrice);
      if (Math.abs(found.surplus) <= little) return pointAt(found.place);
      if (Number.isNaN(found.surplus)) break;
      bracket.narrow(found);
    }
    return undefined;
  }

  private coverByArcs(
    netImport: Float64Array,
    prices: NetworkPrices,
    billOf: BillOf,
  ): Float64Array | undefined {
    const share = prices.revenue / (1 + prices.revenue);
    this.hold(netImport, prices, share);
    let at: Float64Array = this.start.slice();
    let covering: Float64Array | undefined;
    let known = this.surplusAt(at, billOf);
    // Without a price of revenue a surplus is not to be lowered.
    if (prices.revenue === 0 && known.surplus >= 0) return at;
    for (let round = 0; round < ROUND_LIMIT; round += 1) {
      if (Number.isNaN(known.surplus)) break;
      const little = littleSurplus(known.bill, prices.revenue);
      if (known.surplus >= -little) covering = at;
      if (Math.abs(known.surplus) <= little) break;
      const next = this.moveTo(at, known.surplus, 0.5 * little);
      if (next === undefined) break;
      at = next;
      known = this.surplusAt(at, billOf);
    }
    return covering;
  }

  /**
   * The prices to post for imports: the marginal price, or next to it, unless the bill asks for more where
   * the price is open.
   *
   * @param reference marginal prices by community, $/kWh
   * @param bill G(P_0) of these imports, $/h
   */
  pricesFor(netImport: Float64Array, reference: Float64Array, bill: number): Float64Array {
    const price = new Float64Array(this.communities);
    const best = new Float64Array(this.communities);
    let shortfall = bill;
    let room = 0;
    for (let m = 0; m < price.length; m += 1) {
      this.openPrices(m, netImport[m]);
      price[m] = Math.min(Math.max(reference[m], interval.low), interval.high);
      best[m] = netImport[m] > 0 ? interval.high : interval.low;
      shortfall -= price[m] * netImport[m];
      room += (best[m] - price[m]) * netImport[m];
    }
    if (!(shortfall > 0 && room > 0)) return price;
    const share = Math.min((shortfall * (1 + SURPLUS_TOLERANCE)) / room, 1);
    return price.map((value, m) => value + share * (best[m] - value));
  }

  /** Remembers where imports are, and what each would answer inside its arc. */
  private hold(netImport: Float64Array, prices: NetworkPrices, share: number): void {
    const { state, curves } = this;
    const scale = state.network.baseKva * (1 + prices.revenue);
    for (let m = 0; m < this.communities; m += 1) {
      this.price[m] = prices.active[state.junction[m]] / scale;
      const isFlat = this.openPrices(m, netImport[m]);
      this.start[m] = isFlat
        ? importAt(state.responses, m, 0.5 * (interval.low + interval.high))
        : netImport[m];
      this.arc[m] = isFlat ? -1 : arcAt(curves, m, netImport[m]);
      this.startAnswer[m] = this.arcAnswer(m, share);
    }
  }

  /** The prices that go with an import, into `interval`; whether there are several. */
  private openPrices(community: number, netImport: number): boolean {
    const { responses } = this.state;
    const { low, high } = this.revenues.allowed;
    const { curves } = this;
    const start = curves.start[community];
    const range = curves.knot[start + curves.arcCount[community]] - curves.knot[start];
    priceIntervalAt(responses, community, netImport, SNAP_SHARE * range, interval);
    const isFlat = interval.high > interval.low;
    interval.low = Math.min(Math.max(interval.low, low[community]), high[community]);
    interval.high = Math.min(Math.max(interval.high, low[community]), high[community]);
    return isFlat;
  }

  private arcAnswer(community: number, share: number): number {
    const { curves } = this;
    const { slope, curvature } = this.revenues;
    const arc = this.arc[community];
    if (arc < 0) return 0;
    const knot = curves.knot[arc];
    const width = curves.knot[arc + 1] - knot;
    const steepness = (1 - share) * curves.slope[arc] - share * slope[arc] + this.price[community];
    const bend = (1 - share) * curves.curvature[arc] - share * curvature[arc];
    const step = bend > 0 ? -steepness / bend : steepness > 0 ? 0 : width;
    return knot + Math.min(Math.max(step, 0), width);
  }

  private importAtShare(community: number, share: number): number {
    const { knot } = this.curves;
    const arc = this.arc[community];
    const start = this.start[community];
    if (arc < 0) return start;
    const moved = start + this.arcAnswer(community, share) - this.startAnswer[community];
    return Math.min(Math.max(moved, knot[arc]), knot[arc + 1]);
  }

  /** With revenues in the arcs that are held. */
  private surplusAt(netImport: Float64Array, billOf: BillOf): Known {
    const bill = billOf(netImport);
    let surplus = -bill;
    for (let m = 0; m < netImport.length; m += 1) surplus += this.revenueOf(m, netImport[m]);
    return { surplus, bill };
  }

  private knownAt(netImport: Float64Array, billOf: BillOf): Known {
    const bill = billOf(netImport);
    return { surplus: this.surplusOf(netImport, bill), bill };
  }

  /** Σ R − G of imports at the prices that bring in most, $/h; `bill` is their G(P_0). */
  surplusOf(netImport: Float64Array, bill: number): number {
    let surplus = -bill;
    for (let m = 0; m < netImport.length; m += 1) {
      this.openPrices(m, netImport[m]);
      surplus += netImport[m] * (netImport[m] > 0 ? interval.high : interval.low);
    }
    return surplus;
  }

  private revenueOf(community: number, netImport: number): number {
    const arc = this.arc[community];
    if (arc >= 0) {
      return revenueAt(this.curves, this.revenues, community, arc, netImport);
    }
    this.openPrices(community, netImport);
    return netImport * (netImport > 0 ? interval.high : interval.low);
  }

  /**
   * Imports with another share, so that the surplus becomes `target` if the bill is linear; undefined
   * without.
   */
  private moveTo(from: Float64Array, surplus: number, target: number): Float64Array | undefined {
    const surplusAtShare = (share: number): number => {
      let expected = surplus;
      for (let m = 0; m < from.length; m += 1) {
        const netImport = this.importAtShare(m, share);
        this.moved[m] = netImport;
        if (netImport === from[m]) continue;
        expected += this.revenueOf(m, netImport) - this.revenueOf(m, from[m]);
        expected -= this.price[m] * (netImport - from[m]);
      }
      return expected;
    };
    let low = 0;
    let high = 1;
    for (let k = 0; k < HALVINGS; k += 1) {
      const middle = 0.5 * (low + high);
      if (surplusAtShare(middle) < target) low = middle;
      else high = middle;
    }
    if (high === 1 && surplusAtShare(high) < target) return undefined;
    surplusAtShare(high);
    return Float64Array.from(this.moved);
  }
}
