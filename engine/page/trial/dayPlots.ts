/**
 * The day over time. Every plot has the same axis of time and a rule at the interval that is shown elsewhere on
 * the page (table `now`), and can be clicked to choose another. Lines differ in dashes as well as in colour.
 */
import { layered, type Plot, type UnitOrLayer } from '../plots/plot.js';
import { BLUE, GREEN, ORANGE, PURPLE, RED } from '../plots/theme.js';
import type { Lane } from './dayTables.js';
import { timeMarks } from './timeOfDay.js';

/** What the axes of a day depend on. */
export interface DaySpan {
  readonly fromHour: number;
  readonly toHour: number;
}

interface Line {
  readonly field: string;
  readonly name: string;
  readonly color: string;
  readonly dash: readonly number[];
}

const SOLID = [1, 0];
const DASHED = [6, 3];
const DOTTED = [2, 3];

/** Marks on the axis of a page's width; a phone leaves some out. */
const MOST_MARKS = 9;

/** Of all plots but the strip, so that they stand in rows. */
const HEIGHT = 165;

function timeAxis({ fromHour, toHour }: DaySpan) {
  const { hours, texts } = timeMarks(fromHour, toHour, MOST_MARKS);
  return {
    type: 'quantitative' as const,
    title: null,
    scale: { domain: [fromHour, toHour], nice: false, zero: false },
    axis: {
      values: hours,
      labelExpr: `${JSON.stringify(texts)}[indexof(${JSON.stringify(hours)}, datum.value)]`,
      labelFlush: true,
    },
  };
}

/** A rule where the rest of the page is. */
const NOW: UnitOrLayer = {
  data: { name: 'now' },
  mark: { type: 'rule', strokeWidth: 2, opacity: 0.75 },
  encoding: { x: { field: 'hour', type: 'quantitative' } },
};

function tooltip(fields: readonly { field: string; name: string }[], format: string) {
  return [
    { field: 'time', type: 'nominal', title: 'time' },
    ...fields.map(({ field, name }) => ({
      field,
      type: 'quantitative' as const,
      title: name,
      format,
    })),
  ] as const;
}

/** Lines over the day, each constant through its interval. */
function lineLayers(
  span: DaySpan,
  lines: readonly Line[],
  title: string,
  format: string,
  scale: object = { zero: true },
): UnitOrLayer[] {
  // Several lines may share a name, and then a look.
  const looks = lines.filter(({ name }, k) => lines.findIndex((line) => line.name === name) === k);
  const domain = looks.map(({ name }) => name);
  return lines.map(({ field, name }): UnitOrLayer => {
    return {
      data: { name: 'day' },
      transform: [{ calculate: `'${name}'`, as: 'name' }],
      mark: { type: 'line', interpolate: 'step', strokeWidth: 1.8 },
      encoding: {
        x: { field: 'hour', ...timeAxis(span) },
        y: { field, type: 'quantitative', title, scale, axis: { format, tickCount: 5 } },
        color: {
          field: 'name',
          type: 'nominal',
          title: null,
          scale: { domain, range: looks.map(({ color }) => color) },
          legend: lines.length > 1 ? {} : null,
        },
        strokeDash: {
          field: 'name',
          type: 'nominal',
          title: null,
          scale: { domain, range: looks.map(({ dash }) => [...dash]) },
          legend: lines.length > 1 ? { symbolType: 'stroke', symbolSize: 300 } : null,
        },
      },
    };
  });
}

/** Nothing to see: the values of the interval under the pointer, wherever it is above or below the lines. */
function sensor(
  span: DaySpan,
  fields: readonly { field: string; name: string }[],
  format: string,
): UnitOrLayer {
  return {
    data: { name: 'day' },
    mark: { type: 'rule', strokeWidth: 5, opacity: 0 },
    encoding: {
      x: { field: 'hour', ...timeAxis(span) },
      tooltip: [...tooltip(fields, format)],
    },
  };
}

