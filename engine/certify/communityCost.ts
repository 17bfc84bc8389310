/**
 * The least of F_m(X) + π X − μ λ X over the prices λ that may be posted to a community and the imports X that
 * answer them: the community's term of the Lagrangian bound (docs/model.md sections 2 and 5). μ is the price of
 * revenue adequacy. Without costs F is left out; in modes that follow the potential, F is the potential.
 *
 * As a function g(λ) the term is quadratic between the prices at which outputs meet bounds (pricePieces.ts), and
 * need not be convex. With w = 1 where F counts (else 0), strategic κ and the prosumers A inside their bounds,
 *
 *     g'(λ) = Σ_A s_i ((w + μ) λ + w κ x_i − π) − μ X(λ)
 *
 * so that with a = (π − w κ max x)/(w + μ) and b = (π − w κ min x)/(w + μ), over the purchases x that anybody who can
 * move may have, the sum is ≤ 0 below a and ≥ 0 above b. Imports fall with the price, through 0 at λ_0: below
 * min(a, λ_0) nothing rises, above max(b, λ_0) nothing falls. Above b and up to λ_0 what is still to be gained is
 * at most μ X (λ_0 − λ), and likewise below a: pieces that cannot pay any more are not looked at.
 */
import type { Case } from '../case/case.js';
import { COEFFICIENTS, PricePieces } from './pricePieces.js';

/** What a community's term is made of. */
export interface CommunityTerm {
  /** π of its bus, $/kWh, and μ. */
  price: number;
  revenuePrice: number;
  /** Whether F counts. */
  withCosts: boolean;
  /** Imports allowed, kW. */
  low: number;
  high: number;
  /** Prices that may be posted, $/kWh; finite where μ > 0. */
  floor: number;
  ceiling: number;
}

export class CommunityCost {
  private readonly pieces: PricePieces;
  private kappa = 0;
  /** λ_0 of the community; ±∞ where it imports or exports at every price. */
  private selfSufficient = 0;

  constructor(
    theCase: Case,
    private readonly kind: 'cost' | 'potential',
  ) {
    this.pieces = new PricePieces(theCase, kind);
  }

  load(community: number, kappa: number): void {
    this.pieces.load(community, kappa);
    this.kappa = this.kind === 'cost' ? kappa : 0;
    this.selfSufficient = this.highestPriceFor(0);
  }

  /** Whether the term can be told from prices alone. */
  get isContinuous(): boolean {
    return this.pieces.isContinuous;
  }

  /** The least of the community's term; Infinity where no price and import are allowed. */
  leastCost(term: CommunityTerm): number {
    const from = Math.max(this.lowestPriceFor(term.high), term.floor);
    const to = Math.min(this.highestPriceFor(term.low), term.ceiling);
    if (!(from <= to)) return Number.POSITIVE_INFINITY;
    const { leastPurchase, greatestPurchase } = this.pieces;
    const weight = term.withCosts ? 1 : 0;
    const kappa = weight * this.kappa;
    const perPrice = 1 / (weight + term.revenuePrice);
    const low = within(from, (term.price - kappa * greatestPurchase) * perPrice, to);
    const high = within(low, (term.price - kappa * leastPurchase) * perPrice, to);
    let least = this.leastBetween(term, low, high);
    if (term.revenuePrice > 0) {
      least = this.leastAbove(term, high, Math.min(this.selfSufficient, to), least);
      least = this.leastBelow(term, low, Math.max(this.selfSufficient, from), least);
    }
    return least;
  }

  /** On prices from `from` to `to`. */
  private leastBetween(term: CommunityTerm, from: number, to: number): number {
    const { price } = this.pieces;
    let k = this.pieces.pieceAt(from);
    let least = this.leastOnPiece(k, term, from, Math.min(price[k], to));
    while (price[k] < to) {
      k += 1;
      least = Math.min(least, this.leastOnPiece(k, term, price[k - 1], Math.min(price[k], to)));
    }
    return least;
  }

