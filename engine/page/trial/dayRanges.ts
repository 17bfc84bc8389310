/** Least and most over a whole day, for scales that mean the same at every interval. */
import type { Case } from '../../case/case.js';
import type { TrialRecord } from '../../trial/record.js';
import type { Columns } from '../columns.js';
import type { DayRanges } from './momentPlots.js';
import type { MomentTables } from './momentTables.js';
import { extent, type Range } from './range.js';

export function dayRanges(record: TrialRecord, tables: MomentTables): DayRanges {
  const { buses, communities, shades } = tables;
  const [low, high] = ofColumns(communities.still, 'dayLowPrice', 'dayHighPrice');
  const tariff = record.intervals.flatMap((row) => [
    row.grid_buy_usd_per_kwh,
    row.grid_sell_usd_per_kwh,
  ]);
  const prices = [low, high, ...tariff];
  return {
    voltage: ofColumns(buses.still, 'dayLow', 'dayHigh', 'low', 'high'),
    voltageShades: ofColumns(buses.still, 'dayLow', 'dayHigh'),
    priceShades: shades.price,
    prices: extent(prices.length, (k) => prices[k]),
    imports: withZero(ofColumns(communities.still, 'dayLowImport', 'dayHighImport')),
    storedShades: withZero(shades.stored),
    stored: withZero(ofColumns(communities.still, 'dayHighStored')),
    flow: extent(record.p_kw.length, (k) => Math.abs(record.p_kw[k]))[1],
  };
}

function ofColumns(columns: Columns, ...names: string[]): Range {
  const values = names.flatMap((name) => columns[name].map((cell) => Number(cell ?? Number.NaN)));
  return extent(values.length, (k) => values[k]);
}

function withZero([least, most]: Range): Range {
  return [Math.min(0, least), Math.max(0, most)];
}

/** The tightest voltage limits of any bus but the root, whose voltage is given. */
export function tightestLimits({ buses, settings }: Case): number[] {
  const limits = (values: Float64Array): number[] =>
    [...values].filter((value, bus) => bus !== settings.rootBus && Number.isFinite(value));
  const low = limits(buses.vMinPu).reduce((one, other) => Math.max(one, other), 0);
  const high = limits(buses.vMaxPu).reduce((one, other) => Math.min(one, other), Infinity);
  return [low, high].filter((value) => value > 0 && Number.isFinite(value));
}
