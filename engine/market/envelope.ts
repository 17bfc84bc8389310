/**
 * The convex envelope of a piecewise-quadratic curve with convex arcs (docs/model.md section 5): the
 * greatest convex function below it on an interval. It follows arcs where the curve is convex, and
 * bridges its concave kinks with bitangents.
 *
 * One pass from left to right keeps the envelope of what has been read as a stack of arcs. A new arc
 * that starts less steeply than the stack ends makes a concave kink: arcs are taken off until a line
 * exists that touches the top of the stack and the new arc from below. Every arc is pushed and taken
 * off at most once, so the pass is linear in the number of arcs.
 *
 * The common tangent of convex arcs f (left) and g (right) has the slope s with f*(s) = g*(s), where
 * f*(s) = max s x − f(x): the difference D = g* − f* has the derivative y(s) − x(s) ≥ 0, is quadratic between
 * the end slopes of the two arcs, and so has its root in closed form. Where the arcs meet in one point of the
 * curve, and the line touches both inside, with slopes l and r and curvatures a, b > 0 left and right of it,
 *
 *     s = (l √b + r √a) / (√a + √b),   from   (l − s)² / a = (s − r)² / b
 */
import { arcAt, type CostCurves, curveValueAt, endSlope } from './costCurve.js';

/**
 * Writes the envelope of curve `community` of `source` on [low, high] into the same curve of `target`.
 *
 * @param target made by `allocateCurves` for twice the arcs and one more
 */
export function loadEnvelope(
  source: CostCurves,
  community: number,
  low: number,
  high: number,
  target: CostCurves,
): void {
  const start = target.start[community];
  const sourceStart = source.start[community];
  const left = Math.max(low, source.knot[sourceStart]);
  target.knot[start] = left;
  target.value[start] = curveValueAt(source, community, left);
  const first = arcAt(source, community, low);
  let last = start;
  if (first >= 0) {
    const end = sourceStart + source.arcCount[community];
    last = appendArcs(source, first, end, low, high, target, start);
    last = appendEnd(source, community, target, start, last);
  }
  target.arcCount[community] = last - start;
}

/**
 * Slopes that fall by less at a knot ($/kWh) differ by rounding: a kink of a cost curve is worth some
 * 1e-4 of a price, and leaving a smaller one costs less than 1e-12 $/h per kW.
 */
const CONCAVITY_TOLERANCE = 1e-12;

/** Both sides of a knot differ by this, relative to max(1, |f|), by rounding alone. */
const JUMP_TOLERANCE = 1e-12;

/** An arc on [from, to]: value and slope at `from`. */
interface Arc {
  from: number;
  to: number;
  value: number;
  slope: number;
  curvature: number;
}

// Workspaces: the new arc, the top of the stack, and the line between them.
const next: Arc = { from: 0, to: 0, value: 0, slope: 0, curvature: 0 };
const top: Arc = { from: 0, to: 0, value: 0, slope: 0, curvature: 0 };
const line: Arc = { from: 0, to: 0, value: 0, slope: 0, curvature: 0 };

/**
 * Extends the envelope, a point at knot `start` as yet, by the arcs first … end − 1 of a curve on [low, high].
 *
 * @returns its last knot
 */
function appendArcs(
  source: CostCurves,
  first: number,
  end: number,
  low: number,
  high: number,
  target: CostCurves,
  start: number,
): number {
  const { knot, value, slope, curvature } = target;
  let last = start;
  let lastSlope = Number.NEGATIVE_INFINITY;
  for (let k = first; k < end && source.knot[k] < high; k += 1) {
    const from = Math.max(source.knot[k], low);
    const to = Math.min(source.knot[k + 1], high);
    if (!(to > from)) continue;
    const step = from - source.knot[k];
    const bend = source.curvature[k];
    const fromValue = source.value[k] + (source.slope[k] + 0.5 * bend * step) * step;
    const fromSlope = source.slope[k] + bend * step;
    if (lastSlope <= fromSlope + CONCAVITY_TOLERANCE && !isJump(value[last], fromValue)) {
      knot[last] = from;
      value[last] = fromValue;
      slope[last] = fromSlope;
      curvature[last] = bend;
      const width = to - from;
      last += 1;
      knot[last] = to;
      value[last] = fromValue + (fromSlope + 0.5 * bend * width) * width;
      lastSlope = fromSlope + bend * width;
    } else {
      next.from = from;
      next.to = to;
      next.value = fromValue;
      next.slope = fromSlope;
      next.curvature = bend;
      last = bridgeToNext(target, start, last);
      lastSlope = endSlope(target, last - 1);
    }
  }
  return last;
}

/** Extends the envelope by the end of the interval, if the curve is lower there than beside it. */
function appendEnd(
  source: CostCurves,
  community: number,
  target: CostCurves,
  start: number,
  last: number,
): number {
  if (last === start) return last;
  const at = target.knot[last];
  const value = curveValueAt(source, community, at);
  if (!isJump(target.value[last], value)) return last;
  next.from = next.to = at;
  next.value = value;
  next.slope = next.curvature = 0;
  return bridgeToNext(target, start, last);
}

function isJump(one: number, other: number): boolean {
  return Math.abs(one - other) > JUMP_TOLERANCE * Math.max(1, Math.abs(one));
}

/**
 * Extends the envelope by a line that touches it and the new arc from below, and by the new arc beyond.
 *
 * @returns its last knot
 */
