/** The panels of a day over time, and the table of its intervals. */
import { counted, duration, fixed } from '../../report/numbers.js';
import type { TrialRecord } from '../../trial/record.js';
import type { Cell, Columns } from '../columns.js';
import { figure, foldedTable, numbers, type Place, panel, paragraph } from '../panels.js';
import { timeOfDay } from './timeOfDay.js';
import { shownIntervals, type TrialShare } from './trialShare.js';

interface DayFigure {
  readonly plot: string;
  /** Columns of the table of the day without any of which there is nothing to see. */
  readonly needs: readonly string[];
  readonly description: string;
  readonly caption: string;
}

/** In pairs, as they stand beside each other. */
const FIGURES: readonly DayFigure[] = [
  {
    plot: 'day-powers',
    needs: ['load_kw', 'solar_available_kw', 'battery_kw', 'vehicle_kw'],
    description: 'Load, solar generation, batteries and vehicles over the day.',
    caption:
      'Load without generation; solar generation there was and used; batteries above zero give, below zero take, and vehicles the other way round.',
  },
  {
    plot: 'day-prices',
    needs: ['price_mean_usd_per_kwh'],
    description: 'Lowest, mean and highest price of communities over the day, with the tariff.',
    caption:
      'Prices of communities from the lowest to the highest (pale), their mean, and the tariff.',
  },
  {
    plot: 'day-import',
    needs: ['grid_import_kw'],
    description: 'Import from the grid over the day; below zero an export.',
    caption: 'Exchange with the grid; below zero an export.',
  },
  {
    plot: 'day-voltages',
    needs: ['v_min_pu', 'alone_v_min_pu'],
    description: 'Lowest and highest voltage over the day, with limits, and without the market.',
    caption: 'Voltages from the lowest to the highest bus. Red: the tightest limits of any bus.',
  },
  {
    plot: 'day-stored',
    needs: ['stored_kwh'],
    description: 'Energy in batteries and vehicles over the day.',
    caption: 'Energy in batteries and vehicles that are connected.',
  },
  {
    plot: 'day-losses',
    needs: ['losses_kw', 'alone_losses_kw'],
    description: 'Losses of the network over the day, with the market and without.',
    caption: 'Losses of the network.',
  },
];

/** How the day was cleared, beside the strip of statuses. */
const CLEARING: readonly DayFigure[] = [
  {
    plot: 'day-time',
    needs: ['clear_ms'],
    description: 'Time from the changes to the certified answer of every interval.',
    caption: 'From the changes to the certified answer, on a scale of powers of ten.',
  },
  {
    plot: 'day-gap',
    needs: ['gap'],
    description: 'Relative gap of every interval.',
    caption: 'Proven relative gap, where it is above zero.',
  },
  {
    plot: 'day-nodes',
    needs: ['nodes'],
    description: 'Nodes of the search of every interval.',
    caption: 'Nodes of the search, where there were any.',
  },
  {
    plot: 'day-bids',
    needs: ['bids_arrived', 'bids_changed', 'bids_withdrawn', 'bids_refused'],
    description: 'Bids that arrived, changed, were withdrawn and refused before every interval.',
    caption: 'Bids between the gate before and this one.',
  },
];

export function dayPanel(day: Columns, place: Place): string {
  const text =
    'Click in a plot over time to go there; the vertical line is where the slider stands.';
  return panel(place, 'day', 'The day', paragraph(text) + figurePairs(FIGURES, day, place));
}

/** Those that there is something to see in. */
function figurePairs(figures: readonly DayFigure[], day: Columns, place: Place): string {
  const shown = figures.filter(({ needs }) => needs.some((column) => isThere(day[column])));
  const parts = shown.map(({ caption, description, plot }) =>
    figure(place, { plot, place: 'day', description, caption }),
  );
  return `<div class="pair">${parts.join('')}</div>`;
}

/** Something is there where not everything is nothing. */
function isThere(column: readonly Cell[] | undefined): boolean {
  return column?.some((cell) => cell !== null && cell !== 0) === true;
}

/** How every interval was cleared. */
export function clearingPanel(day: Columns, deadlineMs: number | undefined, place: Place): string {
  const lanes = figure(place, {
    plot: 'day-lanes',
    place: 'day',
    description:
      'Status of every interval, how its answer was found, and what went wrong or happened to the network.',
    caption: 'Status, how the answer was found, and what happened. Red: not as it should be.',
  });
  const text =
    deadlineMs === undefined ? '' : paragraph(`The deadline was ${duration(deadlineMs)}.`);
  return panel(
    place,
    'clearing',
    'How the day was cleared',
    text + lanes + figurePairs(CLEARING, day, place),
  );
}

/** Every interval as a row, folded away; of very many the ones with most to say. */
export function intervalTable(
  record: TrialRecord,
  { tableRows }: TrialShare,
  place: Place,
): string {
  const { intervals, timing } = record;
  const rows = shownIntervals(record, tableRows);
  const column = (title: string, figureOf: (row: number) => number, digits: number) =>
    numbers(title, rows.map(figureOf), digits);
  const part =
    rows.length < intervals.length
      ? `${fixed(rows.length, 0)} of ${counted(intervals.length, 'interval')}`
      : counted(rows.length, 'interval');
  const content = foldedTable(`${part} as a table`, [
    text(
      'time',
      rows.map((row) => timeOfDay(intervals[row].start_minutes)),
    ),
    text(
      'status',
      rows.map((row) => intervals[row].status),
    ),
    text(
      'route',
      rows.map((row) => intervals[row].route),
    ),
    column('cost, $/h', (row) => intervals[row].cost_usd_per_h, 3),
    column('mean price, $/kWh', (row) => intervals[row].price_mean_usd_per_kwh, 4),
    column('import, kW', (row) => intervals[row].grid_import_kw, 1),
    column('losses, kW', (row) => intervals[row].losses_kw, 2),
    column('lowest, pu', (row) => intervals[row].v_min_pu, 4),
    column('highest, pu', (row) => intervals[row].v_max_pu, 4),
    column('stored, kWh', (row) => intervals[row].stored_kwh, 1),
    column('limits broken', (row) => intervals[row].violations, 0),
    column('clear time, ms', (row) => timing[row]?.clear_ms ?? Number.NaN, 1),
  ]);
  return panel(place, 'intervals', 'All intervals', content);
}

const text = (title: string, cells: readonly string[]) => ({ title, isNumber: false, cells });
