/**
 * Sums of the coefficients of price pieces (pricePieces.ts), several side by side in flat arrays,
 * compensated: what rounding drops from a sum's high part goes to its low part (two-sum; see
 * base/compensated.ts).
 */

/** P_1, P_0, C_2, C_1, C_0, in this order wherever coefficients lie side by side. */
export const COEFFICIENTS = 5;

/** Adds to sum c: two-sum, what rounding drops goes to the low part. */
export function addTo(sums: Float64Array, c: number, term: number): void {
  const high = sums[c];
  const sum = high + term;
  const part = sum - high;
  sums[COEFFICIENTS + c] += high - (sum - part) + (term - part);
  sums[c] = sum;
}

/** Coefficient c of every piece: the sum so far, then after each event in order; compensated like addTo. */
export function runningSums(
  change: Float64Array,
  order: Int32Array,
  count: number,
  c: number,
  start: number,
  startLow: number,
  coefficients: Float64Array,
): void {
  let high = start;
  let low = startLow;
  coefficients[c] = high + low;
  for (let k = 0; k < count; k += 1) {
    const term = change[COEFFICIENTS * order[k] + c];
    const sum = high + term;
    const part = sum - high;
    low += high - (sum - part) + (term - part);
    high = sum;
    coefficients[COEFFICIENTS * (k + 1) + c] = high + low;
  }
}
