/** The panels about the network: the map of the feeder, and voltages against distance. */
import type { Case } from '../case/case.js';
import type { Outcome, ResultWithOutcome } from '../clearing/result.js';
import { counted, fixed } from '../report/numbers.js';
import { type Columns, hasValues } from './columns.js';
import type { PageShare } from './pageShare.js';
import {
  type Choice,
  control,
  figure,
  foldedTable,
  numbers,
  type Place,
  panel,
  paragraph,
} from './panels.js';
import type { ShownBuses } from './shownBuses.js';

export function mapPanel(
  { buses: all }: Case,
  shown: ShownBuses,
  buses: Columns,
  branches: Columns,
  place: Place,
): string {
  const choices: Choice[] = [
    { value: 'voltage', text: 'voltage' },
    ...(hasValues(buses.price) ? [{ value: 'price', text: 'price' }] : []),
    ...(hasValues(branches.loading) ? [{ value: 'loading', text: 'branch loading' }] : []),
    {
      value: 'current',
      text: hasValues(branches.loading) ? 'current' : 'branch loading (current)',
    },
    { value: 'import', text: 'net import' },
  ];
  const layout = shown.isSurveyed
    ? 'Buses stand at their coordinates.'
    : 'The case has no coordinates: buses stand by their number of branches from the root.';
  const part =
    shown.rows.length < all.id.length
      ? ` Drawn are the ${counted(shown.rows.length, 'bus', 'buses')} of ${fixed(all.id.length, 0)} with most of the network behind them.`
      : '';
  return panel(
    place,
    'map',
    'The feeder',
    control(place, 'switches', 'map', 'Colour by', choices) +
      figure(place, {
        plot: 'map-voltage',
        place: 'map',
        description: `Map of the feeder with ${counted(shown.rows.length, 'bus', 'buses')}, coloured by the quantity chosen above. The tables below hold the numbers.`,
        caption: `${layout}${part} Dashed: open switches. A cross: outside its voltage limits. The scale of prices leaves out the outermost 2 %. Point at a bus or a branch for its values.`,
      }),
  );
}

export function proportionOf({ rows, x, y }: ShownBuses): number {
  const extent = (values: Float64Array): number => {
    const drawn = rows.map((bus) => values[bus]);
    const least = drawn.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
    const most = drawn.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY);
    return most - least;
  };
  const width = extent(x);
  const height = extent(y);
  if (!(width > 0 && height > 0)) return LEAST_PROPORTION;
  return Math.min(Math.max(height / width, LEAST_PROPORTION), MOST_PROPORTION);
}

/** A feeder along a line must not become one, nor fill screens. */
const LEAST_PROPORTION = 0.4;
const MOST_PROPORTION = 1.1;

export function profilePanel(
  { case: theCase, outcome, vMaxPu, vMinPu }: ResultWithOutcome,
  shown: ShownBuses,
  before: Outcome | undefined,
  place: Place,
  { tableRows }: PageShare,
): string {
  const unit = shown.distanceUnit === 'ohm' ? 'Ω of impedance' : 'branches';
  const voltage = (value: number): string => fixed(value, 5);
  const spread = `${voltage(vMinPu)} to ${voltage(vMaxPu)} pu`;
  const text =
    before === undefined
      ? `Voltages are ${spread}.`
      : `After the market voltages are ${spread}; where everybody trades with the grid alone they would be ${voltageRange(before)}.`;
  const rows = shown.rows.slice(0, tableRows);
  const { buses } = theCase;
  const table = foldedTable(`Voltages of ${counted(rows.length, 'bus', 'buses')} as a table`, [
    { title: 'bus', isNumber: false, cells: rows.map((bus) => buses.id[bus]) },
    numbers(
      'distance',
      rows.map((bus) => shown.distance[bus]),
      3,
    ),
    numbers(
      'voltage, pu',
      rows.map((bus) => outcome.buses.voltagePu[bus]),
      5,
    ),
    numbers(
      'before, pu',
      rows.map((bus) => before?.buses.voltagePu[bus] ?? Number.NaN),
      5,
    ),
    numbers(
      'at least, pu',
      rows.map((bus) => buses.vMinPu[bus]),
      3,
    ),
    numbers(
      'at most, pu',
      rows.map((bus) => buses.vMaxPu[bus]),
      3,
    ),
  ]);
  return panel(
    place,
    'profile',
    'Voltage against distance',
    paragraph(text) +
      figure(place, {
        plot: 'profile',
        place: 'profile',
        description: `Voltage of every bus against its distance from the root. ${text}`,
        caption: `Distance in ${unit} along the way from the root. Lines join the buses of a branch.`,
      }) +
      table,
  );
}

function voltageRange({ buses: { voltagePu } }: Outcome): string {
  const least = voltagePu.reduce((one, other) => Math.min(one, other));
  const most = voltagePu.reduce((one, other) => Math.max(one, other));
  return `${fixed(least, 5)} to ${fixed(most, 5)} pu`;
}
