/**
 * What a day brings, interval by interval: the contract between the scenario (weather, storage, vehicles, gates,
 * events) and the trial that clears it (trial.ts).
 */
import type { Case } from '../case/case.js';
import type { MarketChanges } from '../case/changes.js';
import type { Refusal } from './record.js';

/** Something done to the network, refused by itself where it leaves no valid network. */
export interface Operation {
  /** Such as `branch 54-94 closed`. */
  readonly label: string;
  readonly changes: MarketChanges;
}

/** What an interval begins with. */
export interface IntervalPlan {
  readonly interval: number;
  /** Minutes after midnight. */
  readonly startMinutes: number;
  /** Valid, of bids, loads, generation, storage and tariff, beside those of the interval before. */
  readonly changes: MarketChanges;
  /** The same where everybody trades with the grid alone: storage has another history there. */
  readonly aloneChanges: MarketChanges;
  readonly operations: readonly Operation[];
  readonly bidsArrived: number;
  readonly bidsChanged: number;
  readonly bidsWithdrawn: number;
  readonly refusals: readonly Refusal[];
}

/** What an interval left, from the outputs of all prosumers. */
export interface IntervalAccounts {
  readonly loadKw: number;
  readonly solarAvailableKw: number;
  readonly solarKw: number;
  /** Positive: discharge. */
  readonly batteryKw: number;
  /** Into vehicles. */
  readonly vehicleKw: number;
  readonly vehiclesConnected: number;
  /** By community, in batteries and vehicles that are connected, kWh when the next interval begins. */
  readonly storedKwh: Float64Array;
  /** What storage lost in charging and discharging, kWh. */
  readonly storageLossesKwh: number;
  /** Energy of vehicles that come when the interval ends less that of those that leave then, kWh. */
  readonly broughtKwh: number;
  /** What the bids of batteries and vehicles make of their outputs: part of Σ C_i, and no money spent, $/h. */
  readonly storageCostUsdPerH: number;
  /** The same where everybody trades with the grid alone, and all that is stored there in the end, kWh. */
  readonly aloneStorageCostUsdPerH: number;
  readonly aloneStoredKwh: number;
}

export interface Scenario {
  /** What the market opens with, before the first interval's changes. */
  readonly case: Case;
  readonly intervals: number;
  readonly intervalMinutes: number;
  /** By community, as in {@link IntervalAccounts}, before the first interval, kWh. */
  readonly initialStoredKwh: Float64Array;
  /** Intervals come in order; the plan of one follows from the settlement of the one before. */
  plan(interval: number): IntervalPlan;
  /** Operations of all intervals before this one, in order. */
  operationsBefore(interval: number): readonly Operation[];
  /**
   * @param outputKw of all prosumers in the market, kW, and the same where everybody trades with the grid
   *   alone; undefined where there was no outcome: then storage stands still
   */
  settle(
    interval: number,
    outputKw: Float64Array | undefined,
    aloneOutputKw: Float64Array | undefined,
  ): IntervalAccounts;
  /** Everything that the plans to come depend on beside the seed. */
  state(): Readonly<Record<string, Float64Array>>;
  /** @param state that of the same scenario after some interval */
  restore(state: Readonly<Record<string, Float64Array>>): void;
}
