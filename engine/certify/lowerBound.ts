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
import { createFeeder } from './feeder.js';
import { boundedRootPrice, NetworkTerms } from './networkTerms.js';
import { type LeafScopes, type Scope, scopesOf } from './scopes.js';

/**
 * What rounding may add to a bound, relative to the sum of the sizes of what it is summed from: 2⁻⁵³ of
 * each in the worst case, times some thousands. The bound is lowered by it, so that rounding proves
 * nothing at prices of any size.
 */
const ROUNDING = 1e-12;

/**
 * The least bound of the proof's leaves, $/h; −Infinity where they do not cover the search space.
 *
 * @param adequatePrices prices that revenue adequacy allows, where they are known already
 */
export function proofBound(
  theCase: Case,
  mode: Mode,
  kappa: Float64Array,
  outcome: Outcome,
  adequatePrices?: AllowedPrices,
): number {
  if (!coversEverything(outcome.proof)) return Number.NEGATIVE_INFINITY;
  return leafBounds(theCase, mode, kappa, outcome, adequatePrices).reduce(
    (least, bound) => Math.min(least, bound),
    Number.POSITIVE_INFINITY,
  );
}

/**
 * By leaf: a bound on every outcome in its box, $/h. Infinity where it shows that there is none, −Infinity
 * where it proves nothing.
 */
export function leafBounds(
  theCase: Case,
  mode: Mode,
  kappa: Float64Array,
  { proof, revenueAdequacy, buses }: Pick<Outcome, 'proof' | 'revenueAdequacy' | 'buses'>,
  adequatePrices?: AllowedPrices,
): Float64Array {
  const feeder = createFeeder(theCase);
  const hasRevenueRow = mode === 'welfare' && revenueAdequacy;
  const leaves = proof.map((leaf) => scopesOf(feeder, leaf, hasRevenueRow));
  const scopes = leaves.flatMap((leaf) => (leaf ? [leaf.whole, ...leaf.parts.flat()] : []));
  const allowed = hasRevenueRow
    ? (adequatePrices ?? pricesUnderAdequacy(theCase, kappa))
    : priceCaps(theCase, mode);
  const market = new CommunityTerms(theCase, mode, kappa, allowed);
  const network = new NetworkTerms(theCase, feeder, market.imports, buses.voltagePu);
  const rootPrice = Float64Array.from(scopes, (scope) => boundedRootPrice(theCase, scope));
  const ofCommunities = market.terms(feeder, scopes, rootPrice);
  const termOf = new Map<Scope, number>();
  scopes.forEach((scope, k) => {
    const onNetwork = network.networkTerm(scope, rootPrice[k]);
    const size = network.size + ofCommunities.size[k];
    const term = onNetwork + ofCommunities.value[k] - ROUNDING * size;
    // Only a box without any import makes a term infinite; prices without a finite value prove nothing.
    termOf.set(scope, Number.isFinite(onNetwork) ? term : Number.NEGATIVE_INFINITY);
  });
  return Float64Array.from(leaves, (leaf) => {
    if (leaf === undefined) return Number.NEGATIVE_INFINITY;
    const bound = leafBound(leaf, (scope) => termOf.get(scope) ?? Number.NaN);
    return Number.isNaN(bound) ? Number.NEGATIVE_INFINITY : bound;
  });
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
