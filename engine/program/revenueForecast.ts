/**
 * Where the operator's deficit will vanish, foretold from one solution of the network without solving it
 * again (docs/model.md section 4).
 *
 * With the objective (1 − t) (F + G) + t (G − R), 0 ≤ t ≤ 1, the tariffs stand still as t grows, and prices
 * of buses change little. At the prices p of one solution every community answers for itself,
 *
 *     X_m(t) = argmin (1 − t) F_m(X) − t R_m(X) + p_m X
 *
 * over F_m and R_m themselves, and with the bill linear in the imports, at the same prices, the deficit is
 *
 *     d(t) = d + Σ p_m ΔX_m − Σ ΔR_m
 *
 * which does not rise. An answer may leap at some t; the deficit then leaps over zero, and what lies on both
 * sides of the leap is reported. Between two shares, a community is asked only about the arcs between its
 * answers to both: a forecast need not be exact, and the search for the crossing narrows fast.
 */
import { type Answer, bestImport, knotRange, type Question } from '../market/revenueAnswer.js';
import type { RevenueCurves } from '../market/revenueCurve.js';
import type { ImportModels } from './importModels.js';

/** The deficit passes zero between two shares t, close together. */
export interface Crossing {
  readonly share: number;
  /** Imports (kW) and deficit ($/h, ≥ 0) just before, and (≤ 0) just after. */
  readonly before: Float64Array;
  readonly deficitBefore: number;
  readonly after: Float64Array;
  readonly deficitAfter: number;
}

/** Evaluations in the search for the crossing; about ten are usual. */
const EVALUATION_LIMIT = 60;

/** An import this near the answer to its price, relative to its range, is that answer. */
const ANSWER_TOLERANCE = 1e-6;

/** One evaluation in so many halves the bracket. */
const HALVING_PERIOD = 4;

export class RevenueForecast {
  private readonly price: Float64Array;
  private readonly origin: Float64Array;
  /** What imports and revenues are measured from, and what the solution has of both. */
  private readonly baseImport: Float64Array;
  private readonly baseRevenue: Float64Array;
  private share = 0;
  private deficit = 0;
  /** Knots among which answers are sought, and those of the answers at both ends of the bracket. */
  private readonly first: Int32Array;
  private readonly last: Int32Array;
  private readonly lowKnot: Int32Array;
  private readonly highKnot: Int32Array;
  private readonly found: Int32Array;
  private readonly question: Question = {
    costWeight: 1,
    revenueWeight: 0,
    price: 0,
    low: 0,
    high: 0,
  };
  private readonly best: Answer = { netImport: 0, revenue: 0, knot: 0 };

  constructor(
    private readonly models: ImportModels,
    private readonly revenues: RevenueCurves,
  ) {
    const communities = models.curves.arcCount.length;
    this.price = new Float64Array(communities);
    this.origin = new Float64Array(communities);
    this.baseImport = new Float64Array(communities);
    this.baseRevenue = new Float64Array(communities);
    this.first = new Int32Array(communities);
    this.last = new Int32Array(communities);
    this.lowKnot = new Int32Array(communities);
    this.highKnot = new Int32Array(communities);
    this.found = new Int32Array(communities);
  }

  /**
   * Starts from a solution in the present box.
   *
   * @param share t of that solution
   * @param price p by community, $/kWh: the marginal price of its bus over the weight of the tariff
   * @param netImport by community, kW
   * @param revenue by community, and deficit of the solution, $/h
   * @param isAnchored whether an import that is no answer to its price, off its curve on a bitangent, keeps
   *   its
   *   distance from it, as where a limit of the network holds it there; else all imports are answers
   */
  load(
    share: number,
    price: Float64Array,
    netImport: Float64Array,
    revenue: Float64Array,
    deficit: number,
    isAnchored: boolean,
  ): void {
    this.price.set(price);
    this.origin.set(netImport);
    this.share = share;
    this.deficit = deficit;
    this.openRanges();
    for (let m = 0; m < price.length; m += 1) {
      this.ask(m, share);
      const { low, high } = this.question;
      const isOff = Math.abs(this.best.netImport - netImport[m]) > ANSWER_TOLERANCE * (high - low);
      const isBase = isAnchored || !isOff;
      this.baseImport[m] = isBase ? this.best.netImport : netImport[m];
      this.baseRevenue[m] = isBase ? this.best.revenue : revenue[m];
    }
  }

