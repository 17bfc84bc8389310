/**
 * A lower bound that anyone can recompute: the Lagrangian of the relaxed clearing (docs/model.md section
 * 5) at the prices a proof reports, minimised in closed form. Whatever the prices are, weak duality makes
 * the value a bound on every outcome in the leaf's box; the solver is not trusted for anything.
 *
 * At given prices the Lagrangian is a sum over the communities (communityTerms.ts) and the network
 * (networkTerms.ts), and over parts of it: at the prices of its sending bus i a subtree separates from
 * the rest (scopes.ts) but for v_i, of which the rest keeps α v_i. The subtree, whose branch has k v_i,
 * is charged the least of (k − α) v_i. The bound of a leaf is that of the rest and, for each part, the
 * least over the part's leaves; the bound of a proof is the least over its leaves.
 */
import type { Case } from '../case/case.js';
import type { Mode, Outcome } from '../clearing/result.js';
import { type AllowedPrices, priceCaps, pricesUnderAdequacy } from './allowedPrices.js';
import { CommunityTerms } from './communityTerms.js';
import { coversEverything } from './coverage.js';
import { createFeeder, type Feeder } from './feeder.js';
import { boundedRootPrice, NetworkTerms } from './networkTerms.js';
import { type Population, populationOf } from './population.js';
import { type LeafScopes, type Scope, scopesOf } from './scopes.js';
import type { WindowFindings, WindowInput } from './windowBlocks.js';

/**
 * What rounding may add to a bound, relative to the sum of the sizes of what it is summed from: 2⁻⁵³ of
 * each in the worst case, times the rows of a block (bids.ts) and a few. The bound is lowered by it, so that rounding proves
 * nothing at prices of any size.
 */
const ROUNDING = 1e-12;

/** What is needed of an outcome for a bound. */
type Proven = Pick<Outcome, 'proof' | 'revenueAdequacy' | 'buses'>;

/** What is known of a case already, each for all prosumers. */
export interface Known {
  readonly population?: Population;
  /** Prices that revenue adequacy allows. */
  readonly adequatePrices?: AllowedPrices | undefined;
}

/** The least bound of the proof's leaves, $/h; −Infinity where they do not cover the search space. */
export function proofBound(
  theCase: Case,
  mode: Mode,
  kappa: Float64Array,
  outcome: Proven,
): number {
  if (!coversEverything(outcome.proof)) return Number.NEGATIVE_INFINITY;
  return leastBound(leafBounds(theCase, mode, kappa, outcome));
}

export function leastBound(bounds: Float64Array): number {
  return bounds.reduce((least, bound) => Math.min(least, bound), Number.POSITIVE_INFINITY);
}

/**
 * By leaf: a bound on every outcome in its box, $/h. Infinity where it shows that there is none, −Infinity
 * where it proves nothing.
 */
export function leafBounds(
  theCase: Case,
  mode: Mode,
  kappa: Float64Array,
  outcome: Proven,
): Float64Array {
  return new LeafBounds(theCase, mode, kappa, outcome).evaluate();
}

/** The bounds of the leaves of a proof, which ask for one reading of the bids at windows of prices. */
export class LeafBounds {
  private readonly feeder: Feeder;
  private readonly leaves: readonly (LeafScopes | undefined)[];
  private readonly scopes: readonly Scope[];
  private readonly rootPrice: Float64Array;
  private readonly market: CommunityTerms;
  private readonly network: NetworkTerms;

  constructor(
    theCase: Case,
    mode: Mode,
    kappa: Float64Array,
    { proof, revenueAdequacy, buses }: Proven,
    { population = populationOf(theCase, kappa), adequatePrices }: Known = {},
  ) {
    const hasRevenueRow = mode === 'welfare' && revenueAdequacy;
    const allowed = hasRevenueRow
      ? (adequatePrices ?? pricesUnderAdequacy(theCase, kappa, population))
      : priceCaps(theCase, mode);
    this.feeder = createFeeder(theCase, population.reactiveDemand);
    this.leaves = proof.map((leaf) => scopesOf(this.feeder, leaf, hasRevenueRow));
    this.scopes = this.leaves.flatMap((leaf) => (leaf ? [leaf.whole, ...leaf.parts.flat()] : []));
    this.rootPrice = Float64Array.from(this.scopes, (scope) => boundedRootPrice(theCase, scope));
    this.market = new CommunityTerms(theCase, mode, kappa, allowed, population);
    this.network = new NetworkTerms(theCase, this.feeder, this.market.imports, buses.voltagePu);
  }

  /** What has to be read of the bids. */
  get windows(): WindowInput {
    return this.market.windows(this.feeder, this.scopes, this.rootPrice);
  }

  /** @param findings what has been read in the windows; read here, community by community, unless given */
  evaluate(findings?: WindowFindings): Float64Array {
    const { feeder, scopes, rootPrice, network } = this;
    const ofCommunities = this.market.terms(feeder, scopes, rootPrice, findings);
    const termOf = new Map<Scope, number>();
    scopes.forEach((scope, k) => {
      const onNetwork = network.networkTerm(scope, rootPrice[k]);
      const size = network.size + ofCommunities.size[k];
      const term = onNetwork + ofCommunities.value[k] - ROUNDING * size;
      // Only a box without any import makes a term infinite; prices without a finite value prove nothing.
      termOf.set(scope, Number.isFinite(onNetwork) ? term : Number.NEGATIVE_INFINITY);
    });
    return Float64Array.from(this.leaves, (leaf) => {
      if (leaf === undefined) return Number.NEGATIVE_INFINITY;
      const bound = leafBound(leaf, (scope) => termOf.get(scope) ?? Number.NaN);
      return Number.isNaN(bound) ? Number.NEGATIVE_INFINITY : bound;
    });
  }
}

/** Rest and parts; a part in which nothing is possible makes the whole leaf impossible. */
function leafBound({ whole, parts }: LeafScopes, termOf: (scope: Scope) => number): number {
  let bound = termOf(whole);
  for (const part of parts) {
    let least = Number.POSITIVE_INFINITY;
    for (const scope of part) {
      const term = termOf(scope);
      // A scope of its own is a proof that its box is empty, or nothing.
      least = Math.min(least, scope.outer === undefined ? emptiness(term) : term);
    }
    if (least === Number.POSITIVE_INFINITY) return least;
    bound += least;
  }
  return whole.withCosts ? bound : emptiness(bound);
}

/** Without costs, an outcome would have a term of at most 0. */
function emptiness(bound: number): number {
  return bound > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}
