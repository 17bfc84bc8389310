/** What is said of a whole day in text and tables: its head, the day without the market, events, refusals. */
import type { Case } from '../../case/case.js';
import { counted, duration, fixed, voltage } from '../../report/numbers.js';
import { entry } from '../../report/table.js';
import { trialEntries } from '../../report/trial.js';
import type { TrialRecord } from '../../trial/record.js';
import type { TrialSettings } from '../../trial/settings.js';
import type { StoredTrial } from '../../trial/stored.js';
import type { TrialSummary } from '../../trial/summary.js';
import { factList } from '../feederPanels.js';
import { type Place, panel, paragraph, table } from '../panels.js';
import { clipped } from './dayTables.js';
import { endOfDay, timeOfDay } from './timeOfDay.js';
import type { TrialShare } from './trialShare.js';

/** A panel of its own says this. */
const ELSEWHERE = 'alone';

export function summaryPanel(trial: StoredTrial, place: Place): string {
  const { record, settings, summary, timing } = trial;
  const known = record.intervals.length === 0 ? [] : trialEntries(summary, timing);
  const entries = [
    entry('market', marketText(trial.case)),
    entry('day', dayText(settings, record)),
    entry('seed', String(settings.seed)),
    ...known.filter(({ label }) => label !== ELSEWHERE),
  ];
  const longest = record.timing.length === 0 ? [] : [entry('longest time', longestText(record))];
  return panel(place, 'summary', 'Summary', factList([...entries, ...longest]));
}

function marketText({ branches, buses, communities, prosumers }: Case): string {
  return [
    counted(buses.id.length, 'bus', 'buses'),
    counted(branches.from.length, 'branch', 'branches'),
    counted(communities.id.length, 'community', 'communities'),
    counted(prosumers.id.length, 'prosumer'),
  ].join(', ');
}

function dayText({ interval_minutes, intervals }: TrialSettings, record: TrialRecord): string {
  const done = record.intervals.length;
  const first = record.intervals[0];
  const last = record.intervals[done - 1];
  if (first === undefined || last === undefined) return `no interval of ${fixed(intervals, 0)} yet`;
  const part = done < intervals ? `${fixed(done, 0)} of ${fixed(intervals, 0)}` : fixed(done, 0);
  const end = endOfDay(last.start_minutes + interval_minutes);
  const length = String(Number(interval_minutes.toFixed(2)));
  return `${part} intervals of ${length} minutes, from ${timeOfDay(first.start_minutes)} to ${end}`;
}

function longestText({ intervals, timing }: TrialRecord): string {
  const longest = timing.reduce((best, row) => (row.clear_ms > best.clear_ms ? row : best));
  const when = intervals.find(({ interval }) => interval === longest.interval);
  return `${duration(longest.clear_ms)}, at ${timeOfDay(when?.start_minutes ?? 0)}`;
}

/** The day against the day on which everybody trades with the grid alone. */
export function againstPanel({ record, summary }: StoredTrial, place: Place): string {
  const { alone } = summary;
  const title = 'The day with the market and without';
  if (alone.intervals === 0) {
    const text = 'Nothing is known of a day on which everybody trades with the grid alone.';
    return panel(place, 'against', title, paragraph(text));
  }
  const part =
    alone.intervals < record.intervals.length
      ? ` Costs and losses are those of the ${counted(alone.intervals, 'interval')} that both have an outcome of.`
      : '';
  const text = `Without it everybody trades with the grid alone, and storage has a history of its own. Costs are without what storage asks for its energy.${part}`;
  return panel(place, 'against', title, paragraph(text) + againstTable(summary, record));
}

function againstTable(summary: TrialSummary, { intervals }: TrialRecord): string {
  const { alone } = summary;
  const broken = intervals.filter(({ violations }) => violations > 0).length;
  const dollars = (value: number): string => `${fixed(value, 2)} $`;
  const energy = (value: number): string => `${fixed(value, 2)} kWh`;
  const count = (value: number): string => fixed(value, 0);
  const unknown = Number.NaN;
  const rows: ComparedRow[] = [
    ['cost of all', alone.market_cost_usd, alone.cost_usd, dollars, true],
    ['losses', alone.market_losses_kwh, alone.losses_kwh, energy, true],
    ['stored more', alone.market_stored_change_kwh, alone.stored_change_kwh, energy, false],
    ['limits broken', summary.violations, alone.violations, count, true],
    ['intervals with one', broken, alone.intervals_with_violations, count, true],
    ['lowest voltage', summary.v_min_pu ?? unknown, alone.v_min_pu ?? unknown, voltage, false],
    ['highest voltage', summary.v_max_pu ?? unknown, alone.v_max_pu ?? unknown, voltage, false],
  ];
  const column = (title: string, cellOf: (row: ComparedRow) => string) => ({
    title,
    isNumber: true,
    cells: rows.map(cellOf),
  });
  return table('The day with the market and without', [
    { title: '', isNumber: false, cells: rows.map(([label]) => label) },
    column('with', ([, market, , write]) => write(market)),
    column('without', ([, , without, write]) => write(without)),
    column('less by', ([, market, without, write, isLoss]) =>
      isLoss ? write(without - market) : '',
    ),
  ]);
}

/** Label, with the market, without it, how to write it, and whether less of it is better. */
type ComparedRow = readonly [string, number, number, (value: number) => string, boolean];

/** A reason without the values of its one case. */
function kindOf(reason: string): string {
  return reason.replace(/"[^"]*"|-?\d+(\.\d+)?(e[-+]?\d+)?/g, '…');
}

/** How often each text occurs, the most frequent first. */
function tally(texts: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one);
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
  const reasons = tally(refusals.map(({ reason }) => clipped(kindOf(reason))));
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
