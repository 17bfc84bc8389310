/**
 * The least of F_m(X) + π X − μ λ X over the prices λ that may be posted to a community and the imports X
 * that answer them: the community's term of the Lagrangian bound (docs/model.md sections 2 and 5). μ is
 * the price of revenue adequacy. Without costs F is left out; in modes that follow the potential, F is
 * the potential.
 *
 * As a function g(λ) the term is quadratic between the prices at which outputs meet bounds
 * (pricePieces.ts), and need not be convex. With w = 1 where F counts (else 0) and the prosumers A inside
 * their bounds,
 *
 *     g'(λ) = Σ_A s_i ((w + μ) λ + w κ x_i − π) − μ X(λ)
 *
 * so that with a = (π − w κ max x)/(w + μ) and b = (π − w κ min x)/(w + μ), over the purchases x that
 * anybody who can move may have, the sum is ≤ 0 below a and ≥ 0 above b. Imports fall with the price,
 * through 0 at λ_0: below min(a, λ_0) nothing rises, above max(b, λ_0) nothing falls. Above b and up to
 * λ_0 what is still to be gained is at most μ X (λ_0 − λ), and likewise below a: where that cannot pay
 * any more, nobody looks. So a few prices decide, whatever the size of the community, and its pieces are
 * found for a window of prices around them.
 */
import type { Bids } from './bids.js';
import { type CommunityTerm, PieceSearch, within } from './pieceSearch.js';
import type { Population } from './population.js';
import { PricePieces } from './pricePieces.js';
import type { WindowFindings } from './windowBlocks.js';
import type { CostKind } from './windowReading.js';

/**
 * With a price of revenue adequacy the window reaches beyond a and b by this share of the allowed prices,
 * times √μ: what can be gained further off grows with μ, what it costs with the square of the distance.
 * On IEEE 123 one community in twenty asks for more, and has its whole range loaded.
 */
const REACH = 0.3;

const EVERYTHING: PriceWindow = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

/** Prices between which the pieces of a community are wanted, $/kWh; none where `from` lies above `to`. */
export interface PriceWindow {
  readonly from: number;
  readonly to: number;
}

/** Terms of one community at a time: open it, announce the terms, load, and ask for them. */
export class CommunityCost {
  private readonly pieces: PricePieces;
  private readonly search: PieceSearch;
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
  /** a and b of a term, between the prices that are allowed. */
  private low = 0;
  private high = 0;

  /** @param kind whether F is the cost or the potential */
  constructor(
    bids: Bids,
    private readonly kind: CostKind,
    private readonly population: Population,
  ) {
    this.pieces = new PricePieces(bids, kind);
    this.search = new PieceSearch(this.pieces);
  }

  open(community: number, kappa: number): void {
    this.community = community;
    this.kappa = kappa;
    const least = this.population.leastPurchase[community];
    const greatest = this.population.greatestPurchase[community];
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

  /** Prices that the terms announced ask for. */
  get window(): PriceWindow {
    const isAnnounced = this.from !== Number.POSITIVE_INFINITY;
    // NaN asks for everything.
    return !isAnnounced || this.from <= this.to ? { from: this.from, to: this.to } : EVERYTHING;
  }

  /** @param findings of the bids at the windows of all communities, where these have been read already */
  load(findings?: WindowFindings): void {
    const { from, to } = this.window;
    if (!(from <= to)) return;
    if (findings === undefined) this.pieces.load(this.community, this.kappa, from, to);
    else this.pieces.take(findings, this.community, this.kappa, from, to);
    this.selfSufficient = this.search.highestPriceFor(0);
  }

  /** Σ of the sizes of what the cost is summed from, $/h. */
  get size(): number {
    return this.pieces.size;
  }

  /** Whether the terms can be told from prices alone. */
  get isContinuous(): boolean {
    return this.pieces.isContinuous;
  }

  /** The least of the community's term; Infinity where no price and import are allowed. */
  leastCost(term: CommunityTerm): number {
    this.search.isShort = false;
    const least = this.leastInWindow(term);
    if (!this.search.isShort) return least;
    const { from, to } = EVERYTHING;
    this.pieces.load(this.community, this.kappa, from, to);
    this.selfSufficient = this.search.highestPriceFor(0);
    return this.isContinuous ? this.leastInWindow(term) : Number.NaN;
  }

  private leastInWindow(term: CommunityTerm): number {
    const { search, selfSufficient } = this;
    const from = Math.max(search.lowestPriceFor(term.high), term.floor);
    const to = Math.min(search.highestPriceFor(term.low), term.ceiling);
    if (!(from <= to)) return Number.POSITIVE_INFINITY;
    this.findBracket(term, from, to);
    const { low, high } = this;
    const least = search.leastBetween(term, low, high);
    if (term.revenuePrice === 0) return least;
    const above = search.leastAbove(term, high, Math.min(selfSufficient, to), least);
    return search.leastBelow(term, low, Math.max(selfSufficient, from), above);
  }

  /** a and b, taken into [from, to]. */
  private findBracket(term: CommunityTerm, from: number, to: number): void {
    const weight = term.withCosts ? 1 : 0;
    const kappa = this.kind === 'cost' ? weight * this.kappa : 0;
    const share = 1 / (weight + term.revenuePrice);
    this.low = within(from, (term.price - kappa * this.greatestPurchase) * share, to);
    this.high = within(this.low, (term.price - kappa * this.leastPurchase) * share, to);
  }
}
