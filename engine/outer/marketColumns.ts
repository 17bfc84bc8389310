/**
 * The columns of the market program and their limits. Columns without limits of their own get those that the
 * rows imply, so that every dual bound is finite (dualBound.ts), widened so that they never bind: a limit
 * that binds would take its share of the prices.
 */
import type { Case } from '../case/case.js';
import { type Feeder, impliedCurrentLimits, leastConsumption } from '../certify/feeder.js';
import type { CommunityCurve } from './communityCurve.js';
import type { LinearProgram } from './linearProgram.js';
import { COST_ALONE, leastTerm } from './supportingLine.js';

/** Columns by bus or by community; −1 where there is none. */
export interface Columns {
  /** P and Q at the sending end of the branch that feeds the bus, pu. */
  readonly activeFlow: Int32Array;
  readonly reactiveFlow: Int32Array;
  /** The parts of the squared current that active and reactive flow cause, pu². */
  readonly activeCurrent: Int32Array;
  readonly reactiveCurrent: Int32Array;
  readonly squaredVoltage: Int32Array;
  /** Free reactive consumption, pu. */
  readonly freeReactive: Int32Array;
  /** X_m, pu; t_m and r_m, $/h. */
  readonly netImport: Int32Array;
  readonly cost: Int32Array;
  readonly revenue: Int32Array;
  /** What the root buys and sells, pu. */
  readonly buying: number;
  readonly selling: number;
  readonly count: number;
}

export function layColumns(theCase: Case, feeder: Feeder, keepsRevenue: boolean): Columns {
  let count = 0;
  const next = (): number => {
    count += 1;
    return count - 1;
  };
  const { order, isLink, freeMin, freeMax } = feeder;
  const ofBuses = (has: (bus: number) => boolean): Int32Array =>
    Int32Array.from(order, (_, bus) => (has(bus) ? next() : -1));
  const ofCommunities = (has: boolean): Int32Array =>
    Int32Array.from(theCase.communities.id, () => (has ? next() : -1));
  const isFed = (bus: number): boolean => bus !== theCase.settings.rootBus;
  const hasCurrent = (bus: number): boolean => isFed(bus) && isLink[bus] === 0;
  const columns = {
    activeFlow: ofBuses(isFed),
    reactiveFlow: ofBuses(isFed),
    activeCurrent: ofBuses(hasCurrent),
    reactiveCurrent: ofBuses(hasCurrent),
    squaredVoltage: ofBuses(() => true),
    freeReactive: ofBuses((bus) => isFed(bus) && freeMax[bus] > freeMin[bus]),
    netImport: ofCommunities(true),
    cost: ofCommunities(true),
    revenue: ofCommunities(keepsRevenue),
    buying: next(),
    selling: next(),
  };
  return { ...columns, count };
}

/** Implied limits are widened by this share of their size and by 1 pu or 1 $/h. */
const WIDENING = 0.01;

function setWidened(program: LinearProgram, column: number, low: number, high: number): void {
  const margin = WIDENING * Math.max(Math.abs(low), Math.abs(high)) + 1;
  program.lower[column] = low - margin;
  program.upper[column] = high + margin;
}

/**
 * Voltages, currents, flows, free reactive amounts and the exchange. What flows is at least what is consumed
 * behind without losses, and at most that with all losses that currents within their limits can cause.
 */
export function limitNetwork(
  theCase: Case,
  feeder: Feeder,
  curves: readonly CommunityCurve[],
  program: LinearProgram,
  columns: Columns,
): void {
  const { baseKva, rootBus, gridLimitKw } = theCase.settings;
  const { order, parentBus, r, x, shunt, vMin, vMax, freeMin, freeMax } = feeder;
  const leastImport = new Float64Array(order.length);
  const active = Float64Array.from(feeder.loadP);
  theCase.communities.bus.forEach((bus, m) => {
    const { knot, arcCount } = curves[m] as CommunityCurve;
    leastImport[bus] += knot[0] / baseKva;
    active[bus] += knot[arcCount] / baseKva;
  });
  const reactive = feeder.loadQ.map(
    (load, bus) => load + freeMax[bus] - shunt[bus] * (shunt[bus] > 0 ? vMin[bus] : vMax[bus]),
  );
  const least = leastConsumption(feeder, leastImport);
  const limits = impliedCurrentLimits(feeder, least);
  for (let position = order.length - 1; position > 0; position -= 1) {
    const bus = order[position];
    if (feeder.isLink[bus] === 0) {
      active[bus] += r[bus] * limits[bus];
      reactive[bus] += x[bus] * limits[bus];
      for (const current of [columns.activeCurrent[bus], columns.reactiveCurrent[bus]]) {
        setWidened(program, current, 0, limits[bus]);
        // The tangent at no flow, which is a limit of its own.
        program.lower[current] = 0;
      }
    }
    setWidened(program, columns.activeFlow[bus], least.active[bus], active[bus]);
    setWidened(program, columns.reactiveFlow[bus], least.reactive[bus], reactive[bus]);
    active[parentBus[bus]] += active[bus];
    reactive[parentBus[bus]] += reactive[bus];
  }
  for (const bus of order) {
    program.lower[columns.squaredVoltage[bus]] = vMin[bus];
    program.upper[columns.squaredVoltage[bus]] = vMax[bus];
    const free = columns.freeReactive[bus];
    if (free < 0) continue;
    program.lower[free] = freeMin[bus];
    program.upper[free] = freeMax[bus];
  }
  for (const exchange of [columns.buying, columns.selling]) {
    setWidened(program, exchange, 0, Math.max(Math.abs(least.active[rootBus]), active[rootBus]));
    program.lower[exchange] = 0;
    program.upper[exchange] = Math.min(program.upper[exchange], gridLimitKw / baseKva);
  }
}

/** An interval of a community's import, kW. */
export interface ImportInterval {
  readonly low: number;
  readonly high: number;
}

/**
 * An interval of less than this share of the whole one is as good as a point: no price is told from its ends.
 */
const THIN_SHARE = 2e-7;

export function isThin({ knot, arcCount }: CommunityCurve, { low, high }: ImportInterval): boolean {
  return high - low <= THIN_SHARE * (knot[arcCount] - knot[0]);
}

/** Intervals of all communities. */
export type ImportBox = readonly ImportInterval[];

/** The whole range of imports. */
export function wholeBox(curves: readonly CommunityCurve[]): ImportBox {
  return curves.map(({ knot, arcCount }) => ({ low: knot[0], high: knot[arcCount] }));
}

/** The columns of a community whose import lies in an interval of its curve. */
export function limitCommunity(
  theCase: Case,
  curve: CommunityCurve,
  community: number,
  { low, high }: ImportInterval,
  program: LinearProgram,
  columns: Columns,
): void {
  const netImport = columns.netImport[community];
  program.lower[netImport] = low / theCase.settings.baseKva;
  program.upper[netImport] = high / theCase.settings.baseKva;
  const least = { value: 0, netImport: 0 };
  leastTerm(curve, COST_ALONE, 0, low, high, least);
  // Arcs are convex: the greatest value is at a knot.
  const most = curve.value.reduce((found, value) => Math.max(found, value));
  setWidened(program, columns.cost[community], least.value, most);
  const revenue = columns.revenue[community];
  if (revenue < 0) return;
  const price = Math.max(Math.abs(curve.priceFloor), Math.abs(curve.priceCeiling));
  const payment = price * Math.max(Math.abs(low), Math.abs(high));
  setWidened(program, revenue, -payment, payment);
}
