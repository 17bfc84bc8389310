/**
 * A polyline with fewer points (after U. Ramer, 1972, and D. Douglas, T. Peucker, 1973): beginning with its two
 * ends, the point farthest from the line drawn so far is added until there are enough. Distances are taken
 * after scaling both coordinates to [0, 1], which is how a picture shows them.
 */

interface Stretch {
  readonly from: number;
  readonly to: number;
  /** The point between them that is farthest from the chord, and how far; −1 and 0 without one. */
  readonly farthest: number;
  readonly distance: number;
}

/**
 * @param most points to keep, at least 2
 * @returns indices of the points kept, ascending; fewer than `most` where these say all
 */
export function thinnedPolyline(x: Float64Array, y: Float64Array, most: number): number[] {
  if (x.length <= 2) return [...x.keys()];
  const width = spread(x);
  const height = spread(y);
  const open = [farthestPoint(x, y, 0, x.length - 1, width, height)];
  const kept = new Set([0, x.length - 1]);
  while (kept.size < most) {
    const place = open.reduce(
      (best, { distance }, k) => (distance > open[best].distance ? k : best),
      0,
    );
    const { distance, farthest, from, to } = open[place];
    if (distance === 0) break;
    kept.add(farthest);
    open[place] = farthestPoint(x, y, from, farthest, width, height);
    open.push(farthestPoint(x, y, farthest, to, width, height));
  }
  return [...kept].sort((one, other) => one - other);
}

/** Of the values; 1 where they are all the same. */
function spread(values: Float64Array): number {
  const least = values.reduce((sofar, value) => Math.min(sofar, value));
  const most = values.reduce((sofar, value) => Math.max(sofar, value));
  return most > least ? most - least : 1;
}

function farthestPoint(
  x: Float64Array,
  y: Float64Array,
  from: number,
  to: number,
  width: number,
  height: number,
): Stretch {
  const chordX = (x[to] - x[from]) / width;
  const chordY = (y[to] - y[from]) / height;
  const length = Math.hypot(chordX, chordY) || 1;
  let farthest = -1;
  let distance = 0;
  for (let k = from + 1; k < to; k += 1) {
    const across = ((y[k] - y[from]) / height) * chordX - ((x[k] - x[from]) / width) * chordY;
    if (Math.abs(across) / length <= distance) continue;
    farthest = k;
    distance = Math.abs(across) / length;
  }
  return { from, to, farthest, distance };
}
