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
  0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 1, 1.1, 1.1, 1, 0.85, 0.75, 0.7, 0.7, 0.75, 0.85, 1, 1.3, 1.4, 1.4,
  1.3, 1.1, 1, 0.95,
];

export interface Tariff {
  readonly gridBuy: number;
  readonly gridSell: number;
  /** Of the day that begins with the interval. */
  readonly dearestBuy: number;
  readonly cheapestBuy: number;
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
  let dearestBuy = gridBuy;
  let cheapestBuy = gridBuy;
  const ahead = Math.ceil(DAY_MINUTES / intervalMinutes);
  for (let at = interval + 1; at < interval + ahead; at += 1) {
    const [buy] = pricesAt(at);
    dearestBuy = Math.max(dearestBuy, buy);
    cheapestBuy = Math.min(cheapestBuy, buy);
  }
  return { gridBuy, gridSell, dearestBuy, cheapestBuy };
}
