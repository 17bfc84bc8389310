/**
 * One moment of a day: voltages against distance, and communities; with the maps (momentMaps.ts) all that follows
 * the slider. Scales are those of the whole day, so that moments can be compared.
 */
import { crowded, layered, type Plot, type UnitOrLayer } from '../plots/plot.js';
import { BLUE, CIVIDIS, ORANGE, RED, VIRIDIS } from '../plots/theme.js';
import { BUS_TOOLTIP, busMap, flowMap } from './momentMaps.js';
import { domainOf, type Range } from './range.js';

export interface DayRanges {
  /** With limits, and without. */
  readonly voltage: Range;
  readonly voltageShades: Range;
  /** Of prices without the outermost: one outlier must not use up a whole scale of colours. */
  readonly priceShades: Range;
  readonly prices: Range;
  readonly imports: Range;
  /** At a bus, and of a community. */
  readonly storedShades: Range;
  readonly stored: Range;
  /** Largest flow either way. */
  readonly flow: number;
}

/** A short level line. */
const DASH = 'M-1,-0.14H1V0.14H-1Z';

const DISTANCE = {
  field: 'distance',
  type: 'quantitative',
  title: 'distance from the root',
} as const;

function profile(range: Range): Plot {
  const voltage = (field: string) =>
    ({
      field,
      type: 'quantitative',
      title: 'voltage, pu',
      scale: { domain: domainOf(range), nice: true, zero: false },
      axis: { format: '.3f' },
    }) as const;
  const limit = (field: 'low' | 'high'): UnitOrLayer => ({
    data: { name: 'buses' },
    transform: [{ filter: `datum.${field} != null` }],
    mark: {
      type: 'point',
      shape: DASH,
      size: { expr: crowded(60, 30) },
      filled: true,
      opacity: 1,
      color: RED,
    },
    encoding: { x: DISTANCE, y: voltage(field) },
  });
  const tooltip = [
    ...BUS_TOOLTIP.slice(0, 3),
    { field: 'dayLow', type: 'quantitative', title: 'lowest of the day, pu', format: '.5f' },
    { field: 'dayHigh', type: 'quantitative', title: 'highest of the day, pu', format: '.5f' },
    { field: 'low', type: 'quantitative', title: 'at least, pu' },
    { field: 'high', type: 'quantitative', title: 'at most, pu' },
  ] as const;
  return {
    tables: ['buses', 'branches'],
    spec: layered(
      [
        {
          data: { name: 'buses' },
          mark: {
            type: 'rule',
            opacity: { expr: crowded(0.35, 0.12) },
            strokeWidth: 3,
            color: BLUE,
          },
          encoding: { x: DISTANCE, y: voltage('dayLow'), y2: { field: 'dayHigh' } },
        },
        limit('low'),
        limit('high'),
        {
          data: { name: 'branches' },
          transform: [{ filter: 'datum.flow != null' }],
          mark: { type: 'rule', opacity: { expr: crowded(0.35, 0.05) } },
          encoding: {
            x: DISTANCE,
            x2: { field: 'distance2' },
            y: voltage('voltage'),
            y2: { field: 'voltage2' },
          },
        },
        {
          data: { name: 'buses' },
          transform: [{ filter: 'datum.voltage != null' }],
          mark: {
            type: 'point',
            size: { expr: crowded(34, 12) },
            filled: true,
            opacity: 1,
            color: BLUE,
          },
          encoding: { x: DISTANCE, y: voltage('voltage'), tooltip: [...tooltip] },
        },
      ],
      360,
    ),
  };
}

const COMMUNITY_TOOLTIP = [
  { field: 'id', type: 'nominal', title: 'community' },
  { field: 'bus', type: 'nominal', title: 'bus' },
  { field: 'price', type: 'quantitative', title: 'price, $/kWh', format: '.5f' },
  { field: 'netImport', type: 'quantitative', title: 'net import, kW', format: ',.3f' },
  { field: 'stored', type: 'quantitative', title: 'stored, kWh', format: ',.3f' },
] as const;

