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
 * a quasi-definite matrix K, whatever is held. The row of the bill, d = G(P_0) − Σ R_m = 0 with one unknown
 * μ, and the conditions φ_b = φ_a of mixed communities with one unknown θ each, border it:
 *
 *     (C − Bᵀ Z) δ = −e − Bᵀ u,     K u = −(residuals),   K Z = B,     step = u − Z δ
 */
import type { RadialNetwork } from '../network/radial.js';
import type { MarketOnNetwork } from '../program/networkProgram.js';
import { Factorisation, type PivotRule } from '../sparse/ldl.js';
import { multiplySymmetric } from '../sparse/symmetric.js';
import { Hold } from './activeLimits.js';
import { Borders } from './borders.js';
import type { LocalAnswers } from './localAnswers.js';
import { writeMatrix } from './stationaryMatrix.js';
import type { StationaryPlaces } from './stationaryPlaces.js';
import { costOfCurrent, type StationaryPoint, senderVoltage } from './stationaryPoint.js';

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

/** What a price may move by in one step, as a share of the tariff. */
const MOST_PRICE_STEP = 0.25;

/** μ moves by a part of itself, and a little: answers leap as it grows, and do not leap back by themselves. */
const REVENUE_REACH = 1;
const LEAST_REVENUE_REACH = 0.004;

export class StationarySystem {
  /** Residuals of the present point, by row: gradients of what is free, and what rows miss. */
  readonly residual: Float64Array;
  /** Gradients of v_j whether or not they are held. */
  readonly voltageGradient: Float64Array;
  /** G(P_0) − Σ R_m, in units of the price scale. */
  deficit = 0;
  /** φ_e of the present point. */
  readonly squaredCurrent: Float64Array;
  /** By junction: how Σ X_m falls as π rises. */
  readonly compliance: Float64Array;

