/**
 * The least of F_m(X) + π X over the imports a community can choose: the community's term of the
 * Lagrangian bound for `welfare`, where F_m is not convex (docs/model.md section 2).
 *
 * Everything is a function of the price: between the prices at which outputs meet bounds, output and
 * cost of a community are polynomials of degree 1 and 2 in λ. They are summed from the prosumers' own
 * pieces, about the middle of the prices, with compensated sums.
 *
 *     P(λ) = P_1 t + P_0,   C(λ) = C_2 t² + C_1 t + C_0,   t = λ − λ_ref
 */
import { CompensatedSum } from '../base/compensated.js';
import { sortedOrder } from '../base/order.js';
import type { Case } from '../case/case.js';
import { type OutputRange, Supply } from './supply.js';

const COEFFICIENTS = 5;

/** Prices and pieces of one community at a time; its arrays grow to the largest community. */
export class CommunityCost {
  private readonly supply: Supply;
  private readonly range: OutputRange = { low: 0, high: 0 };
  private readonly before: OutputRange = { low: 0, high: 0 };
  private eventPrice = new Float64Array(0);
  private eventChange = new Float64Array(0);
  private order = new Int32Array(0);
  private scratch = new Int32Array(0);
  private eventCount = 0;
  private demand = 0;
  private reference = 0;
  private readonly sums = Array.from({ length: COEFFICIENTS }, () => new CompensatedSum());

  /** Piece k holds from price[k − 1] to price[k]; the first from −∞, the last to ∞. */
  private pieceCount = 0;
  private price = new Float64Array(1);
  private piece = new Float64Array(COEFFICIENTS);

  constructor(private readonly theCase: Case) {
    this.supply = new Supply(theCase);
  }

  load(community: number, kappa: number): void {
    const { prosumerStart } = this.theCase.communities;
    const { demandKw } = this.theCase.prosumers;
    this.eventCount = 0;
    this.reference = this.referencePrice(community, kappa);
    const demand = new CompensatedSum();
    for (const sum of this.sums) sum.reset();
    for (let i = prosumerStart[community]; i < prosumerStart[community + 1]; i += 1) {
      demand.add(demandKw[i]);
      this.addProsumer(i, kappa);
    }
    this.demand = demand.value;
    this.sumPieces();
  }

  /**
   * min F(X) + π X over imports in [low, high] and prices between the caps; Infinity where there is none.
   */
  leastCost(price: number, low: number, high: number, priceMin: number, priceMax: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (let k = 0; k < this.pieceCount; k += 1) {
      const from = Math.max(k === 0 ? Number.NEGATIVE_INFINITY : this.price[k - 1], priceMin);
      const to = Math.min(
        k === this.pieceCount - 1 ? Number.POSITIVE_INFINITY : this.price[k],
        priceMax,
      );
      if (from <= to) least = Math.min(least, this.leastOnPiece(k, price, low, high, from, to));
    }
    return least;
  }

  private leastOnPiece(
    k: number,
    price: number,
    low: number,
    high: number,
    from: number,
    to: number,
  ): number {
    const outputRate = this.piece[COEFFICIENTS * k];
    const output = this.piece[COEFFICIENTS * k + 1];
    if (outputRate === 0) {
      const netImport = this.demand - output;
      if (netImport < low || netImport > high) return Number.POSITIVE_INFINITY;
      return this.piece[COEFFICIENTS * k + 4] + price * netImport;
    }
    // Imports fall with the price: the box [low, high] is an interval of prices.
    const first = Math.max(from - this.reference, (this.demand - high - output) / outputRate);
    const last = Math.min(to - this.reference, (this.demand - low - output) / outputRate);
    if (first > last) return Number.POSITIVE_INFINITY;
    const quadratic = this.piece[COEFFICIENTS * k + 2];
    const linear = this.piece[COEFFICIENTS * k + 3] - price * outputRate;
    let least = Math.min(this.valueAt(k, price, first), this.valueAt(k, price, last));
    if (quadratic > 0) {
      const stationary = Math.min(Math.max(-linear / (2 * quadratic), first), last);
      least = Math.min(least, this.valueAt(k, price, stationary));
    }
    return least;
  }

  private valueAt(k: number, price: number, t: number): number {
    const at = COEFFICIENTS * k;
    const cost = (this.piece[at + 2] * t + this.piece[at + 3]) * t + this.piece[at + 4];
    return cost + price * (this.demand - this.piece[at] * t - this.piece[at + 1]);
  }

  /** The price at which the community's first prosumer would do nothing: a number of the right size. */
  private referencePrice(community: number, kappa: number): number {
    const { prosumerStart } = this.theCase.communities;
    const first = prosumerStart[community];
    this.supply.load(first);
    const bound = this.supply.bounds()[0] ?? 0;
    return bound - kappa * this.theCase.prosumers.demandKw[first];
  }

