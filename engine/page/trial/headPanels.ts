/** What is said of a whole day in text and tables: its head, the day without the market, events, refusals. */
import type { Mode } from '../../clearing/result.js';
import { counted, duration, fixed, magnitude, voltage } from '../../report/numbers.js';
import { type Entry, entry } from '../../report/table.js';
import type { TrialRecord } from '../../trial/record.js';
import { factList } from '../feederPanels.js';
import { type Place, panel, paragraph, table } from '../panels.js';
import { comparisonOf, type DaySums, percentile, tally } from './dayFigures.js';
import { clipped } from './dayTables.js';
import { ROUTES } from './figures.js';
import { endOfDay, timeOfDay } from './timeOfDay.js';
import type { TrialShare } from './trialShare.js';

/** What a trial was, beside its record. */
export interface TrialFacts {
  readonly mode: Mode;
  readonly seed: number;
  /** How many there are when the trial is done. */
  readonly intervals: number;
  /** Length of an interval. */
  readonly intervalMinutes: number;
  readonly deadlineMs?: number | undefined;
  /** Said as it is after the rest, such as the balances of the day. */
  readonly totals?: readonly Entry[] | undefined;
}

export function summaryPanel(
  counts: string,
  facts: TrialFacts,
  record: TrialRecord,
  place: Place,
): string {
  const entries = [
    entry('market', counts),
    entry('seed', String(facts.seed)),
    entry('intervals', ...intervalLines(facts, record)),
    ...(record.intervals.length === 0 ? [] : runEntries(facts, record)),
    ...(facts.totals ?? []),
  ];
  return panel(place, 'summary', 'Summary', factList(entries));
}

function intervalLines({ intervalMinutes, intervals }: TrialFacts, record: TrialRecord): string[] {
  const done = record.intervals.length;
  const first = record.intervals[0];
  const last = record.intervals[done - 1];
  const each = `${fixed(intervalMinutes, Number.isInteger(intervalMinutes) ? 0 : 2)} minutes each`;
  if (first === undefined || last === undefined) return [`none of ${fixed(intervals, 0)} is there`];
  const end = endOfDay(last.start_minutes + intervalMinutes);
  const span = `from ${timeOfDay(first.start_minutes)} to ${end}`;
  const part = done < intervals ? ` of ${fixed(intervals, 0)}: the trial is not done` : '';
  return [`${fixed(done, 0)}${part}, ${each}, ${span}`];
}

function runEntries({ deadlineMs }: TrialFacts, { intervals, timing }: TrialRecord): Entry[] {
  const shares = (texts: readonly string[]): string =>
    tally(texts)
      .map(([text, count]) => `${fixed(count, 0)} ${text}`)
      .join(', ');
  const broken = intervals.filter(({ violations }) => violations > 0).length;
  const missed = timing.filter(({ deadline_kept }) => deadline_kept === 0).length;
  const fallbacks = intervals.filter(({ route }) => route === 'fallback').length;
  const gap = intervals.reduce((sofar, row) => (row.gap > sofar ? row.gap : sofar), 0);
  const refused = intervals.reduce((sum, row) => sum + (row.bids_refused || 0), 0);
  const memory = timing.map(({ memory_mb }) => memory_mb).filter(Number.isFinite);
  const limit = deadlineMs === undefined ? '' : ` of ${duration(deadlineMs)}`;
  return [
    entry('statuses', shares(intervals.map(({ status }) => status))),
    entry('found by', shares(intervals.map(({ route }) => ROUTES[route]))),
    entry('largest gap', magnitude(gap)),
    entry('limits broken', broken === 0 ? 'none' : `in ${counted(broken, 'interval')}`),
    entry('deadlines missed', `${fixed(missed, 0)}${limit}`),
    entry('fallbacks', fixed(fallbacks, 0)),
    entry('bids refused', fixed(refused, 0)),
    entry('clear time', timeText({ intervals, timing })),
    ...(memory.length === 0
      ? []
      : [
          entry(
            'memory',
            `${fixed(memory[0], 0)} MB first, ${fixed(memory.at(-1) ?? 0, 0)} MB last`,
          ),
        ]),
  ];
}

function timeText({ intervals, timing }: Pick<TrialRecord, 'intervals' | 'timing'>): string {
  const times = timing.map(({ clear_ms }) => clear_ms);
  if (!times.some(Number.isFinite)) return 'n/a';
  const longest = times.reduce((best, time, k) => (time > times[best] ? k : best), 0);
  const when = timeOfDay(intervals[longest]?.start_minutes ?? 0);
  return (
    `median ${duration(percentile(times, 0.5))}, p99 ${duration(percentile(times, 0.99))}, ` +
    `longest ${duration(times[longest])} (at ${when})`
  );
}

