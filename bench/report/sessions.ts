/** Sections on markets that are cleared again and again: after changes, and over the days of a trial. */
import { claimList, paragraph, table } from '../../engine/page/panels.js';
import type { Clears, ReclearRecord } from '../reclear/measure.js';
import type { ReclearFile, TrialFile } from './results.js';
import { barClaim } from './scaling.js';
import {
  decimal,
  numberColumn,
  ratio,
  type Section,
  section,
  small,
  textColumn,
} from './section.js';

export function reclearSection(file: ReclearFile): Section {
  const { bars, case: name, instance, machine, prosumers, records } = file;
  const text =
    `${name}, ${decimal(prosumers, 0)} prosumers, instance ${instance}; milliseconds. ` +
    'A re-clear is the update of the market and its clearing, a cold clear that of the same state.';
  return section('reclear', 'Clearing again after changes', machine, [
    paragraph(text),
    claimList(bars.map(barClaim)),
    table('Clearing again after changes', [
      textColumn('mode, what changed', records, nameOf),
      ...timeColumns('re-clear', records, ({ reclear }) => reclear),
      ...timeColumns('cold', records, ({ cold }) => cold),
      numberColumn('re-clear over cold', records, (row) => decimal(row.reclear_over_cold, 3)),
      numberColumn('samples', records, (row) => decimal(row.reclear.whole.samples, 0)),
      numberColumn('corrected', records, (row) => decimal(row.routes.corrected, 0)),
      numberColumn('searched', records, (row) => decimal(row.routes.searched, 0)),
      numberColumn('not certified', records, (row) => decimal(row.uncertified, 0)),
      numberColumn('objectives off by', records, (row) => small(row.largest_difference)),
    ]),
    paragraph('Medians of the stages over that of the whole, which need not add up to 100 %:'),
    stageTable(records),
  ]);
}

function timeColumns(
  kind: string,
  records: readonly ReclearRecord[],
  clearsOf: (record: ReclearRecord) => Clears,
) {
  return [
    numberColumn(kind, records, (row) => decimal(clearsOf(row).whole.median_ms, 2)),
    numberColumn('p25', records, (row) => decimal(clearsOf(row).whole.p25_ms, 2)),
    numberColumn('p75', records, (row) => decimal(clearsOf(row).whole.p75_ms, 2)),
  ];
}

/** A row for either kind of clear. */
function stageTable(records: readonly ReclearRecord[]): string {
  const rows = records.flatMap((record) => [
    { name: `${nameOf(record)}: re-clear`, stages: record.reclear.stages },
    { name: `${nameOf(record)}: cold`, stages: record.cold.stages },
  ]);
  const stages = rows[0]?.stages.map(({ name }) => name) ?? [];
  return table('Shares of the stages', [
    textColumn('mode, what changed', rows, ({ name }) => name),
    ...stages.map((stage) =>
      numberColumn(stage, rows, (row) => {
        const share = row.stages.find(({ name }) => name === stage)?.share;
        return share === undefined ? '' : `${decimal(100 * share, 0)} %`;
      }),
    ),
  ]);
}

function nameOf({ mode, question }: ReclearRecord): string {
  return `${mode}, ${question}`;
}

export function trialSection(file: TrialFile): Section {
  const { bars, case: name, instance, machine, mode, prosumers, record } = file;
  const { clear_ms, days, intervals, p99_over_median, routes, stages_ms, statuses } = record;
  const stages = Object.entries(stages_ms);
  const text =
    `${name}, ${decimal(prosumers, 0)} prosumers, instance ${instance}, ${mode}: ` +
    `${decimal(intervals, 0)} intervals of ${file.interval_minutes} min against a deadline of ` +
    `${decimal(file.deadline_ms, 0)} ms; ${listed(statuses)}; ${listed(routes)}.`;
  return section('trial', 'Days of a trial', machine, [
    paragraph(text),
    claimList(bars.map(barClaim)),
    table('From the changes of an interval to its answer, ms', [
      textColumn('', [clear_ms], () => 'from changes to answer, ms'),
      numberColumn('median', [clear_ms], (row) => decimal(row.p50, 1)),
      numberColumn('p90', [clear_ms], (row) => decimal(row.p90, 1)),
      numberColumn('p99', [clear_ms], (row) => decimal(row.p99, 1)),
      numberColumn('longest', [clear_ms], (row) => decimal(row.longest, 1)),
      numberColumn('p99 over median', [clear_ms], () => ratio(p99_over_median)),
      ...stages.map(([stage, ms]) => numberColumn(stage, [ms], () => decimal(ms, 2))),
    ]),
    table('Days', [
      textColumn('day', days, (row) => decimal(row.day, 0)),
      numberColumn('median ms', days, (row) => decimal(row.clear_ms.p50, 1)),
      numberColumn('p99', days, (row) => decimal(row.clear_ms.p99, 1)),
      numberColumn('longest', days, (row) => decimal(row.clear_ms.longest, 1)),
      numberColumn('deadlines missed', days, (row) => decimal(row.deadlines_missed, 0)),
      numberColumn('resident MB at its end', days, (row) => decimal(row.rss_last_mb, 0)),
      numberColumn('largest', days, (row) => decimal(row.rss_largest_mb, 0)),
      numberColumn('least heap MB', days, (row) => decimal(row.heap_least_mb, 0)),
      numberColumn('largest', days, (row) => decimal(row.heap_largest_mb, 0)),
    ]),
  ]);
}

/** Such as `287 optimal, 1 feasible`. */
function listed(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${decimal(count, 0)} ${name}`)
    .join(', ');
}
