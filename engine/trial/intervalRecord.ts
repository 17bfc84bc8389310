/** What an interval leaves, as rows and columns: from its plan, its two clearings and its accounts. */
import type { Case } from '../case/case.js';
import { brokenLimits } from '../clearing/brokenLimits.js';
import type { ClearingResult } from '../clearing/result.js';
import type { MarketClearing } from '../session/market.js';
import type { IntervalBalance } from './balance.js';
import type { IntervalRecord, IntervalTiming, Refusal } from './record.js';
import type { IntervalAccounts, IntervalPlan } from './scenario.js';

/** One interval of a trial. */
export interface TrialInterval {
  /** The market as it was cleared. */
  readonly case: Case;
  readonly record: IntervalRecord;
  readonly balance: IntervalBalance;
  readonly refusals: readonly Refusal[];
  readonly timing: IntervalTiming;
  readonly columns: IntervalColumns;
}

/** NaN where there is no outcome; rows are those of the case's tables. */
export interface IntervalColumns {
  readonly price_usd_per_kwh: Float64Array;
  readonly import_kw: Float64Array;
  readonly stored_kwh: Float64Array;
  readonly voltage_pu: Float64Array;
  readonly p_kw: Float64Array;
}

/** @param events what was done to the network */
export function recordOf(
  plan: IntervalPlan,
  events: readonly string[],
  { result, route, reason }: MarketClearing,
  accounts: IntervalAccounts,
  alone: ClearingResult,
): IntervalRecord {
  return {
    interval: plan.interval,
    start_minutes: plan.startMinutes,
    status: result.status,
    route,
    explanation: inOneLine([...new Set([reason, result.explanation])]),
    nodes: result.nodes,
    ...networkFigures(result),
    ...priceRange(result),
    grid_buy_usd_per_kwh: result.case.settings.gridBuy,
    grid_sell_usd_per_kwh: result.case.settings.gridSell,
    load_kw: accounts.loadKw,
    solar_available_kw: accounts.solarAvailableKw,
    solar_kw: accounts.solarKw,
    battery_kw: accounts.batteryKw,
    stored_kwh: accounts.storedKwh.reduce((sum, stored) => sum + stored, 0),
    vehicle_kw: accounts.vehicleKw,
    vehicles_connected: accounts.vehiclesConnected,
    bids_arrived: plan.bidsArrived,
    bids_changed: plan.bidsChanged,
    bids_withdrawn: plan.bidsWithdrawn,
    bids_refused: plan.refusals.length,
    events: inOneLine(events),
    ...aloneFigures(alone),
  };
}

/** Lines, joined; texts of a table are one line each. */
export function inOneLine(texts: readonly string[]): string {
  const lines = texts.flatMap((text) => text.split(/\s*[\r\n]+\s*/));
  return lines.filter((line) => line !== '').join('; ');
}

function networkFigures(result: ClearingResult) {
  if (result.outcome === undefined) return NO_NETWORK;
  return {
    gap: finite(result.gap),
    objective_usd_per_h: finite(result.objective),
    cost_usd_per_h: finite(result.cost),
    lower_bound_usd_per_h: finite(result.lowerBound),
    operator_surplus_usd_per_h: finite(result.operatorSurplus),
    grid_import_kw: finite(result.outcome.gridImportKw),
    losses_kw: finite(result.lossesKw),
    v_min_pu: finite(result.vMinPu),
    v_max_pu: finite(result.vMaxPu),
    violations: brokenLimits(result.case, result.outcome).length,
  };
}

const NO_NETWORK = {
  gap: Number.NaN,
  objective_usd_per_h: Number.NaN,
  cost_usd_per_h: Number.NaN,
  lower_bound_usd_per_h: Number.NaN,
  operator_surplus_usd_per_h: Number.NaN,
  grid_import_kw: Number.NaN,
  losses_kw: Number.NaN,
  v_min_pu: Number.NaN,
  v_max_pu: Number.NaN,
  violations: Number.NaN,
};

function aloneFigures(result: ClearingResult) {
  const figures = networkFigures(result);
  return {
    alone_cost_usd_per_h: figures.cost_usd_per_h,
    alone_losses_kw: figures.losses_kw,
    alone_violations: figures.violations,
    alone_v_min_pu: figures.v_min_pu,
    alone_v_max_pu: figures.v_max_pu,
  };
}

/** Of the communities that have a price. */
function priceRange({ outcome }: ClearingResult) {
  const prices = [...(outcome?.communities.price ?? [])].filter(Number.isFinite);
  const none = prices.length === 0;
  return {
    price_min_usd_per_kwh: none ? Number.NaN : Math.min(...prices),
    price_mean_usd_per_kwh: prices.reduce((sum, price) => sum + price, 0) / prices.length,
    price_max_usd_per_kwh: none ? Number.NaN : Math.max(...prices),
  };
}

/** Copies: a market may use its arrays again. */
export function columnsOf(
  { case: theCase, outcome }: ClearingResult,
  accounts: IntervalAccounts,
): IntervalColumns {
  const { buses, branches, communities } = theCase;
  const copied = (column: Float64Array | undefined, rows: number): Float64Array =>
    column === undefined ? new Float64Array(rows).fill(Number.NaN) : column.map(finite);
  return {
    price_usd_per_kwh: copied(outcome?.communities.price, communities.id.length),
    import_kw: copied(outcome?.communities.importKw, communities.id.length),
    stored_kwh: copied(accounts.storedKwh, communities.id.length),
    voltage_pu: copied(outcome?.buses.voltagePu, buses.id.length),
    p_kw: copied(outcome?.branches.pKw, branches.from.length),
  };
}

/** What a file can hold: NaN for what is not finite. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}