const RANKS = {
  type: 'quantitative',
  title: null,
  axis: { labels: false, ticks: false, grid: false },
  scale: { zero: false, nice: false, padding: 6 },
} as const;

function prices(range: Range): Plot {
  const price = (field: string) =>
    ({
      field,
      type: 'quantitative',
      title: 'price, $/kWh',
      scale: { domain: domainOf(range), nice: true, zero: false },
    }) as const;
  const tariff = (field: string, strokeDash: number[]): UnitOrLayer => ({
    data: { name: 'now' },
    transform: [{ filter: `datum.${field} != null` }],
    mark: { type: 'rule', color: ORANGE, strokeWidth: 1.5, strokeDash, clip: true },
    encoding: { y: price(field) },
  });
  return {
    tables: ['communities', 'now'],
    spec: layered(
      [
        {
          data: { name: 'communities' },
          mark: { type: 'rule', opacity: 0.35, strokeWidth: 3, color: BLUE },
          encoding: {
            x: { ...RANKS, field: 'rank' },
            y: price('dayLowPrice'),
            y2: { field: 'dayHighPrice' },
          },
        },
        tariff('grid_buy_usd_per_kwh', [6, 3]),
        tariff('grid_sell_usd_per_kwh', [2, 3]),
        {
          data: { name: 'communities' },
          transform: [{ filter: 'datum.price != null' }],
          mark: { type: 'point', size: 32, filled: true, opacity: 1, color: BLUE },
          encoding: {
            x: { ...RANKS, field: 'rank' },
            y: price('price'),
            tooltip: [...COMMUNITY_TOOLTIP],
          },
        },
      ],
      200,
    ),
  };
}

/** Bars of the moment before the range of the day. */
function bars(
  field: string,
  dayLow: string | undefined,
  dayHigh: string,
  title: string,
  range: Range,
): Plot {
  const value = (name: string) =>
    ({
      field: name,
      type: 'quantitative',
      title,
      scale: { domain: domainOf(range), nice: true },
    }) as const;
  const x = { x: { ...RANKS, field: 'left', bin: 'binned' }, x2: { field: 'right' } } as const;
  const day: UnitOrLayer = {
    data: { name: 'communities' },
    transform: [{ calculate: dayLow === undefined ? '0' : `datum.${dayLow}`, as: 'floor' }],
    mark: { type: 'bar', binSpacing: 0, opacity: 0.2, color: 'currentColor' },
    encoding: { ...x, y: value(dayHigh), y2: { field: 'floor' } },
  };
  const names = ['buys', 'sells'];
  const moment: UnitOrLayer = {
    data: { name: 'communities' },
    transform: [
      { filter: `datum.${field} != null` },
      { calculate: `datum.${field} < 0 ? 'sells' : 'buys'`, as: 'direction' },
    ],
    mark: { type: 'bar', binSpacing: 0.5, color: BLUE },
    encoding: {
      ...x,
      y: value(field),
      ...(dayLow === undefined
        ? {}
        : {
            color: {
              field: 'direction',
              type: 'nominal',
              title: null,
              scale: { domain: names, range: [BLUE, ORANGE] },
            },
          }),
      tooltip: [...COMMUNITY_TOOLTIP],
    },
  };
  return { tables: ['communities'], spec: layered([day, moment], 180) };
}

/** By name; which of them a page has says momentPanel.ts. */
export function momentPlots(ranges: DayRanges): Readonly<Record<string, Plot>> {
  return {
    'map-voltage': busMap('voltage', 'voltage, pu', VIRIDIS, '.3f', ranges.voltageShades),
    'map-price': busMap('price', 'price, $/kWh', CIVIDIS, '.3~f', ranges.priceShades),
    'map-stored': busMap('stored', 'stored, kWh', VIRIDIS, ',~r', ranges.storedShades),
    'map-flow': flowMap(ranges.flow),
    profile: profile(ranges.voltage),
    prices: prices(ranges.prices),
    imports: bars('netImport', 'dayLowImport', 'dayHighImport', 'net import, kW', ranges.imports),
    stored: bars('stored', undefined, 'dayHighStored', 'stored, kWh', ranges.stored),
  };
}
