/**
 * A lower bound that holds whatever the solver did: the Lagrangian of the network program, minimised in
 * closed form for given multipliers π, ρ, ν of its rows (networkProgram.ts). Weak duality makes it a bound
 * for any multipliers; good ones make it tight.
 *
 * Collecting terms, branch e from i to j has the coefficients
 *
 *     c_P = π_i − π_j + 2 r ν_e      c_Q = ρ_i − ρ_j + 2 x ν_e      c_ℓ = r π_j + x ρ_j − |z|² ν_e
 *
 * and with w = t_e v_i the cone gives, for any σ ≥ 0 on the limit ℓ ≤ L_e,
 *
 *     min c_P P + c_Q Q + c_ℓ ℓ  ≥  −w (c_P² + c_Q²) / (4 (c_ℓ + σ)) − σ L_e
 *
 * so that what remains is linear in the squared voltages, each within its limits, and separate in
 * the imports (the conjugate of each cost curve), the reactive amounts and P_0. No residual of the
 * solver enters: the multipliers are data, not claims.
 */
import { type CostCurves, conjugateAt } from '../market/costCurve.js';
import type { NetworkProgram } from './networkProgram.js';

/** Multipliers of a network program, $/h per pu; squared voltages (pu²) only help to choose σ. */
export interface NetworkPrices {
  /** By junction. */
  readonly active: Float64Array;
  /** By junction; 0 at the root. */
  readonly reactive: Float64Array;
  /** By branch. */
  readonly voltageDrop: Float64Array;
  /** Squared voltages by junction at the solution. */
  readonly squaredVoltage: Float64Array;
}

/**
 * A bound on every squared current that the other limits imply, pu²: from
 * v_j = t v_i − 2 (r P' + x Q') − |z|² ℓ with P', Q' what arrives at j, at least what its
 * subtree consumes without losses.
 *
 * @param smallestImport by community, pu
 */
export function impliedCurrentLimits(
  program: NetworkProgram,
  smallestImport: Float64Array,
): Float64Array {
  const { network, market, layout } = program;
  const active = Float64Array.from(network.loadP);
  const reactive = new Float64Array(layout.junctionCount);
  for (let m = 0; m < layout.communityCount; m += 1) {
    active[market.junction[m]] += smallestImport[m];
  }
  const limits = new Float64Array(layout.branchCount);
  for (let e = layout.branchCount - 1; e >= 0; e -= 1) {
    const junction = e + 1;
    const sender = network.parent[e];
    const shunt = network.shunt[junction];
    const charging = shunt * (shunt > 0 ? network.vMax[junction] : network.vMin[junction]);
    reactive[junction] +=
      network.loadQ[junction] + market.reactiveDemand[junction] + market.reactiveMin[junction];
    reactive[junction] -= charging;
    active[sender] += active[junction];
    reactive[sender] += reactive[junction];
    const senderVoltage = sender === 0 ? network.rootVoltage : network.vMax[sender];
    const drop = network.r[e] * active[junction] + network.x[e] * reactive[junction];
    const room = network.senderFactor[e] * senderVoltage - network.vMin[junction] - 2 * drop;
    const squaredImpedance = network.r[e] ** 2 + network.x[e] ** 2;
    limits[e] = network.currentLimit[e];
    if (squaredImpedance > 0) limits[e] = Math.min(limits[e], Math.max(room, 0) / squaredImpedance);
  }
  return limits;
}

/**
 * Subtrees that are bounded apart from the rest, which keeps α v of each sending junction
 * (docs/model.md section 5).
 */
export interface Separation {
  /** By junction: the number of its subtree, or {@link REST}. */
  readonly part: Int32Array;
  /** By part: the branch that feeds it. */
  readonly headBranch: Int32Array;
  /** By part: α, $/h per pu². */
  readonly senderCoefficient: Float64Array;
}

/** What belongs to no part: the root, the grid, and all junctions outside. */
export const REST = -1;

/**
 * The bound, $/h; −Infinity where the multipliers give none.
 *
 * @param curves convex cost curves on the ranges of imports that the bound is for
 * @param currentLimit limits L_e that hold for every solution
 * @param withCosts false leaves all costs out: a positive bound then proves infeasibility
 */
export function lagrangianBound(
  program: NetworkProgram,
  prices: NetworkPrices,
  curves: CostCurves,
  currentLimit: Float64Array,
  withCosts: boolean,
): number {
  const whole = wholeNetwork(program);
  return lagrangianTerm(program, prices, curves, currentLimit, withCosts, whole, REST);
}

function wholeNetwork({ layout }: NetworkProgram): Separation {
  return {
    part: new Int32Array(layout.junctionCount).fill(REST),
    headBranch: new Int32Array(0),
    senderCoefficient: new Float64Array(0),
  };
}