  /**
   * Where d passes zero; undefined where it does not between these shares.
   *
   * @param worth a bracket whose width times the change of d is below this, $/h, is narrow enough
   */
  crossing(lowShare: number, highShare: number, worth: number): Crossing | undefined {
    let low = lowShare;
    let high = highShare;
    let deficitBefore = this.deficitAt(low);
    this.lowKnot.set(this.found);
    let deficitAfter = this.deficitAt(high);
    this.highKnot.set(this.found);
    if (!(deficitBefore >= 0 && deficitAfter <= 0)) {
      return this.crossingAtSolution(low, deficitBefore, high, deficitAfter);
    }
    // The Illinois rule: the secant, with the value of an end that stays halved.
    let below = deficitBefore;
    let above = deficitAfter;
    let stayed: 'low' | 'high' | undefined;
    for (let k = 0; k < EVALUATION_LIMIT; k += 1) {
      if ((high - low) * (deficitBefore - deficitAfter) <= worth) break;
      const secant = low + ((high - low) * below) / (below - above);
      // Next to a leap the secant creeps: every few steps halve.
      const isHalving =
        k % HALVING_PERIOD === HALVING_PERIOD - 1 || !(secant > low && secant < high);
      const middle = isHalving ? 0.5 * (low + high) : secant;
      if (!(middle > low && middle < high)) break;
      this.narrowRanges();
      const deficit = this.deficitAt(middle);
      if (deficit > 0) {
        low = middle;
        below = deficitBefore = deficit;
        this.lowKnot.set(this.found);
        if (stayed === 'high') above *= 0.5;
        stayed = 'high';
      } else {
        high = middle;
        above = deficitAfter = deficit;
        this.highKnot.set(this.found);
        if (stayed === 'low') below *= 0.5;
        stayed = 'low';
      }
    }
    const before = this.importsAt(low);
    const after = this.importsAt(high);
    return { share: high, before, deficitBefore, after, deficitAfter };
  }

  /** Where the solution itself is a mixture of answers on both sides of the crossing. */
  private crossingAtSolution(
    low: number,
    deficitAtLow: number,
    high: number,
    deficitAtHigh: number,
  ): Crossing | undefined {
    const { share, deficit } = this;
    const origin = this.origin.slice();
    if (low === share && deficit > 0 && deficitAtLow < 0) {
      const after = this.importsAt(low);
      return { share, before: origin, deficitBefore: deficit, after, deficitAfter: deficitAtLow };
    }
    if (high === share && deficit < 0 && deficitAtHigh > 0) {
      const before = this.importsAt(high);
      return { share, before, deficitBefore: deficitAtHigh, after: origin, deficitAfter: deficit };
    }
    return undefined;
  }

  /** d(t), $/h; notes the knots of the answers. */
  private deficitAt(share: number): number {
    let deficit = this.deficit;
    for (let m = 0; m < this.price.length; m += 1) {
      this.ask(m, share);
      deficit += this.price[m] * (this.best.netImport - this.baseImport[m]);
      deficit -= this.best.revenue - this.baseRevenue[m];
      this.found[m] = this.best.knot;
    }
    return deficit;
  }

  /** Imports at t, kW. */
  private importsAt(share: number): Float64Array {
    return this.origin.map((netImport, m) => {
      this.ask(m, share);
      const { low, high } = this.question;
      const moved = netImport + this.best.netImport - this.baseImport[m];
      return Math.min(Math.max(moved, low), high);
    });
  }

  private ask(community: number, share: number): void {
    const { question, models } = this;
    const [low, high] = models.rangeOf(community);
    question.costWeight = 1 - share;
    question.revenueWeight = share;
    question.price = this.price[community];
    question.low = low;
    question.high = high;
    const first = this.first[community];
    bestImport(models.curves, this.revenues, question, first, this.last[community], this.best);
  }

  private openRanges(): void {
    for (let m = 0; m < this.price.length; m += 1) {
      const [low, high] = this.models.rangeOf(m);
      [this.first[m], this.last[m]] = knotRange(this.models.curves, m, low, high);
    }
  }

  /** To the arcs between the answers at both ends of the bracket. */
  private narrowRanges(): void {
    for (let m = 0; m < this.price.length; m += 1) {
      this.first[m] = Math.min(this.lowKnot[m], this.highKnot[m]);
      this.last[m] = Math.min(Math.max(this.lowKnot[m], this.highKnot[m]) + 1, this.last[m]);
    }
  }
}
