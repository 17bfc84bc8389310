/**
 * The communities' terms of the Lagrangian bound (lowerBound.ts): the least of cost plus payment over the
 * imports that a leaf's box and the price caps allow. In `welfare` the cost is F_m, which is not convex; in
 * `dlmp` and `social` it is the potential W_m, whose minimiser is the answer to the price itself.
 */
import type { Case } from '../case/case.js';
import type { Mode } from '../clearing/result.js';
import type { AllowedPrices } from './allowedPrices.js';
import { importOf } from './box.js';
import { CommunityCost } from './communityCost.js';
import type { Feeder } from './feeder.js';
import type { CommunityTerm } from './pieceSearch.js';
import type { Intervals } from './ranges.js';
import { holdsPlace, type Scope } from './scopes.js';
import { type OutputRange, Supply } from './supply.js';

/** A box is widened by this share of its community's range: rounding must not cut anything off. */
const BOX_MARGIN = 1e-9;

/** … and by this share of what its prosumers could buy and sell: sums of bounds differ by rounding. */
const SUM_MARGIN = 1e-12;

/** By scope, $/h: Σ of terms, and of the sizes of what they are summed from. */
export interface SummedTerms {
  readonly value: Float64Array;
  readonly size: Float64Array;
}

/** What the communities contribute at given prices of their buses. */
export class CommunityTerms {
  /** Least and greatest import of each community between its price caps, kW. */
  readonly imports: Intervals;
  /** By how much a box is widened, kW. */
  private readonly margin: Float64Array;
  private readonly cost: CommunityCost;
  private readonly supply: Supply;
  private readonly range: OutputRange = { low: 0, high: 0 };
  private readonly term: CommunityTerm = {
    price: 0,
    revenuePrice: 0,
    withCosts: true,
    low: 0,
    high: 0,
    floor: 0,
    ceiling: 0,
  };

  constructor(
    private readonly theCase: Case,
    private readonly mode: Mode,
    private readonly kappa: Float64Array,
    private readonly prices: AllowedPrices,
  ) {
    const { communities, prosumers } = theCase;
    this.cost = new CommunityCost(theCase, mode === 'welfare' ? 'cost' : 'potential');
    this.supply = new Supply(theCase);
    const count = communities.id.length;
    const low = new Float64Array(count);
    const high = new Float64Array(count);
    this.imports = { low, high };
    this.margin = new Float64Array(communities.id.length);
    for (let m = 0; m < count; m += 1) {
      const end = communities.prosumerStart[m + 1];
      for (let i = communities.prosumerStart[m]; i < end; i += 1) {
        const least = prosumers.demandKw[i] - prosumers.pMaxKw[i];
        const greatest = prosumers.demandKw[i] - prosumers.pMinKw[i];
        low[m] += least;
        high[m] += greatest;
        this.margin[m] +=
          BOX_MARGIN * (greatest - least) + SUM_MARGIN * (Math.abs(least) + Math.abs(greatest));
      }
    }
    if (mode !== 'social') this.keepCaps();
  }

  /** Price caps narrow the ranges of the imports. */
  private keepCaps(): void {
    const { priceMin, priceMax } = this.theCase.communities;
    for (let m = 0; m < priceMin.length; m += 1) {
      if (priceMax[m] < Number.POSITIVE_INFINITY) {
        this.imports.low[m] = this.importAt(m, priceMax[m], 'high');
      }
      if (priceMin[m] > Number.NEGATIVE_INFINITY) {
        this.imports.high[m] = this.importAt(m, priceMin[m], 'low');
      }
    }
  }

  /** What a community imports at a price, every output at the given end of its range of answers, kW. */
  private importAt(community: number, price: number, end: 'low' | 'high'): number {
    const { communities, prosumers } = this.theCase;
    const kappa = this.kappa[community];
    let netImport = 0;
    for (
      let i = communities.prosumerStart[community];
      i < communities.prosumerStart[community + 1];
      i += 1
    ) {
      this.supply.load(i);
      this.supply.solve(kappa, price + kappa * prosumers.demandKw[i], this.range);
      netImport += prosumers.demandKw[i] - this.range[end];
    }
    return netImport;
  }