/** The term of one part, or of the rest; over all parts and the rest they sum to a bound. */
export function lagrangianTerm(
  program: NetworkProgram,
  prices: NetworkPrices,
  curves: CostCurves,
  currentLimit: Float64Array,
  withCosts: boolean,
  separation: Separation,
  part: number,
): number {
  const { network, market, layout } = program;
  const { headBranch, senderCoefficient } = separation;
  const active = boundedActivePrices(program, prices, withCosts);
  let bound = 0;

  // Coefficients of the squared voltages, gathered from the branches below each junction.
  const voltageCoefficient = new Float64Array(layout.junctionCount);
  if (part === REST) {
    bound += gridTerm(program, active[0], withCosts) + active[0] * network.loadP[0];
    headBranch.forEach((e, k) => {
      voltageCoefficient[network.parent[e]] += senderCoefficient[k];
    });
  }
  for (let e = layout.branchCount - 1; e >= 0; e -= 1) {
    const junction = e + 1;
    if (separation.part[junction] !== part) continue;
    const sender = network.parent[e];
    const reactivePrice = prices.reactive[junction];
    loadBranchTerm(program, prices, active, currentLimit, e);
    if (!(Math.abs(branchTerm.ofSender) < Number.POSITIVE_INFINITY))
      return Number.NEGATIVE_INFINITY;
    bound += branchTerm.constant;
    if (part !== REST && e === headBranch[part]) {
      const left = branchTerm.ofSender - senderCoefficient[part];
      const limit = left > 0 ? network.vMin[sender] : network.vMax[sender];
      bound += left * (sender === 0 ? network.rootVoltage : limit);
    } else voltageCoefficient[sender] += branchTerm.ofSender;
    voltageCoefficient[junction] += prices.voltageDrop[e] - network.shunt[junction] * reactivePrice;
    const coefficient = voltageCoefficient[junction];
    bound += coefficient * (coefficient > 0 ? network.vMin[junction] : network.vMax[junction]);
    bound += active[junction] * network.loadP[junction];
    bound += reactivePrice * (network.loadQ[junction] + market.reactiveDemand[junction]);
    bound +=
      reactivePrice *
      (reactivePrice > 0 ? market.reactiveMin[junction] : market.reactiveMax[junction]);
  }
  if (part === REST) bound += voltageCoefficient[0] * network.rootVoltage;
  for (let m = 0; m < layout.communityCount; m += 1) {
    if (separation.part[market.junction[m]] !== part) continue;
    const price = active[market.junction[m]] / network.baseKva;
    bound += withCosts ? conjugateAt(curves, m, price) : leastPayment(curves, m, price);
  }
  return Number.isNaN(bound) ? Number.NEGATIVE_INFINITY : bound;
}

/** Coefficient of the squared voltage of the sender that branch e has at these prices, $/h per pu². */
export function senderCoefficientOf(
  program: NetworkProgram,
  prices: NetworkPrices,
  currentLimit: Float64Array,
  e: number,
): number {
  loadBranchTerm(program, prices, boundedActivePrices(program, prices, true), currentLimit, e);
  return branchTerm.ofSender;
}

/** What the flow and the current of a branch give: a constant, and a coefficient of the sender's voltage. */
const branchTerm = { constant: 0, ofSender: 0 };

function loadBranchTerm(
  { network }: NetworkProgram,
  prices: NetworkPrices,
  active: Float64Array,
  currentLimit: Float64Array,
  e: number,
): void {
  const junction = e + 1;
  const sender = network.parent[e];
  const resistance = network.r[e];
  const reactance = network.x[e];
  const drop = prices.voltageDrop[e];
  const reactivePrice = prices.reactive[junction];
  const senderReactivePrice = sender === 0 ? 0 : prices.reactive[sender];
  const costP = active[sender] - active[junction] + 2 * resistance * drop;
  const costQ = senderReactivePrice - reactivePrice + 2 * reactance * drop;
  const costCurrent =
    resistance * active[junction] +
    reactance * reactivePrice -
    (resistance ** 2 + reactance ** 2) * drop;
  const norm = Math.sqrt(costP * costP + costQ * costQ);
  const voltage = network.senderFactor[e] * prices.squaredVoltage[sender];
  const steepness = coneSteepness(costCurrent, norm, voltage, currentLimit[e]);
  branchTerm.constant = steepness > costCurrent ? (costCurrent - steepness) * currentLimit[e] : 0;
  const coneTerm = norm > 0 ? (norm * norm) / (4 * steepness) : 0;
  branchTerm.ofSender = -network.senderFactor[e] * (drop + coneTerm);
}

/** A limit of zero stands for no flow at all; this keeps the quotient w / L finite. */
const SMALLEST_LIMIT = 1e-100;

/**
 * c_ℓ + σ: the given coefficient where it is steep enough, else the value that makes the branch's
 * term largest at the squared voltage w, |c| √(w / L) / 2.
 */
function coneSteepness(costCurrent: number, norm: number, voltage: number, limit: number): number {
  if (limit === Number.POSITIVE_INFINITY) return Math.max(costCurrent, 0);
  const best = 0.5 * norm * Math.sqrt(voltage / Math.max(limit, SMALLEST_LIMIT));
  return Math.max(costCurrent, best);
}

/** Without a grid limit, only root prices between selling and buying price give a bound. */
function boundedActivePrices(
  program: NetworkProgram,
  { active }: NetworkPrices,
  withCosts: boolean,
): Float64Array {
  const { gridBuy, gridSell, gridLimit } = program.market;
  if (gridLimit < Number.POSITIVE_INFINITY) return active;
  const bounded = Float64Array.from(active);
  bounded[0] = withCosts ? Math.min(Math.max(active[0], gridSell), gridBuy) : 0;
  return bounded;
}

/** min over |P_0| ≤ limit of G(P_0) − π_0 P_0. */
function gridTerm(program: NetworkProgram, price: number, withCosts: boolean): number {
  const { gridBuy, gridSell, gridLimit } = program.market;
  if (gridLimit === Number.POSITIVE_INFINITY) return 0;
  const buying = (withCosts ? gridBuy : 0) - price;
  const selling = price - (withCosts ? gridSell : 0);
  return Math.min(0, buying * gridLimit, selling * gridLimit);
}

function leastPayment(curves: CostCurves, community: number, price: number): number {
  const start = curves.start[community];
  const low = curves.knot[start];
  const high = curves.knot[start + curves.arcCount[community]];
  return Math.min(price * low, price * high);
}
