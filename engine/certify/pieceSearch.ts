/**
 * Looks for the least of a community's term g(λ) = w F + (π − μ λ) X on the pieces of its prices
 * (pricePieces.ts), on each of which g is quadratic:
 *
 *     g = w (C_2 t² + C_1 t + C_0) + (π − μ λ_ref − μ t) (D − P_0 − P_1 t),   t = λ − λ_ref
 *
 * Why some prices need not be looked at is said in communityCost.ts.
 */
import type { PricePieces } from './pricePieces.js';
import { COEFFICIENTS } from './runningSums.js';

/** What a community's term is made of. */
export interface CommunityTerm {
  /** π of its bus, $/kWh, and μ. */
  price: number;
  revenuePrice: number;
  /** Whether F counts: w is 1, else 0. */
  withCosts: boolean;
  /** Imports allowed, kW. */
  low: number;
  high: number;
  /** Prices that may be posted, $/kWh; finite where μ > 0. */
  floor: number;
  ceiling: number;
}

export class PieceSearch {
  /** Whether a search would have gone on beyond the window of the pieces; whoever asks sets it back. */
  isShort = false;

  constructor(private readonly pieces: PricePieces) {}

  /**
   * On prices from `from` to `to`: at both ends, and wherever g ceases to fall, inside a piece or between
   * two. Slopes alone tell where that is.
   */
  leastBetween(term: CommunityTerm, from: number, to: number): number {
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

  /**
   * From a price upwards, where the community imports: until no price can be better than the least so far.
   */
  leastAbove(term: CommunityTerm, from: number, to: number, known: number): number {
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
  leastBelow(term: CommunityTerm, from: number, to: number, known: number): number {
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
  lowestPriceFor(netImport: number): number {
    const { pieces } = this;
    if (pieces.firstImport <= netImport) return Number.NEGATIVE_INFINITY;
    if (pieces.netImport[pieces.count - 1] > netImport) return Number.POSITIVE_INFINITY;
    return this.crossing(netImport, true);
  }

  /** The highest price at which the community imports no less; ∞ above the window, −∞ below it. */
  highestPriceFor(netImport: number): number {
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

export function within(low: number, value: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
