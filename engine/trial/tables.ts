/** What may be read from files in place of what the seed would draw. Intervals count from 0. */

import type { ClassName } from './classes.js';
import type { Operation } from './scenario.js';

/** Both tables begin anew after their last interval. */
export interface ProfileTable {
  readonly intervals: number;
  /** By class and interval, over the loads of the case. */
  readonly load: ReadonlyMap<ClassName, Float64Array>;
  /** By class and interval, over the sun of the case; the weather of the seed where it is left out. */
  readonly solar: ReadonlyMap<ClassName, Float64Array> | undefined;
}

export interface TariffTable {
  readonly gridBuy: Float64Array;
  readonly gridSell: Float64Array;
}

/** An operation and its interval. */
export interface TimedEvent {
  readonly interval: number;
  readonly operation: Operation;
}
