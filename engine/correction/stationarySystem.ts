/**
 * The optimality conditions of a clearing on the exact equations, and Newton's step towards them.
 *
 * With ℓ_e = φ_e = (P_e² + Q_e²) / w_e, w_e = t_e v_i, put into the rows of the network program
 * (program/networkProgram.ts), and their multipliers π, ρ, ν, and σ of φ_e ≤ L_e, the Lagrangian is
 * stationary where, with c_e = r π_j + x ρ_j − |z|² ν_e + σ_e,
 *
 *     P_e:  π_i − π_j + 2 r ν_e + 2 c_e P_e / w_e = 0,   and the same of Q_e with ρ and x
 *     v_j:  ν_j − b_j ρ_j − Σ_children t_k (ν_k + c_k φ_k / w_k) = 0
 *     q_j:  ρ_j = 0,     P_0:  (1 + μ) G' − π_0 = 0,     X_m:  F' − μ R' + π_j = 0
 *
 * A quantity that is held at a limit leaves its condition out. X_m follows from π (localAnswers.ts), and
 * falls by its compliance as π rises, so that imports stand in the matrix as the diagonal of the balances:
 *
 *     ( H  Aᵀ ) (Δx)     (gradient)
 *     ( A  −S ) (Δy) = − (residual),     H = Σ c_e ∇²φ_e ⪰ 0 as long as c_e ≥ 0
 *
 * a quasi-definite matrix, whatever is held. The row of the bill, with one unknown μ, borders it:
 *
 *     d = G(P_0) − Σ R_m,   dμ = (−d − bᵀ u) / (corner − bᵀ z),   K u = −(residuals),   K z = b.
 */
import type { RadialNetwork } from '../network/radial.js';
import type { MarketOnNetwork } from '../program/networkProgram.js';
import { Factorisation, type PivotRule } from '../sparse/ldl.js';
import { multiplySymmetric } from '../sparse/symmetric.js';
import { dot } from '../sparse/vectors.js';
import { Hold } from './activeLimits.js';
import type { LocalAnswers } from './localAnswers.js';
import type { StationaryPlaces } from './stationaryPlaces.js';
import { type StationaryPoint, senderVoltage } from './stationaryPoint.js';

/** Which quantities are held, by branch; 1 where the current limit is an equation. */
export interface Holds {
  readonly squaredVoltage: Uint8Array;
  readonly freeReactive: Uint8Array;
  readonly current: Uint8Array;
  /** Of P_0. */
  exchange: number;
  /** Whether the row of the bill is an equation. */
  revenue: boolean;
}

const PIVOTS: PivotRule = {
  positiveShift: 1e-10,
  negativeShift: 1e-10,
  least: 1e-13,
  replacement: 1e-8,
};

/** Rounds of iterative refinement: they take the shifts of the pivots back out. */
const REFINEMENTS = 2;

export class StationarySystem {
  /** Residuals of the present point, by row: gradients of what is free, and what rows miss. */
  readonly residual: Float64Array;
  /** Gradients of v_j, q_j and P_0 whether or not they are held. */
  readonly voltageGradient: Float64Array;
  exchangeGradient = 0;
  /** G(P_0) − Σ R_m, in units of the price scale. */
  deficit = 0;
  /** φ_e of the present point. */
  readonly squaredCurrent: Float64Array;

  private readonly value: Float64Array;
  private readonly noExtra: Float64Array;
  private readonly factorisation: Factorisation;
  private readonly step: Float64Array;
  private readonly border: Float64Array;
  private readonly borderSolution: Float64Array;
  private readonly right: Float64Array;
  private readonly product: Float64Array;
  /** By junction: Σ X_m in pu, and how it falls with π, and rises with μ. */
  private readonly netImport: Float64Array;
  private readonly compliance: Float64Array;
  private readonly importOfRevenue: Float64Array;
  private corner = 0;

