/** The day over time, plot by plot. */
import { layered, type Plot } from '../plots/plot.js';
import { BLUE, GREEN, ORANGE, PURPLE, RED } from '../plots/theme.js';
import {
  band,
  DASHED,
  type DaySpan,
  DOTTED,
  dayPlot,
  type Line,
  limitRule,
  lineLayers,
  linePlot,
  logPlot,
  NOW,
  SOLID,
  sensor,
  timeAxis,
} from './dayLayers.js';
import type { Lane } from './dayTables.js';

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
