/**
 * The linear part of the relaxed clearing (docs/model.md sections 3 and 4), stated from the case alone:
 *
 *     min Σ_m t_m + buy b − sell s
 *
 *     (3.1)   P_j − r ℓ_j − Σ_k P_k − Σ_m X_m = load_j      at the root  b − s − Σ_k P_k − Σ_m X_m = load
 *     (3.2)   Q_j − x ℓ_j − Σ_k Q_k − q_j + b_j v_j = reactive load_j
 *     (3.3)   v_j − τ² v_i + 2 (r P_j + x Q_j) − |z|² ℓ_j = 0
 *             ℓ_j ≤ i_max²,      revenue adequacy  Σ_m r_m − buy b + sell s ≥ 0
 *
 * A squared current is kept as two parts, ℓ = y + z with y w ≥ P², z w ≥ Q² and w = τ² v_i: together they say
 * what (3.4) says, and each has tangents of one ratio alone, so that few of them do. These, and what binds
 * t_m and r_m to X_m, are rows that come and go (cutRows.ts).
 *
 * Flows and X are in pu, t and r in $/h; the objective is in units of `costUnit`, so that prices are near 1.
 */
import type { Case } from '../case/case.js';
import { pricesUnderAdequacy } from '../certify/allowedPrices.js';
import { createFeeder, type Feeder } from '../certify/feeder.js';
import type { Mode } from '../clearing/result.js';
import { type CommunityCurve, createCommunityCurve } from './communityCurve.js';
import { addFlowRows, type FlowRows } from './flowRows.js';
import { LinearProgram } from './linearProgram.js';
import { type Columns, layColumns, limitCommunity, limitNetwork } from './marketColumns.js';

/** What is cleared. */
export interface MarketChoice {
  readonly mode: Extract<Mode, 'welfare' | 'dlmp' | 'social'>;
  /** Whether the operator may not lose money; in `welfare` alone. */
  readonly keepsRevenue: boolean;
}

/** Rows by bus; −1 where there is none. */
export interface Rows {
  readonly activeBalance: Int32Array;
  readonly reactiveBalance: Int32Array;
  readonly voltageDrop: Int32Array;
  readonly currentLimit: Int32Array;
  /** −1 without revenue adequacy. */
  readonly revenue: number;
  /** Of what arrives over each branch; undefined unless asked for. */
  readonly flows: FlowRows | undefined;
  /** Rows from here on come and go. */
  readonly count: number;
}

export interface MarketProgram {
  readonly theCase: Case;
  readonly feeder: Feeder;
  readonly curves: readonly CommunityCurve[];
  readonly program: LinearProgram;
  readonly columns: Columns;
  readonly rows: Rows;
  /** $/h. */
  readonly costUnit: number;
}

/** $/kWh that prices are measured against at least. */
const SMALLEST_PRICE = 1e-3;

/** @param flows whether there are rows for ranges of flows and their secant cuts (flowRanges.ts) */
export function createMarketProgram(
  theCase: Case,
  choice: MarketChoice,
  flows: 'with flows' | 'without flows' = 'without flows',
): MarketProgram {
  const feeder = createFeeder(theCase);
  const curves = communityCurves(theCase, choice);
  const columns = layColumns(theCase, feeder, choice.keepsRevenue);
  const program = new LinearProgram(columns.count);
  limitNetwork(theCase, feeder, curves, program, columns);
  curves.forEach((curve, m) => {
    const whole = { low: curve.knot[0], high: curve.knot[curve.arcCount] };
    limitCommunity(theCase, curve, m, whole, program, columns);
  });
  const { gridBuy, gridSell, baseKva } = theCase.settings;
  const costUnit = baseKva * Math.max(Math.abs(gridBuy), Math.abs(gridSell), SMALLEST_PRICE);
  for (const cost of columns.cost) program.cost[cost] = 1 / costUnit;
  program.cost[columns.buying] = (gridBuy * baseKva) / costUnit;
  program.cost[columns.selling] = (-gridSell * baseKva) / costUnit;
  const fixed = addRows(theCase, feeder, program, columns);
  const ofFlows = flows === 'with flows' ? addFlowRows(feeder, program, columns) : undefined;
  const rows = { ...fixed, flows: ofFlows, count: program.rowCount };
  return { theCase, feeder, curves, program, columns, rows, costUnit };
}