  /** @param priceScale $/h per pu that count as one */
  constructor(
    private readonly network: RadialNetwork,
    private readonly market: MarketOnNetwork,
    private readonly places: StationaryPlaces,
    private readonly priceScale: number,
  ) {
    const { size } = places.rows;
    const branches = network.parent.length;
    this.residual = new Float64Array(size);
    this.voltageGradient = new Float64Array(branches);
    this.squaredCurrent = new Float64Array(branches);
    this.value = new Float64Array(places.pattern.row.length);
    this.noExtra = new Float64Array(size);
    this.factorisation = new Factorisation(places.pattern, places.factor, places.sign);
    this.step = new Float64Array(size);
    this.border = new Float64Array(size);
    this.borderSolution = new Float64Array(size);
    this.right = new Float64Array(size);
    this.product = new Float64Array(size);
    this.netImport = new Float64Array(branches + 1);
    this.compliance = new Float64Array(branches + 1);
    this.importOfRevenue = new Float64Array(branches + 1);
  }

  /** Answers all prices of the point, and finds what is missing. */
  evaluate(point: StationaryPoint, holds: Holds, answers: LocalAnswers): void {
    this.answer(point, answers);
    this.evaluateRows(point);
    this.evaluateGradients(point, holds, answers);
    this.blankHeld(holds);
  }

  /** The largest entry of the residual, the deficit included where it counts. */
  largestResidual(holds: Holds): number {
    let largest = holds.revenue ? Math.abs(this.deficit) : 0;
    for (let k = 0; k < this.residual.length; k += 1) {
      largest = Math.max(largest, Math.abs(this.residual[k]));
    }
    return largest;
  }

  /** Σ X_m of all communities at a junction, pu, and what follows from prices. */
  private answer(point: StationaryPoint, answers: LocalAnswers): void {
    const { market, network, netImport, compliance, importOfRevenue, priceScale } = this;
    const { baseKva } = network;
    netImport.fill(0);
    compliance.fill(0);
    importOfRevenue.fill(0);
    this.corner = 0;
    const perKwh = priceScale / baseKva;
    for (let m = 0; m < market.junction.length; m += 1) {
      const j = market.junction[m];
      answers.answer(m, point.active[j] * perKwh, point.revenue);
      netImport[j] += answers.netImport[m] / baseKva;
      const falls = (answers.compliance[m] * perKwh) / baseKva;
      const slope = answers.revenueSlope[m] / perKwh;
      compliance[j] += falls;
      importOfRevenue[j] += falls * slope;
      this.corner -= falls * slope * slope;
    }
  }

  private evaluateRows(point: StationaryPoint): void {
    const { network, market, netImport, residual, squaredCurrent } = this;
    const { rows, limited } = this.places;
    const branches = network.parent.length;
    residual.fill(0);
    residual[rows.active] = netImport[0] + network.loadP[0] - point.exchange;
    for (let e = 0; e < branches; e += 1) {
      const j = e + 1;
      const sender = network.parent[e];
      const flowP = point.activeFlow[e];
      const flowQ = point.reactiveFlow[e];
      const voltage = point.squaredVoltage[e];
      const fed = network.senderFactor[e] * senderVoltage(network, point, e);
      const current = (flowP * flowP + flowQ * flowQ) / fed;
      const r = network.r[e];
      const x = network.x[e];
      squaredCurrent[e] = current;
      residual[rows.active + j] += r * current + netImport[j] + network.loadP[j] - flowP;
      residual[rows.reactive + e] +=
        x * current +
        point.freeReactive[e] +
        network.loadQ[j] +
        market.reactiveDemand[j] -
        network.shunt[j] * voltage -
        flowQ;
      residual[rows.voltageDrop + e] =
        voltage - fed + 2 * (r * flowP + x * flowQ) - (r * r + x * x) * current;
      residual[rows.active + sender] += flowP;
      if (sender > 0) residual[rows.reactive + sender - 1] += flowQ;
      if (limited[e] >= 0) residual[rows.current + limited[e]] = current - network.currentLimit[e];
    }
  }

