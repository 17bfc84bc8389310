/**
 * What prosumers gain by the market against trading with the grid alone: the fall of C_i(p_i) + payment, $/h,
 * as a distribution. One pass over all prosumers in batches, whose figures are worked out as they are read.
 */
import type { Case } from '../case/case.js';
import { figureFills } from '../clearing/prosumerFigures.js';
import type { Outcome } from '../clearing/result.js';
import { GrowingHistogram } from './growingHistogram.js';

/** Prosumers in a batch: columns of it stay in the cache. */
const BATCH = 8192;

/** A difference smaller than this, $/h, is rounding: tariffs and costs are a million times larger. */
const NO_DIFFERENCE = 1e-9;

export interface Gains {
  readonly histogram: GrowingHistogram;
  readonly gaining: number;
  readonly losing: number;
  readonly unchanged: number;
  /** $/h. */
  readonly total: number;
  readonly least: number;
  readonly most: number;
}

export function gainsOfProsumers(theCase: Case, outcome: Outcome, alone: Outcome): Gains {
  const after = figureFills(theCase, outcome);
  const before = figureFills(theCase, alone);
  const count = theCase.prosumers.demandKw.length;
  const batch = Math.min(BATCH, count);
  const columns = [before.cost, before.payment, after.cost, after.payment].map((fill) => ({
    fill,
    values: new Float64Array(batch),
  }));
  const [costBefore, paidBefore, costAfter, paidAfter] = columns.map(({ values }) => values);
  const histogram = new GrowingHistogram();
  let gaining = 0;
  let losing = 0;
  let total = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let first = 0; first < count; first += batch) {
    const end = Math.min(first + batch, count);
    for (const { fill, values } of columns) fill(first, end, values);
    for (let i = 0; i < end - first; i += 1) {
      const difference = costBefore[i] + paidBefore[i] - costAfter[i] - paidAfter[i];
      const gain = Math.abs(difference) <= NO_DIFFERENCE ? 0 : difference;
      if (gain > 0) gaining += 1;
      if (gain < 0) losing += 1;
      total += gain;
      least = Math.min(least, gain);
      most = Math.max(most, gain);
      histogram.add(gain);
    }
  }
  return { histogram, gaining, losing, unchanged: count - gaining - losing, total, least, most };
}
