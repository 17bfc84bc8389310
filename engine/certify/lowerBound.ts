/**
 * A lower bound that anyone can recompute: the Lagrangian of the relaxed clearing (docs/model.md section 3) at
 * the prices a proof reports, minimised in closed form. Whatever the prices are, weak duality makes the
 * value a bound on every outcome in the leaf's box; the solver is not trusted for anything.
 *
 * With prices π (active), ρ (reactive) and ν (voltage equation) of the buses, branch i → j of impedance
 * z = r + jx and squared ratio τ² contributes, with w = τ² v_i,
 *
 *     a P + b Q + c ℓ   where  a = π_i − π_j + 2 r ν_j,  b = ρ_i − ρ_j + 2 x ν_j,  c = r π_j + x ρ_j − |z|² ν_j
 *
 * which under ℓ w ≥ P² + Q² and ℓ ≤ L is at least −w (a² + b²)/(4 (c + σ)) − σ L for every σ ≥ 0. The rest is
 * linear in squared voltages and free reactive amounts, and separate in P_0 and in each community.
 */
import type { Case } from '../case/case.js';
import type { Mode, Outcome, ProofLeaf } from '../clearing/result.js';
import { CommunityCost } from './communityCost.js';
import { coversEverything } from './coverage.js';
import { createFeeder, type Feeder, impliedCurrentLimits } from './feeder.js';
import { type OutputRange, Supply } from './supply.js';

/** A box is widened by this share of its community's range: rounding must not cut anything off. */
const BOX_MARGIN = 1e-9;

/** … and by this share of what its prosumers could buy and sell: sums of bounds differ by rounding. */
const SUM_MARGIN = 1e-12;

/** A leaf without any outcome must show it by a bound on the limits alone above this, $/h per pu. */
const INFEASIBILITY_MARGIN = 1e-9;

/** A limit of zero stands for no flow at all; this keeps the quotient w / L finite. */
const SMALLEST_LIMIT = 1e-100;

/** The least bound of the proof's leaves, $/h; −Infinity where they do not cover the search space. */
export function proofBound(
  theCase: Case,
  mode: Mode,
  kappa: Float64Array,
  outcome: Outcome,
): number {
  if (!coversEverything(outcome.proof)) return Number.NEGATIVE_INFINITY;
  const feeder = createFeeder(theCase);
  const market = new CommunityTerms(theCase, mode, kappa);
  const { bus } = theCase.communities;
  const leastImport = new Float64Array(feeder.order.length);
  bus.forEach((at, m) => {
    leastImport[at] += market.leastImport[m] / theCase.settings.baseKva;
  });
  const limits = impliedCurrentLimits(feeder, leastImport);
  const squaredVoltage = outcome.buses.voltagePu.map((voltage) => voltage * voltage);
  const bounds = outcome.proof.map((leaf) => {
    const prices = priceCopies(feeder, theCase, leaf, leaf.kind === 'bound');
    const onNetwork = networkTerm(feeder, theCase, prices, limits, squaredVoltage, leaf.kind);
    const bound = onNetwork + market.term(leaf, prices.active);
    if (leaf.kind === 'bound') return bound;
    return bound > INFEASIBILITY_MARGIN ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  });
  const least = Math.min(...bounds);
  return Number.isNaN(least) ? Number.NEGATIVE_INFINITY : least;
}

/** Prices by bus, $/h per pu, made valid: equal across links, and at the root within the tariff. */
interface LeafPrices {
  readonly active: Float64Array;
  readonly reactive: Float64Array;
  readonly voltage: Float64Array;
}

function priceCopies(
  feeder: Feeder,
  theCase: Case,
  leaf: ProofLeaf,
  withCosts: boolean,
): LeafPrices {
  const { baseKva, rootBus, gridBuy, gridSell, gridLimitKw } = theCase.settings;
  const active = leaf.activePrice.map((price) => price * baseKva);
  const reactive = leaf.reactivePrice.map((price) => price * baseKva);
  reactive[rootBus] = 0;
  if (gridLimitKw === Number.POSITIVE_INFINITY) {
    const price = Math.min(Math.max(leaf.activePrice[rootBus], gridSell), gridBuy);
    active[rootBus] = withCosts ? price * baseKva : 0;
  }
  for (let position = 1; position < feeder.order.length; position += 1) {
    const bus = feeder.order[position];
    if (feeder.isLink[bus] === 0) continue;
    active[bus] = active[feeder.parentBus[bus]];
    reactive[bus] = reactive[feeder.parentBus[bus]];
  }
  return { active, reactive, voltage: leaf.voltagePrice };
}