function dayPlot(layers: readonly UnitOrLayer[]): Plot {
  return { tables: ['day', 'now'], isPicked: true, spec: layered(layers, HEIGHT) };
}

function linePlot(span: DaySpan, lines: readonly Line[], title: string): Plot {
  return dayPlot([...lineLayers(span, lines, title, ',~r'), NOW, sensor(span, lines, ',.5~r')]);
}

function band(span: DaySpan, low: string, high: string, title: string, scale: object): UnitOrLayer {
  return {
    data: { name: 'day' },
    mark: { type: 'area', interpolate: 'step', opacity: 0.28, color: BLUE },
    encoding: {
      x: { field: 'hour', ...timeAxis(span) },
      y: { field: low, type: 'quantitative', title, scale },
      y2: { field: high },
    },
  };
}

function limitRule(value: number): UnitOrLayer {
  return {
    data: { values: [{}] },
    mark: { type: 'rule', color: RED, strokeDash: [...DASHED], strokeWidth: 1.5 },
    encoding: { y: { datum: value } },
  };
}

function pricePlot(span: DaySpan): Plot {
  const title = '$/kWh';
  const lines: Line[] = [
    { field: 'price_mean_usd_per_kwh', name: 'mean price', color: BLUE, dash: SOLID },
    { field: 'grid_buy_usd_per_kwh', name: 'grid, to buy', color: ORANGE, dash: DASHED },
    { field: 'grid_sell_usd_per_kwh', name: 'grid, to sell', color: ORANGE, dash: DOTTED },
  ];
  const values = [
    { field: 'price_min_usd_per_kwh', name: 'lowest price' },
    ...lines,
    { field: 'price_max_usd_per_kwh', name: 'highest price' },
  ];
  return dayPlot([
    band(span, 'price_min_usd_per_kwh', 'price_max_usd_per_kwh', title, {}),
    ...lineLayers(span, lines, title, '.2~f', {}),
    NOW,
    sensor(span, values, '.5f'),
  ]);
}

function voltagePlot(span: DaySpan, limits: readonly number[]): Plot {
  const title = 'voltage, pu';
  const scale = { zero: false, padding: 6 };
  const lines: Line[] = [
    { field: 'v_max_pu', name: 'highest and lowest', color: BLUE, dash: SOLID },
    { field: 'v_min_pu', name: 'highest and lowest', color: BLUE, dash: SOLID },
    { field: 'alone_v_max_pu', name: 'without the market', color: ORANGE, dash: DOTTED },
    { field: 'alone_v_min_pu', name: 'without the market', color: ORANGE, dash: DOTTED },
  ];
  const values = [
    { field: 'v_max_pu', name: 'highest, pu' },
    { field: 'v_min_pu', name: 'lowest, pu' },
    { field: 'alone_v_max_pu', name: 'highest without the market, pu' },
    { field: 'alone_v_min_pu', name: 'lowest without the market, pu' },
  ];
  return dayPlot([
    band(span, 'v_min_pu', 'v_max_pu', title, scale),
    ...lineLayers(span, lines, title, '.3f', scale),
    ...limits.map(limitRule),
    NOW,
    sensor(span, values, '.5f'),
  ]);
}

/** Points on a scale of powers of ten, where one long interval does not flatten the others. */
function logPlot(span: DaySpan, field: string, name: string, format: string, limit?: number): Plot {
  return dayPlot([
    {
      data: { name: 'day' },
      transform: [{ filter: `datum.${field} > 0` }],
      mark: { type: 'point', filled: true, size: 14, opacity: 0.85, color: BLUE },
      encoding: {
        x: { field: 'hour', ...timeAxis(span) },
        y: {
          field,
          type: 'quantitative',
          title: name,
          scale: { type: 'log' },
          axis: { format, tickCount: 4, grid: false },
        },
      },
    },
    ...(limit === undefined ? [] : [limitRule(limit)]),
    NOW,
    sensor(span, [{ field, name }], format === ',~r' ? ',.4~r' : '.1e'),
  ]);
}