  private evaluateGradients(point: StationaryPoint, holds: Holds, answers: LocalAnswers): void {
    const { network, market, residual, squaredCurrent, voltageGradient, priceScale } = this;
    const { rows } = this.places;
    const branches = network.parent.length;
    for (let e = 0; e < branches; e += 1) {
      voltageGradient[e] = point.voltageDrop[e] - network.shunt[e + 1] * point.reactive[e];
    }
    for (let e = 0; e < branches; e += 1) {
      const sender = network.parent[e];
      const factor = network.senderFactor[e];
      const fed = factor * senderVoltage(network, point, e);
      const cost = costOfCurrent(network, point, e);
      const drop = point.voltageDrop[e];
      const senderReactive = sender === 0 ? 0 : point.reactive[sender - 1];
      residual[rows.activeFlow + e] =
        point.active[sender] -
        point.active[e + 1] +
        2 * network.r[e] * drop +
        (2 * cost * point.activeFlow[e]) / fed;
      residual[rows.reactiveFlow + e] =
        senderReactive -
        point.reactive[e] +
        2 * network.x[e] * drop +
        (2 * cost * point.reactiveFlow[e]) / fed;
      if (sender > 0) {
        voltageGradient[sender - 1] -= factor * (drop + (cost * squaredCurrent[e]) / fed);
      }
    }
    const tariff = tariffAt(market, point.exchange) / priceScale;
    this.exchangeGradient = (1 + point.revenue) * tariff - point.active[0];
    this.deficit = tariff * point.exchange - answers.revenue() / priceScale;
    residual[rows.exchange] = this.exchangeGradient;
    residual.set(voltageGradient, rows.squaredVoltage);
    residual.set(point.reactive, rows.freeReactive);
    this.border.fill(0);
    if (!holds.revenue) return;
    if (holds.exchange === Hold.free) this.border[rows.exchange] = tariff;
    this.border.set(this.importOfRevenue, rows.active);
  }

  private blankHeld(holds: Holds): void {
    const { residual } = this;
    const { rows, limited } = this.places;
    for (let e = 0; e < limited.length; e += 1) {
      if (holds.squaredVoltage[e] !== Hold.free) residual[rows.squaredVoltage + e] = 0;
      if (holds.freeReactive[e] !== Hold.free) residual[rows.freeReactive + e] = 0;
      if (limited[e] >= 0 && holds.current[e] === 0) residual[rows.current + limited[e]] = 0;
    }
    if (holds.exchange !== Hold.free) residual[rows.exchange] = 0;
  }

  /**
   * Newton's step from the point evaluated last, taken; false where there is none.
   */
  takeStep(point: StationaryPoint, holds: Holds): boolean {
    this.assemble(point, holds);
    if (!this.factorisation.factorise(this.value, PIVOTS, this.noExtra)) return false;
    const { rank } = this.places;
    for (let k = 0; k < rank.length; k += 1) this.right[rank[k]] = -this.residual[k];
    this.solve(this.right, this.step);
    let revenueStep = 0;
    if (holds.revenue) {
      const { border, borderSolution } = this;
      const right = this.right;
      for (let k = 0; k < rank.length; k += 1) right[rank[k]] = border[k];
      const onStep = dot(right, this.step, right.length);
      this.solve(right, borderSolution);
      const denominator = this.corner - dot(right, borderSolution, right.length);
      revenueStep = (-this.deficit - onStep) / denominator;
      for (let k = 0; k < rank.length; k += 1) this.step[k] -= revenueStep * borderSolution[k];
    }
    return this.move(point, revenueStep);
  }

  private solve(right: Float64Array, solution: Float64Array): void {
    const { pattern } = this.places;
    solution.set(right);
    this.factorisation.solve(solution);
    for (let round = 0; round < REFINEMENTS; round += 1) {
      const { product } = this;
      multiplySymmetric(pattern, this.value, solution, product);
      for (let k = 0; k < product.length; k += 1) product[k] = right[k] - product[k];
      this.factorisation.solve(product);
      for (let k = 0; k < product.length; k += 1) solution[k] += product[k];
    }
  }

  private move(point: StationaryPoint, revenueStep: number): boolean {
    const { step } = this;
    const { rank, rows, limited } = this.places;
    for (let e = 0; e < limited.length; e += 1) {
      point.activeFlow[e] += step[rank[rows.activeFlow + e]];
      point.reactiveFlow[e] += step[rank[rows.reactiveFlow + e]];
      point.squaredVoltage[e] += step[rank[rows.squaredVoltage + e]];
      point.freeReactive[e] += step[rank[rows.freeReactive + e]];
      point.active[e + 1] += step[rank[rows.active + e + 1]];
      point.reactive[e] += step[rank[rows.reactive + e]];
      point.voltageDrop[e] += step[rank[rows.voltageDrop + e]];
      if (limited[e] >= 0) point.current[e] += step[rank[rows.current + limited[e]]];
    }
    point.exchange += step[rank[rows.exchange]];
    point.active[0] += step[rank[rows.active]];
    point.revenue += revenueStep;
    let finite = Number.isFinite(point.exchange) && Number.isFinite(point.revenue);
    for (let e = 0; finite && e < limited.length; e += 1) finite = point.squaredVoltage[e] > 0;
    return finite;
  }

