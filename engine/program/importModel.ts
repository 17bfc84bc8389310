/**
 * How a community's convex cost curve stands in the program: a few parts x_a ∈ [0, width_a] whose costs
 * get steeper from left to right, so that they fill in order. Around a centre the parts are the curve's own
 * arcs; outwards they are growing groups of arcs, with the curve's slope at both ends of the group and a
 * straight slope between. An optimum inside the exact arcs is an optimum of the whole curve, because
 * the model is convex and equals the curve around it; an optimum outside becomes the next centre.
 */
import { arcAt, type CostCurves, endSlope } from '../market/costCurve.js';
import { EXACT_ARCS_EACH_SIDE, GROUP_GROWTH } from './layout.js';
import type { NetworkProgram } from './networkProgram.js';

/** The imports for which each community's model is exact, kW. */
export interface ExactZones {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/**
 * Writes the parts of one community around `centre` (kW), and notes the exact zone.
 *
 * @returns the import with all parts at zero: the left end of the curve, kW
 */
export function placeModel(
  program: NetworkProgram,
  curves: CostCurves,
  community: number,
  centre: number,
  zones: ExactZones,
): number {
  const start = curves.start[community];
  const end = start + curves.arcCount[community];
  const { groupCount, importPart, partCount, endArcs } = program.layout;
  const column = importPart + community * partCount;
  const left = curves.knot[start];
  if (end === start) {
    clearParts(program, column, 0);
    zones.low[community] = zones.high[community] = left;
    return left;
  }
  const middle = arcAt(curves, community, centre);
  const firstExact = Math.max(middle - EXACT_ARCS_EACH_SIDE, start);
  const endExact = Math.min(middle + EXACT_ARCS_EACH_SIDE + 1, end);
  zones.low[community] = curves.knot[firstExact];
  zones.high[community] = curves.knot[endExact];

  let part = 0;
  let arc = start;
  for (; arc < Math.min(start + endArcs, firstExact); arc += 1, part += 1) {
    writePart(program, column + part, curves, arc, arc + 1);
  }
  for (let group = groupCount - 1; group >= 0; group -= 1) {
    const inner = arcsWithin(group);
    const groupEnd = firstExact - inner;
    if (groupEnd > arc) {
      writePart(program, column + part, curves, arc, groupEnd);
      part += 1;
      arc = groupEnd;
    }
  }
  for (; arc < endExact; arc += 1, part += 1) {
    writePart(program, column + part, curves, arc, arc + 1);
  }
  const endGrouped = end - endArcs;
  for (let group = 0; group < groupCount && arc < endGrouped; group += 1) {
    const size = arcsWithin(group + 1) - arcsWithin(group);
    // The outermost group takes all that are left.
    const groupEnd = group === groupCount - 1 ? endGrouped : Math.min(arc + size, endGrouped);
    writePart(program, column + part, curves, arc, groupEnd);
    part += 1;
    arc = groupEnd;
  }
  for (; arc < end; arc += 1, part += 1) {
    writePart(program, column + part, curves, arc, arc + 1);
  }
  clearParts(program, column, part);
  return left;
}

/** Arcs in the innermost groups of one side. */
function arcsWithin(groups: number): number {
  let arcs = 0;
  for (let k = 0; k < groups; k += 1) arcs = GROUP_GROWTH * (arcs + 1);
  return arcs;
}

function writePart(
  program: NetworkProgram,
  column: number,
  curves: CostCurves,
  first: number,
  end: number,
): void {
  const { problem, network } = program;
  const width = curves.knot[end] - curves.knot[first];
  const slope = curves.slope[first];
  const rise = Math.max(endSlope(curves, end - 1) - slope, 0);
  problem.upper[column] = width / network.baseKva;
  problem.linear[column] = slope * network.baseKva;
  problem.quadratic[column] = (rise / width) * network.baseKva * network.baseKva;
}

/** Unused parts are fixed at zero. */
function clearParts(program: NetworkProgram, column: number, from: number): void {
  const { layout, problem } = program;
  const end = column + layout.partCount;
  problem.upper.fill(0, column + from, end);
  problem.linear.fill(0, column + from, end);
  problem.quadratic.fill(0, column + from, end);
}
