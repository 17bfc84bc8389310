/** Lower convex hull of samples (xs ascending), evaluated at the samples (Andrew's monotone chain). */
export function hullValues(xs: readonly number[], ys: readonly number[]): number[] {
  const hull: number[] = [];
  for (let i = 0; i < xs.length; i += 1) {
    while (hull.length > 1) {
      const a = hull[hull.length - 2] as number;
      const b = hull[hull.length - 1] as number;
      const cross =
        ((xs[b] as number) - (xs[a] as number)) * ((ys[i] as number) - (ys[a] as number)) -
        ((ys[b] as number) - (ys[a] as number)) * ((xs[i] as number) - (xs[a] as number));
      if (cross > 0) break;
      hull.pop();
    }
    hull.push(i);
  }
  let piece = 0;
  return xs.map((x, i) => {
    while (piece + 2 < hull.length && (hull[piece + 1] as number) < i) piece += 1;
    const a = hull[piece] as number;
    const b = hull[piece + 1] ?? a;
    return a === b
      ? (ys[a] as number)
      : (ys[a] as number) +
          (((ys[b] as number) - (ys[a] as number)) * (x - (xs[a] as number))) /
            ((xs[b] as number) - (xs[a] as number));
  });
}
