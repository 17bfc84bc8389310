/** Where the headline figures of a stored result are not what its own tables and proof give. */
import {
  type Certificate,
  type Outcome,
  type RegionSummary,
  type Summary,
  worstStatus,
} from '../engine/index.js';

/** Sums in another order differ by rounding; a person's edit does not. */
const ROUNDING = 1e-9;

export function summaryDisagreements(
  summary: Summary,
  certificate: Certificate,
  { branches, buses }: Outcome,
): string[] {
  const figures: readonly Figure[] = [
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
  return disagreeing(figures, 'its tables');
}

type Figure = readonly [name: string, reported: number | undefined, found: number];

function disagreeing(figures: readonly Figure[], source: string): string[] {
  return figures
    .filter(([, reported, found]) => !agree(reported, found))
    .map(([name, reported, found]) => {
      return `the summary gives ${reported ?? 'no number'} for the ${name}, ${source} ${found}`;
    });
}

/** Where a region's totals are not the sums of its feeders' results, or its status not their worst. */
export function regionDisagreements(
  summary: RegionSummary,
  feeders: readonly {
    readonly summary: Summary;
    readonly certificate: Certificate;
    readonly outcome: Outcome;
  }[],
): string[] {
  const sum = (figure: (certificate: Certificate) => number): number =>
    feeders.reduce((total, { certificate }) => total + figure(certificate), 0);
  const figures: readonly Figure[] = [
    ['objective', summary.objective_usd_per_h, sum((one) => one.recomputedObjective_usd_per_h)],
    ['cost', summary.cost_usd_per_h, sum((one) => one.recomputedCost_usd_per_h)],
    ['lower bound', summary.lower_bound_usd_per_h, sum((one) => one.lowerBound_usd_per_h)],
    [
      'operator surplus',
      summary.operator_surplus_usd_per_h,
      sum((one) => one.operatorSurplus_usd_per_h),
    ],
    [
      'exchange with the grid',
      summary.grid_import_kw,
      feeders.reduce((total, { outcome }) => total + outcome.gridImportKw, 0),
    ],
    [
      'losses',
      summary.losses_kw,
      feeders.reduce(
        (total, { outcome }) =>
          total + outcome.branches.lossesKw.reduce((losses, loss) => losses + loss, 0),
        0,
      ),
    ],
    [
      'lowest voltage',
      summary.v_min_pu,
      Math.min(...feeders.map((feeder) => feeder.summary.v_min_pu ?? Number.NaN)),
    ],
    [
      'highest voltage',
      summary.v_max_pu,
      Math.max(...feeders.map((feeder) => feeder.summary.v_max_pu ?? Number.NaN)),
    ],
  ];
  const status = worstStatus(feeders.map((feeder) => feeder.summary.status));
  return [
    ...disagreeing(figures, 'its feeders'),
    ...(summary.status === status
      ? []
      : [`the region is reported as ${summary.status}, the worst of its feeders as ${status}`]),
  ];
}

/** A figure without a value, such as the bound of a baseline, is left out of the summary. */
function agree(reported: number | undefined, found: number): boolean {
  if (reported === undefined) return !Number.isFinite(found);
  return Math.abs(reported - found) <= ROUNDING * Math.max(1, Math.abs(found));
}
