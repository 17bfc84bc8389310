/**
 * The second route to a clearing: outer approximation with HiGHS. It shares the case with the native route
 * and the plainest pieces of the certificate (the feeder, the supply of a prosumer, what can flow in a box),
 * and no code with the solver, so that each of the two routes can vouch for the other.
 */
import type { Case } from '../case/case.js';
import { loadHighs } from './highs.js';
import { type ImportBox, wholeBox } from './marketColumns.js';
import { createMarketProgram, type MarketChoice, type MarketProgram } from './marketProgram.js';

export type { OuterPrices } from './relaxation.js';

import { type OuterPrices, OuterRelaxation, type RoundSolution } from './relaxation.js';
import { type OuterProgress, type OuterSearchResult, searchBoxes } from './search.js';
import { type Contact, leastTerm, weightsAt } from './supportingLine.js';

/** A solution of the relaxed clearing: what a market outcome is made from. */
export interface OuterPoint {
  /**
   * `imports`: those of the program, which keep the limits. `prices`: what communities answer to its prices,
   * better where no limit binds, and apt to leave one by a little where one does.
   */
  readonly decidedBy: 'imports' | 'prices';
  /** By community, kW. */
  readonly netImport: Float64Array;
  /** By bus, pu. */
  readonly freeReactive: Float64Array;
  readonly squaredVoltage: Float64Array;
  readonly prices: OuterPrices;
  /** Proved by these prices in the box of the solution, $/h. */
  readonly bound: number;
  /** Largest |z| (ℓ w − P² − Q²) of a branch, pu. */
  readonly largestConeSlack: number;
}

export interface OuterOptions {
  /** Relative gap at which the search ends. */
  readonly gapTolerance: number;
  readonly nodeLimit: number;
  readonly shouldStop: () => boolean;
  /** Objective of the market outcome that a point leads to, $/h; Infinity where it keeps not the limits. */
  readonly evaluate: (point: OuterPoint) => number;
  /** The same with more effort: asked once a box of imports, where that is not closed yet. */
  readonly improve: (point: OuterPoint) => number;
  /** Told after every round; may give others a turn. */
  readonly pause: (progress: OuterProgress) => Promise<void>;
}

export interface OuterResult extends OuterSearchResult {
  /** The whole range of imports: the box of the root. */
  readonly root: ImportBox;
  /** Linear programs solved, and simplex iterations. */
  readonly rounds: number;
  readonly iterations: number;
}

export async function solveOuter(
  theCase: Case,
  choice: MarketChoice,
  options: OuterOptions,
): Promise<OuterResult> {
  const highs = await loadHighs();
  const market = createMarketProgram(theCase, choice);
  const root = wholeBox(market.curves);
  const relaxation = new OuterRelaxation(highs, market, root, options.shouldStop);
  try {
    const result = await searchBoxes(market, relaxation, root, {
      ...options,
      evaluate: (solution) => {
        const point = readPoint(market, solution);
        const answered = options.evaluate({
          ...point,
          decidedBy: 'prices',
          netImport: answersTo(market, solution),
        });
        return Math.min(options.evaluate(point), answered);
      },
      improve: (solution) => options.improve(readPoint(market, solution)),
    });
    const { rounds, iterations } = relaxation;
    return { ...result, root, rounds, iterations };
  } finally {
    relaxation.dispose();
  }
}

function readPoint(market: MarketProgram, { x, prices, bound }: RoundSolution): OuterPoint {
  const { theCase, feeder, columns } = market;
  const { baseKva } = theCase.settings;
  return {
    decidedBy: 'imports',
    netImport: Float64Array.from(columns.netImport, (column) => x[column] * baseKva),
    freeReactive: Float64Array.from(columns.freeReactive, (column, bus) =>
      column < 0 ? feeder.freeMin[bus] : x[column],
    ),
    squaredVoltage: Float64Array.from(columns.squaredVoltage, (column) => x[column]),
    prices,
    bound,
    largestConeSlack: largestConeSlack(market, x),
  };
}

/** What the communities would import at the prices of their buses and of revenue, kW. */
function answersTo({ theCase, curves }: MarketProgram, { prices }: RoundSolution): Float64Array {
  const { communities, settings } = theCase;
  const weights = weightsAt(prices.revenue);
  const answer: Contact = { value: 0, netImport: 0 };
  return Float64Array.from(curves, (curve, m) => {
    const price = (weights.cost * prices.active[communities.bus[m]]) / settings.baseKva;
    leastTerm(curve, weights, price, curve.knot[0], curve.knot[curve.arcCount], answer);
    return answer.netImport;
  });
}

function largestConeSlack({ feeder, columns }: MarketProgram, x: Float64Array): number {
  let largest = 0;
  for (const bus of feeder.order.subarray(1)) {
    if (feeder.isLink[bus] === 1) continue;
    const squaredVoltage = feeder.ratio[bus] * x[columns.squaredVoltage[feeder.parentBus[bus]]];
    const current = x[columns.activeCurrent[bus]] + x[columns.reactiveCurrent[bus]];
    const flow = x[columns.activeFlow[bus]] ** 2 + x[columns.reactiveFlow[bus]] ** 2;
    const impedance = Math.hypot(feeder.r[bus], feeder.x[bus]);
    largest = Math.max(largest, impedance * Math.abs(current * squaredVoltage - flow));
  }
  return largest;
}