  /** The prosumer's least output as a constant, and a change of coefficients at each of its bounds. */
  private addProsumer(prosumer: number, kappa: number): void {
    const demand = this.theCase.prosumers.demandKw[prosumer];
    const { supply, range, before } = this;
    supply.load(prosumer);
    const bounds = supply.bounds();
    supply.outputAt(Number.NEGATIVE_INFINITY, before);
    before.high = before.low;
    this.sums[1]?.add(before.low);
    this.sums[4]?.add(supply.costOf(before.low));
    let previousCost = Number.NEGATIVE_INFINITY;
    for (const marginalCost of bounds) {
      if (marginalCost === previousCost) continue;
      supply.outputAt(marginalCost, range);
      this.addPiece(previousCost, before.high, marginalCost, range.low, kappa, demand);
      // At one marginal cost the output may jump: with κ > 0 a piece of its own.
      this.addPiece(marginalCost, range.low, marginalCost, range.high, kappa, demand);
      before.high = range.high;
      previousCost = marginalCost;
    }
  }

  /** A stretch of the prosumer's answer: outputs from p_a to p_b as marginal costs go from μ_a to μ_b. */
  private addPiece(
    costFrom: number,
    outputFrom: number,
    costTo: number,
    outputTo: number,
    kappa: number,
    demand: number,
  ): void {
    const rise = outputTo - outputFrom;
    // Before the first bound nothing moves: a difference there is rounding.
    if (!(rise > 0) || costFrom === Number.NEGATIVE_INFINITY) return;
    const from = costFrom + kappa * (outputFrom - demand);
    const to = costTo + kappa * (outputTo - demand);
    // p = p_a + s (λ − λ_a); C' = λ + κ (D − p) along the stretch.
    const rate = rise / (to - from);
    const start = from - this.reference;
    const end = to - this.reference;
    const outputConstant = outputFrom - rate * start;
    const quadratic = 0.5 * rate * (1 - kappa * rate);
    const linear = rate * (this.reference + kappa * (demand - outputConstant));
    const constant = -(quadratic * start + linear) * start;
    this.addEvent(from, rate, outputConstant - outputFrom, quadratic, linear, constant);
    const cost = (quadratic * end + linear) * end + constant;
    this.addEvent(to, -rate, outputTo - outputConstant, -quadratic, -linear, cost - constant);
  }

  private addEvent(
    price: number,
    outputRate: number,
    output: number,
    quadratic: number,
    linear: number,
    constant: number,
  ): void {
    const event = this.eventCount;
    if (event === this.eventPrice.length) this.grow();
    this.eventPrice[event] = price;
    const at = COEFFICIENTS * event;
    this.eventChange[at] = outputRate;
    this.eventChange[at + 1] = output;
    this.eventChange[at + 2] = quadratic;
    this.eventChange[at + 3] = linear;
    this.eventChange[at + 4] = constant;
    this.eventCount = event + 1;
  }

  private sumPieces(): void {
    sortedOrder(this.eventPrice, this.eventCount, this.order, this.scratch);
    let active = 0;
    this.pieceCount = 0;
    for (let k = 0; k < this.eventCount; k += 1) {
      const event = this.order[k];
      this.closePiece(this.eventPrice[event], active);
      active += this.eventChange[COEFFICIENTS * event] > 0 ? 1 : -1;
      for (let c = 0; c < COEFFICIENTS; c += 1) {
        this.sums[c]?.add(this.eventChange[COEFFICIENTS * event + c]);
      }
    }
    this.closePiece(Number.POSITIVE_INFINITY, active);
  }

  /** Where nobody moves, coefficients are exactly those of a constant. */
  private closePiece(price: number, active: number): void {
    const k = this.pieceCount;
    this.price[k] = price;
    for (let c = 0; c < COEFFICIENTS; c += 1) {
      const constant = c === 1 || c === 4;
      const value = this.sums[c]?.value ?? 0;
      this.piece[COEFFICIENTS * k + c] = active > 0 || constant ? value : 0;
    }
    this.pieceCount = k + 1;
  }

  private grow(): void {
    const capacity = Math.max(64, 2 * this.eventPrice.length);
    const price = new Float64Array(capacity);
    price.set(this.eventPrice);
    const change = new Float64Array(COEFFICIENTS * capacity);
    change.set(this.eventChange);
    this.eventPrice = price;
    this.eventChange = change;
    this.order = new Int32Array(capacity);
    this.scratch = new Int32Array(capacity);
    this.price = new Float64Array(capacity + 1);
    this.piece = new Float64Array(COEFFICIENTS * (capacity + 1));
  }
}
