/** What a day is made from, beside the case. */
import { UsageError } from '../base/errors.js';
import type { ProfileTable, TariffTable, TimedEvent } from './tables.js';

export interface ScenarioOptions {
  /** Any whole number; the same seed gives the same day. */
  readonly seed?: number | undefined;
  readonly intervals?: number | undefined;
  readonly intervalMinutes?: number | undefined;
  /** Minutes after midnight at which the first interval begins. */
  readonly startMinutes?: number | undefined;
  /** Share of the prosumers without storage that get a battery beside what they have. */
  readonly batteryShare?: number | undefined;
  /** Share of the prosumers that own an electric vehicle. */
  readonly vehicleShare?: number | undefined;
  /** Share of the bids that are submitted anew before each interval. */
  readonly bidChangeShare?: number | undefined;
  /** What the sun gives at a clear noon, over what it gives in the case. */
  readonly solarScale?: number | undefined;
  /** Loads and sun by class from a file, in place of the built-in curves and the weather. */
  readonly profiles?: ProfileTable | undefined;
  /** Grid prices from a file, in place of those that follow from the case's. */
  readonly tariff?: TariffTable | undefined;
  /** What happens to the network, in place of what the seed says. */
  readonly events?: readonly TimedEvent[] | undefined;
}

type Numbers = Required<Omit<ScenarioOptions, 'profiles' | 'tariff' | 'events'>>;

export type ResolvedOptions = { readonly [Name in keyof Numbers]: number } & Pick<
  ScenarioOptions,
  'profiles' | 'tariff' | 'events'
>;

export const SCENARIO_DEFAULTS = {
  seed: 1,
  intervals: 288,
  intervalMinutes: 5,
  startMinutes: 0,
  batteryShare: 0,
  vehicleShare: 0.05,
  bidChangeShare: 0.05,
  solarScale: 1.7,
} as const;

/** @throws UsageError for options out of range */
export function resolveOptions(options: ScenarioOptions): ResolvedOptions {
  const { profiles, tariff, events, ...numbers } = options;
  const resolved = { ...SCENARIO_DEFAULTS, ...given(numbers) };
  expectWhole('seed', resolved.seed, Number.NEGATIVE_INFINITY);
  expectWhole('intervals', resolved.intervals, 1);
  expect('interval minutes', resolved.intervalMinutes, resolved.intervalMinutes > 0, 'above 0');
  expect('start minutes', resolved.startMinutes, resolved.startMinutes >= 0, 'at least 0');
  expect('solar scale', resolved.solarScale, resolved.solarScale >= 0, 'at least 0');
  for (const name of ['batteryShare', 'vehicleShare', 'bidChangeShare'] as const) {
    const value = resolved[name];
    expect(WORDS[name], value, value >= 0 && value <= 1, 'between 0 and 1');
  }
  return { ...resolved, profiles, tariff, events };
}

const WORDS = {
  batteryShare: 'battery share',
  vehicleShare: 'vehicle share',
  bidChangeShare: 'share of bids that change',
} as const;

/** Without entries that are there but undefined, which would hide the defaults. */
function given(numbers: Partial<Numbers>): Partial<Record<keyof Numbers, number>> {
  return Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined));
}

function expectWhole(what: string, value: number, least: number): void {
  const range =
    least === Number.NEGATIVE_INFINITY ? 'a whole number' : `whole and at least ${least}`;
  expect(what, value, Number.isSafeInteger(value) && value >= least, range);
}

function expect(what: string, value: number, holds: boolean, range: string): void {
  if (holds && Number.isFinite(value)) return;
  throw new UsageError(`${what} must be ${range}, not ${value}`);
}
