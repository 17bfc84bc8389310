/** A day as the plots over time draw it: one row an interval; names as in the record, shortened to what is plotted. */
import type { IntervalRecord, IntervalTiming, TrialRecord } from '../../trial/record.js';
import { type Columns, rounded } from '../columns.js';
import { timeOfDay } from './timeOfDay.js';

type NumberField<Row> = {
  [Field in keyof Row]: Row[Field] extends number ? Field : never;
}[keyof Row];

const INTERVAL_FIELDS = [
  'gap',
  'nodes',
  'grid_buy_usd_per_kwh',
  'grid_sell_usd_per_kwh',
  'grid_import_kw',
  'losses_kw',
  'v_min_pu',
  'v_max_pu',
  'price_min_usd_per_kwh',
  'price_mean_usd_per_kwh',
  'price_max_usd_per_kwh',
  'load_kw',
  'solar_available_kw',
  'solar_kw',
  'battery_kw',
  'vehicle_kw',
  'stored_kwh',
  'bids_arrived',
  'bids_changed',
  'bids_withdrawn',
  'bids_refused',
  'alone_losses_kw',
  'alone_v_min_pu',
  'alone_v_max_pu',
] as const satisfies readonly NumberField<IntervalRecord>[];

const TIMING_FIELDS = ['clear_ms'] as const satisfies readonly NumberField<IntervalTiming>[];

/** Of the time axis. */
const HOUR_MINUTES = 60;

/** @param minutes length of an interval */
export function dayTable(
  { intervals, timing }: TrialRecord,
  rows: readonly number[],
  minutes: number,
): Columns {
  const middle = (row: number): number => intervals[row].start_minutes + 0.5 * minutes;
  const columns: [string, readonly (number | string | null)[]][] = [
    ['hour', rows.map((row) => rounded(middle(row) / HOUR_MINUTES, 9))],
    ['time', rows.map((row) => timeOfDay(intervals[row].start_minutes))],
    ...INTERVAL_FIELDS.map((field): [string, (number | null)[]] => [
      field,
      rows.map((row) => rounded(intervals[row][field])),
    ]),
    ...TIMING_FIELDS.map((field): [string, (number | null)[]] => [
      field,
      rows.map((row) => rounded(timing[row]?.[field] ?? Number.NaN)),
    ]),
  ];
  return Object.fromEntries(columns);
}

/** Lanes of the strip from the top: what must be, what may be, and what happened. */
const LANES = [
  'optimal',
  'feasible',
  'limit',
  'infeasible',
  'corrected',
  'searched',
  'fallback',
  'deadline missed',
  'limits broken',
  'event',
] as const;

export type Lane = (typeof LANES)[number];

/** In which lanes an interval has a mark. */
export function lanesOf(interval: IntervalRecord, timing: IntervalTiming | undefined): Lane[] {
  const lanes: Lane[] = [interval.status, interval.route];
  if (timing?.deadline_kept === 0) lanes.push('deadline missed');
  if (interval.violations > 0) lanes.push('limits broken');
  if (interval.events !== '') lanes.push('event');
  return lanes;
}

export interface LaneTable {
  readonly columns: Columns;
  /** Those with a mark, in order. */
  readonly lanes: readonly Lane[];
}

export function laneTable(
  { intervals, timing }: TrialRecord,
  rows: readonly number[],
  minutes: number,
): LaneTable {
  const marks = rows.flatMap((row) =>
    lanesOf(intervals[row], timing[row]).map((lane) => ({ row, lane })),
  );
  const hour = (row: number, share: number): number | null =>
    rounded((intervals[row].start_minutes + share * minutes) / HOUR_MINUTES, 9);
  return {
    columns: {
      from: marks.map(({ row }) => hour(row, 0)),
      to: marks.map(({ row }) => hour(row, 1)),
      time: marks.map(({ row }) => timeOfDay(intervals[row].start_minutes)),
      lane: marks.map(({ lane }) => lane),
      kind: marks.map(({ lane }) => (WRONG.has(lane) ? 'wrong' : 'right')),
      text: marks.map(({ lane, row }) => textOf(lane, intervals[row])),
    },
    lanes: LANES.filter((lane) => marks.some((mark) => mark.lane === lane)),
  };
}

const WRONG: ReadonlySet<Lane> = new Set([
  'limit',
  'infeasible',
  'fallback',
  'deadline missed',
  'limits broken',
]);

function textOf(lane: Lane, interval: IntervalRecord): string {
  if (lane === 'event') return clipped(interval.events);
  if (lane === interval.status && lane !== 'optimal') return clipped(interval.explanation);
  if (lane === 'fallback') return clipped(interval.explanation);
  return '';
}

const LONGEST_TEXT = 200;

/** Texts of a record may be of any length. */
export function clipped(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text;
}
