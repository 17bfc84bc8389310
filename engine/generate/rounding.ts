/**
 * Rounding to decimals, so that generated files are short and say no more than is known.
 */

/**
 * The double nearest to `value` rounded to so many decimals; the shortest decimal form of the answer
 * has no more than these. Only ×, ÷ and floor are used, so the answer is the same everywhere.
 */
export function roundTo(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  const rounded = Math.floor(value * scale + 0.5) / scale;
  // −0 would be written with a sign.
  return rounded === 0 ? 0 : rounded;
}

/** Decimals that keep about `digits` significant digits of amounts of this size; at least `least`. */
export function decimalsFor(size: number, digits: number, least: number): number {
  return Math.max(least, digits - 1 - Math.floor(Math.log10(size)));
}
