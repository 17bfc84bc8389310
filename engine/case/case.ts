/**
 * The case: one interval of a two-layer energy-sharing market on a radial network, as it is read
 * from disk or built in memory. Columns, not objects; every table has one entry a row, and
 * references between tables are row numbers.
 *
 * Units are those of the files: kW, kvar, kV, A, ohm, $/kWh, $/h. Signs: power that flows into a
 * community is positive. Per unit begins in `network/`.
 *
 * A `Case` can only come from `validateCase` (validate.ts), so that the rest of the engine may rely
 * on what is promised here: finite numbers, ordered bounds, unique ids, no dangling reference,
 * prosumers grouped by community, devices grouped by prosumer, and a closed network that is a tree.
 */
import type { IdColumn } from './idColumn.js';
import type { Runs } from './labelColumn.js';

export interface CaseSettings {
  readonly name: string;
  readonly baseKva: number;
  /** Line-to-line voltage base. */
  readonly baseKv: number;
  /** Row of the root (substation) bus. */
  readonly rootBus: number;
  readonly rootVoltagePu: number;
  /** What energy from the grid costs, $/kWh; never below `gridSell`. */
  readonly gridBuy: number;
  /** What energy sold to the grid earns, $/kWh. */
  readonly gridSell: number;
  /** Largest exchange with the grid either way; Infinity without a limit. */
  readonly gridLimitKw: number;
  readonly intervalMinutes: number;
  readonly description: string;
  readonly source: string;
}

export interface BusTable {
  readonly id: readonly string[];
  /** Voltage limits in pu, the case's defaults filled in. */
  readonly vMinPu: Float64Array;
  readonly vMaxPu: Float64Array;
  /** Fixed load outside any community. */
  readonly loadKw: Float64Array;
  readonly loadKvar: Float64Array;
  /** Capacitive shunt at 1 pu (it produces `shuntKvar` times the squared voltage). */
  readonly shuntKvar: Float64Array;
  /** Drawing coordinates; NaN where not given. */
  readonly x: Float64Array;
  readonly y: Float64Array;
}

export interface BranchTable {
  /** Rows of the end buses, in the order of the file. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly rOhm: Float64Array;
  readonly xOhm: Float64Array;
  /** Thermal limit behind the regulator; Infinity without one. */
  readonly iMaxA: Float64Array;
  /** Ratio of an ideal regulator at the end nearer the root: v behind = ratio · v (not squared). */
  readonly ratio: Float64Array;
  /** 1 closed, 0 open. */
  readonly closed: Uint8Array;
}

export interface CommunityTable {
  readonly id: readonly string[];
  /** Row of the bus. */
  readonly bus: Int32Array;
  /** Slope a_m of the bids, kW per $/kWh; NaN where prosumers are price-taking. */
  readonly priceSensitivity: Float64Array;
  /** Range of the free reactive consumption on top of the prosumers' demand. */
  readonly qMinKvar: Float64Array;
  readonly qMaxKvar: Float64Array;
  /** Price caps, $/kWh; -Infinity and Infinity where not given. */
  readonly priceMin: Float64Array;
  readonly priceMax: Float64Array;
  /** Zone label; empty where not given. */
  readonly zone: readonly string[];
  /** Prosumers of community m are rows prosumerStart[m] to prosumerStart[m + 1] − 1. */
  readonly prosumerStart: Int32Array;
}

/**
 * Prosumers, grouped by community (which rows are whose says `CommunityTable.prosumerStart`); inside a
 * community in the order of the file. Numeric columns are in shared memory.
 */
export interface ProsumerTable {
  readonly id: IdColumn;
  /** Fixed net demand D_i: load minus must-run generation. */
  readonly demandKw: Float64Array;
  readonly demandKvar: Float64Array;
  /**
   * Bounds and cost ½ c p² + b p of the flexible output, where the prosumer has no devices. Where it
   * has, the bounds are the sums over its devices and the costs are NaN.
   */
  readonly pMinKw: Float64Array;
  readonly pMaxKw: Float64Array;
  readonly costQuadratic: Float64Array;
  readonly costLinear: Float64Array;
  /**
   * Devices of prosumer i are rows deviceStart[i] to deviceStart[i + 1] − 1 of the device table; an
   * empty range means the prosumer's own bounds and costs hold. Length: prosumers + 1, or 0 where the case
   * has no devices at all.
   */
  readonly deviceStart: Int32Array;
}

/** Devices, grouped by prosumer. Numeric columns are in shared memory. */
export interface DeviceTable {
  readonly id: IdColumn;
  /** Row of the prosumer. */
  readonly prosumer: Int32Array;
  readonly pMinKw: Float64Array;
  readonly pMaxKw: Float64Array;
  readonly costQuadratic: Float64Array;
  readonly costLinear: Float64Array;
}

/** The tables of a case before anything about them has been checked. */
export interface CaseTables {
  readonly settings: CaseSettings;
  readonly buses: BusTable;
  readonly branches: BranchTable;
  readonly communities: CommunityTable;
  readonly prosumers: ProsumerTable;
  readonly devices: DeviceTable;
}

/** Tables whose prosumers and devices may be in any row order. */
export interface UngroupedTables extends CaseTables {
  /**
   * Row of the community of every prosumer, −1 where it was reported; left out where prosumers are grouped
   * as `prosumerStart` says.
   */
  readonly membership?: Runs;
}

declare const validated: unique symbol;

/** A case that has been checked. */
export interface Case extends CaseTables {
  readonly [validated]: true;
}
