/** What may be read from files in place of what the seed would draw. Intervals count from 0. */

import type { ClassName } from './classes.js';
import type { Operation } from './scenario.js';

/**
 * By class and interval; a class that is not there follows from the seed. All columns begin anew after their last
 * interval.
 */
export interface ProfileTable {
  /** Over the loads of the case. */
  readonly load: ReadonlyMap<ClassName, Float64Array>;
  /** Over the sun of the case. */
  readonly solar: ReadonlyMap<ClassName, Float64Array>;
}

/** $/kWh by interval; begins anew after the last. */
export interface TariffTable {
  readonly gridBuy: Float64Array;
  readonly gridSell: Float64Array;
}

/** An operation and its interval. */
export interface TimedEvent {
  readonly interval: number;
  readonly operation: Operation;
}
