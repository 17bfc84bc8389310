/**
 * The communities' terms of the Lagrangian bound (lowerBound.ts): the least of cost plus payment over the
 * imports that a leaf's box and the price caps allow. In `welfare` the cost is F_m, which is not convex; in
 * `dlmp` and `social` it is the potential W_m, whose minimiser is the answer to the price itself.
 */
import type { Case } from '../case/case.js';
import type { Mode, ProofLeaf } from '../clearing/result.js';
import { CommunityCost } from './communityCost.js';
import { type OutputRange, Supply } from './supply.js';

/** A box is widened by this share of its community's range: rounding must not cut anything off. */
const BOX_MARGIN = 1e-9;

/** … and by this share of what its prosumers could buy and sell: sums of bounds differ by rounding. */
const SUM_MARGIN = 1e-12;

/** What the communities contribute at given prices of their buses. */
export class CommunityTerms {
  /** Least and greatest import of each community between its price caps, kW. */
  readonly leastImport: Float64Array;
  private readonly greatestImport: Float64Array;
  /** By how much a box is widened, kW. */
  private readonly margin: Float64Array;
  private readonly cost: CommunityCost;
  private readonly supply: Supply;
  private readonly range: OutputRange = { low: 0, high: 0 };

  constructor(
    private readonly theCase: Case,
    private readonly mode: Mode,
    private readonly kappa: Float64Array,
  ) {
    const { communities, prosumers } = theCase;
    this.cost = new CommunityCost(theCase);
    this.supply = new Supply(theCase);
    this.leastImport = new Float64Array(communities.id.length);
    this.greatestImport = new Float64Array(communities.id.length);
    this.margin = new Float64Array(communities.id.length);
    for (let i = 0; i < prosumers.community.length; i += 1) {
      const m = prosumers.community[i];
      const least = prosumers.demandKw[i] - prosumers.pMaxKw[i];
      const greatest = prosumers.demandKw[i] - prosumers.pMinKw[i];
      this.leastImport[m] += least;
      this.greatestImport[m] += greatest;
      this.margin[m] +=
        BOX_MARGIN * (greatest - least) + SUM_MARGIN * (Math.abs(least) + Math.abs(greatest));
    }
    if (mode !== 'social') this.keepCaps();
  }

  /** Price caps narrow the ranges of the imports. */
  private keepCaps(): void {
    const { priceMin, priceMax } = this.theCase.communities;
    for (let m = 0; m < priceMin.length; m += 1) {
      if (priceMax[m] < Number.POSITIVE_INFINITY) {
        this.leastImport[m] = this.importAt(m, priceMax[m], 'high');
      }
      if (priceMin[m] > Number.NEGATIVE_INFINITY) {
        this.greatestImport[m] = this.importAt(m, priceMin[m], 'low');
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
   * Σ over the communities of their least cost in each leaf, $/h.
   *
   * @param active by leaf, then by bus: price, $/h per pu
   */
  terms(leaves: readonly ProofLeaf[], active: readonly Float64Array[]): Float64Array {
    const { communities, settings } = this.theCase;
    const totals = new Float64Array(leaves.length);
    for (let m = 0; m < communities.id.length; m += 1) {
      if (this.mode === 'welfare') this.cost.load(m, this.kappa[m]);
      leaves.forEach((leaf, k) => {
        const price = (active[k] as Float64Array)[communities.bus[m]] / settings.baseKva;
        totals[k] += this.term(leaf, m, price);
      });
    }
    return totals;
  }

  private term(leaf: ProofLeaf, community: number, price: number): number {
    const place = leaf.community.indexOf(community);
    const boxLow = place < 0 ? Number.NEGATIVE_INFINITY : leaf.importMinKw[place];
    const boxHigh = place < 0 ? Number.POSITIVE_INFINITY : leaf.importMaxKw[place];
    const low = Math.max(this.leastImport[community], boxLow) - this.margin[community];
    const high = Math.min(this.greatestImport[community], boxHigh) + this.margin[community];
    if (leaf.kind === 'infeasible') return Math.min(price * low, price * high);
    if (this.mode !== 'welfare') return this.leastPotential(community, price);
    const { priceMin, priceMax } = this.theCase.communities;
    return this.cost.leastCost(price, low, high, priceMin[community], priceMax[community]);
  }

  /** min W(X) + π X: the community answers the price π, or the cap nearest to it. */
  private leastPotential(community: number, price: number): number {
    const { communities, prosumers } = this.theCase;
    const kappa = this.kappa[community];
    const capped =
      this.mode === 'social'
        ? price
        : Math.min(
            Math.max(price, communities.priceMin[community]),
            communities.priceMax[community],
          );
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
