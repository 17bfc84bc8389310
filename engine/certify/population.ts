/**
 * What a community can trade at all, and at which prices its prosumers answer, from the bids alone. One
 * reading of the bids, block by block.
 */
import { CompensatedSum } from '../base/compensated.js';
import type { Case } from '../case/case.js';
import { type Bids, type Blocks, bidsOf, blocksOf, RUN_ROWS } from './bids.js';

/** By community. */
export interface Population {
  /** Σ (D − p_max) and Σ (D − p_min), kW, and Σ of the sizes of both. */
  readonly leastImport: Float64Array;
  readonly greatestImport: Float64Array;
  readonly importSize: Float64Array;
  /** Least and greatest purchase of those who can move, kW; ∞ and −∞ without any. */
  readonly leastPurchase: Float64Array;
  readonly greatestPurchase: Float64Array;
  /** Least and greatest price at which a unit meets a bound, $/kWh; ∞ and −∞ without any. */
  readonly lowestAnswer: Float64Array;
  readonly highestAnswer: Float64Array;
  /** Σ demand_kvar, kvar. */
  readonly reactiveDemand: Float64Array;
}

/** Numbers of a block. */
export const POPULATION = {
  leastImport: 0,
  greatestImport: 1,
  importSize: 2,
  leastPurchase: 3,
  greatestPurchase: 4,
  lowestAnswer: 5,
  highestAnswer: 6,
  reactiveDemand: 7,
} as const;

/** Length of a block's numbers. */
export const POPULATION_COUNT = 8;

/**
 * Reads rows `first` to before `end`, which belong to one community.
 *
 * @param kappa κ_m, $/kWh per kW
 * @param sums POPULATION_COUNT numbers from `at` are written
 */
export function readPopulation(
  bids: Bids,
  first: number,
  end: number,
  kappa: number,
  sums: Float64Array,
  at: number,
): void {
  sums.fill(0, at, at + POPULATION_COUNT);
  sums[at + POPULATION.leastPurchase] = Number.POSITIVE_INFINITY;
  sums[at + POPULATION.greatestPurchase] = Number.NEGATIVE_INFINITY;
  sums[at + POPULATION.lowestAnswer] = Number.POSITIVE_INFINITY;
  sums[at + POPULATION.highestAnswer] = Number.NEGATIVE_INFINITY;
  for (let row = first; row < end; row += RUN_ROWS) {
    readRun(bids, row, Math.min(row + RUN_ROWS, end), kappa, sums, at);
  }
  if (bids.prosumers.deviceStart.length > 0) readDevices(bids, first, end, kappa, sums, at);
}

/** Prices of answers are NaN, and count for nothing, where there are devices. */
function readRun(
  { prosumers }: Bids,
  first: number,
  end: number,
  kappa: number,
  sums: Float64Array,
  at: number,
): void {
  const { demandKw, demandKvar, pMinKw, pMaxKw, costQuadratic, costLinear } = prosumers;
  let leastImport = 0;
  let greatestImport = 0;
  let size = 0;
  let reactive = 0;
  let least = sums[at + POPULATION.leastPurchase];
  let greatest = sums[at + POPULATION.greatestPurchase];
  let lowest = sums[at + POPULATION.lowestAnswer];
  let highest = sums[at + POPULATION.highestAnswer];
  for (let i = first; i < end; i += 1) {
    const low = pMinKw[i];
    const high = pMaxKw[i];
    const fewest = demandKw[i] - high;
    const most = demandKw[i] - low;
    leastImport += fewest;
    greatestImport += most;
    size += Math.abs(fewest) + Math.abs(most);
    reactive += demandKvar[i];
    if (!(high > low)) continue;
    const leaving = costLinear[i] + costQuadratic[i] * low - kappa * most;
    const arriving = costLinear[i] + costQuadratic[i] * high - kappa * fewest;
    if (fewest < least) least = fewest;
    if (most > greatest) greatest = most;
    if (leaving < lowest) lowest = leaving;
    if (arriving > highest) highest = arriving;
  }
  sums[at + POPULATION.leastImport] += leastImport;
  sums[at + POPULATION.greatestImport] += greatestImport;
  sums[at + POPULATION.importSize] += size;
  sums[at + POPULATION.reactiveDemand] += reactive;
  sums[at + POPULATION.leastPurchase] = least;
  sums[at + POPULATION.greatestPurchase] = greatest;
  sums[at + POPULATION.lowestAnswer] = lowest;
  sums[at + POPULATION.highestAnswer] = highest;
}

