/**
 * What a trial was asked for: everything that its results follow from, beside the case and the files it reads.
 * A trial that goes on must have been asked for the same. Names are those of `trial.json`.
 */
import type { Mode } from '../clearing/result.js';

export interface TrialSettings {
  /** Name of the case. */
  readonly case: string;
  /** Of all its columns (io/caseDigest.ts). */
  readonly case_sha256: string;
  readonly mode: Mode;
  readonly subsidised: boolean;
  readonly gap: number;
  /** For an interval, from its changes to its answer; absent without one. */
  readonly deadline_ms?: number;
  readonly seed: number;
  readonly intervals: number;
  readonly interval_minutes: number;
  /** After midnight. */
  readonly start_minutes: number;
  /** Share of the bids that change in an interval. */
  readonly bid_change_share: number;
  /** Shares of the prosumers that have a battery, a vehicle. */
  readonly battery_share: number;
  readonly vehicle_share: number;
  /** What the sun gives at a clear noon, over what it gives in the case. */
  readonly solar_scale: number;
  /** Of the files that profiles, tariffs and events come from, by option; absent where none was given. */
  readonly profiles_sha256?: string;
  readonly tariff_sha256?: string;
  readonly events_sha256?: string;
  /** Of the tables, once the trial is over. */
  readonly format: 'csv' | 'arrow';
  /** Version of wattshare: another one may answer otherwise. */
  readonly version: string;
}
