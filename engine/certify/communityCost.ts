/**
 * The least of F_m(X) + π X − μ λ X over the prices λ that may be posted to a community and the imports X that
 * answer them: the community's term of the Lagrangian bound (docs/model.md sections 2 and 5). μ is the price of
 * revenue adequacy. Without costs F is left out; in modes that follow the potential, F is the potential.
 *
 * As a function g(λ) the term is quadratic between the prices at which outputs meet bounds (pricePieces.ts), and
 * need not be convex. With w = 1 where F counts (else 0) and the prosumers A inside their bounds,
 *
 *     g'(λ) = Σ_A s_i ((w + μ) λ + w κ x_i − π) − μ X(λ)
 *
 * so that with a = (π − w κ max x)/(w + μ) and b = (π − w κ min x)/(w + μ), over the purchases x that anybody who can
 * move may have, the sum is ≤ 0 below a and ≥ 0 above b. Imports fall with the price, through 0 at λ_0: below
 * min(a, λ_0) nothing rises, above max(b, λ_0) nothing falls. Above b and up to λ_0 what is still to be gained is
 * at most μ X (λ_0 − λ), and likewise below a: where that cannot pay any more, nobody looks. So a few prices
 * decide, whatever the size of the community, and its pieces are found for a window of prices around them.
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

/**
 * With a price of revenue adequacy the window reaches beyond a and b by this share of the allowed prices, times √μ:
 * what can be gained further off grows with μ, what it costs with the square of the distance. On IEEE 123 one
 * community in twenty asks for more, and has its whole range loaded.
 */
const REACH = 0.3;

/** Terms of one community at a time: open it, announce the terms, load, and ask for them. */
export class CommunityCost {
  private readonly pieces: PricePieces;
  private community = 0;
  private kappa = 0;
  /** Least and greatest purchase of those who can move, kW; 0 without any. */
  private leastPurchase = 0;
  private greatestPurchase = 0;
  /** Window of the terms announced. */
  private from = 0;
  private to = 0;
  /** λ_0 of the community; ±∞ where it lies beyond the window. */
  private selfSufficient = 0;
  /** Whether a term asked for prices beyond the window. */
  private isShort = false;
  /** a and b of a term, between the prices that are allowed. */
  private low = 0;
  private high = 0;

  /** @param kind whether F is the cost or the potential */
  constructor(
    private readonly theCase: Case,
    private readonly kind: 'cost' | 'potential',
  ) {
    this.pieces = new PricePieces(theCase, kind);
  }

  open(community: number, kappa: number): void {
    const { communities, prosumers } = this.theCase;
    const { demandKw, pMinKw, pMaxKw } = prosumers;
    this.community = community;
    this.kappa = kappa;
    let least = Number.POSITIVE_INFINITY;
    let greatest = Number.NEGATIVE_INFINITY;
    const end = communities.prosumerStart[community + 1];
    for (let i = communities.prosumerStart[community]; i < end; i += 1) {
      if (!(pMaxKw[i] > pMinKw[i])) continue;
      least = Math.min(least, demandKw[i] - pMaxKw[i]);
      greatest = Math.max(greatest, demandKw[i] - pMinKw[i]);
    }
    this.leastPurchase = least <= greatest ? least : 0;
    this.greatestPurchase = least <= greatest ? greatest : 0;
    this.from = Number.POSITIVE_INFINITY;
    this.to = Number.NEGATIVE_INFINITY;
  }

  /** Widens the window for a term. */
  announce(term: CommunityTerm): void {
    const isBoxed = term.low > Number.NEGATIVE_INFINITY || term.high < Number.POSITIVE_INFINITY;
    const { revenuePrice, floor, ceiling } = term;
    this.findBracket(term, floor, ceiling);
    const reach = revenuePrice > 0 ? REACH * Math.sqrt(revenuePrice) * (ceiling - floor) : 0;
    const from = isBoxed ? Number.NEGATIVE_INFINITY : this.low - reach;
    const to = isBoxed ? Number.POSITIVE_INFINITY : this.high + reach;
    // NaN, from prices without a value, stays.
    this.from = Math.min(this.from, from);
    this.to = Math.max(this.to, to);
  }

  load(): void {
    const isAnnounced = this.from !== Number.POSITIVE_INFINITY;
    if (!isAnnounced) return;
    const isWindow = this.from <= this.to;
    this.loadPieces(
      isWindow ? this.from : Number.NEGATIVE_INFINITY,
      isWindow ? this.to : Number.POSITIVE_INFINITY,
    );
  }

  /** Whether the terms can be told from prices alone. */
  get isContinuous(): boolean {
    return this.pieces.isContinuous;
  }

