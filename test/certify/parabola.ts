/** Least value of a function that is quadratic between the ends, from three values. */
export function leastOfParabola(
  from: number,
  to: number,
  value: (price: number) => number,
): number {
  const [left, middle, right] = [value(from), value(0.5 * (from + to)), value(to)];
  const bend = left - 2 * middle + right;
  const share = 0.5 + (left - right) / (4 * bend);
  const isInside = bend > 0 && share > 0 && share < 1;
  return Math.min(left, right, isInside ? value(from + share * (to - from)) : middle);
}
