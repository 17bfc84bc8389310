/**
 * The relaxed clearing (docs/model.md section 5): the convex envelope of each F_m or W_m, every arc of it as
 * a part x_k of the import with its own quadratic cost,
 *
 *     X_m = left + Σ x_k,   0 ≤ x_k ≤ width_k,   cost value + Σ (slope_k x_k + ½ curvature_k x_k²)
 *
 * Slopes ascend from arc to arc, so that the parts fill in order: nothing is approximated.
 *
 * Revenue adequacy adds r_m below the concave envelope of R_m, in parts y_k of the same import:
 *
 *     X_m = left + Σ y_k,   r_m + value + Σ (slope_k y_k + s_k) ≤ 0,   2 s_k ≥ curvature_k y_k²
 *
 * with the arcs of the convex envelope of −R_m. Cost and revenue are enveloped apart, so this relaxation is
 * weaker than the explicit program without its integers. Powers are in pu, money in $/h.
 */
import type { MarketState } from '../clearing/marketState.js';
import { allocateLike, type CostCurves, type CostKind } from '../market/costCurve.js';
import { weighCurves } from '../market/revenueCurve.js';
import {
  type CommunityCurve,
  communityRevenues,
  costCurves,
  curveOf,
  envelopesOf,
} from './communityArcs.js';
import { nameOf } from './names.js';
import type { Payments } from './payments.js';
import { FREE, type ModelBuilder, term } from './programModel.js';

/**
 * @param payments where payments are noted, if they matter
 * @returns the variable X_m of each community, with its cost
 */
export function addEnvelopes(
  builder: ModelBuilder,
  state: MarketState,
  kind: CostKind,
  payments: Payments | undefined,
): readonly number[] {
  const { baseKva } = state.network;
  const costs = costCurves(state, kind);
  const envelopes = envelopesOf(state, costs);
  const losses = payments && envelopesOf(state, lossesOf(state, costs));
  return state.theCase.communities.id.map((community, m) => {
    const cost = curveOf(envelopes, m, baseKva);
    const netImport = builder.variable(nameOf('X', community), cost.left, cost.right);
    addCost(builder, community, netImport, cost);
    if (payments && losses) {
      addPayment(builder, community, netImport, curveOf(losses, m, baseKva), payments);
    }
    return netImport;
  });
}

/** −R_m */
function lossesOf(state: MarketState, costs: CostCurves): CostCurves {
  const losses = allocateLike(costs);
  weighCurves(costs, communityRevenues(state, costs), 0, 1, losses);
  return losses;
}

function addCost(
  builder: ModelBuilder,
  community: string,
  netImport: number,
  { arcs, left, value }: CommunityCurve,
): void {
  builder.addConstant(value);
  if (arcs.length === 0) return;
  const parts = arcs.map((arc, k) => {
    const cost = { linear: arc.slope, quadratic: arc.curvature };
    return term(builder.variable(nameOf('x', community, k + 1), 0, arc.right - arc.left, cost), -1);
  });
  builder.equality(nameOf('import', community), left, [term(netImport), ...parts]);
}

/** @param loss the convex envelope of −R_m */
function addPayment(
  builder: ModelBuilder,
  community: string,
  netImport: number,
  { arcs, left, value }: CommunityCurve,
  payments: Payments,
): void {
  if (arcs.length === 0) {
    payments.addFixed(-value);
    return;
  }
  const payment = builder.variable(nameOf('r', community), ...FREE);
  const imports = [term(netImport)];
  const lost = [term(payment)];
  arcs.forEach((arc, k) => {
    const ids = [community, k + 1] as const;
    const y = builder.variable(nameOf('y', ...ids), 0, arc.right - arc.left);
    imports.push(term(y, -1));
    lost.push(term(y, arc.slope));
    if (arc.curvature === 0) return;
    const s = builder.variable(nameOf('s', ...ids), 0, Number.POSITIVE_INFINITY);
    lost.push(term(s));
    builder.cone(nameOf('loss', ...ids), term(s, 2), 1, [term(y, Math.sqrt(arc.curvature))]);
  });
  builder.equality(nameOf('sold', community), left, imports);
  builder.row(nameOf('payment', community), Number.NEGATIVE_INFINITY, -value, lost);
  payments.add(payment);
}
