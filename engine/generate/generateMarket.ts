/**
 * `wattshare generate` without its command line: a feeder and a person's options to a market.
 */
import { UsageError } from '../base/errors.js';
import type { CaseTables } from '../case/case.js';
import { generatePopulation } from './market.js';
import { DEFAULT_MIXTURE, type Situation } from './recipe.js';
import {
  DEFAULT_COMMUNITY_BUSES,
  REGULATOR_BOOSTS,
  SITUATIONS,
  type SituationName,
} from './situations.js';

/** What a person may ask for; everything may be left out. */
export interface GenerateOptions {
  /** Name of the new case; default: feeder and situation. */
  readonly name?: string | undefined;
  /** Prosumers in all; not together with `perCommunity`. */
  readonly prosumers?: number | undefined;
  /** Prosumers in each community; default 100. */
  readonly perCommunity?: number | undefined;
  /** Default 1. */
  readonly seed?: number | undefined;
  /** Market depth a_m around which communities vary (over 0.5 to 2), kW per $/kWh; default 1. */
  readonly priceSensitivity?: number | undefined;
  /** One of the names of {@link SITUATIONS}; default `day`. */
  readonly situation?: string | undefined;
  /** Price caps of every community, $/kWh; default none. */
  readonly priceMin?: number | undefined;
  readonly priceMax?: number | undefined;
  /**
   * Buses with a community each; default: those of {@link DEFAULT_COMMUNITY_BUSES}, else every bus with a
   * load.
   */
  readonly communityBuses?: readonly string[] | undefined;
}

const DEFAULT_PER_COMMUNITY = 100;
const DEFAULT_SEED = 1;

/**
 * @param feeder tables of a network without a market, as `readFeeder` gives them
 * @throws UsageError when an option is wrong
 */
export function generateMarket(feeder: CaseTables, options: GenerateOptions = {}): CaseTables {
  const situation = situationNamed(options.situation ?? 'day');
  const priceMin = options.priceMin ?? Number.NEGATIVE_INFINITY;
  const priceMax = options.priceMax ?? Number.POSITIVE_INFINITY;
  if (!(priceMin <= priceMax)) {
    throw new UsageError(`the price caps ${priceMin} and ${priceMax} leave no price between them`);
  }
  const communityBuses =
    options.communityBuses ??
    DEFAULT_COMMUNITY_BUSES[feeder.settings.name] ??
    busesWithLoad(feeder);
  const market = generatePopulation(
    feeder,
    {
      ...DEFAULT_MIXTURE,
      seed: wholeNumber('seed', options.seed ?? DEFAULT_SEED, 0),
      prosumers: prosumerCount(options, communityBuses.length),
      communityBuses,
      priceSensitivity: positive(
        'price sensitivity',
        options.priceSensitivity ?? DEFAULT_MIXTURE.priceSensitivity,
      ),
      priceMin,
      priceMax,
    },
    situationOn(feeder, situation),
  );
  const name = options.name ?? `${feeder.settings.name}-${situation}`;
  return { ...market, settings: { ...market.settings, name } };
}

function prosumerCount(options: GenerateOptions, communities: number): number {
  const { prosumers, perCommunity } = options;
  if (prosumers !== undefined && perCommunity !== undefined) {
    throw new UsageError('give the number of prosumers in all or per community, not both');
  }
  if (prosumers !== undefined) return wholeNumber('number of prosumers', prosumers, communities);
  return (
    communities * wholeNumber('number per community', perCommunity ?? DEFAULT_PER_COMMUNITY, 1)
  );
}

function situationOn(feeder: CaseTables, name: SituationName): Situation {
  const situation = SITUATIONS[name];
  const boost = REGULATOR_BOOSTS[feeder.settings.name]?.[name];
  return { ...situation, regulatorBoost: boost ?? situation.regulatorBoost };
}

function busesWithLoad({ buses }: CaseTables): string[] {
  return buses.id.filter((_, row) => buses.loadKw[row] > 0);
}

function situationNamed(name: string): SituationName {
  if (Object.hasOwn(SITUATIONS, name)) return name as SituationName;
  throw new UsageError(`no situation "${name}": there are ${Object.keys(SITUATIONS).join(', ')}`);
}

function wholeNumber(what: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(`the ${what} must be a whole number of at least ${least}, not ${value}`);
}

function positive(what: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw new UsageError(`the ${what} must be a number above 0, not ${value}`);
}
