/**
 * The relaxed clearing as a conic program (docs/model.md section 3, equations (1) to (4) of
 * network/radial.ts with (4) relaxed to a second-order cone). Rows are written so that their
 * multipliers are prices:
 *
 *   active    r ℓ_e + Σ_k P_k + Σ X_m − P_e     = −load_j           multiplier π_j, $/h per pu
 *   (root)    Σ_k P_k + Σ X_m − import + export = −load_0           π_0
 *   reactive  x ℓ_e + Σ_k Q_k + q_j − b_j v_j − Q_e = −load_j       ρ_j
 *   voltage   v_j − t v_i + 2 (r P_e + x Q_e) − |z|² ℓ_e = 0        ν_e
 *   cone      ℓ_e · t v_i ≥ P_e² + Q_e²
 *
 * Structure is fixed by the network and the places of the communities; bounds, right-hand sides and the
 * costs of import parts change from solve to solve.
 */
import type { ConicProblem } from '../conic/problem.js';
import type { RadialNetwork } from '../network/radial.js';
import { SparseBuilder, type SparseColumns } from '../sparse/columns.js';
import { setFlowRows } from './flowRows.js';
import { CONE_SIZE, createLayout, type Layout } from './layout.js';

/** What of a market the network program needs beside the network. Powers in pu, prices in $/h per pu. */
export interface MarketOnNetwork {
  /** Junction of each community. */
  readonly junction: Int32Array;
  /** Prosumers' reactive demand at each junction. */
  readonly reactiveDemand: Float64Array;
  /** Range of the free reactive consumption at each junction. */
  readonly reactiveMin: Float64Array;
  readonly reactiveMax: Float64Array;
  readonly gridBuy: number;
  readonly gridSell: number;
  /** Largest exchange either way; Infinity without a limit. */
  readonly gridLimit: number;
}

/** The objective is cost · (F + G) + revenue · (G − R): costs, and the operator's loss (docs/model.md section 4). */
export interface ObjectiveWeights {
  cost: number;
  revenue: number;
}

/** A market and its network, as programs and bounds know them. */
export interface MarketFrame {
  readonly network: RadialNetwork;
  readonly market: MarketOnNetwork;
}

export interface NetworkProgram extends MarketFrame {
  readonly layout: Layout;
  readonly problem: ConicProblem;
  readonly weights: Readonly<ObjectiveWeights>;
}

/**
 * @param mostArcs arcs of the longest cost curve that will stand in it
 * @param flowBranch branches whose flows at the receiving end stand in it (flowRows.ts)
 * @param endArcs arcs at either end of a cost curve that are never merged with others
 */
export function createNetworkProgram(
  network: RadialNetwork,
  market: MarketOnNetwork,
  mostArcs: number,
  flowBranch: Int32Array = new Int32Array(0),
  endArcs = 0,
): NetworkProgram {
  const branchCount = network.junctionCount - 1;
  const communities = market.junction.length;
  const layout = createLayout(branchCount, communities, mostArcs, flowBranch, endArcs);
  const columns = layout.columnCount;
  const problem: ConicProblem = {
    variableCount: columns,
    quadratic: new Float64Array(columns),
    linear: new Float64Array(columns),
    lower: new Float64Array(columns).fill(Number.NEGATIVE_INFINITY),
    upper: new Float64Array(columns).fill(Number.POSITIVE_INFINITY),
    equalities: equalityMatrix(network, market, layout),
    equalityRight: new Float64Array(layout.rowCount),
    cones: coneMatrix(network, layout),
    coneRight: coneRight(network),
    coneSizes: new Int32Array(layout.branchCount).fill(CONE_SIZE),
  };
  setBounds(problem, network, market, layout);
  const program = { layout, network, market, problem, weights: { cost: 1, revenue: 0 } };
  setWeights(program, 1, 0);
  setRightHandSide(problem, network, market, layout);
  return program;
}

/** Writes the tariffs, which both terms of the objective contain; the imports are importModels.ts's part. */
export function setWeights(program: NetworkProgram, cost: number, revenue: number): void {
  const { layout, market, problem } = program;
  const weights: ObjectiveWeights = program.weights;
  weights.cost = cost;
  weights.revenue = revenue;
  problem.linear[layout.gridImport] = (cost + revenue) * market.gridBuy;
  problem.linear[layout.gridExport] = -(cost + revenue) * market.gridSell;
}

/** Writes the right-hand sides; `importBase` is the fixed part of each community's import, pu. */
export function setImportBase(program: NetworkProgram, importBase: Float64Array): void {
  const { layout, market, network, problem } = program;
  setRightHandSide(problem, network, market, layout);
  for (let m = 0; m < layout.communityCount; m += 1) {
    problem.equalityRight[layout.activeBalance + market.junction[m]] -= importBase[m];
  }
}