function communityCurves(theCase: Case, { mode, keepsRevenue }: MarketChoice): CommunityCurve[] {
  const { id, priceMin, priceMax } = theCase.communities;
  const isSocial = mode === 'social';
  const kappa = Float64Array.from(id, (_, m) => (isSocial ? 0 : kappaOf(theCase, m)));
  const { floor, ceiling } = keepsRevenue
    ? pricesUnderAdequacy(theCase, kappa)
    : { floor: priceMin, ceiling: priceMax };
  return id.map((_, m) =>
    createCommunityCurve(theCase, m, {
      kind: mode === 'welfare' ? 'cost' : 'potential',
      kappa: kappa[m],
      priceFloor: isSocial ? Number.NEGATIVE_INFINITY : floor[m],
      priceCeiling: isSocial ? Number.POSITIVE_INFINITY : ceiling[m],
    }),
  );
}

/** (2.2): κ_m = 1 / (a_m (n_m − 1)). */
function kappaOf({ communities }: Case, community: number): number {
  const { prosumerStart, priceSensitivity } = communities;
  const others = prosumerStart[community + 1] - prosumerStart[community] - 1;
  const sensitivity = priceSensitivity[community];
  return others > 0 && sensitivity > 0 ? 1 / (sensitivity * others) : 0;
}

function addRows(
  theCase: Case,
  feeder: Feeder,
  program: LinearProgram,
  columns: Columns,
): Omit<Rows, 'flows' | 'count'> {
  const { gridBuy, gridSell, baseKva, rootBus } = theCase.settings;
  const { order, parentBus, isLink, r, x, ratio, shunt } = feeder;
  const none = (): Int32Array => new Int32Array(order.length).fill(-1);
  const rows = {
    activeBalance: none(),
    reactiveBalance: none(),
    voltageDrop: none(),
    currentLimit: none(),
  };
  const behind = groupByBus(order.length, parentBus);
  const communities = groupByBus(order.length, theCase.communities.bus);
  const addCurrent = (bus: number, factor: number): void => {
    if (isLink[bus] === 1) return;
    program.addEntry(columns.activeCurrent[bus], factor);
    program.addEntry(columns.reactiveCurrent[bus], factor);
  };
  const addConsumption = (bus: number): void => {
    for (const child of behind[bus] ?? []) program.addEntry(columns.activeFlow[child], -1);
    for (const m of communities[bus] ?? []) program.addEntry(columns.netImport[m], -1);
  };
  rows.activeBalance[rootBus] = program.addRow(feeder.loadP[rootBus], feeder.loadP[rootBus]);
  program.addEntry(columns.buying, 1);
  program.addEntry(columns.selling, -1);
  addConsumption(rootBus);
  for (const bus of order.subarray(1)) {
    rows.activeBalance[bus] = program.addRow(feeder.loadP[bus], feeder.loadP[bus]);
    program.addEntry(columns.activeFlow[bus], 1);
    addCurrent(bus, -r[bus]);
    addConsumption(bus);

    const free = columns.freeReactive[bus];
    const load = feeder.loadQ[bus] + (free < 0 ? feeder.freeMin[bus] : 0);
    rows.reactiveBalance[bus] = program.addRow(load, load);
    program.addEntry(columns.reactiveFlow[bus], 1);
    addCurrent(bus, -x[bus]);
    for (const child of behind[bus] ?? []) program.addEntry(columns.reactiveFlow[child], -1);
    if (free >= 0) program.addEntry(free, -1);
    program.addEntry(columns.squaredVoltage[bus], shunt[bus]);

    rows.voltageDrop[bus] = program.addRow(0, 0);
    program.addEntry(columns.squaredVoltage[bus], 1);
    program.addEntry(columns.squaredVoltage[parentBus[bus]], -ratio[bus]);
    program.addEntry(columns.activeFlow[bus], 2 * r[bus]);
    program.addEntry(columns.reactiveFlow[bus], 2 * x[bus]);
    addCurrent(bus, -(r[bus] ** 2 + x[bus] ** 2));
    if (feeder.currentLimit[bus] < Number.POSITIVE_INFINITY) {
      rows.currentLimit[bus] = program.addRow(Number.NEGATIVE_INFINITY, feeder.currentLimit[bus]);
      addCurrent(bus, 1);
    }
  }
  let revenue = -1;
  if (columns.revenue.some((column) => column >= 0)) {
    revenue = program.addRow(0, Number.POSITIVE_INFINITY);
    for (const column of columns.revenue) program.addEntry(column, 1);
    program.addEntry(columns.buying, -gridBuy * baseKva);
    program.addEntry(columns.selling, gridSell * baseKva);
  }
  return { ...rows, revenue };
}

/** Positions by the bus that they name; −1 names none. */
function groupByBus(buses: number, busOf: Int32Array): number[][] {
  const groups: number[][] = Array.from({ length: buses }, () => []);
  busOf.forEach((bus, k) => {
    groups[bus]?.push(k);
  });
  return groups;
}
