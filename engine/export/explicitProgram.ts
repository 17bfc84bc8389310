/**
 * The single-level mixed-integer program of `welfare` (docs/model.md sections 4 and 5; Liu et al. 2026): a
 * binary for every segment of every F_m = ½ h x² + g x + f between knots X_0 < … < X_K,
 *
 *     Σ z_k = 1,   X_{k−1} z_k ≤ x_k ≤ X_k z_k,   X_m = Σ x_k
 *     cost_m ≥ Σ (ρ_k t_k + g_k x_k + f_k z_k),   2 t_k z_k ≥ c_k x_k²
 *
 * with c_k = h_k and ρ_k = 1. The cones are the perspective of the quadratic: with whole z they are exact,
 * and relaxed they give the convex envelope of F_m.
 *
 * Revenue adequacy adds r_m, what the community pays. On a segment its price is λ = α − Γ x, so that λ x is
 * concave; one cone serves cost and revenue with c_k = Γ_k and ρ_k = h_k / Γ_k, from 0 to 1 by (2.11):
 *
 *     r_m ≤ Σ (α_k x_k − 2 t_k),   Σ r_m ≥ G(P_0)
 *
 * Powers are in pu, money in $/h.
 */
import type { MarketState } from '../clearing/marketState.js';
import type { CostCurves } from '../market/costCurve.js';
import type { RevenueCurves } from '../market/revenueCurve.js';
import { communityRevenues, costCurves, curveOf } from './communityArcs.js';
import { nameOf } from './names.js';
import type { Payments } from './payments.js';
import { FREE, type ModelBuilder, type Term, term } from './programModel.js';

/** One segment of a community: bounds on x, and the coefficients above. */
interface Segment {
  readonly low: number;
  readonly high: number;
  /** h, g and f of the cost. */
  readonly curvature: number;
  readonly slope: number;
  readonly value: number;
  /** α and Γ of the price. */
  readonly priceAtZero: number;
  readonly priceSlope: number;
}

/**
 * @param payments where payments are noted, if they matter
 * @returns the variable X_m of each community, with its cost
 */
export function addSegments(
  builder: ModelBuilder,
  state: MarketState,
  payments: Payments | undefined,
): readonly number[] {
  const costs = costCurves(state, 'cost');
  const revenues = communityRevenues(state, costs);
  const { baseKva } = state.network;
  return state.theCase.communities.id.map((community, m) => {
    const { left, right, value, arcs } = curveOf(costs, m, baseKva);
    const netImport = builder.variable(nameOf('X', community), left, right);
    if (arcs.length === 0) {
      builder.addConstant(value);
      payments?.addFixed(revenues.most[costs.start[m]]);
      return netImport;
    }
    const segments = segmentsOf(costs, revenues, m, baseKva);
    if (payments) segments.push(...endPoints(costs, revenues, m, baseKva));
    addChoice(builder, community, netImport, segments, payments);
    return netImport;
  });
}

/** From F = value + slope (x − low) + ½ curvature (x − low)² and R' = λ − Γ x at the left end. */
function segmentsOf(
  costs: CostCurves,
  revenues: RevenueCurves,
  community: number,
  base: number,
): Segment[] {
  const start = costs.start[community];
  return curveOf(costs, community, base).arcs.map((arc, k) => {
    const { left: low, right: high, curvature } = arc;
    const priceSlope = -0.5 * revenues.curvature[start + k] * base * base;
    return {
      low,
      high,
      curvature,
      slope: arc.slope - curvature * low,
      value: arc.value - (arc.slope - 0.5 * curvature * low) * low,
      priceAtZero: revenues.slope[start + k] * base + 2 * priceSlope * low,
      priceSlope,
    };
  });
}

/** Revenue beyond that of the segment beside it, relative to max(1, its size), that is more than rounding. */
const JUMP_TOLERANCE = 1e-12;

