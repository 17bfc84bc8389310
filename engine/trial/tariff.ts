/**
 * What energy from the grid costs and earns by interval: the case's `grid_buy` and `grid_sell`, both times the
 * factor of the hour ({@link PRICE_FACTORS}), or a table. And what storage looks at: the dearest and the cheapest
 * purchase of the day ahead. $/kWh.
 */
import type { Case } from '../case/case.js';
import { DAY_MINUTES, minuteOfDay } from './clock.js';
import type { ResolvedOptions } from './options.js';

/** Over the case's prices, from each full hour on: cheap at noon, dear in the evening. */
export const PRICE_FACTORS: readonly number[] = [
  0.95, 0.95, 0.95, 0.95, 0.95, 0.95, 1, 1.1, 1.1, 1, 0.85, 0.75, 0.7, 0.7, 0.75, 0.85, 1, 1.3, 1.4,
  1.4, 1.3, 1.1, 1, 0.95,
];

export interface Tariff {
  readonly gridBuy: number;
  readonly gridSell: number;
  /** The cheapest purchase of the day that begins with the interval. */
  readonly cheapestBuy: number;
  /** The dearest before energy is next that cheap: before then storage cannot be filled for less. */
  readonly dearestBuy: number;
}

export function tariffAt(
  { settings }: Case,
  { intervalMinutes, startMinutes, tariff }: ResolvedOptions,
  interval: number,
): Tariff {
  const pricesAt = (at: number): readonly [number, number] => {
    if (tariff !== undefined) {
      const row = at % tariff.gridBuy.length;
      return [tariff.gridBuy[row], tariff.gridSell[row]];
    }
    const hour = Math.floor(minuteOfDay(startMinutes + at * intervalMinutes) / 60);
    return [settings.gridBuy * PRICE_FACTORS[hour], settings.gridSell * PRICE_FACTORS[hour]];
  };
  const [gridBuy, gridSell] = pricesAt(interval);
  const ahead = Math.ceil(DAY_MINUTES / intervalMinutes);
  const buys = Array.from({ length: ahead }, (_, k) => pricesAt(interval + k)[0]);
  const cheapestBuy = buys.reduce((least, buy) => Math.min(least, buy));
  const nextCheap = buys[0] === cheapestBuy ? ahead : buys.indexOf(cheapestBuy);
  const dearestBuy = buys.slice(0, nextCheap).reduce((most, buy) => Math.max(most, buy));
  return { gridBuy, gridSell, dearestBuy, cheapestBuy };
}
