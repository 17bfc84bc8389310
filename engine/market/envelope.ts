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
 * f*(s) = max s x − f(x): the difference g* − f* has the derivative y(s) − x(s) ≥ 0, is quadratic between
 * the end slopes of the two arcs, and so has its root in closed form.
 */
import { arcAt, type CostCurves, curveValueAt } from './costCurve.js';

/**
 * Writes the envelope of curve `community` of `source` on [low, high] into the same curve of `target`,
 * which needs room for twice the arcs and one more.
 */
export function loadEnvelope(
  source: CostCurves,
  community: number,
  low: number,
  high: number,
  target: CostCurves,
): void {
  const start = target.start[community];
  const firstArc = arcAt(source, community, low);
  const left = Math.max(low, source.knot[source.start[community]]);
  target.arcCount[community] = 0;
  target.knot[start] = left;
  target.value[start] = curveValueAt(source, community, left);
  target.least[start] = target.value[start];
  if (firstArc < 0) return;
  const end = source.start[community] + source.arcCount[community];
  for (let k = firstArc; k < end && source.knot[k] < high; k += 1) {
    const from = Math.max(source.knot[k], low);
    const to = Math.min(source.knot[k + 1], high);
    if (!(to > from)) continue;
    readSourceArc(source, k, from, to);
    if (target.arcCount[community] === 0)
      appendLowerPoint(source, community, from, right.value, target);
    readSourceArc(source, k, from, to);
    append(target, community);
  }
  const last = start + target.arcCount[community];
  if (last > start) {
    appendLowerPoint(source, community, target.knot[last], target.value[last], target);
  }
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
const right: Arc = { from: 0, to: 0, value: 0, slope: 0, curvature: 0 };
const top: Arc = { from: 0, to: 0, value: 0, slope: 0, curvature: 0 };
const line: Arc = { from: 0, to: 0, value: 0, slope: 0, curvature: 0 };

function readSourceArc(source: CostCurves, arc: number, from: number, to: number): void {
  const step = from - source.knot[arc];
  right.from = from;
  right.to = to;
  right.value = source.value[arc] + (source.slope[arc] + 0.5 * source.curvature[arc] * step) * step;
  right.slope = source.slope[arc] + source.curvature[arc] * step;
  right.curvature = source.curvature[arc];
}

/** Extends the envelope by the end `at` of the interval, if the curve is lower there than beside it. */
function appendLowerPoint(
  source: CostCurves,
  community: number,
  at: number,
  beside: number,
  target: CostCurves,
): void {
  const value = curveValueAt(source, community, at);
  if (!isJump(beside, value)) return;
  right.from = right.to = at;
  right.value = value;
  right.slope = right.curvature = 0;
  append(target, community);
}

function isJump(one: number, other: number): boolean {
  return Math.abs(one - other) > JUMP_TOLERANCE * Math.max(1, Math.abs(one));
}

/** Extends the envelope by the new arc. */
function append(target: CostCurves, community: number): void {
  const start = target.start[community];
  let last = start + target.arcCount[community] - 1;
  const follows =
    last < start ||
    (slopeOf(target, last) <= right.slope + CONCAVITY_TOLERANCE &&
      !isJump(target.value[last + 1], right.value));
  if (follows) {
    pushArc(target, community, right);
    return;
  }
  for (; last >= start; last -= 1) {
    readArc(target, last, top);
    const slope = commonTangentSlope(top, right);
    const touch = contact(top, slope);
    if (touch <= top.from && last > start) continue;
    bridge(target, community, last, slope);
    return;
  }
}

/**
 * Replaces the envelope by the line of this slope, from where it touches arc `last` to where it touches the
 * new arc.
 */
function bridge(target: CostCurves, community: number, last: number, slope: number): void {
  const touch = contact(top, slope);
  const landing = contact(right, slope);
  const start = target.start[community];
  target.arcCount[community] = last - start;
  const value = arcValue(top, touch);
  if (touch > top.from) {
    target.arcCount[community] += 1;
    target.knot[last + 1] = touch;
    target.value[last + 1] = target.least[last + 1] = value;
  }
  if (landing > touch) {
    line.from = touch;
    line.to = landing;
    line.value = value;
    // Not the quotient of differences: on a line of rounding's length that would be noise.
    line.slope = slope;
    pushArc(target, community, line);
  }
  if (landing < right.to) {
    right.value = arcValue(right, landing);
    right.slope += right.curvature * (landing - right.from);
    right.from = landing;
    pushArc(target, community, right);
  }
}

function pushArc(target: CostCurves, community: number, arc: Arc): void {
  const slot = target.start[community] + target.arcCount[community];
  target.knot[slot] = arc.from;
  target.value[slot] = target.least[slot] = arc.value;
  target.slope[slot] = arc.slope;
  target.curvature[slot] = arc.curvature;
  target.knot[slot + 1] = arc.to;
  target.value[slot + 1] = target.least[slot + 1] = arcValue(arc, arc.to);
  target.arcCount[community] += 1;
}

function readArc(target: CostCurves, arc: number, into: Arc): void {
  into.from = target.knot[arc];
  into.to = target.knot[arc + 1];
  into.value = target.value[arc];
  into.slope = target.slope[arc];
  into.curvature = target.curvature[arc];
}

function slopeOf(target: CostCurves, arc: number): number {
  return target.slope[arc] + target.curvature[arc] * (target.knot[arc + 1] - target.knot[arc]);
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

/** f*(s) − g*(s) measured from (origin, 0), to keep the numbers small: the tangents' intercept there. */
function interceptDifference(left: Arc, rightArc: Arc, slope: number, origin: number): number {
  const x = contact(left, slope);
  const y = contact(rightArc, slope);
  return arcValue(left, x) - slope * (x - origin) - (arcValue(rightArc, y) - slope * (y - origin));
}

const slopeBreaks = new Float64Array(4);

/** Slope of the line that touches both arcs from below; `left` ends where or before `rightArc` begins. */
function commonTangentSlope(left: Arc, rightArc: Arc): number {
  const origin = left.to;
  slopeBreaks[0] = left.slope;
  slopeBreaks[1] = left.slope + left.curvature * (left.to - left.from);
  slopeBreaks[2] = rightArc.slope;
  slopeBreaks[3] = rightArc.slope + rightArc.curvature * (rightArc.to - rightArc.from);
  slopeBreaks.sort();
  // The difference rises with the slope; find the interval of slopes where it passes zero.
  let below = Number.NEGATIVE_INFINITY;
  let above = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 4; k += 1) {
    const slope = slopeBreaks[k];
    if (interceptDifference(left, rightArc, slope, origin) <= 0) below = Math.max(below, slope);
    else above = Math.min(above, slope);
  }
  return tangentBetween(left, rightArc, below, above, origin);
}

/**
 * The root of the intercept difference D on (below, above), where it is quadratic:
 * D(s) = D_0 + D_1 (s − s_0) + ½ D_2 (s − s_0)² with D_1 = y − x and D_2 = dy/ds − dx/ds.
 */
function tangentBetween(
  left: Arc,
  rightArc: Arc,
  below: number,
  above: number,
  origin: number,
): number {
  const base = below === Number.NEGATIVE_INFINITY ? above : below;
  const inside =
    below === Number.NEGATIVE_INFINITY
      ? above - 1
      : above === Number.POSITIVE_INFINITY
        ? below + 1
        : 0.5 * (below + above);
  const difference = interceptDifference(left, rightArc, base, origin);
  const spread = contactRate(rightArc, inside) - contactRate(left, inside);
  const distance = contact(rightArc, inside) - contact(left, inside) - spread * (inside - base);
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
