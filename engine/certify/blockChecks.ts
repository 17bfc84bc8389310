/**
 * One reading of all bids and outputs: what the communities can trade, and whether every prosumer does what
 * the market asks. Threads may take ranges of blocks; what comes out does not depend on who takes which.
 */
import type { Case } from '../case/case.js';
import type { Mode, Outcome, ProsumerFigures } from '../clearing/result.js';
import { type Bids, type Blocks, bidsOf, blocksOf } from './bids.js';
import { CHECK_COUNT, CheckSums } from './checkSums.js';
import { EquilibriumCheck } from './equilibrium.js';
import {
  mergePopulation,
  POPULATION_COUNT,
  type Population,
  readPopulation,
} from './population.js';
import { checkReported } from './reported.js';
import { type Tariff, TariffCheck } from './tariff.js';

/** What is checked: arrays and numbers alone. */
export interface CheckInput {
  readonly bids: Bids;
  /** κ_m, $/kWh per kW. */
  readonly kappa: Float64Array;
  readonly tariff: Tariff;
  /** Whether every prosumer is alone at the tariff (`isolated`). */
  readonly isAlone: boolean;
  /** By community, $/kWh; NaN without a market. */
  readonly price: Float64Array;
  /** By community, kW per $/kWh; NaN where nobody bids. */
  readonly priceSensitivity: Float64Array;
  readonly outputKw: Float64Array;
  readonly reported: ProsumerFigures | undefined;
}

/** By block: CHECK_COUNT numbers of an outcome, zero before, and POPULATION_COUNT of the population. */
export interface CheckPartials {
  readonly checks: Float64Array;
  readonly population: Float64Array;
}

/** The same over all blocks. */
export interface Checked {
  readonly sums: CheckSums;
  readonly population: Population;
}

/** Checks blocks `first` to before `end`; their partials are written. */
export function checkBlocks(
  input: CheckInput,
  first: number,
  end: number,
  { checks, population }: CheckPartials,
): void {
  const { bids, kappa, tariff, isAlone, price, priceSensitivity, outputKw, reported } = input;
  const blocks = blocksOf(bids);
  const equilibrium = new EquilibriumCheck(bids);
  const alone = new TariffCheck(bids, tariff);
  for (let block = first; block < end; block += 1) {
    const m = blocks.community[block];
    const [from, to] = [blocks.first[block], blocks.end[block]];
    const at = CHECK_COUNT * block;
    readPopulation(bids, from, to, kappa[m], population, POPULATION_COUNT * block);
    if (isAlone) alone.check(from, to, outputKw, checks, at);
    else equilibrium.check(from, to, price[m], kappa[m], outputKw, checks, at);
    if (reported === undefined) continue;
    const terms = {
      price: price[m],
      priceSensitivity: isAlone ? Number.NaN : priceSensitivity[m],
    };
    checkReported(bids, tariff, terms, from, to, outputKw, reported, checks, at);
    if (isAlone) continue;
    // Whoever is told another price has to be right at that one, too.
    for (let i = from; i < to; i += 1) {
      if (reported.price[i] === price[m]) continue;
      equilibrium.checkUnits(i, reported.price[i], kappa[m], outputKw[i], checks, at);
    }
  }
}

export function checkInput(
  theCase: Case,
  mode: Mode,
  kappa: Float64Array,
  outcome: Outcome,
): CheckInput {
  const { communities, settings } = theCase;
  return {
    bids: bidsOf(theCase),
    kappa,
    tariff: { gridBuy: settings.gridBuy, gridSell: settings.gridSell },
    isAlone: mode === 'isolated',
    price: outcome.communities.price,
    priceSensitivity: communities.priceSensitivity,
    outputKw: outcome.prosumers.outputKw,
    reported: outcome.prosumers.reported,
  };
}

/** Checks all blocks in this thread. */
export function checkAll(input: CheckInput): CheckPartials {
  const { count } = blocksOf(input.bids);
  const partials = newPartials(count, (length) => new Float64Array(length));
  checkBlocks(input, 0, count, partials);
  return partials;
}

/** @param floats makes a column of zeros */
export function newPartials(
  blocks: number,
  floats: (length: number) => Float64Array,
): CheckPartials {
  return {
    checks: floats(CHECK_COUNT * blocks),
    population: floats(POPULATION_COUNT * blocks),
  };
}

export function mergeChecks(blocks: Blocks, { checks, population }: CheckPartials): Checked {
  return { sums: new CheckSums(blocks, checks), population: mergePopulation(blocks, population) };
}