function equalityMatrix(
  network: RadialNetwork,
  market: MarketOnNetwork,
  layout: Layout,
): SparseColumns {
  const builder = new SparseBuilder();
  for (let e = 0; e < layout.branchCount; e += 1) {
    const sender = network.parent[e];
    const junction = e + 1;
    const resistance = network.r[e];
    const reactance = network.x[e];
    const drop = layout.voltageDrop + e;
    builder.set(layout.activeBalance + sender, layout.flowP + e, 1);
    builder.set(layout.activeBalance + junction, layout.flowP + e, -1);
    builder.set(drop, layout.flowP + e, 2 * resistance);
    if (sender > 0) builder.set(layout.reactiveBalance + sender - 1, layout.flowQ + e, 1);
    builder.set(layout.reactiveBalance + e, layout.flowQ + e, -1);
    builder.set(drop, layout.flowQ + e, 2 * reactance);
    builder.set(layout.activeBalance + junction, layout.squaredCurrent + e, resistance);
    builder.set(layout.reactiveBalance + e, layout.squaredCurrent + e, reactance);
    builder.set(drop, layout.squaredCurrent + e, -(resistance ** 2 + reactance ** 2));
    builder.set(layout.reactiveBalance + e, layout.squaredVoltage + e, -network.shunt[junction]);
    builder.set(drop, layout.squaredVoltage + e, 1);
    if (sender > 0) {
      builder.set(drop, layout.squaredVoltage + sender - 1, -network.senderFactor[e]);
    }
    builder.set(layout.reactiveBalance + e, layout.reactive + junction, 1);
  }
  builder.set(layout.activeBalance, layout.gridImport, -1);
  builder.set(layout.activeBalance, layout.gridExport, 1);
  for (let m = 0; m < layout.communityCount; m += 1) {
    for (let part = 0; part < layout.partCount; part += 1) {
      const column = layout.importPart + m * layout.partCount + part;
      builder.set(layout.activeBalance + market.junction[m], column, 1);
    }
  }
  setFlowRows(builder, network.r, network.x, layout);
  return builder.build(layout.rowCount, layout.columnCount);
}

/** s = h − G x = (ℓ + w, ℓ − w, 2P, 2Q), with w = t v_i; at the root v_i is a number. */
function coneMatrix(network: RadialNetwork, layout: Layout): SparseColumns {
  const builder = new SparseBuilder();
  for (let e = 0; e < layout.branchCount; e += 1) {
    const row = CONE_SIZE * e;
    const sender = network.parent[e];
    builder.set(row, layout.squaredCurrent + e, -1);
    builder.set(row + 1, layout.squaredCurrent + e, -1);
    if (sender > 0) {
      builder.set(row, layout.squaredVoltage + sender - 1, -network.senderFactor[e]);
      builder.set(row + 1, layout.squaredVoltage + sender - 1, network.senderFactor[e]);
    }
    builder.set(row + 2, layout.flowP + e, -2);
    builder.set(row + 3, layout.flowQ + e, -2);
  }
  return builder.build(CONE_SIZE * layout.branchCount, layout.columnCount);
}

function coneRight(network: RadialNetwork): Float64Array {
  const branchCount = network.junctionCount - 1;
  const right = new Float64Array(CONE_SIZE * branchCount);
  for (let e = 0; e < branchCount; e += 1) {
    if (network.parent[e] > 0) continue;
    right[CONE_SIZE * e] = network.senderFactor[e] * network.rootVoltage;
    right[CONE_SIZE * e + 1] = -right[CONE_SIZE * e];
  }
  return right;
}

function setBounds(
  problem: ConicProblem,
  network: RadialNetwork,
  market: MarketOnNetwork,
  layout: Layout,
): void {
  const { lower, upper } = problem;
  for (let e = 0; e < layout.branchCount; e += 1) {
    upper[layout.squaredCurrent + e] = network.currentLimit[e];
    lower[layout.squaredVoltage + e] = network.vMin[e + 1];
    upper[layout.squaredVoltage + e] = network.vMax[e + 1];
  }
  for (let j = 0; j < layout.junctionCount; j += 1) {
    // Reactive power at the root is free: it concerns no branch.
    lower[layout.reactive + j] = j === 0 ? 0 : market.reactiveMin[j];
    upper[layout.reactive + j] = j === 0 ? 0 : market.reactiveMax[j];
  }
  // With one price for buying and selling, the two sides of P_0 would be undetermined: one is enough.
  const onePrice = market.gridBuy === market.gridSell;
  lower[layout.gridImport] = onePrice ? -market.gridLimit : 0;
  upper[layout.gridImport] = market.gridLimit;
  lower[layout.gridExport] = 0;
  upper[layout.gridExport] = onePrice ? 0 : market.gridLimit;
  lower.fill(0, layout.importPart, layout.arrivingFlow);
  upper.fill(0, layout.importPart, layout.arrivingFlow);
  // Slacks of cuts; flows get the limits of their box.
  lower.fill(0, layout.arrivingFlow);
}

function setRightHandSide(
  problem: ConicProblem,
  network: RadialNetwork,
  market: MarketOnNetwork,
  layout: Layout,
): void {
  const right = problem.equalityRight;
  right.fill(0);
  for (let j = 0; j < layout.junctionCount; j += 1) {
    right[layout.activeBalance + j] = -network.loadP[j];
  }
  for (let e = 0; e < layout.branchCount; e += 1) {
    const junction = e + 1;
    right[layout.reactiveBalance + e] = -network.loadQ[junction] - market.reactiveDemand[junction];
    if (network.parent[e] === 0) {
      right[layout.voltageDrop + e] = network.senderFactor[e] * network.rootVoltage;
    }
  }
}
