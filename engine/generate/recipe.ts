/**
 * What a generated market is made from: a recipe draws the population once, a situation says what
 * hour it is. One population in several situations keeps its ids, classes, sizes and costs.
 *
 * Shares and ratios are of a prosumer's reference demand d: what it consumes at a demand factor of 1.
 * A pair [low, high] is the range of a uniform draw.
 */

export type Range = readonly [low: number, high: number];

/**
 * A flexible output and its cost ½ c p² + b p: c = `rise` / capacity, so that marginal cost goes from b to
 * b + `rise`.
 */
export interface OutputRecipe {
  /** Capacity over reference demand. */
  readonly capacity: Range;
  /** b, $/kWh. */
  readonly costLinear: Range;
  /** Rise of the marginal cost from zero output to full capacity, $/kWh. */
  readonly rise: Range;
}

/** Who lives in the communities: distributions of sizes, classes and costs. */
export interface Mixture {
  /** Share of the feeder's load that is spread evenly over those of these buses that have none. */
  readonly floorShare: number;
  /** Demand of a prosumer relative to its neighbours: low + (high − low) u², many small and few large. */
  readonly spread: Range;
  /** Market depth: a_m = `priceSensitivity` / u kW per $/kWh, u drawn from `depth` for each community. */
  readonly priceSensitivity: number;
  readonly depth: Range;
  /** Price caps of every community, $/kWh; infinite without. */
  readonly priceMin: number;
  readonly priceMax: number;
  /** Probability that a community is rich in PV, and the share of its prosumers that own PV. */
  readonly solarRichShare: number;
  readonly solarOwnersRich: Range;
  readonly solarOwnersPoor: Range;
  /** Classes of the prosumers without PV; the rest are plain households. */
  readonly batteryShare: number;
  readonly flexibleShare: number;
  readonly generatorShare: number;
  readonly solar: OutputRecipe;
  readonly battery: OutputRecipe;
  readonly flexible: OutputRecipe;
  readonly generator: OutputRecipe;
  readonly household: OutputRecipe;
  /** Owners of emergency generators, at least one a community; see `coveredDemandFactor`. */
  readonly reserveShare: number;
  readonly reserve: OutputRecipe;
  /** Up to this demand factor every community can supply itself at night. */
  readonly coveredDemandFactor: number;
}

export interface PopulationRecipe extends Mixture {
  readonly seed: number;
  /** Prosumers in all, spread evenly; the first communities take what is left over. */
  readonly prosumers: number;
  /** Buses with a community each. */
  readonly communityBuses: readonly string[];
}

/** The hour: what the population finds itself in. */
export interface Situation {
  readonly description: string;
  /** Demand over reference demand; also of what loads can shed. */
  readonly demandFactor: number;
  /** PV output available over its capacity. */
  readonly solarFactor: number;
  readonly gridBuy: number;
  readonly gridSell: number;
  /**
   * Regulators follow the load: ratio = 1 + boost · (the feeder's ratio − 1). 1 keeps the positions
   * that the feeder states, which are those for its full load.
   */
  readonly regulatorBoost: number;
  /** What the inverters of a community may absorb, kvar per kW of its PV capacity; 0: unity power factor. */
  readonly inverterKvarPerKw: number;
}

/** What a community adds to make sure that it could supply itself. */
export const RESERVE_MARGIN = 1.05;

/** The mixture behind every bundled population. */
export const DEFAULT_MIXTURE: Mixture = {
  floorShare: 0.1,
  spread: [0.4, 1.6],
  priceSensitivity: 1,
  depth: [0.5, 2],
  priceMin: Number.NEGATIVE_INFINITY,
  priceMax: Number.POSITIVE_INFINITY,
  solarRichShare: 0.35,
  solarOwnersRich: [0.45, 0.65],
  solarOwnersPoor: [0.02, 0.1],
  batteryShare: 0.2,
  flexibleShare: 0.3,
  generatorShare: 0.06,
  solar: { capacity: [4, 7], costLinear: [0, 0.02], rise: [0.005, 0.03] },
  battery: { capacity: [0.8, 2], costLinear: [0.08, 0.16], rise: [0.02, 0.08] },
  flexible: { capacity: [0.5, 0.9], costLinear: [0.15, 0.35], rise: [0.05, 0.25] },
  generator: { capacity: [1, 3], costLinear: [0.14, 0.24], rise: [0.03, 0.15] },
  household: { capacity: [0.2, 0.4], costLinear: [0.25, 0.45], rise: [0.1, 0.4] },
  reserveShare: 0.05,
  reserve: { capacity: [0.5, 1], costLinear: [0.3, 0.45], rise: [0.05, 0.15] },
  coveredDemandFactor: 2.5,
};
