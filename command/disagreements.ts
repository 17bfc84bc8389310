/** Where the headline figures of a stored result are not what its own tables and proof give. */
import type { Certificate, Outcome, Summary } from '../engine/index.js';

/** Sums in another order differ by rounding; a person's edit does not. */
const ROUNDING = 1e-9;

export function summaryDisagreements(
  summary: Summary,
  certificate: Certificate,
  { branches, buses }: Outcome,
): string[] {
  const figures: readonly [name: string, reported: number | undefined, found: number][] = [
    ['objective', summary.objective_usd_per_h, certificate.recomputedObjective_usd_per_h],
    ['cost', summary.cost_usd_per_h, certificate.recomputedCost_usd_per_h],
    ['lower bound', summary.lower_bound_usd_per_h, certificate.lowerBound_usd_per_h],
    ['operator surplus', summary.operator_surplus_usd_per_h, certificate.operatorSurplus_usd_per_h],
    ['losses', summary.losses_kw, branches.lossesKw.reduce((sum, loss) => sum + loss, 0)],
    [
      'lowest voltage',
      summary.v_min_pu,
      buses.voltagePu.reduce((least, value) => Math.min(least, value)),
    ],
    [
      'highest voltage',
      summary.v_max_pu,
      buses.voltagePu.reduce((most, value) => Math.max(most, value)),
    ],
  ];
  return figures
    .filter(([, reported, found]) => !agree(reported, found))
    .map(([name, reported, found]) => {
      return `the summary gives ${reported ?? 'no number'} for the ${name}, its tables ${found}`;
    });
}

/** A figure without a value, such as the bound of a baseline, is left out of the summary. */
function agree(reported: number | undefined, found: number): boolean {
  if (reported === undefined) return !Number.isFinite(found);
  return Math.abs(reported - found) <= ROUNDING * Math.max(1, Math.abs(found));
}