  /** Writes the matrix, in the order of stationaryPlaces.ts. */
  private assemble(point: StationaryPoint, holds: Holds): void {
    const { network, value, compliance, squaredCurrent } = this;
    const { rows, limited, position } = this.places;
    value.fill(0);
    const set = (place: number, entry: number): void => {
      value[position[place]] += entry;
    };
    const exchangeIsFree = holds.exchange === Hold.free;
    set(rows.exchange, exchangeIsFree ? 0 : 1);
    for (let j = 0; j < compliance.length; j += 1) set(rows.active + j, -compliance[j]);
    let place = rows.size;
    set(place++, exchangeIsFree ? -1 : 0);
    for (let e = 0; e < limited.length; e += 1) {
      const sender = network.parent[e];
      const factor = network.senderFactor[e];
      const fed = factor * senderVoltage(network, point, e);
      const r = network.r[e];
      const x = network.x[e];
      const z = r * r + x * x;
      const cost = Math.max(costOfCurrent(network, point, e), 0);
      const ofP = (2 * point.activeFlow[e]) / fed;
      const ofQ = (2 * point.reactiveFlow[e]) / fed;
      const ofVoltage = (-factor * squaredCurrent[e]) / fed;
      const voltageIsFree = holds.squaredVoltage[e] === Hold.free ? 1 : 0;
      const reactiveIsFree = holds.freeReactive[e] === Hold.free ? 1 : 0;
      const limit = limited[e];
      const currentIsHeld = limit >= 0 && holds.current[e] === 1 ? 1 : 0;
      set(rows.activeFlow + e, (2 * cost) / fed);
      set(rows.reactiveFlow + e, (2 * cost) / fed);
      if (voltageIsFree === 0) set(rows.squaredVoltage + e, 1);
      if (reactiveIsFree === 0) set(rows.freeReactive + e, 1);
      if (limit >= 0 && currentIsHeld === 0) set(rows.current + limit, -1);
      set(place++, r * ofP - 1);
      set(place++, r * ofQ);
      set(place++, 1);
      set(place++, x * ofP);
      set(place++, x * ofQ - 1);
      set(place++, -network.shunt[e + 1] * voltageIsFree);
      set(place++, reactiveIsFree);
      set(place++, 2 * r - z * ofP);
      set(place++, 2 * x - z * ofQ);
      set(place++, voltageIsFree);
      if (limit >= 0) {
        set(place++, ofP * currentIsHeld);
        set(place++, ofQ * currentIsHeld);
      }
      if (sender === 0) continue;
      const senderIsFree = holds.squaredVoltage[sender - 1] === Hold.free ? 1 : 0;
      const bend = (-factor * cost * senderIsFree) / fed;
      set(
        rows.squaredVoltage + sender - 1,
        (2 * factor * factor * cost * squaredCurrent[e] * senderIsFree) / (fed * fed),
      );
      set(place++, bend * ofP);
      set(place++, bend * ofQ);
      set(place++, r * ofVoltage * senderIsFree);
      set(place++, x * ofVoltage * senderIsFree);
      set(place++, (-factor - z * ofVoltage) * senderIsFree);
      set(place++, 1);
      if (limit >= 0) set(place++, ofVoltage * currentIsHeld * senderIsFree);
    }
  }
}

/** c_e: what one more of ℓ_e costs. */
export function costOfCurrent(network: RadialNetwork, point: StationaryPoint, e: number): number {
  const r = network.r[e];
  const x = network.x[e];
  return (
    r * point.active[e + 1] +
    x * point.reactive[e] -
    (r * r + x * x) * point.voltageDrop[e] +
    point.current[e]
  );
}

/** G'(P_0), $/h per pu; at 0 what is sold. */
export function tariffAt({ gridBuy, gridSell }: MarketOnNetwork, exchange: number): number {
  return exchange > 0 ? gridBuy : gridSell;
}
