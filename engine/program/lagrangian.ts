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
 * so that what remains is linear in the squared voltages, each within its limits, and separate in the imports
 * (the conjugate of each cost curve), the reactive amounts and P_0. No residual of the solver enters: the
 * multipliers are data, not claims. Where flows are limited, ℓ has a least value too, for which σ may be
 * negative, and coefficients get what flowPrices.ts adds. A row Σ R_m ≥ G(P_0) with the multiplier μ puts F_m
 * − μ R_m for the cost of an import and (1 + μ) G for the tariff.
 */
import { type CostCurves, conjugateAt } from '../market/costCurve.js';
import type { FlowPrices, FlowTerms } from './flowPrices.js';
import type { MarketFrame, NetworkProgram } from './networkProgram.js';

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
  /** μ of the row Σ R_m(X_m) ≥ G(P_0), $ per $; 0 where there is none. */
  readonly revenue: number;
  /** Of limits and cuts of flows, where the program has them. */
  readonly flows?: FlowPrices;
}

/**
 * A bound on every squared current that the other limits imply, pu²: from
 * v_j = t v_i − 2 (r P' + x Q') − |z|² ℓ with P', Q' what arrives at j, at least what its
 * subtree consumes without losses.
 *
 * @param smallestImport by community, pu
 */
