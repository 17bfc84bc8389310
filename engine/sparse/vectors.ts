/** Dense vectors by their first `count` entries. */

/** Σ a_i b_i */
export function dot(a: Float64Array, b: Float64Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += a[i] * b[i];
  return sum;
}

/** Largest magnitude; NaN where an entry is. */
export function largestEntry(vector: Float64Array, count: number): number {
  let largest = 0;
  for (let i = 0; i < count; i++) {
    const magnitude = Math.abs(vector[i]);
    if (magnitude > largest || Number.isNaN(magnitude)) largest = magnitude;
  }
  return largest;
}
