/** Least and most over a day, and scales from them. */

/** Least and most over the day; NaN where there is none. */
export type Range = readonly [number, number];

/** Never empty, nor without a width. */
export function domainOf([least, most]: Range): [number, number] {
  if (!(least <= most)) return [0, 1];
  if (least < most) return [least, most];
  const half = 0.5 * (Math.abs(least) || 1) * 1e-3;
  return [least - half, most + half];
}

/** Least and most of the finite values; NaN without any. */
export function extent(count: number, valueAt: (k: number) => number): [number, number] {
  let least = Number.NaN;
  let most = Number.NaN;
  for (let k = 0; k < count; k += 1) {
    const value = valueAt(k);
    if (!Number.isFinite(value)) continue;
    if (!(least <= value)) least = value;
    if (!(most >= value)) most = value;
  }
  return [least, most];
}

export function extentOf(values: Float64Array): [number, number] {
  return extent(values.length, (k) => values[k]);
}

/** Of the values on either side, so many are beyond the range. */
const TAIL = 0.01;

/** Without the outermost: one outlier must not use up a whole scale. */
export function withoutTails(values: Float64Array): [number, number] {
  const sorted = values.filter(Number.isFinite).sort();
  const beyond = Math.floor(TAIL * sorted.length);
  return [sorted[beyond] ?? Number.NaN, sorted[sorted.length - 1 - beyond] ?? Number.NaN];
}