  /** From a price upwards, where the community imports: until no price can be better than the least so far. */
  private leastAbove(term: CommunityTerm, from: number, to: number, known: number): number {
    const { price } = this.pieces;
    let least = known;
    let at = from;
    for (let k = this.pieces.pieceAt(from); at < to; k += 1) {
      const gain = term.revenuePrice * Math.max(this.importOn(k, at), 0) * (to - at);
      if (this.valueOn(k, term, at) - gain >= least) break;
      const next = Math.min(price[k], to);
      least = Math.min(least, this.leastOnPiece(k, term, at, next));
      at = next;
    }
    return least;
  }

  /** From a price downwards, where the community exports. */
  private leastBelow(term: CommunityTerm, from: number, to: number, known: number): number {
    const { price } = this.pieces;
    let least = known;
    let at = from;
    for (let k = this.pieces.pieceAt(from); at > to; k -= 1) {
      const gain = term.revenuePrice * Math.max(-this.importOn(k, at), 0) * (at - to);
      if (this.valueOn(k, term, at) - gain >= least) break;
      const next = k === 0 ? to : Math.max(price[k - 1], to);
      least = Math.min(least, this.leastOnPiece(k, term, next, at));
      at = next;
    }
    return least;
  }

  private leastOnPiece(k: number, term: CommunityTerm, from: number, to: number): number {
    const { coefficients, demand, reference } = this.pieces;
    const at = COEFFICIENTS * k;
    const rate = coefficients[at];
    const largestImport = demand - coefficients[at + 1];
    const weight = term.withCosts ? 1 : 0;
    const { price, revenuePrice } = term;
    // λ X = (λ_ref + t) (largest import − rate t)
    const quadratic = weight * coefficients[at + 2] + revenuePrice * rate;
    const linear =
      weight * coefficients[at + 3] -
      price * rate -
      revenuePrice * (largestImport - reference * rate);
    const constant =
      weight * coefficients[at + 4] + (price - revenuePrice * reference) * largestImport;
    const first = from - reference;
    const last = to - reference;
    const least = Math.min(
      (quadratic * first + linear) * first + constant,
      (quadratic * last + linear) * last + constant,
    );
    if (!(quadratic > 0)) return least;
    const lowest = within(first, -linear / (2 * quadratic), last);
    return Math.min(least, (quadratic * lowest + linear) * lowest + constant);
  }

  private valueOn(k: number, term: CommunityTerm, price: number): number {
    return this.leastOnPiece(k, term, price, price);
  }

  private importOn(k: number, price: number): number {
    const { coefficients, demand, reference } = this.pieces;
    const at = COEFFICIENTS * k;
    return demand - coefficients[at + 1] - coefficients[at] * (price - reference);
  }

  /** The lowest price at which the community imports no more; −∞ if at every one, ∞ if at none. */
  private lowestPriceFor(netImport: number): number {
    const { pieces } = this;
    if (pieces.netImport[0] <= netImport) return Number.NEGATIVE_INFINITY;
    if (pieces.netImport[pieces.count - 1] > netImport) return Number.POSITIVE_INFINITY;
    return this.crossing(netImport, true);
  }

  /** The highest price at which the community imports no less; ∞ if at every one, −∞ if at none. */
  private highestPriceFor(netImport: number): number {
    const { pieces } = this;
    if (pieces.netImport[pieces.count - 1] >= netImport) return Number.POSITIVE_INFINITY;
    if (pieces.netImport[0] < netImport) return Number.NEGATIVE_INFINITY;
    return this.crossing(netImport, false);
  }

  /** On the first piece that ends with an import of at most (or below) the given one. */
  private crossing(netImport: number, mayEqual: boolean): number {
    const { count, price, netImport: ends, coefficients, demand, reference } = this.pieces;
    let low = 1;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle] < netImport || (mayEqual && ends[middle] === netImport)) high = middle;
      else low = middle + 1;
    }
    const rate = coefficients[COEFFICIENTS * low];
    const offset = (demand - coefficients[COEFFICIENTS * low + 1] - netImport) / rate;
    return rate > 0 ? within(price[low - 1], reference + offset, price[low]) : price[low - 1];
  }
}

function within(low: number, value: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
