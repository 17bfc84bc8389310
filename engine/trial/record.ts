/**
 * What a trial leaves: one record an interval, columns by interval and community, bus or branch, and how long
 * everything took. All but the times follow from the case, the seed and the options, to the last byte, as long
 * as no deadline cuts a clearing short. Names are those of the files that people see.
 */
import type { Status } from '../clearing/result.js';
import type { Route } from '../session/market.js';

/** One interval; one row of `intervals` and one line of the log. NaN where nothing can be said. */
export interface IntervalRecord {
  readonly interval: number;
  /** Minutes after midnight at which it begins; beyond 1440 on later days. */
  readonly start_minutes: number;
  readonly status: Status;
  readonly route: Route;
  /** Why the status is not `optimal`, or the fallback was used; empty otherwise. */
  readonly explanation: string;
  readonly gap: number;
  readonly nodes: number;
  readonly objective_usd_per_h: number;
  readonly cost_usd_per_h: number;
  readonly lower_bound_usd_per_h: number;
  readonly operator_surplus_usd_per_h: number;
  /** Tariff in this interval. */
  readonly grid_buy_usd_per_kwh: number;
  readonly grid_sell_usd_per_kwh: number;
  /** Negative: export. */
  readonly grid_import_kw: number;
  readonly losses_kw: number;
  readonly v_min_pu: number;
  readonly v_max_pu: number;
  /** Limits that the exact power flow finds broken. */
  readonly violations: number;
  /** Over communities; the mean is weighted by nothing. */
  readonly price_min_usd_per_kwh: number;
  readonly price_mean_usd_per_kwh: number;
  readonly price_max_usd_per_kwh: number;
  /** Σ of what prosumers use and cannot move, without generation. */
  readonly load_kw: number;
  /** Generation by the sun: what there was and what was used. */
  readonly solar_available_kw: number;
  readonly solar_kw: number;
  /** Positive: discharge. */
  readonly battery_kw: number;
  /** In batteries and vehicles at the end of the interval. */
  readonly stored_kwh: number;
  /** Into vehicles. */
  readonly vehicle_kw: number;
  readonly vehicles_connected: number;
  /** Bids since the gate before this one. */
  readonly bids_arrived: number;
  readonly bids_changed: number;
  readonly bids_withdrawn: number;
  readonly bids_refused: number;
  /** What happened to the network, such as `branch 54-94 closed`; joined by `; `. */
  readonly events: string;
  /** The same interval where everybody trades with the grid alone, with storage of its own history. */
  readonly alone_cost_usd_per_h: number;
  readonly alone_losses_kw: number;
  readonly alone_violations: number;
  readonly alone_v_min_pu: number;
  readonly alone_v_max_pu: number;
}

/** One refused bid or operation; one row of `refusals`. */
export interface Refusal {
  readonly interval: number;
  /** Id of the prosumer, or what else was refused. */
  readonly subject: string;
  readonly reason: string;
}

/** How long an interval took; one row of `timing`. */
export interface IntervalTiming {
  readonly interval: number;
  /** From the changes to the certified answer, ms, and its stages. */
  readonly clear_ms: number;
  readonly update_ms: number;
  readonly responses_ms: number;
  readonly search_ms: number;
  readonly dispatch_ms: number;
  readonly certify_ms: number;
  /** 1 kept, 0 missed, NaN without a deadline. */
  readonly deadline_kept: number;
  readonly memory_mb: number;
}

/** A whole trial, or as much of it as there is. Matrices hold one row of values an interval. */
export interface TrialRecord {
  readonly intervals: readonly IntervalRecord[];
  readonly refusals: readonly Refusal[];
  readonly timing: readonly IntervalTiming[];
  /** By interval and community. */
  readonly price_usd_per_kwh: Float64Array;
  readonly import_kw: Float64Array;
  /** State of charge of the community's batteries and vehicles, kWh, at the end of the interval. */
  readonly stored_kwh: Float64Array;
  /** By interval and bus. */
  readonly voltage_pu: Float64Array;
  /** By interval and branch, at the sending end nearer the root; 0 where open. */
  readonly p_kw: Float64Array;
}
