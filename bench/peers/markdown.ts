/** The comparisons as tables in Markdown. */
import { type Machine, machineLine } from '../harness.js';
import type { Comparison, PeerRow } from './comparison.js';
import type { Target } from './targets.js';

export interface PeersReport {
  readonly command: string;
  readonly machine: Machine;
  /** Versions of what was compared, as `name version`. */
  readonly versions: readonly string[];
  readonly gap: number;
  /** Time limit of the peers outside Node, seconds. */
  readonly peerSeconds: number;
  readonly seed: number;
  readonly comparisons: readonly Comparison[];
  readonly targets: readonly Target[];
  /** What was not compared, and why; what was only quoted. */
  readonly notes: readonly string[];
}

export const HEADER = ['solver', 'program', 'status', 'time', 'times ours', 'off by', 'own gap'];
const TARGET_HEADER = ['target', 'factor asked', 'factor found', 'against', 'verdict'];

export function peersMarkdown(report: PeersReport): string {
  const { command, machine, versions, gap, peerSeconds, comparisons, targets, notes } = report;
  return [
    '# The same market, other solvers',
    '',
    `\`${command}\``,
    '',
    `${machineLine(machine)}; ${versions.join(', ')}.`,
    '',
    `Everybody was asked for a relative gap of ${gap.toExponential()}. Ours is a whole warm clear: from`,
    'the bids in memory to prices, dispatch and certificate. The others have a program to solve; their time',
    'is that of the solve call alone, without reading and conversion, outside Node at most',
    `${peerSeconds} s. Medians of runs in turn. A time with ">" was stopped before the gap. "off by" is`,
    'the difference from our objective, relative to max(1, |ours|).',
    '',
    ...table(TARGET_HEADER, targets.map(targetCells)),
    '',
    ...comparisons.flatMap(section),
    '## Beside this run',
    '',
    ...notes.map((note) => `- ${note}`),
    '',
  ].join('\n');
}

function section({ question, instance, prosumers, segments, rows }: Comparison): string[] {
  const size = `${prosumers.toLocaleString('en-US')} prosumers`;
  const binaries = segments === undefined ? '' : `, ${segments.toLocaleString('en-US')} segments`;
  return [
    `## ${question}`,
    '',
    `${size}${binaries}; instance ${instance}.`,
    '',
    ...table(HEADER, rows.map(rowCells)),
    '',
  ];
}

export function rowCells(row: PeerRow): string[] {
  const { solver, program, status, milliseconds, timesOurs, difference, gap, reached } = row;
  const atLeast = reached ? '' : '> ';
  const given = (number: number | undefined, text: (number: number) => string): string =>
    number === undefined ? '' : text(number);
  return [
    solver,
    program,
    status,
    given(milliseconds, (ms) => `${atLeast}${duration(ms)}`),
    given(timesOurs, (times) => `${atLeast}${factorText(times)}`),
    given(difference, (off) => off.toExponential(1)),
    given(gap, (own) => own.toExponential(1)),
  ];
}

export function targetCells({ text, factor, verdict, by }: Target): string[] {
  const found = by === undefined ? '' : `${by.reached ? '' : '> '}${factorText(by.timesOurs)}`;
  const against = by === undefined ? '' : `${by.solver}; ${by.question}`;
  return [text, String(factor), found, against, verdict];
}

/** Three digits are what such a measurement bears. */
function factorText(times: number): string {
  return times >= 100 ? Math.round(times).toLocaleString('en-US') : times.toPrecision(3);
}

function duration(milliseconds: number): string {
  return milliseconds < 1000
    ? `${milliseconds.toPrecision(3)} ms`
    : `${(milliseconds / 1000).toPrecision(3)} s`;
}

/** A bar in a cell would end it. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [header, header.map(() => '---'), ...rows].map(
    (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`,
  );
}