/** All terms but those of the communities, $/h. */
function networkTerm(
  feeder: Feeder,
  theCase: Case,
  prices: LeafPrices,
  limits: Float64Array,
  squaredVoltage: Float64Array,
  kind: ProofLeaf['kind'],
): number {
  const { rootBus } = theCase.settings;
  const { active, reactive, voltage } = prices;
  const count = feeder.order.length;
  const coefficient = new Float64Array(count);
  const vMin = Float64Array.from(feeder.vMin);
  const vMax = Float64Array.from(feeder.vMax);
  let bound = gridTerm(theCase, active[rootBus], kind);
  for (let position = count - 1; position >= 0; position -= 1) {
    const j = feeder.order[position];
    const free = reactive[j] > 0 ? feeder.freeMin[j] : feeder.freeMax[j];
    bound += active[j] * feeder.loadP[j] + reactive[j] * (feeder.loadQ[j] + free);
    coefficient[j] -= feeder.shunt[j] * reactive[j];
    if (position === 0) break;
    const i = feeder.parentBus[j];
    if (feeder.isLink[j] === 1) {
      coefficient[i] += feeder.ratio[j] * coefficient[j];
      if (i !== rootBus) {
        vMin[i] = Math.max(vMin[i], vMin[j] / feeder.ratio[j]);
        vMax[i] = Math.min(vMax[i], vMax[j] / feeder.ratio[j]);
      }
      continue;
    }
    const r = feeder.r[j];
    const x = feeder.x[j];
    const a = active[i] - active[j] + 2 * r * voltage[j];
    const b = reactive[i] - reactive[j] + 2 * x * voltage[j];
    const c = r * active[j] + x * reactive[j] - (r * r + x * x) * voltage[j];
    const norm = Math.hypot(a, b);
    const w = feeder.ratio[j] * squaredVoltage[i];
    const raised =
      limits[j] < Number.POSITIVE_INFINITY
        ? Math.max(c, 0.5 * norm * Math.sqrt(w / Math.max(limits[j], SMALLEST_LIMIT)))
        : Math.max(c, 0);
    if (raised > c) bound -= (raised - c) * limits[j];
    coefficient[j] += voltage[j];
    coefficient[i] -= feeder.ratio[j] * voltage[j];
    if (norm > 0) coefficient[i] -= (feeder.ratio[j] * norm * norm) / (4 * raised);
    bound += coefficient[j] * (coefficient[j] > 0 ? vMin[j] : vMax[j]);
  }
  return bound + coefficient[rootBus] * feeder.vMin[rootBus];
}

/** min over |P_0| ≤ limit of G(P_0) − π_0 P_0, $/h. */
function gridTerm(theCase: Case, rootPrice: number, kind: ProofLeaf['kind']): number {
  const { baseKva, gridBuy, gridSell, gridLimitKw } = theCase.settings;
  if (gridLimitKw === Number.POSITIVE_INFINITY) return 0;
  const price = rootPrice / baseKva;
  const costs = kind === 'bound' ? 1 : 0;
  return gridLimitKw * Math.min(0, costs * gridBuy - price, price - costs * gridSell);
}

/** What the communities contribute at given prices of their buses. */
class CommunityTerms {
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
    this.margin = new Float64Array(communities.id.length);
    for (let i = 0; i < prosumers.community.length; i += 1) {
      const least = prosumers.demandKw[i] - prosumers.pMaxKw[i];
      const greatest = prosumers.demandKw[i] - prosumers.pMinKw[i];
      this.margin[prosumers.community[i]] +=
        BOX_MARGIN * (greatest - least) + SUM_MARGIN * (Math.abs(least) + Math.abs(greatest));
    }
    const capped = mode !== 'social';
    this.leastImport = communities.priceMax.map((cap, m) =>
      this.importAt(m, capped ? cap : Number.POSITIVE_INFINITY, 'high'),
    );
    this.greatestImport = communities.priceMin.map((cap, m) =>
      this.importAt(m, capped ? cap : Number.NEGATIVE_INFINITY, 'low'),
    );
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

  /** @param active price by bus, $/h per pu */
  term(leaf: ProofLeaf, active: Float64Array): number {
    const { communities, settings } = this.theCase;
    const count = communities.id.length;
    const low = this.leastImport.slice();
    const high = this.greatestImport.slice();
    leaf.community.forEach((m, k) => {
      low[m] = Math.max(low[m], leaf.importMinKw[k] as number);
      high[m] = Math.min(high[m], leaf.importMaxKw[k] as number);
    });
    let total = 0;
    for (let m = 0; m < count; m += 1) {
      const price = active[communities.bus[m]] / settings.baseKva;
      const margin = this.margin[m];
      total +=
        leaf.kind === 'infeasible'
          ? Math.min(price * (low[m] - margin), price * (high[m] + margin))
          : this.least(m, price, low[m] - margin, high[m] + margin);
    }
    return total;
  }

  private least(community: number, price: number, low: number, high: number): number {
    const { priceMin, priceMax } = this.theCase.communities;
    if (this.mode !== 'welfare') return this.leastPotential(community, price);
    this.cost.load(community, this.kappa[community]);
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
