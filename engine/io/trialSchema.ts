/** The columns of the tables that a trial leaves. */
import type { IntervalBalance } from '../trial/balance.js';
import type { IntervalRecord, IntervalTiming, Refusal } from '../trial/record.js';
import type { ColumnSchema, TableSchema } from './table.js';

type Kind = ColumnSchema['kind'];

const INTERVAL_COLUMNS: Readonly<Record<keyof IntervalRecord, Kind>> = {
  interval: 'number',
  start_minutes: 'number',
  status: 'text',
  route: 'text',
  explanation: 'text',
  gap: 'number',
  nodes: 'number',
  objective_usd_per_h: 'number',
  cost_usd_per_h: 'number',
  lower_bound_usd_per_h: 'number',
  operator_surplus_usd_per_h: 'number',
  grid_buy_usd_per_kwh: 'number',
  grid_sell_usd_per_kwh: 'number',
  grid_import_kw: 'number',
  losses_kw: 'number',
  v_min_pu: 'number',
  v_max_pu: 'number',
  violations: 'number',
  price_min_usd_per_kwh: 'number',
  price_mean_usd_per_kwh: 'number',
  price_max_usd_per_kwh: 'number',
  load_kw: 'number',
  solar_available_kw: 'number',
  solar_kw: 'number',
  battery_kw: 'number',
  stored_kwh: 'number',
  vehicle_kw: 'number',
  vehicles_connected: 'number',
  bids_arrived: 'number',
  bids_changed: 'number',
  bids_withdrawn: 'number',
  bids_refused: 'number',
  events: 'text',
  alone_cost_usd_per_h: 'number',
  alone_losses_kw: 'number',
  alone_violations: 'number',
  alone_v_min_pu: 'number',
  alone_v_max_pu: 'number',
};

const BALANCE_COLUMNS: Readonly<Record<keyof IntervalBalance, Kind>> = {
  interval: 'number',
  load_kwh: 'number',
  fixed_load_kwh: 'number',
  losses_kwh: 'number',
  grid_import_kwh: 'number',
  solar_kwh: 'number',
  other_kwh: 'number',
  battery_kwh: 'number',
  vehicle_kwh: 'number',
  stored_change_kwh: 'number',
  storage_losses_kwh: 'number',
  brought_kwh: 'number',
  network_residual_kwh: 'number',
  storage_residual_kwh: 'number',
  prosumer_cost_usd: 'number',
  grid_bill_usd: 'number',
  payments_usd: 'number',
  operator_surplus_usd: 'number',
  money_residual_usd: 'number',
  cost_residual_usd: 'number',
  storage_cost_usd: 'number',
  alone_storage_cost_usd: 'number',
  alone_stored_kwh: 'number',
};

const REFUSAL_COLUMNS: Readonly<Record<keyof Refusal, Kind>> = {
  interval: 'number',
  subject: 'text',
  reason: 'text',
};

const TIMING_COLUMNS: Readonly<Record<keyof IntervalTiming, Kind>> = {
  interval: 'number',
  clear_ms: 'number',
  update_ms: 'number',
  responses_ms: 'number',
  search_ms: 'number',
  dispatch_ms: 'number',
  certify_ms: 'number',
  deadline_kept: 'number',
  memory_mb: 'number',
};

export const TRIAL_INTERVALS = schema('intervals', INTERVAL_COLUMNS);
export const TRIAL_BALANCES = schema('balances', BALANCE_COLUMNS);
export const TRIAL_REFUSALS = schema('refusals', REFUSAL_COLUMNS);
export const TRIAL_TIMING = schema('timing', TIMING_COLUMNS);

export const TRIAL_COMMUNITIES = schema('communities', {
  interval: 'number',
  community: 'id',
  price_usd_per_kwh: 'number',
  import_kw: 'number',
  stored_kwh: 'number',
});

export const TRIAL_BUSES = schema('buses', {
  interval: 'number',
  bus: 'id',
  voltage_pu: 'number',
});

/** `from` is the bus nearer the root; every branch has its row in every interval, open ones too. */
export const TRIAL_BRANCHES = schema('branches', {
  interval: 'number',
  from: 'id',
  to: 'id',
  p_kw: 'number',
});

/** In the order in which they are written. */
export const TRIAL_TABLES: readonly TableSchema[] = [
  TRIAL_INTERVALS,
  TRIAL_BALANCES,
  TRIAL_COMMUNITIES,
  TRIAL_BUSES,
  TRIAL_BRANCHES,
  TRIAL_REFUSALS,
  TRIAL_TIMING,
];

function schema(name: string, kinds: Readonly<Record<string, Kind>>): TableSchema {
  const columns = Object.entries(kinds).map(([column, kind]) => ({
    name: column,
    kind,
    required: true,
  }));
  return { name, columns };
}