  /** The least of the community's term; Infinity where no price and import are allowed. */
  leastCost(term: CommunityTerm): number {
    this.isShort = false;
    const least = this.leastInWindow(term);
    if (!this.isShort) return least;
    this.loadPieces(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    return this.leastInWindow(term);
  }

  private loadPieces(from: number, to: number): void {
    this.pieces.load(this.community, this.kappa, from, to);
    this.selfSufficient = this.highestPriceFor(0);
  }

  private leastInWindow(term: CommunityTerm): number {
    const from = Math.max(this.lowestPriceFor(term.high), term.floor);
    const to = Math.min(this.highestPriceFor(term.low), term.ceiling);
    if (!(from <= to)) return Number.POSITIVE_INFINITY;
    this.findBracket(term, from, to);
    const { low, high, selfSufficient } = this;
    const least = this.leastBetween(term, low, high);
    if (term.revenuePrice === 0) return least;
    const above = this.leastAbove(term, high, Math.min(selfSufficient, to), least);
    return this.leastBelow(term, low, Math.max(selfSufficient, from), above);
  }

  /** a and b, taken into [from, to]. */
  private findBracket(term: CommunityTerm, from: number, to: number): void {
    const weight = term.withCosts ? 1 : 0;
    const kappa = this.kind === 'cost' ? weight * this.kappa : 0;
    const share = 1 / (weight + term.revenuePrice);
    this.low = within(from, (term.price - kappa * this.greatestPurchase) * share, to);
    this.high = within(this.low, (term.price - kappa * this.leastPurchase) * share, to);
  }

  /**
   * On prices from `from` to `to`: at both ends, and wherever g ceases to fall, inside a piece or between two.
   * Slopes alone tell where that is.
   */
  private leastBetween(term: CommunityTerm, from: number, to: number): number {
    const { coefficients, demand, reference, price } = this.pieces;
    const weight = term.withCosts ? 1 : 0;
    const { revenuePrice } = term;
    const first = this.pieces.pieceAt(from);
    let least = this.valueOn(first, term, from);
    let isFalling = false;
    let start = from - reference;
    for (let k = first; ; k += 1) {
      const at = COEFFICIENTS * k;
      const rate = coefficients[at];
      const largestImport = demand - coefficients[at + 1];
      const end = Math.min(price[k], to) - reference;
      const curvature = 2 * (weight * coefficients[at + 2] + revenuePrice * rate);
      const linear =
        weight * coefficients[at + 3] -
        term.price * rate -
        revenuePrice * (largestImport - reference * rate);
      const slope = curvature * start + linear;
      if (slope >= 0 && isFalling)
        least = Math.min(least, this.valueOn(k, term, start + reference));
      isFalling = curvature * end + linear <= 0;
      if (slope < 0 && !isFalling) {
        least = Math.min(least, this.valueOn(k, term, reference - linear / curvature));
      }
      if (!(price[k] < to)) return Math.min(least, this.valueOn(k, term, to));
      start = end;
    }
  }

  /** From a price upwards, where the community imports: until no price can be better than the least so far. */
  private leastAbove(term: CommunityTerm, from: number, to: number, known: number): number {
    const { price } = this.pieces;
    let least = known;
    let at = from;
    for (let k = this.pieces.pieceAt(from); at < to; k += 1) {
      if (k === this.pieces.count) {
        this.isShort = true;
        break;
      }
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
      if (k < 0) {
        this.isShort = true;
        break;
      }
      const gain = term.revenuePrice * Math.max(-this.importOn(k, at), 0) * (at - to);
      if (this.valueOn(k, term, at) - gain >= least) break;
      const next = Math.max(k === 0 ? this.pieces.from : price[k - 1], to);
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

  /** The lowest price at which the community imports no more; −∞ below the window, ∞ above it. */
  private lowestPriceFor(netImport: number): number {
    const { pieces } = this;
    if (pieces.firstImport <= netImport) return Number.NEGATIVE_INFINITY;
    if (pieces.netImport[pieces.count - 1] > netImport) return Number.POSITIVE_INFINITY;
    return this.crossing(netImport, true);
  }

  /** The highest price at which the community imports no less; ∞ above the window, −∞ below it. */
  private highestPriceFor(netImport: number): number {
    const { pieces } = this;
    if (pieces.netImport[pieces.count - 1] >= netImport) return Number.POSITIVE_INFINITY;
    if (pieces.firstImport < netImport) return Number.NEGATIVE_INFINITY;
    return this.crossing(netImport, false);
  }

  /** On the first piece that ends with an import of at most (or below) the given one. */
  private crossing(netImport: number, mayEqual: boolean): number {
    const { count, from, price, netImport: ends, coefficients, demand, reference } = this.pieces;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle] < netImport || (mayEqual && ends[middle] === netImport)) high = middle;
      else low = middle + 1;
    }
    const start = low === 0 ? from : price[low - 1];
    const rate = coefficients[COEFFICIENTS * low];
    const offset = (demand - coefficients[COEFFICIENTS * low + 1] - netImport) / rate;
    return rate > 0 ? within(start, reference + offset, price[low]) : start;
  }
}

function within(low: number, value: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