function bridgeToNext(target: CostCurves, start: number, last: number): number {
  let arc = Math.max(last - 1, start);
  readTop(target, arc, Math.min(arc + 1, last));
  let slope = commonTangentSlope(top, next);
  let touch = contact(top, slope);
  while (touch <= top.from && arc > start) {
    arc -= 1;
    readTop(target, arc, arc + 1);
    slope = commonTangentSlope(top, next);
    touch = contact(top, slope);
  }
  const landing = contact(next, slope);
  let end = arc;
  line.from = touch;
  line.to = landing;
  line.value = arcValue(top, touch);
  // Not the quotient of differences: on a line of rounding's length that would be noise.
  line.slope = slope;
  if (touch > top.from) {
    end += 1;
    target.knot[end] = touch;
    target.value[end] = line.value;
  }
  if (landing > touch) {
    writeArc(target, end, line);
    end += 1;
  }
  if (landing < next.to) {
    next.value = arcValue(next, landing);
    next.slope += next.curvature * (landing - next.from);
    next.from = landing;
    writeArc(target, end, next);
    end += 1;
  }
  return end;
}

function writeArc({ knot, value, slope, curvature }: CostCurves, slot: number, arc: Arc): void {
  knot[slot] = arc.from;
  value[slot] = arc.value;
  slope[slot] = arc.slope;
  curvature[slot] = arc.curvature;
  knot[slot + 1] = arc.to;
  value[slot + 1] = arcValue(arc, arc.to);
}

/** Reads the arc between two knots; between a knot and itself, the point there. */
function readTop({ knot, value, slope, curvature }: CostCurves, from: number, to: number): void {
  top.from = knot[from];
  top.to = knot[to];
  top.value = value[from];
  top.slope = to > from ? slope[from] : 0;
  top.curvature = to > from ? curvature[from] : 0;
}

function arcValue(arc: Arc, at: number): number {
  const step = at - arc.from;
  return arc.value + (arc.slope + 0.5 * arc.curvature * step) * step;
}

/** Where a line of this slope touches the arc from below: its maximiser of s x − f(x). */
function contact(arc: Arc, slope: number): number {
  const rise = slope - arc.slope;
  if (rise <= 0) return arc.from;
  const width = arc.to - arc.from;
  return rise >= arc.curvature * width ? arc.to : arc.from + rise / arc.curvature;
}

/** Slope of the line that touches both arcs from below; `left` ends where or before `right` begins. */
function commonTangentSlope(left: Arc, right: Arc): number {
  const leftEnd = left.slope + left.curvature * (left.to - left.from);
  const rightEnd = right.slope + right.curvature * (right.to - right.from);
  const leftRoot = Math.sqrt(left.curvature);
  const rightRoot = Math.sqrt(right.curvature);
  // A straight arc has no single point of contact inside.
  const meet = left.to === right.from && !isJump(arcValue(left, left.to), right.value);
  if (meet && leftRoot > 0 && rightRoot > 0) {
    const slope = (leftEnd * rightRoot + right.slope * leftRoot) / (leftRoot + rightRoot);
    const least = Math.max(left.slope, right.slope);
    if (slope >= least && slope <= Math.min(leftEnd, rightEnd)) return slope;
  }
  slopeBreaks[0] = left.slope;
  slopeBreaks[1] = leftEnd;
  slopeBreaks[2] = right.slope;
  slopeBreaks[3] = rightEnd;
  // The difference rises with the slope; find the interval of slopes where it passes zero.
  let below = Number.NEGATIVE_INFINITY;
  let above = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 4; k += 1) {
    const slope = slopeBreaks[k];
    if (slope <= below || slope >= above) continue;
    if (interceptDifference(left, right, slope) <= 0) below = slope;
    else above = slope;
  }
  return tangentBetween(left, right, below, above);
}

const slopeBreaks = new Float64Array(4);

/** f*(s) − g*(s) measured from (left.to, 0), to keep the numbers small: the tangents' intercept there. */
function interceptDifference(left: Arc, right: Arc, slope: number): number {
  const x = contact(left, slope);
  const y = contact(right, slope);
  const origin = left.to;
  return arcValue(left, x) - slope * (x - origin) - (arcValue(right, y) - slope * (y - origin));
}

/**
 * The root of the intercept difference D on (below, above), where it is quadratic:
 * D(s) = D_0 + D_1 (s − s_0) + ½ D_2 (s − s_0)² with D_1 = y − x and D_2 = dy/ds − dx/ds.
 */
function tangentBetween(left: Arc, right: Arc, below: number, above: number): number {
  const base = below === Number.NEGATIVE_INFINITY ? above : below;
  const inside =
    below === Number.NEGATIVE_INFINITY
      ? above - 1
      : above === Number.POSITIVE_INFINITY
        ? below + 1
        : 0.5 * (below + above);
  const difference = interceptDifference(left, right, base);
  const spread = contactRate(right, inside) - contactRate(left, inside);
  const distance = contact(right, inside) - contact(left, inside) - spread * (inside - base);
  // Stable form of the quadratic's root nearest to the base.
  const discriminant = Math.max(distance * distance - 2 * spread * difference, 0);
  const divisor = distance + Math.sqrt(discriminant);
  const root = divisor > 0 ? base - (2 * difference) / divisor : base;
  return Math.min(Math.max(root, below), above);
}

/** d contact / d slope. */
function contactRate(arc: Arc, slope: number): number {
  const rise = slope - arc.slope;
  const inside = rise > 0 && rise < arc.curvature * (arc.to - arc.from);
  return inside ? 1 / arc.curvature : 0;
}
