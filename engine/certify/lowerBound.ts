/**
 * A lower bound that anyone can recompute: the Lagrangian of the relaxed clearing (docs/model.md section 5) at
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
import { CommunityTerms } from './communityTerms.js';
import { coversEverything } from './coverage.js';
import { createFeeder, type Feeder, impliedCurrentLimits } from './feeder.js';

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
  const prices = outcome.proof.map((leaf) => priceCopies(feeder, theCase, leaf));
  const ofCommunities = market.terms(
    outcome.proof,
    prices.map(({ active }) => active),
  );
  const bounds = outcome.proof.map((leaf, k) => {
    const ofLeaf = prices[k] as LeafPrices;
    const onNetwork = networkTerm(feeder, theCase, ofLeaf, limits, squaredVoltage, leaf.kind);
    const bound = onNetwork + ofCommunities[k];
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

function priceCopies(feeder: Feeder, theCase: Case, leaf: ProofLeaf): LeafPrices {
  const { baseKva, rootBus, gridBuy, gridSell, gridLimitKw } = theCase.settings;
  const active = leaf.activePrice.map((price) => price * baseKva);
  const reactive = leaf.reactivePrice.map((price) => price * baseKva);
  reactive[rootBus] = 0;
  if (gridLimitKw === Number.POSITIVE_INFINITY) {
    const price = Math.min(Math.max(leaf.activePrice[rootBus], gridSell), gridBuy);
    active[rootBus] = leaf.kind === 'bound' ? price * baseKva : 0;
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