  /**
   * Σ over the communities of a scope of their least terms, $/h, for each scope.
   *
   * @param rootPrice by scope: price of the root, $/kWh
   */
  terms(feeder: Feeder, scopes: readonly Scope[], rootPrice: Float64Array): SummedTerms {
    const { communities, settings } = this.theCase;
    const value = new Float64Array(scopes.length);
    const size = new Float64Array(scopes.length);
    for (let m = 0; m < communities.id.length; m += 1) {
      const place = feeder.position[communities.bus[m]];
      const head = feeder.head[communities.bus[m]];
      const priceIn = (k: number): number =>
        head === settings.rootBus ? rootPrice[k] : scopes[k].leaf.activePrice[head];
      this.cost.open(m, this.kappa[m]);
      scopes.forEach((scope, k) => {
        if (!holdsPlace(scope, place)) return;
        this.setTerm(scope, m, priceIn(k));
        if (!this.isPaymentAlone) this.cost.announce(this.term);
      });
      this.cost.load();
      scopes.forEach((scope, k) => {
        if (!holdsPlace(scope, place)) return;
        this.setTerm(scope, m, priceIn(k));
        const term = this.leastTerm(m);
        value[k] += term;
        // A box without any import is as it is: rounding takes nothing from infinity.
        if (Number.isFinite(term)) size[k] += Math.abs(term) + this.paymentSize(m);
      });
    }
    return { value, size };
  }

  /** The term of a community in a scope. */
  private setTerm({ leaf, box, withCosts }: Scope, community: number, price: number): void {
    const { term } = this;
    const side = box.get(importOf(community));
    const margin = this.margin[community];
    term.low = (side?.low ?? Number.NEGATIVE_INFINITY) - margin;
    term.high = (side?.high ?? Number.POSITIVE_INFINITY) + margin;
    term.price = price;
    term.revenuePrice = leaf.revenuePrice;
    term.withCosts = withCosts;
    term.floor = this.prices.floor[community];
    term.ceiling = this.prices.ceiling[community];
  }

  /** Whether neither costs nor revenue count: then only the payment for the import does. */
  private get isPaymentAlone(): boolean {
    return !this.term.withCosts && this.term.revenuePrice === 0;
  }

  private leastTerm(community: number): number {
    const { term, cost, margin } = this;
    if (this.isPaymentAlone) {
      const low = Math.max(this.imports.low[community] - margin[community], term.low);
      const high = Math.min(this.imports.high[community] + margin[community], term.high);
      return Math.min(term.price * low, term.price * high);
    }
    return cost.isContinuous ? cost.leastCost(term) : this.leastPotential(community, term.price);
  }

  /** What the payments of the term evaluated last may come to: they cancel where costs and payments meet. */
  private paymentSize(community: number): number {
    const { price, revenuePrice, floor, ceiling } = this.term;
    const largest = Math.max(
      Math.abs(this.imports.low[community]),
      Math.abs(this.imports.high[community]),
    );
    if (revenuePrice === 0) return Math.abs(price) * largest;
    return (
      (Math.abs(price) + revenuePrice * Math.max(Math.abs(floor), Math.abs(ceiling))) * largest
    );
  }

  /** min W(X) + π X by direct answers: the community answers the price π, or the cap nearest to it. */
  private leastPotential(community: number, price: number): number {
    if (this.mode === 'welfare') return Number.NaN;
    const { communities, prosumers } = this.theCase;
    const kappa = this.kappa[community];
    const { floor, ceiling } = this.prices;
    const capped = Math.min(Math.max(price, floor[community]), ceiling[community]);
    let total = 0;
    for (
      let i = communities.prosumerStart[community];
      i < communities.prosumerStart[community + 1];
      i += 1
    ) {
      this.supply.load(i);
      this.supply.solve(kappa, capped + kappa * prosumers.demandKw[i], this.range);
      const output = this.range.low;
      const purchase = prosumers.demandKw[i] - output;
      total += this.supply.costOf(output) + 0.5 * kappa * purchase * purchase + price * purchase;
    }
    return total;
  }
}
