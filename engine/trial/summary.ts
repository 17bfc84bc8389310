/**
 * The accounts of a whole trial: sums, extremes and residuals over its intervals. They follow from the rows alone
 * (`intervals`, `balances`, `refusals`), so that a trial that was interrupted has those of one that was not, to the
 * last byte. Times, which differ from run to run, are apart (timing.ts).
 */
import { worstStatus } from '../clearing/region.js';
import type { Status } from '../clearing/result.js';
import type { Route } from '../session/market.js';
import type { IntervalBalance } from './balance.js';
import type { IntervalRecord, Refusal } from './record.js';
import type { TrialSettings } from './settings.js';

/** The rows of a trial, in order. */
export interface TrialRows {
  readonly intervals: readonly IntervalRecord[];
  readonly balances: readonly IntervalBalance[];
  readonly refusals: readonly Refusal[];
}

/** `summary.json`. A field that cannot be said is left out. */
export interface TrialSummary {
  readonly case: string;
  readonly mode: TrialSettings['mode'];
  /** The worst of any interval. */
  readonly status: Status;
  readonly seed: number;
  readonly intervals: number;
  /** How many of them were cleared: fewer where the trial was stopped. */
  readonly intervals_done: number;
  readonly interval_minutes: number;
  readonly start_minutes: number;
  readonly intervals_by_status: Readonly<Record<Status, number>>;
  readonly intervals_by_route: Readonly<Record<Route, number>>;
  readonly largest_gap?: number;
  readonly nodes: number;
  /** Broken limits, over all intervals. */
  readonly violations: number;
  readonly v_min_pu?: number;
  readonly v_max_pu?: number;
  readonly price_min_usd_per_kwh?: number;
  readonly price_max_usd_per_kwh?: number;
  readonly bids: BidCounts;
  /** Refused bids, batches and operations. */
  readonly refusals: number;
  readonly cost_usd: number;
  readonly energy_kwh: EnergyTotals;
  readonly money_usd: MoneyTotals;
  readonly alone: AloneTotals;
  readonly versions: { readonly wattshare: string };
}

export interface BidCounts {
  readonly arrived: number;
  readonly changed: number;
  readonly withdrawn: number;
  readonly refused: number;
}

/**
 * grid_import = load + fixed_load + losses − solar − other + stored_change + storage_losses − brought
 *   + network_residual − storage_residual
 *
 * over the intervals with an outcome; storage stands still in the others.
 */
export interface EnergyTotals {
  readonly load: number;
  readonly fixed_load: number;
  readonly losses: number;
  readonly grid_import: number;
  readonly solar: number;
  readonly other: number;
  readonly battery: number;
  readonly vehicle: number;
  readonly stored_change: number;
  readonly storage_losses: number;
  readonly brought: number;
  readonly network_residual: number;
  readonly storage_residual: number;
  /** Of any single interval, in magnitude. */
  readonly largest_residual: number;
}

/** payments = grid_bill + operator_surplus + residual; cost = prosumer_cost + grid_bill + cost_residual */
export interface MoneyTotals {
  readonly prosumer_cost: number;
  /** What storage asks for its energy, in the prosumers' cost: no money spent. */
  readonly storage_cost: number;
  readonly grid_bill: number;
  readonly payments: number;
  readonly operator_surplus: number;
  readonly residual: number;
  readonly cost_residual: number;
  /** Of any single interval, in magnitude. */
  readonly largest_residual: number;
}

/**
 * The day where everybody trades with the grid alone, beside the market over the same intervals: those that both have
 * an outcome of. Costs are without what storage asks for its energy; what is stored more in the end is.
 */
export interface AloneTotals {
  readonly intervals: number;
  readonly cost_usd: number;
  readonly market_cost_usd: number;
  readonly stored_change_kwh: number;
  readonly market_stored_change_kwh: number;
  readonly losses_kwh: number;
  readonly market_losses_kwh: number;
  readonly violations: number;
  readonly intervals_with_violations: number;
  readonly v_min_pu?: number;
  readonly v_max_pu?: number;
}

export function summariseTrial(settings: TrialSettings, rows: TrialRows): TrialSummary {
  const { intervals, refusals } = rows;
  const hours = settings.interval_minutes / 60;
  const total = (field: NumberField<IntervalRecord>): number => sumOf(intervals, field);
  const statuses = intervals.map(({ status }) => status);
  return {
    case: settings.case,
    mode: settings.mode,
    status: statuses.length === 0 ? 'limit' : worstStatus(statuses),
    seed: settings.seed,
    intervals: settings.intervals,
    intervals_done: intervals.length,
    interval_minutes: settings.interval_minutes,
    start_minutes: settings.start_minutes,
    intervals_by_status: counts(['optimal', 'feasible', 'infeasible', 'limit'], statuses),
    intervals_by_route: counts(
      ['corrected', 'searched', 'fallback'],
      intervals.map(({ route }) => route),
    ),
    ...finite({ largest_gap: largest(intervals, 'gap') }),
    nodes: total('nodes'),
    violations: total('violations'),
    ...finite({
      v_min_pu: least(intervals, 'v_min_pu'),
      v_max_pu: largest(intervals, 'v_max_pu'),
      price_min_usd_per_kwh: least(intervals, 'price_min_usd_per_kwh'),
      price_max_usd_per_kwh: largest(intervals, 'price_max_usd_per_kwh'),
    }),
    bids: {
      arrived: total('bids_arrived'),
      changed: total('bids_changed'),
      withdrawn: total('bids_withdrawn'),
      refused: total('bids_refused'),
    },
    refusals: refusals.length,
    cost_usd: hours * total('cost_usd_per_h'),
    energy_kwh: energyTotals(rows.balances),
    money_usd: moneyTotals(rows.balances),
    alone: aloneTotals(rows, hours),
    versions: { wattshare: settings.version },
  };
}