export function impliedCurrentLimits(
  { network, market }: MarketFrame,
  smallestImport: Float64Array,
): Float64Array {
  const branchCount = network.parent.length;
  const active = Float64Array.from(network.loadP);
  const reactive = new Float64Array(network.junctionCount);
  for (let m = 0; m < market.junction.length; m += 1) {
    active[market.junction[m]] += smallestImport[m];
  }
  const limits = new Float64Array(branchCount);
  for (let e = branchCount - 1; e >= 0; e -= 1) {
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
  /** Ranges of the squared voltages that hold for every outcome, by junction, pu². */
  readonly voltages: VoltageRanges;
}

/** By junction, pu². */
export interface VoltageRanges {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** What belongs to no part: the root, the grid, and all junctions outside. */
export const REST = -1;

/**
 * The bound, $/h; −Infinity where the multipliers give none.
 *
 * @param curves convex curves below F − μ R on the ranges of imports that the bound is for
 * @param currentLimit limits L_e that hold for every solution
 * @param withCosts false leaves all costs out, of `curves` too: a positive bound then proves infeasibility
 * @param flows what multipliers of flows add, and the ranges they hold in
 */
export function lagrangianBound(
  program: NetworkProgram,
  prices: NetworkPrices,
  curves: CostCurves,
  currentLimit: Float64Array,
  withCosts: boolean,
  flows?: FlowTerms,
): number {
  const whole = wholeNetwork(program);
  return lagrangianTerm(program, prices, curves, currentLimit, withCosts, whole, REST, flows);
}

/**
 * The bound of a whole network at prices that count costs, but for what communities add: min over X_m of
 * F_m − μ R_m + π X, $/h.
 *
 * @param active π of {@link boundedActivePrices}
 */
export function networkBound(
  frame: MarketFrame,
  prices: NetworkPrices,
  active: Float64Array,
  currentLimit: Float64Array,
): number {
  return networkTerm(frame, prices, active, currentLimit, true, wholeNetwork(frame), REST);
}

function wholeNetwork(program: MarketFrame): Separation {
  return {
    part: new Int32Array(program.network.junctionCount).fill(REST),
    headBranch: new Int32Array(0),
    senderCoefficient: new Float64Array(0),
    voltages: { low: program.network.vMin, high: program.network.vMax },
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
  flows?: FlowTerms,
): number {
  const { network, market } = program;
  const weight = tariffWeight(prices, withCosts);
  const active = boundedActivePrices(program, prices, weight);
  let bound = networkTerm(
    program,
    prices,
    active,
    currentLimit,
    withCosts,
    separation,
    part,
    flows,
  );
  for (let m = 0; m < market.junction.length; m += 1) {
    if (separation.part[market.junction[m]] !== part) continue;
    const price = active[market.junction[m]] / network.baseKva;
    bound += weight > 0 ? conjugateAt(curves, m, price) : leastPayment(curves, m, price);
  }
  return Number.isNaN(bound) ? Number.NEGATIVE_INFINITY : bound;
}

/** The term of the network alone, without what communities add. */
function networkTerm(
  frame: MarketFrame,
  prices: NetworkPrices,
  active: Float64Array,
  currentLimit: Float64Array,
  withCosts: boolean,
  separation: Separation,
  part: number,
  flows?: FlowTerms,
): number {
  const { network, market } = frame;
  const { headBranch, senderCoefficient } = separation;
  const weight = tariffWeight(prices, withCosts);
  const minVoltage = flows?.ranges.minVoltage ?? network.vMin;
  const maxVoltage = flows?.ranges.maxVoltage ?? network.vMax;
  let bound = 0;

  // Coefficients of the squared voltages, gathered from the branches below each junction.
  const voltageCoefficient = new Float64Array(network.junctionCount);
  if (part === REST) {
    bound += gridTerm(frame, active[0], weight) + active[0] * network.loadP[0];
    headBranch.forEach((e, k) => {
      voltageCoefficient[network.parent[e]] += senderCoefficient[k];
    });
  }
  for (let e = network.parent.length - 1; e >= 0; e -= 1) {
    const junction = e + 1;
    if (separation.part[junction] !== part) continue;
    const sender = network.parent[e];
    const reactivePrice = prices.reactive[junction];
    loadBranchTerm(frame, prices, active, currentLimit, e, flows);
    if (!(Math.abs(branchTerm.ofSender) < Number.POSITIVE_INFINITY))
      return Number.NEGATIVE_INFINITY;
    bound += branchTerm.constant;
    if (part !== REST && e === headBranch[part]) {
      const left = branchTerm.ofSender - senderCoefficient[part];
      bound +=
        left * (left > 0 ? separation.voltages.low[sender] : separation.voltages.high[sender]);
    } else voltageCoefficient[sender] += branchTerm.ofSender;
    voltageCoefficient[junction] += prices.voltageDrop[e] - network.shunt[junction] * reactivePrice;
    if (flows) voltageCoefficient[junction] += flows.voltage[e];
    const coefficient = voltageCoefficient[junction];
    bound += coefficient * (coefficient > 0 ? minVoltage[junction] : maxVoltage[junction]);
    bound += active[junction] * network.loadP[junction];
    bound += reactivePrice * (network.loadQ[junction] + market.reactiveDemand[junction]);
    bound +=
      reactivePrice *
      (reactivePrice > 0 ? market.reactiveMin[junction] : market.reactiveMax[junction]);
  }
  if (part === REST) bound += voltageCoefficient[0] * network.rootVoltage;
  return bound;
}

/** Coefficient of the squared voltage of the sender that branch e has at these prices, $/h per pu². */
export function senderCoefficientOf(
  program: NetworkProgram,
  prices: NetworkPrices,
  currentLimit: Float64Array,
  e: number,
  flows?: FlowTerms,
): number {
  const active = boundedActivePrices(program, prices, tariffWeight(prices, true));
  loadBranchTerm(program, prices, active, currentLimit, e, flows);
  return branchTerm.ofSender;
}

/** What the flow and the current of a branch give: a constant, and a coefficient of the sender's voltage. */
const branchTerm = { constant: 0, ofSender: 0 };

function loadBranchTerm(
  { network }: MarketFrame,
  prices: NetworkPrices,
  active: Float64Array,
  currentLimit: Float64Array,
  e: number,
  flows: FlowTerms | undefined,
): void {
  const junction = e + 1;
  const sender = network.parent[e];
  const resistance = network.r[e];
  const reactance = network.x[e];
  const drop = prices.voltageDrop[e];
  const reactivePrice = prices.reactive[junction];
  const senderReactivePrice = sender === 0 ? 0 : prices.reactive[sender];
  let costP = active[sender] - active[junction] + 2 * resistance * drop;
  let costQ = senderReactivePrice - reactivePrice + 2 * reactance * drop;
  let costCurrent =
    resistance * active[junction] +
    reactance * reactivePrice -
    (resistance ** 2 + reactance ** 2) * drop;
  if (flows) {
    costP += flows.active[e];
    costQ += flows.reactive[e];
    costCurrent += flows.current[e];
  }
  const leastCurrent = flows ? flows.ranges.minCurrent[e] : 0;
  const mostCurrent = flows ? flows.ranges.maxCurrent[e] : currentLimit[e];
  const norm = Math.sqrt(costP * costP + costQ * costQ);
  const voltage = network.senderFactor[e] * prices.squaredVoltage[sender];
  const steepness = coneSteepness(costCurrent, norm, voltage, leastCurrent, mostCurrent);
  branchTerm.constant = flows ? flows.constant[e] : 0;
  if (steepness > costCurrent) branchTerm.constant += (costCurrent - steepness) * mostCurrent;
  if (steepness < costCurrent) branchTerm.constant += (costCurrent - steepness) * leastCurrent;
  const coneTerm = norm > 0 ? (norm * norm) / (4 * steepness) : 0;
  branchTerm.ofSender = -network.senderFactor[e] * (drop + coneTerm);
}

/** A limit of zero stands for no flow at all; this keeps the quotient w / L finite. */
const SMALLEST_LIMIT = 1e-100;

/**
 * c_ℓ + σ: the given coefficient as long as it lies between the values that make the branch's term largest at
 * the squared voltage w for the least and the greatest current L, |c| √(w / L) / 2; else the nearer of these.
 */
function coneSteepness(
  costCurrent: number,
  norm: number,
  voltage: number,
  leastCurrent: number,
  mostCurrent: number,
): number {
  if (mostCurrent === Number.POSITIVE_INFINITY) return Math.max(costCurrent, 0);
  const flattest = 0.5 * norm * Math.sqrt(voltage / Math.max(mostCurrent, SMALLEST_LIMIT));
  if (costCurrent <= flattest || leastCurrent === 0) return Math.max(costCurrent, flattest);
  return Math.min(costCurrent, 0.5 * norm * Math.sqrt(voltage / leastCurrent));
}

/** How often the tariff counts: once as a cost, μ times in the row. */
function tariffWeight(prices: NetworkPrices, withCosts: boolean): number {
  return (withCosts ? 1 : 0) + prices.revenue;
}

/** Without a grid limit, only root prices between selling and buying price give a bound. */
export function boundedActivePrices(
  frame: MarketFrame,
  { active }: NetworkPrices,
  weight: number,
): Float64Array {
  const { gridBuy, gridSell, gridLimit } = frame.market;
  if (gridLimit < Number.POSITIVE_INFINITY) return active;
  const bounded = Float64Array.from(active);
  bounded[0] = Math.min(Math.max(active[0], weight * gridSell), weight * gridBuy);
  return bounded;
}

/** min over |P_0| ≤ limit of weight · G(P_0) − π_0 P_0. */
function gridTerm(program: MarketFrame, price: number, weight: number): number {
  const { gridBuy, gridSell, gridLimit } = program.market;
  if (gridLimit === Number.POSITIVE_INFINITY) return 0;
  const buying = weight * gridBuy - price;
  const selling = price - weight * gridSell;
  return Math.min(0, buying * gridLimit, selling * gridLimit);
}

function leastPayment(curves: CostCurves, community: number, price: number): number {
  const start = curves.start[community];
  const low = curves.knot[start];
  const high = curves.knot[start + curves.arcCount[community]];
  return Math.min(price * low, price * high);
}
