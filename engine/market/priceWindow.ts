/**
 * Windows of prices: where response functions are wanted exactly (docs/model.md section 2). Outside, a
 * community is known by its totals alone (sweep.ts).
 */

/** By community, $/kWh; ±Infinity where a side is open. A window without width asks for one price. */
export interface PriceWindows {
  readonly low: Float64Array;
  readonly high: Float64Array;
}