  private readonly value: Float64Array;
  private readonly noExtra: Float64Array;
  private readonly factorisation: Factorisation;
  private readonly step: Float64Array;
  private readonly borders: Borders;
  private readonly right: Float64Array;
  private readonly product: Float64Array;
  /** By junction: Σ X_m in pu, and how it rises with μ. */
  private readonly netImport: Float64Array;
  private readonly importOfRevenue: Float64Array;

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
    this.borders = new Borders(size);
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
    this.evaluateGradients(point, answers);
    this.blankHeld(holds);
  }

  /** The largest entry of the residual, the deficit included where it counts. */
  largestResidual(holds: Holds, answers: LocalAnswers): number {
    let largest = holds.revenue ? Math.abs(this.deficit) : 0;
    for (const m of answers.mixed) {
      largest = Math.max(largest, Math.abs(answers.valueLeap[m]) / this.priceScale);
    }
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
    const perKwh = priceScale / baseKva;
    for (let m = 0; m < market.junction.length; m += 1) {
      const j = market.junction[m];
      answers.answer(m, point.active[j] * perKwh, point.revenue);
      netImport[j] += answers.netImport[m] / baseKva;
      compliance[j] += (answers.compliance[m] * perKwh) / baseKva;
      importOfRevenue[j] += answers.complianceOfRevenue[m] / baseKva;
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

  private evaluateGradients(point: StationaryPoint, answers: LocalAnswers): void {
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
    this.deficit = tariff * point.exchange - answers.totalRevenue() / priceScale;
    residual[rows.exchange] = (1 + point.revenue) * tariff - point.active[0];
    residual.set(voltageGradient, rows.squaredVoltage);
    residual.set(point.reactive, rows.freeReactive);
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

  /** Newton's step from the point evaluated last, taken; false where there is none. */
  takeStep(point: StationaryPoint, holds: Holds, answers: LocalAnswers): boolean {
    const { network } = this;
    writeMatrix(network, this.places, point, holds, this, this.value);
    if (!this.factorisation.factorise(this.value, PIVOTS, this.noExtra)) return false;
    const { rank } = this.places;
    for (let k = 0; k < rank.length; k += 1) this.right[rank[k]] = -this.residual[k];
    this.solve(this.right, this.step);
    this.writeBorders(point, holds, answers);
    const { borders } = this;
    for (let k = 0; k < borders.count; k += 1) this.solve(borders.column(k), borders.solution(k));
    if (!borders.close(this.step)) return false;
    const length = this.stepLength(holds.revenue ? borders.step[0] / revenueReach(point) : 0);
    if (holds.revenue) point.revenue += length * borders.step[0];
    answers.mixed.forEach((m, k) => {
      answers.share[m] += length * borders.step[holds.revenue ? k + 1 : k];
    });
    return this.move(point, length);
  }

  /** The share of a step that moves no price by more than answers follow. */
  private stepLength(revenueStep: number): number {
    const { rank, rows } = this.places;
    let largest = Math.abs(revenueStep);
    for (let row = rows.active; row < rows.reactive; row += 1) {
      largest = Math.max(largest, Math.abs(this.step[rank[row]]));
    }
    return largest > MOST_PRICE_STEP ? MOST_PRICE_STEP / largest : 1;
  }

  /** The row of the bill, if it counts, then one a mixed community. */
  private writeBorders(point: StationaryPoint, holds: Holds, answers: LocalAnswers): void {
    const { borders, market, network, priceScale } = this;
    const { rows, rank } = this.places;
    const ofBill = holds.revenue ? 1 : 0;
    borders.begin(ofBill + answers.mixed.length);
    if (holds.revenue) {
      const column = borders.column(0);
      if (holds.exchange === Hold.free) {
        column[rank[rows.exchange]] = tariffAt(market, point.exchange) / priceScale;
      }
      for (let j = 0; j < network.junctionCount; j += 1) {
        column[rank[rows.active + j]] = this.importOfRevenue[j];
      }
      const bend = answers.bendOfRevenue.reduce((sum, ofCommunity) => sum + ofCommunity, 0);
      borders.setCorner(0, 0, -bend / priceScale);
      borders.missing[0] = this.deficit;
    }
    answers.mixed.forEach((m, k) => {
      const place = ofBill + k;
      const row = rank[rows.active + market.junction[m]];
      borders.column(place)[row] = answers.importLeap[m] / network.baseKva;
      if (holds.revenue) borders.setCorner(0, place, -answers.revenueLeap[m] / priceScale);
      borders.missing[place] = answers.valueLeap[m] / priceScale;
    });
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

  private move(point: StationaryPoint, length: number): boolean {
    const { step } = this;
    const { rank, rows, limited } = this.places;
    const of = (row: number): number => length * step[rank[row]];
    let finite = true;
    for (let e = 0; e < limited.length; e += 1) {
      point.activeFlow[e] += of(rows.activeFlow + e);
      point.reactiveFlow[e] += of(rows.reactiveFlow + e);
      point.squaredVoltage[e] += of(rows.squaredVoltage + e);
      point.freeReactive[e] += of(rows.freeReactive + e);
      point.active[e + 1] += of(rows.active + e + 1);
      point.reactive[e] += of(rows.reactive + e);
      point.voltageDrop[e] += of(rows.voltageDrop + e);
      if (limited[e] >= 0) point.current[e] += of(rows.current + limited[e]);
      finite &&= point.squaredVoltage[e] > 0;
    }
    point.exchange += of(rows.exchange);
    point.active[0] += of(rows.active);
    return finite && Number.isFinite(point.exchange) && Number.isFinite(point.revenue);
  }
}

/** What μ may move by for a price to move by one. */
function revenueReach({ revenue }: StationaryPoint): number {
  return REVENUE_REACH * revenue + LEAST_REVENUE_REACH;
}

/** G'(P_0), $/h per pu; at 0 what is sold. */
export function tariffAt({ gridBuy, gridSell }: MarketOnNetwork, exchange: number): number {
  return exchange > 0 ? gridBuy : gridSell;
}