/** Height of a lane. */
const LANE_PIXELS = 20;

function lanePlot(span: DaySpan, lanes: readonly Lane[]): Plot {
  return {
    tables: ['lanes', 'now'],
    isPicked: true,
    spec: layered(
      [
        {
          data: { name: 'lanes' },
          mark: { type: 'bar', height: { band: 0.7 }, binSpacing: 0, minBandSize: 1 },
          encoding: {
            x: { field: 'from', bin: 'binned', ...timeAxis(span) },
            x2: { field: 'to' },
            y: {
              field: 'lane',
              type: 'nominal',
              title: null,
              scale: { domain: [...lanes] },
              axis: { labelLimit: 110, ticks: false },
            },
            color: {
              field: 'kind',
              type: 'nominal',
              legend: null,
              scale: { domain: ['right', 'wrong'], range: [BLUE, RED] },
            },
            tooltip: [
              { field: 'time', type: 'nominal', title: 'time' },
              { field: 'lane', type: 'nominal', title: 'what' },
              { field: 'text', type: 'nominal', title: 'more' },
            ],
          },
        },
        NOW,
      ],
      LANE_PIXELS * Math.max(1, lanes.length),
    ),
  };
}

export interface DayFacts {
  readonly span: DaySpan;
  readonly lanes: readonly Lane[];
  /** Tightest voltage limits, pu. */
  readonly voltageLimits: readonly number[];
  readonly deadlineMs: number | undefined;
}

/** By name; which of them a page has says dayPanels.ts. */
export function dayPlots({
  deadlineMs,
  lanes,
  span,
  voltageLimits,
}: DayFacts): Readonly<Record<string, Plot>> {
  return {
    'day-lanes': lanePlot(span, lanes),
    'day-import': linePlot(
      span,
      [{ field: 'grid_import_kw', name: 'grid import', color: BLUE, dash: SOLID }],
      'grid import, kW',
    ),
    'day-losses': linePlot(
      span,
      [
        { field: 'losses_kw', name: 'with the market', color: BLUE, dash: SOLID },
        { field: 'alone_losses_kw', name: 'without the market', color: ORANGE, dash: DASHED },
      ],
      'losses, kW',
    ),
    'day-powers': linePlot(
      span,
      [
        { field: 'load_kw', name: 'load', color: BLUE, dash: SOLID },
        { field: 'solar_available_kw', name: 'solar there was', color: ORANGE, dash: DOTTED },
        { field: 'solar_kw', name: 'solar used', color: ORANGE, dash: SOLID },
        { field: 'battery_kw', name: 'batteries', color: GREEN, dash: DASHED },
        { field: 'vehicle_kw', name: 'vehicles', color: PURPLE, dash: [6, 2, 2, 2] },
      ],
      'kW',
    ),
    'day-prices': pricePlot(span),
    'day-stored': linePlot(
      span,
      [{ field: 'stored_kwh', name: 'stored', color: BLUE, dash: SOLID }],
      'stored, kWh',
    ),
    'day-voltages': voltagePlot(span, voltageLimits),
    'day-time': logPlot(span, 'clear_ms', 'clear time, ms', ',~r', deadlineMs),
    'day-nodes': logPlot(span, 'nodes', 'nodes', ',~r'),
    'day-gap': logPlot(span, 'gap', 'relative gap', '.0e'),
    'day-bids': linePlot(
      span,
      [
        { field: 'bids_arrived', name: 'arrived', color: BLUE, dash: SOLID },
        { field: 'bids_changed', name: 'changed', color: GREEN, dash: [6, 2, 2, 2] },
        { field: 'bids_withdrawn', name: 'withdrawn', color: ORANGE, dash: DASHED },
        { field: 'bids_refused', name: 'refused', color: RED, dash: DOTTED },
      ],
      'bids',
    ),
  };
}
