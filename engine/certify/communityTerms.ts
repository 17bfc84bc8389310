/**
 * The communities' terms of the Lagrangian bound (lowerBound.ts): the least of cost plus payment over the
 * imports that a leaf's box and the price caps allow. In `welfare` the cost is F_m, which is not convex; in
 * `dlmp` and `social` it is the potential W_m, whose minimiser is the answer to the price itself.
 */
import type { Case } from '../case/case.js';
import type { Mode } from '../clearing/result.js';
import type { AllowedPrices } from './allowedPrices.js';
import { type Bids, bidsOf } from './bids.js';
import { importOf } from './box.js';
import { keepCaps } from './cappedImports.js';
import { CommunityCost } from './communityCost.js';
import type { Feeder } from './feeder.js';
import type { CommunityTerm } from './pieceSearch.js';
import { type Population, populationOf } from './population.js';
import type { Intervals } from './ranges.js';
import { holdsPlace, type Scope } from './scopes.js';
import { type OutputRange, Supply } from './supply.js';
import type { WindowFindings, WindowInput } from './windowBlocks.js';

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
  private readonly bids: Bids;
  private readonly kind: 'cost' | 'potential';
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
    private readonly population: Population = populationOf(theCase, kappa),
  ) {
    this.bids = bidsOf(theCase);
    this.kind = mode === 'welfare' ? 'cost' : 'potential';
    this.cost = new CommunityCost(this.bids, this.kind, population);
    this.supply = new Supply(this.bids);
    const { leastImport, greatestImport, importSize } = population;
    this.imports = { low: leastImport.slice(), high: greatestImport.slice() };
    this.margin = importSize.map(
      (size, m) => BOX_MARGIN * (greatestImport[m] - leastImport[m]) + SUM_MARGIN * size,
    );
    if (mode !== 'social') keepCaps(theCase, this.bids, kappa, this.imports);
  }

  /** What the terms ask of the bids. */
  windows(feeder: Feeder, scopes: readonly Scope[], rootPrice: Float64Array): WindowInput {
    const { bids, kind, kappa } = this;
    const from = new Float64Array(kappa.length);
    const to = new Float64Array(kappa.length);
    for (let m = 0; m < kappa.length; m += 1) {
      this.openCommunity(m, feeder, scopes, rootPrice);
      from[m] = this.cost.window.from;
      to[m] = this.cost.window.to;
    }
    return { bids, kind, kappa, from, to };
  }

  /**
   * Σ over the communities of a scope of their least terms, $/h, for each scope.
   *
   * @param rootPrice by scope: price of the root, $/kWh
   * @param findings of the bids at the windows, where they have been read already
   */
  terms(
    feeder: Feeder,
    scopes: readonly Scope[],
    rootPrice: Float64Array,
    findings?: WindowFindings,
  ): SummedTerms {
    const value = new Float64Array(scopes.length);
    const size = new Float64Array(scopes.length);
    for (let m = 0; m < this.kappa.length; m += 1) {
      this.openCommunity(m, feeder, scopes, rootPrice);
      this.cost.load(findings);
      this.eachScope(m, feeder, scopes, rootPrice, (k) => {
        const term = this.leastTerm(m);
        value[k] += term;
        // A box without any import is as it is: rounding takes nothing from infinity.
        if (Number.isFinite(term)) size[k] += Math.abs(term) + this.sizeOfTerm(m);
      });
    }
    return { value, size };
  }

  /** Opens a community, and announces its terms. */
  private openCommunity(
    community: number,
    feeder: Feeder,
    scopes: readonly Scope[],
    rootPrice: Float64Array,
  ): void {
    this.cost.open(community, this.kappa[community]);
    this.eachScope(community, feeder, scopes, rootPrice, () => {
      if (!this.isPaymentAlone) this.cost.announce(this.term);
    });
  }

  /** Sets the term of a community in every scope that holds it, one after the other. */
  private eachScope(
    community: number,
    feeder: Feeder,
    scopes: readonly Scope[],
    rootPrice: Float64Array,
    visit: (scope: number) => void,
  ): void {
    const { communities, settings } = this.theCase;
    const bus = communities.bus[community];
    const head = feeder.head[bus];
    scopes.forEach((scope, k) => {
      if (!holdsPlace(scope, feeder.position[bus])) return;
      const atRoot = head === settings.rootBus;
      this.setTerm(scope, community, atRoot ? rootPrice[k] : scope.leaf.activePrice[head]);
      visit(k);
    });
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

  /**
   * What the term evaluated last may be summed from: payments and costs of prosumers cancel where they meet, but
   * not their rounding.
   */
  private sizeOfTerm(community: number): number {
    const { price, revenuePrice, withCosts, floor, ceiling } = this.term;
    const posted = revenuePrice > 0 ? Math.max(Math.abs(floor), Math.abs(ceiling)) : 0;
    const ofPayments =
      (Math.abs(price) + revenuePrice * posted) * this.population.importSize[community];
    return ofPayments + (withCosts ? this.cost.size : 0);
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
