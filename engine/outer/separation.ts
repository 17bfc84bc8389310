/**
 * Which rows a solution of the linear program asks for: tangents of the cones that it violates, and for every
 * community a line at the price of its bus and one at its import. The first is where the community would
 * answer: it settles as soon as prices do. The second cuts the solution off whatever the prices are.
 */
import type { CommunityPoint, CutRows } from './cutRows.js';
import { deepestWeights } from './jointWeights.js';
import { type ImportInterval, isThin } from './marketColumns.js';
import type { MarketProgram } from './marketProgram.js';
import { foretoldRevenuePrice } from './revenuePrice.js';
import { FEASIBILITY_TOLERANCE } from './simplexModel.js';
import {
  COST_ALONE,
  type EnvelopePoint,
  envelopeAt,
  REVENUE_ALONE,
  type Weights,
  weightsAt,
} from './supportingLine.js';

/** A current violated by less than this many tolerances of the solver is not violated to it. */
const NOTICED = 4;

/**
 * Adds rows that a solution violates by more than `leastViolation` ($/h each), and returns how many.
 *
 * @param x columns and `rowDual` rows of the solution
 */
export function separate(
  market: MarketProgram,
  cuts: CutRows,
  intervals: readonly ImportInterval[],
  x: Float64Array,
  rowDual: Float64Array,
  leastViolation: number,
): number {
  const before = cuts.count;
  addTangents(market, cuts, x, rowDual, leastViolation);
  const { rows, costUnit, theCase } = market;
  const revenue = rows.revenue < 0 ? 0 : Math.max(costUnit * rowDual[rows.revenue], 0);
  const unit = costUnit / theCase.settings.baseKva / (1 + revenue);
  const busPrice = Float64Array.from(rows.activeBalance, (row) => unit * rowDual[row]);
  const weights: Weights[] = [weightsAt(revenue)];
  if (rows.revenue >= 0) {
    if (revenue > 0) weights.push(COST_ALONE);
    const foretold = foretoldRevenuePrice(market, x, busPrice);
    if (foretold > 0) weights.push(weightsAt(foretold));
    weights.push(REVENUE_ALONE);
  }
  intervals.forEach((interval, m) => {
    addLines(market, cuts, m, interval, x, busPrice, weights, leastViolation);
  });
  return cuts.count - before;
}

function addTangents(
  market: MarketProgram,
  cuts: CutRows,
  x: Float64Array,
  rowDual: Float64Array,
  leastViolation: number,
): void {
  const { feeder, columns, costUnit } = market;
  for (const bus of feeder.order.subarray(1)) {
    if (feeder.isLink[bus] === 1) continue;
    const squaredVoltage = feeder.ratio[bus] * x[columns.squaredVoltage[feeder.parentBus[bus]]];
    const price = costUnit * currentPrice(market, bus, rowDual);
    const least = Math.max(NOTICED * FEASIBILITY_TOLERANCE, leastViolation / price);
    const active = x[columns.activeFlow[bus]];
    const reactive = x[columns.reactiveFlow[bus]];
    if (active ** 2 / squaredVoltage - x[columns.activeCurrent[bus]] > least) {
      cuts.addTangent(bus, 'active', active / squaredVoltage);
    }
    if (reactive ** 2 / squaredVoltage - x[columns.reactiveCurrent[bus]] > least) {
      cuts.addTangent(bus, 'reactive', reactive / squaredVoltage);
    }
  }
}

/**
 * What a squared current costs, in units of `costUnit` per pu²: its losses and its limit at the present
 * duals, and at least its losses at a price of 1.
 */
function currentPrice({ feeder, rows }: MarketProgram, bus: number, rowDual: Float64Array): number {
  const { r, x } = feeder;
  const limit = rows.currentLimit[bus];
  const present =
    r[bus] * rowDual[rows.activeBalance[bus]] +
    x[bus] * rowDual[rows.reactiveBalance[bus]] +
    (r[bus] ** 2 + x[bus] ** 2) * rowDual[rows.voltageDrop[bus]] -
    (limit < 0 ? 0 : rowDual[limit]);
  return Math.max(present, Math.hypot(r[bus], x[bus]));
}

const envelope: EnvelopePoint = { price: 0, value: 0, left: 0, right: 0 };

function addLines(
  market: MarketProgram,
  cuts: CutRows,
  community: number,
  interval: ImportInterval,
  x: Float64Array,
  busPrice: Float64Array,
  allWeights: readonly Weights[],
  leastViolation: number,
): void {
  const { theCase, curves, rows } = market;
  const curve = curves[community];
  if (curve === undefined) return;
  const point = communityPoint(market, community, x);
  const tariff = busPrice[theCase.communities.bus[community]];
  const hasOwn = rows.revenue >= 0 && !isThin(curve, interval);
  const own = hasOwn ? [deepestWeights(curve, point, interval)] : [];
  for (const weights of [...allWeights, ...own]) {
    const prices = [(weights.cost + weights.revenue) * tariff];
    if (!isThin(curve, interval)) {
      envelopeAt(curve, weights, point.netImport, interval.low, interval.high, envelope);
      prices.push(envelope.price);
    }
    for (const price of prices) {
      const violation = cuts.lineViolation(community, weights, price, interval, point);
      if (violation > leastViolation) cuts.addLine(community, weights, price, interval);
    }
  }
}

/** Where a solution puts a community. */
export function communityPoint(
  { columns, theCase }: MarketProgram,
  community: number,
  x: Float64Array,
): CommunityPoint {
  const revenue = columns.revenue[community];
  return {
    cost: x[columns.cost[community]],
    revenue: revenue < 0 ? 0 : x[revenue],
    netImport: x[columns.netImport[community]] * theCase.settings.baseKva,
  };
}