/** The day against the day on which everybody trades with the grid alone. */
export function againstPanel(facts: TrialFacts, record: TrialRecord, place: Place): string {
  const hours = facts.intervalMinutes / 60;
  const { alone, intervals, market } = comparisonOf(record, hours);
  const title = 'The day with the market and without';
  if (intervals === 0) {
    const text = 'Nothing is known of a day on which everybody trades with the grid alone.';
    return panel(place, 'against', title, paragraph(text));
  }
  const part =
    intervals < record.intervals.length
      ? ` Summed over the ${fixed(intervals, 0)} intervals for which both are known.`
      : '';
  const text = `Without it everybody trades with the grid alone, and storage has a history of its own.${part}`;
  return panel(place, 'against', title, paragraph(text) + againstTable(market, alone));
}

function againstTable(market: DaySums, alone: DaySums): string {
  const dollars = (value: number): string => `${fixed(value, 2)} $`;
  const energy = (value: number): string => `${fixed(value, 2)} kWh`;
  const count = (value: number): string => fixed(value, 0);
  const rows: [string, (sums: DaySums) => number, (value: number) => string][] = [
    ['cost of all prosumers and the grid', ({ costUsd }) => costUsd, dollars],
    ['losses', ({ lossesKwh }) => lossesKwh, energy],
    ['intervals with a broken limit', ({ brokenIntervals }) => brokenIntervals, count],
    ['lowest voltage', ({ voltageMinPu }) => voltageMinPu, voltage],
    ['highest voltage', ({ voltageMaxPu }) => voltageMaxPu, voltage],
  ];
  const cells = (title: string, textOf: (row: (typeof rows)[number]) => string) => ({
    title,
    isNumber: true,
    cells: rows.map(textOf),
  });
  return table('The day with the market and without', [
    { title: '', isNumber: false, cells: rows.map(([label]) => label) },
    cells('with', ([, of, text]) => text(of(market))),
    cells('without', ([, of, text]) => text(of(alone))),
    cells('difference', ([, of, text]) => text(of(market) - of(alone))),
  ]);
}

/** What happened to the network, and what was refused. */
export function eventsPanel(
  { intervals, refusals }: TrialRecord,
  { tableRows }: TrialShare,
  place: Place,
): string {
  const happened = intervals.filter(({ events }) => events !== '');
  const whenOf = new Map(intervals.map((row) => [row.interval, timeOfDay(row.start_minutes)]));
  const first = (all: number): string =>
    all > tableRows ? ` The first ${fixed(tableRows, 0)}:` : '';
  const eventTable =
    happened.length === 0
      ? paragraph('Nothing happened to the network.')
      : paragraph(
          `Something happened to the network in ${counted(happened.length, 'interval')}.${first(happened.length)}`,
        ) +
        table('Events', [
          text(
            'time',
            happened.slice(0, tableRows).map((row) => timeOfDay(row.start_minutes)),
          ),
          text(
            'what',
            happened.slice(0, tableRows).map(({ events }) => clipped(events)),
          ),
        ]);
  const reasons = tally(refusals.map(({ reason }) => clipped(reason)));
  const shown = refusals.slice(0, tableRows);
  const refusalTable =
    refusals.length === 0
      ? paragraph('Nothing was refused.')
      : paragraph(
          `${counted(refusals.length, 'bid or operation was', 'bids and operations were')} refused: ${reasons
            .slice(0, MOST_REASONS)
            .map(([reason, count]) => `${fixed(count, 0)} × ${reason}`)
            .join(
              '; ',
            )}${reasons.length > MOST_REASONS ? '; and others' : ''}.${first(refusals.length)}`,
        ) +
        table('Refusals', [
          text(
            'time',
            shown.map(({ interval }) => whenOf.get(interval) ?? ''),
          ),
          text(
            'what',
            shown.map(({ subject }) => clipped(subject)),
          ),
          text(
            'reason',
            shown.map(({ reason }) => clipped(reason)),
          ),
        ]);
  return panel(place, 'events', 'Events and refusals', eventTable + refusalTable);
}

/** Named in the text; the table has all. */
const MOST_REASONS = 4;

const text = (title: string, cells: readonly string[]) => ({ title, isNumber: false, cells });