/** Prices at which devices meet bounds, everybody else at the same end. */
function readDevices(
  { prosumers, devices }: Bids,
  first: number,
  end: number,
  kappa: number,
  sums: Float64Array,
  at: number,
): void {
  const { demandKw, pMinKw, pMaxKw, deviceStart } = prosumers;
  for (let i = first; i < end; i += 1) {
    const lowest = kappa * (pMinKw[i] - demandKw[i]);
    const highest = kappa * (pMaxKw[i] - demandKw[i]);
    for (let d = deviceStart[i]; d < deviceStart[i + 1]; d += 1) {
      const [low, high] = [devices.pMinKw[d], devices.pMaxKw[d]];
      if (!(high > low)) continue;
      const leaving = devices.costLinear[d] + devices.costQuadratic[d] * low + lowest;
      const arriving = devices.costLinear[d] + devices.costQuadratic[d] * high + highest;
      const { lowestAnswer, highestAnswer } = POPULATION;
      sums[at + lowestAnswer] = Math.min(sums[at + lowestAnswer], leaving);
      sums[at + highestAnswer] = Math.max(sums[at + highestAnswer], arriving);
    }
  }
}

/** @param sums of all blocks */
export function mergePopulation(blocks: Blocks, sums: Float64Array): Population {
  const total = (kind: number) => communityTotals(blocks, sums, POPULATION_COUNT, kind);
  const extreme = (kind: number, start: number, pick: (a: number, b: number) => number) =>
    Float64Array.from({ length: blocks.start.length - 1 }, (_, m) => {
      let found = start;
      for (let block = blocks.start[m]; block < blocks.start[m + 1]; block += 1) {
        found = pick(found, sums[POPULATION_COUNT * block + kind]);
      }
      return found;
    });
  return {
    leastImport: total(POPULATION.leastImport),
    greatestImport: total(POPULATION.greatestImport),
    importSize: total(POPULATION.importSize),
    leastPurchase: extreme(POPULATION.leastPurchase, Number.POSITIVE_INFINITY, Math.min),
    greatestPurchase: extreme(POPULATION.greatestPurchase, Number.NEGATIVE_INFINITY, Math.max),
    lowestAnswer: extreme(POPULATION.lowestAnswer, Number.POSITIVE_INFINITY, Math.min),
    highestAnswer: extreme(POPULATION.highestAnswer, Number.NEGATIVE_INFINITY, Math.max),
    reactiveDemand: total(POPULATION.reactiveDemand),
  };
}

/** Σ of one of the numbers of blocks over the blocks of each community, in their order. */
export function communityTotals(
  blocks: Blocks,
  sums: Float64Array,
  stride: number,
  kind: number,
): Float64Array {
  const total = new CompensatedSum();
  return Float64Array.from({ length: blocks.start.length - 1 }, (_, m) => {
    total.reset();
    for (let block = blocks.start[m]; block < blocks.start[m + 1]; block += 1) {
      total.add(sums[stride * block + kind]);
    }
    return total.value;
  });
}

/** By a reading of its own. */
export function populationOf(theCase: Case, kappa: Float64Array): Population {
  const bids = bidsOf(theCase);
  const blocks = blocksOf(bids);
  const sums = new Float64Array(POPULATION_COUNT * blocks.count);
  blocks.community.forEach((m, block) => {
    const [first, end] = [blocks.first[block], blocks.end[block]];
    readPopulation(bids, first, end, kappa[m], sums, POPULATION_COUNT * block);
  });
  return mergePopulation(blocks, sums);
}
