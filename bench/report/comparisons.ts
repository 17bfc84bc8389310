/** Sections that set times beside each other: other solvers, an earlier version, the two routes, stages. */
import { claimList, figure, foldedTable, paragraph, table } from '../../engine/page/panels.js';
import { magnitude } from '../../engine/report/numbers.js';
import { HEADER, rowCells, targetCells } from '../peers/markdown.js';
import { logLogPlot } from './plots.js';
import type { AgainstFile, ClearingFile, ConicFile, PeersFile, SolversFile } from './results.js';
import {
  decimal,
  numberColumn,
  PLACE,
  ratio,
  type Section,
  section,
  small,
  textColumn,
} from './section.js';

/** Columns of `HEADER` before the first number: solver, program, status. */
const TEXT_COLUMNS = 3;

export function peersSection(file: PeersFile): Section {
  const { command, comparisons, gap, machine, notes, peerSeconds, targets, versions } = file;
  const claims = targets.map((target) => {
    const [text = '', asked, found = '', against, verdict = ''] = targetCells(target);
    const evidence = found === '' ? '' : `Found ${found} times, asked ${asked}; ${against}.`;
    return { claim: `${text}:`, verdict, fails: verdict !== 'met', evidence };
  });
  const tables = comparisons.map(({ instance, prosumers, question, rows }) => {
    const cells = rows.map(rowCells);
    const columns = HEADER.map((title, place) =>
      (place < TEXT_COLUMNS ? textColumn : numberColumn)(title, cells, (row) => row[place] ?? ''),
    );
    const size = `${decimal(prosumers, 0)} prosumers, instance ${instance}`;
    return `${paragraph(`${question}: ${size}`)}\n${table(question, columns)}`;
  });
  const text =
    `Everybody was asked for a relative gap of ${magnitude(gap)}, outside Node within ${peerSeconds} s. ` +
    'Ours is a whole warm clear, theirs the call of the solver. A time with > was stopped before the gap.';
  return section('peers', 'Other solvers', machine, [
    paragraph(text),
    claimList(claims),
    ...tables,
    ...notes.map(paragraph),
    paragraph(`${command}; ${versions.join(', ')}`),
  ]);
}

export function againstSection({ case: name, commit, machine, ratios }: AgainstFile): Section {
  return section('against', 'Against an earlier version', machine, [
    paragraph(`Whole warm clears of ${name} in the same run, medians in milliseconds.`),
    table('Against an earlier version', [
      textColumn('mode', ratios, (row) => row.name),
      numberColumn(`at ${commit}`, ratios, (row) => decimal(row.earlier_ms, 2)),
      numberColumn('now', ratios, (row) => decimal(row.now_ms, 2)),
      numberColumn('times as fast', ratios, (row) => ratio(row.times_as_fast)),
    ]),
  ]);
}

/** What other times are set beside. */
const WHOLE_CLEAR = 'clear, welfare';

export function clearingSection(file: ClearingFile): Section {
  const { case: name, instance, machine, measured } = file;
  const whole = measured.find((row) => row.name === WHOLE_CLEAR)?.median_ms ?? Number.NaN;
  return section('clearing', 'Whole clears and their stages', machine, [
    paragraph(`${name}, instance ${instance}; milliseconds.`),
    table('Whole clears and their stages', [
      textColumn('what', measured, (row) => row.name),
      numberColumn('median', measured, (row) => decimal(row.median_ms, 3)),
      numberColumn('p25', measured, (row) => decimal(row.p25_ms, 3)),
      numberColumn('p75', measured, (row) => decimal(row.p75_ms, 3)),
      numberColumn('samples', measured, (row) => decimal(row.samples, 0)),
      numberColumn(`over "${WHOLE_CLEAR}"`, measured, (row) => decimal(row.median_ms / whole, 3)),
    ]),
  ]);
}

export function conicSection({ case: name, machine, peers, sizes, tolerance }: ConicFile): Section {
  const plot = logLogPlot({
    title: 'Radial networks, cold',
    xTitle: 'buses',
    yTitle: 'milliseconds',
    points: sizes.map(({ buses, family, ms }) => ({
      ...{ series: family, x: buses, y: ms },
      ...{ low: ms, high: ms },
    })),
  });
  const description = 'Time of one conic solve over the number of buses, both logarithmic.';
  const parts = [
    paragraph(`Reduced network program of ${name}, to ${magnitude(tolerance)}.`),
    table('The conic core and others', [
      textColumn('solver', peers, (row) => row.solver),
      textColumn('status', peers, (row) => row.status),
      numberColumn('iterations', peers, (row) => decimal(row.iterations, 0)),
      numberColumn('ms', peers, (row) => decimal(row.ms, 2)),
      numberColumn('times ours cold', peers, (row) => ratio(row.times_ours)),
      numberColumn('objective off by', peers, (row) => small(row.difference)),
    ]),
    figure(PLACE, { plot: 'conic', place: 'conic', description, caption: description }),
    table('The conic core on radial networks', [
      textColumn('network', sizes, (row) => row.family),
      numberColumn('buses', sizes, (row) => decimal(row.buses, 0)),
      numberColumn('iterations', sizes, (row) => decimal(row.iterations, 0)),
      numberColumn('ms', sizes, (row) => decimal(row.ms, 2)),
      numberColumn('µs a bus', sizes, (row) => decimal(row.us_per_bus, 1)),
      numberColumn('times the smallest', sizes, (row) => ratio(row.times_smallest)),
    ]),
  ];
  return section('conic', 'The conic core', machine, parts, { plots: { conic: plot } });
}

export function solversSection({ comparisons: rows, machine }: SolversFile): Section {
  const agreeing = rows.filter((row) => row.native === row.highs).length;
  return section('solvers', 'The native route and HiGHS', machine, [
    paragraph(`Both end alike on ${agreeing} of ${rows.length} cases and modes.`),
    foldedTable('All cases and modes as a table', [
      textColumn('case and mode', rows, (row) => `${row.case}, ${row.mode}`),
      textColumn('native', rows, (row) => row.native),
      textColumn('HiGHS', rows, (row) => row.highs),
      numberColumn('objective off by', rows, (row) => small(row.objectiveDifference)),
      numberColumn('bound off by', rows, (row) => small(row.boundDifference)),
      numberColumn('native ms', rows, (row) => decimal(row.native_ms, 1)),
      numberColumn('HiGHS ms', rows, (row) => decimal(row.highs_ms, 1)),
      numberColumn('times native', rows, (row) => quotient(row.highs_ms, row.native_ms)),
    ]),
  ]);
}

function quotient(above: number | null, below: number | null): string {
  return above === null || below === null ? '' : ratio(above / below);
}