/**
 * The ends of an import's range as segments of no width, where prices at which nobody moves any more bring in
 * more than the segment beside does. Between two segments both prices of a jump are theirs.
 */
function endPoints(
  costs: CostCurves,
  { most, value, slope, curvature }: RevenueCurves,
  community: number,
  base: number,
): Segment[] {
  const start = costs.start[community];
  const end = start + costs.arcCount[community];
  const width = costs.knot[end] - costs.knot[end - 1];
  const atEnd = value[end - 1] + (slope[end - 1] + 0.5 * curvature[end - 1] * width) * width;
  const points: Segment[] = [];
  for (const [knot, beside] of [
    [start, value[start]],
    [end, atEnd],
  ]) {
    if (most[knot] - beside <= JUMP_TOLERANCE * Math.max(1, Math.abs(beside))) continue;
    const netImport = costs.knot[knot] / base;
    points.push({
      low: netImport,
      high: netImport,
      curvature: 0,
      slope: 0,
      value: costs.value[knot],
      priceAtZero: most[knot] / netImport,
      priceSlope: 0,
    });
  }
  return points;
}

/** Sums over the segments of a community. */
interface Sums {
  readonly imports: Term[];
  readonly choice: Term[];
  readonly cost: Term[];
  readonly payment: Term[];
}

function addChoice(
  builder: ModelBuilder,
  community: string,
  netImport: number,
  segments: readonly Segment[],
  payments: Payments | undefined,
): void {
  const cost = builder.variable(nameOf('cost', community), ...FREE, { linear: 1 });
  const sums: Sums = { imports: [], choice: [], cost: [], payment: [] };
  segments.forEach((segment, index) => {
    const steepness = payments === undefined ? segment.curvature : segment.priceSlope;
    addSegment(builder, [community, index + 1], segment, steepness, sums);
  });
  builder.equality(nameOf('import', community), 0, [term(netImport, -1), ...sums.imports]);
  builder.equality(nameOf('choice', community), 1, sums.choice);
  builder.row(nameOf('cost', community), ...NOT_ABOVE_ZERO, [term(cost, -1), ...sums.cost]);
  if (payments === undefined) return;
  const payment = builder.variable(nameOf('r', community), ...FREE);
  const terms = [term(payment), ...sums.payment.map(negated)];
  builder.row(nameOf('payment', community), ...NOT_ABOVE_ZERO, terms);
  payments.add(payment);
}

const NOT_ABOVE_ZERO = [Number.NEGATIVE_INFINITY, 0] as const;
const NOT_BELOW_ZERO = [0, Number.POSITIVE_INFINITY] as const;

/** @param steepness c_k, which is 0 where the segment needs no cone */
function addSegment(
  builder: ModelBuilder,
  ids: readonly [community: string, segment: number],
  { low, high, curvature, slope, value, priceAtZero }: Segment,
  steepness: number,
  sums: Sums,
): void {
  const x = builder.variable(nameOf('x', ...ids), ...FREE);
  const z = builder.variable(nameOf('z', ...ids), 0, 1, { integer: true });
  builder.row(nameOf('low', ...ids), ...NOT_BELOW_ZERO, [term(x), term(z, -low)]);
  builder.row(nameOf('high', ...ids), ...NOT_ABOVE_ZERO, [term(x), term(z, -high)]);
  sums.imports.push(term(x));
  sums.choice.push(term(z));
  sums.cost.push(term(x, slope), term(z, value));
  sums.payment.push(term(x, priceAtZero));
  if (steepness === 0) return;
  const t = builder.variable(nameOf('t', ...ids), ...NOT_BELOW_ZERO);
  builder.cone(nameOf('segment', ...ids), term(t, 2), term(z), [term(x, Math.sqrt(steepness))]);
  sums.cost.push(term(t, curvature / steepness));
  sums.payment.push(term(t, -2));
}

function negated({ variable, coefficient }: Term): Term {
  return term(variable, -coefficient);
}
