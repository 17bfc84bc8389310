/**
 * The hours that populations are put in, and the bundled markets as data: each is a feeder, a recipe
 * and a situation, and `datasets/NAME` is what they give. Everything tuned by hand is here.
 */
import { DEFAULT_MIXTURE, type PopulationRecipe, type Range, type Situation } from './recipe.js';

export const SITUATIONS = {
  day: {
    description: 'a mild day, some sun',
    demandFactor: 1,
    solarFactor: 0.3,
    gridBuy: 0.2,
    gridSell: 0.06,
    regulatorBoost: 0.6,
    inverterKvarPerKw: 0,
  },
  evening: {
    description: 'a winter evening, high demand and no sun',
    demandFactor: 2.1,
    solarFactor: 0,
    gridBuy: 0.22,
    gridSell: 0.06,
    regulatorBoost: 1,
    inverterKvarPerKw: 0,
  },
  noon: {
    description: 'a sunny noon, inverters may absorb reactive power',
    demandFactor: 0.6,
    solarFactor: 0.8,
    gridBuy: 0.2,
    gridSell: 0.06,
    regulatorBoost: 0.6,
    inverterKvarPerKw: 0.44,
  },
  'noon-unity': {
    description: 'a sunny noon, inverters at unity power factor',
    demandFactor: 0.6,
    solarFactor: 0.8,
    gridBuy: 0.2,
    gridSell: 0.06,
    regulatorBoost: 0.6,
    inverterKvarPerKw: 0,
  },
} as const satisfies Readonly<Record<string, Situation>>;

export type SituationName = keyof typeof SITUATIONS;

/** One bundled market. */
export interface BundledMarket {
  /** Folder under `datasets`. */
  readonly name: string;
  /** Folder under `datasets/feeders`. */
  readonly feeder: string;
  readonly recipe: PopulationRecipe;
  readonly situation: Situation;
  /** Voltage limits in place of the feeder's. */
  readonly limits?: Range;
}

/** Buses of IEEE 123 with a community: all but the source and the far sides of regulators and of XFM1. */
const IEEE123_COMMUNITY_BUSES: readonly string[] = [
  ...Array.from({ length: 114 }, (_, index) => String(index + 1)),
  ...['135', '149', '151', '152', '160', '197', '250', '300', '450'],
];

/** Buses that get communities where a feeder is not asked for otherwise; elsewhere those with a load. */
export const DEFAULT_COMMUNITY_BUSES: Readonly<Record<string, readonly string[]>> = {
  ieee123: IEEE123_COMMUNITY_BUSES,
};

/**
 * Where a feeder's regulators stand otherwise than the situation says. The source of IEEE 8500 stands at
 * 1.05 pu and its capacitors are all on: its regulators, in band at full load, have nothing to raise at
 * the other hours.
 */
export const REGULATOR_BOOSTS: Readonly<
  Record<string, Readonly<Partial<Record<SituationName, number>>>>
> = {
  ieee8500: { day: 0, noon: 0, 'noon-unity': 0 },
};

const IEEE123_RECIPE: PopulationRecipe = {
  ...DEFAULT_MIXTURE,
  seed: 123,
  prosumers: 12_300,
  communityBuses: IEEE123_COMMUNITY_BUSES,
};

const CASE33_RECIPE: PopulationRecipe = {
  ...DEFAULT_MIXTURE,
  seed: 33,
  prosumers: 32 * 15,
  communityBuses: Array.from({ length: 32 }, (_, index) => String(index + 2)),
  // Prosumers are some 7.7 kW here, not 0.3: the same influence on the price needs a deeper market.
  priceSensitivity: 20,
};

export const BUNDLED_MARKETS: readonly BundledMarket[] = [
  { name: 'ieee123', feeder: 'ieee123', recipe: IEEE123_RECIPE, situation: SITUATIONS.day },
  {
    name: 'ieee123-peak',
    feeder: 'ieee123',
    recipe: IEEE123_RECIPE,
    situation: SITUATIONS.evening,
  },
  { name: 'ieee123-noon', feeder: 'ieee123', recipe: IEEE123_RECIPE, situation: SITUATIONS.noon },
  {
    name: 'ieee123-noon-unity',
    feeder: 'ieee123',
    recipe: IEEE123_RECIPE,
    situation: SITUATIONS['noon-unity'],
  },
  {
    name: 'case33bw',
    feeder: 'case33bw',
    recipe: CASE33_RECIPE,
    situation: { ...SITUATIONS.evening, description: 'an evening without sun', demandFactor: 1 },
    limits: [0.93, 1.07],
  },
];