function energyTotals(balances: readonly IntervalBalance[]): EnergyTotals {
  const total = (field: NumberField<IntervalBalance>): number => sumOf(balances, field);
  return {
    load: total('load_kwh'),
    fixed_load: total('fixed_load_kwh'),
    losses: total('losses_kwh'),
    grid_import: total('grid_import_kwh'),
    solar: total('solar_kwh'),
    other: total('other_kwh'),
    battery: total('battery_kwh'),
    vehicle: total('vehicle_kwh'),
    stored_change: total('stored_change_kwh'),
    storage_losses: total('storage_losses_kwh'),
    brought: total('brought_kwh'),
    network_residual: total('network_residual_kwh'),
    storage_residual: total('storage_residual_kwh'),
    largest_residual: largestMagnitude(balances, ['network_residual_kwh', 'storage_residual_kwh']),
  };
}

function moneyTotals(balances: readonly IntervalBalance[]): MoneyTotals {
  const total = (field: NumberField<IntervalBalance>): number => sumOf(balances, field);
  return {
    prosumer_cost: total('prosumer_cost_usd'),
    storage_cost: total('storage_cost_usd'),
    grid_bill: total('grid_bill_usd'),
    payments: total('payments_usd'),
    operator_surplus: total('operator_surplus_usd'),
    residual: total('money_residual_usd'),
    cost_residual: total('cost_residual_usd'),
    largest_residual: largestMagnitude(balances, ['money_residual_usd', 'cost_residual_usd']),
  };
}

function aloneTotals({ balances, intervals }: TrialRows, hours: number): AloneTotals {
  const hasBoth = (_: unknown, place: number): boolean => {
    const row = intervals[place];
    return Number.isFinite(row?.cost_usd_per_h) && Number.isFinite(row?.alone_cost_usd_per_h);
  };
  const records = intervals.filter(hasBoth);
  const ofStorage = balances.filter(hasBoth);
  const storedChange = sumOf(balances, 'stored_change_kwh');
  const last = balances.length - 1;
  const storedMore = last < 0 ? 0 : balances[last].alone_stored_kwh - intervals[last].stored_kwh;
  return {
    intervals: records.length,
    cost_usd:
      hours * sumOf(records, 'alone_cost_usd_per_h') - sumOf(ofStorage, 'alone_storage_cost_usd'),
    market_cost_usd:
      hours * sumOf(records, 'cost_usd_per_h') - sumOf(ofStorage, 'storage_cost_usd'),
    // Both began with the same.
    stored_change_kwh: storedChange + storedMore,
    market_stored_change_kwh: storedChange,
    losses_kwh: hours * sumOf(records, 'alone_losses_kw'),
    market_losses_kwh: hours * sumOf(records, 'losses_kw'),
    violations: sumOf(records, 'alone_violations'),
    intervals_with_violations: records.filter(({ alone_violations }) => alone_violations > 0)
      .length,
    ...finite({
      v_min_pu: least(records, 'alone_v_min_pu'),
      v_max_pu: largest(records, 'alone_v_max_pu'),
    }),
  };
}

/** The fields of a row that are numbers. */
type NumberField<Row> = {
  [Field in keyof Row]: Row[Field] extends number ? Field : never;
}[keyof Row];

/** Of the rows that have a value. */
function sumOf<Row>(rows: readonly Row[], field: NumberField<Row>): number {
  return valuesOf(rows, field).reduce((sum, value) => sum + value, 0);
}

/** −∞ of none. */
function largest<Row>(rows: readonly Row[], field: NumberField<Row>): number {
  return valuesOf(rows, field).reduce((most, value) => Math.max(most, value), -Infinity);
}

/** ∞ of none. */
function least<Row>(rows: readonly Row[], field: NumberField<Row>): number {
  return valuesOf(rows, field).reduce((most, value) => Math.min(most, value), Infinity);
}

function largestMagnitude<Row>(rows: readonly Row[], fields: readonly NumberField<Row>[]): number {
  const values = fields.flatMap((field) => valuesOf(rows, field));
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function valuesOf<Row>(rows: readonly Row[], field: NumberField<Row>): number[] {
  return rows.map((row) => row[field] as number).filter((value) => !Number.isNaN(value));
}

function counts<Name extends string>(
  names: readonly Name[],
  found: readonly Name[],
): Record<Name, number> {
  const entries = names.map((name) => [name, found.filter((other) => other === name).length]);
  return Object.fromEntries(entries) as Record<Name, number>;
}

/** The fields that have a value. */
function finite<Name extends string>(
  fields: Readonly<Record<Name, number>>,
): Partial<Record<Name, number>> {
  const kept = Object.entries(fields).filter(([, value]) => Number.isFinite(value));
  return Object.fromEntries(kept) as Partial<Record<Name, number>>;
}
