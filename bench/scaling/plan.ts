/**
 * The points of the scaling study along its three axes:
 *
 *   population   1,230 to 12,300,000 prosumers on the IEEE 123 feeder, powers of ten
 *   network      33 to 10,000 buses with 5 prosumers a community, on average one community a bus
 *   workers      1 to N threads, the population as large as counts
 */
import { UsageError } from '../../engine/base/errors.js';
import type { Mode } from '../../engine/index.js';
import type { Market, Part, Point } from './point.js';

export const POPULATION_FEEDER = 'ieee123';

/** Compared with each other, and with the floors. */
export const SMALL_POPULATION = 12_300;
export const LARGE_POPULATION = 1_230_000;
export const LARGEST_POPULATION = 12_300_000;

export const PROSUMERS_PER_BUS = 5;

const POPULATIONS = [1_230, SMALL_POPULATION, 123_000, LARGE_POPULATION, LARGEST_POPULATION];
const RADIAL_BUSES = [33, 100, 330, 1_000, 3_300, 10_000];
/** Communities: case33bw has 32 buses with a load, ieee123 gets 123 communities by default. */
const FEEDER_MARKETS: readonly Market[] = [
  { network: 'case33bw', prosumers: 32 * PROSUMERS_PER_BUS },
  { network: 'ieee123', prosumers: 123 * PROSUMERS_PER_BUS },
];
const MODES: readonly Mode[] = ['dlmp', 'welfare'];

export interface PlanOptions {
  readonly parts: readonly Part[];
  /** No population is larger. */
  readonly largestPopulation: number;
  /** No generated network is larger. */
  readonly largestNetwork: number;
  /** Most threads. */
  readonly threads: number;
}

/** Points of one market, which is generated once. */
export interface MarketPoints {
  readonly market: Market;
  readonly points: readonly Point[];
}

/** @throws UsageError where no population is small enough */
export function planStudy(options: PlanOptions): MarketPoints[] {
  const populations = POPULATIONS.filter((size) => size <= options.largestPopulation);
  const largest = populations.at(-1);
  if (largest === undefined) {
    throw new UsageError(`the smallest population has ${POPULATIONS[0]} prosumers`);
  }
  const populationMarkets = populations.map(onFeeder);
  const workerMarkets = populations
    .filter((size) => size >= Math.min(LARGE_POPULATION, largest))
    .map(onFeeder);
  const networkMarkets: Market[] = [
    ...FEEDER_MARKETS,
    ...RADIAL_BUSES.filter((buses) => buses <= options.largestNetwork).map(
      (buses) => ({ network: 'radial', buses }) as const,
    ),
  ];
  const plans: Readonly<Record<Part, () => MarketPoints[]>> = {
    population: () => populationMarkets.map((market) => pointsOf('population', market, [1])),
    network: () => networkMarkets.map((market) => pointsOf('network', market, [1])),
    workers: () =>
      workerMarkets.map((market) => pointsOf('workers', market, threadCounts(options.threads))),
  };
  return options.parts.flatMap((part) => plans[part]());
}

function onFeeder(prosumers: number): Market {
  return { network: POPULATION_FEEDER, prosumers };
}

/** Numbers of threads after each other, so that what is compared is measured close in time. */
function pointsOf(part: Part, market: Market, threads: readonly number[]): MarketPoints {
  const points = MODES.flatMap((mode) =>
    threads.map((count): Point => ({ part, market, mode, threads: count })),
  );
  return { market, points };
}

/** Up to eight threads every number, beyond that powers of two; the most in any case. */
export function threadCounts(most: number): number[] {
  const everyNumber = Array.from({ length: Math.min(most, 8) }, (_, k) => k + 1);
  for (let count = 16; count < most; count *= 2) everyNumber.push(count);
  if (most > 8) everyNumber.push(most);
  return everyNumber;
}
