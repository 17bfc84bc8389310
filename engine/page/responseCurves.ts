/**
 * How a community answers prices (docs/model.md section 2): Φ_m as a polyline over prices, its cost F_m over
 * imports with the convex envelope of that (section 5), and where the outcome stands on them. Exact curves,
 * with as many points as a picture needs.
 */
import type { Case } from '../case/case.js';
import { bidsOf, kappaFor, priceCapsFor } from '../clearing/marketState.js';
import type { Mode, Outcome } from '../clearing/result.js';
import { buildResponses, countKnotCapacity } from '../market/buildResponses.js';
import { allocateCurves, type CostCurves, curveValueAt, loadCurve } from '../market/costCurve.js';
import { loadEnvelope } from '../market/envelope.js';
import { allocateResponses, importAt, type ResponseFunctions } from '../market/responseFunction.js';
import { type Columns, label, rounded } from './columns.js';
import { thinnedPolyline } from './polyline.js';

/** Of one community. */
export interface CommunityCurves {
  readonly name: string;
  /** `price`, $/kWh, and `netImport`, kW. */
  readonly response: Columns;
  /** `netImport`, `cost`, `envelope` and `excess`, cost − envelope, $/h. */
  readonly cost: Columns;
  /** The outcome: one row of `price`, `netImport` and `cost`; no price where there is none. */
  readonly equilibrium: Columns;
}

/** Curves are drawn a little beyond the prices at which anything changes, in shares of their range. */
const MARGIN = 0.05;

/** @param points of a curve, at least 2 */
export function responseCurves(
  theCase: Case,
  mode: Mode,
  outcome: Outcome,
  rows: readonly number[],
  points: number,
): CommunityCurves[] {
  const bids = bidsOf(theCase);
  const caps = priceCapsFor(mode, theCase);
  const wanted = new Set(rows);
  // Communities that are not drawn need no room.
  const capacity = countKnotCapacity(bids).map((knots, m) => (wanted.has(m) ? knots : 0));
  const responses = allocateResponses(capacity, kappaFor(mode, theCase));
  return rows.map((m) => {
    buildResponses(bids, responses, m, m + 1);
    const price = outcome.communities.price[m];
    const netImport = outcome.communities.importKw[m];
    const low = importAt(responses, m, caps.high[m]);
    const high = importAt(responses, m, caps.low[m]);
    return {
      name: label(theCase.communities.id[m]),
      response: responseColumns(responses, m, price, points),
      cost: costColumns(responses, m, low, high, netImport, points),
      equilibrium: {
        price: [rounded(price)],
        netImport: [rounded(netImport)],
        cost: [rounded(outcome.communities.cost[m])],
      },
    };
  });
}

function responseColumns(
  responses: ResponseFunctions,
  m: number,
  equilibriumPrice: number,
  points: number,
): Columns {
  const first = responses.knotStart[m];
  const end = first + responses.knotCount[m];
  const knots = responses.price.subarray(first, end);
  const prices = [...knots.subarray(0, 1), ...knots.subarray(-1), equilibriumPrice].filter(
    Number.isFinite,
  );
  const least = Math.min(...prices);
  const most = Math.max(...prices);
  const beyond = MARGIN * (most - least || 1);
  const price = framed(least - beyond, knots, most + beyond);
  const netImport = framed(
    responses.largestImport[m],
    responses.netImport.subarray(first, end),
    responses.smallestImport[m],
  );
  const kept = thinnedPolyline(price, netImport, points);
  return {
    price: kept.map((k) => rounded(price[k])),
    netImport: kept.map((k) => rounded(netImport[k])),
  };
}

/** A value before and a value behind others, of which there may be millions. */
function framed(before: number, values: Float64Array, behind: number): Float64Array {
  const whole = new Float64Array(values.length + 2);
  whole[0] = before;
  whole.set(values, 1);
  whole[values.length + 1] = behind;
  return whole;
}

/** On imports between the price caps. */
function costColumns(
  responses: ResponseFunctions,
  m: number,
  low: number,
  high: number,
  equilibriumImport: number,
  points: number,
): Columns {
  const arcs = Math.max(responses.knotCount[m] - 1, 0);
  const cost = allocateCurves([arcs]);
  const envelope = allocateCurves([2 * arcs + 1]);
  loadCurve(ofOne(responses, m), 0, 'cost', low, high, cost);
  loadEnvelope(cost, 0, low, high, envelope);
  const at = costSamples(cost, envelope, low, high, equilibriumImport, points);
  const value = at.map((x) => curveValueAt(cost, 0, x));
  const below = at.map((x) => curveValueAt(envelope, 0, x));
  return {
    netImport: at.map((x) => rounded(x)),
    cost: value.map((f) => rounded(f)),
    envelope: below.map((f) => rounded(f)),
    // Rounding may leave the envelope above the curve by nothing.
    excess: value.map((f, k) => rounded(Math.max(f - below[k], 0), 4)),
  };
}

/** The response function of community m alone. */
function ofOne(responses: ResponseFunctions, m: number): ResponseFunctions {
  const own = (values: Float64Array): Float64Array => values.subarray(m, m + 1);
  return {
    ...responses,
    knotStart: responses.knotStart.subarray(m, m + 2),
    knotCount: responses.knotCount.subarray(m, m + 1),
    kappa: own(responses.kappa),
    largestImport: own(responses.largestImport),
    smallestImport: own(responses.smallestImport),
    costAtLargestImport: own(responses.costAtLargestImport),
    potentialAtLargestImport: own(responses.potentialAtLargestImport),
  };
}

/**
 * Knots where the cost bends most and where it leaves its envelope, even steps between, and the outcome
 * itself; ascending.
 */
function costSamples(
  cost: CostCurves,
  envelope: CostCurves,
  low: number,
  high: number,
  equilibriumImport: number,
  points: number,
): number[] {
  const part = Math.max(2, Math.floor(points / 4));
  const knots = knotsOf(cost);
  const values = cost.value.subarray(0, knots.length);
  const bends = thinnedPolyline(knots, values, part).map((k) => knots[k]);
  const all = Float64Array.from(new Set([...knots, ...knotsOf(envelope)])).sort();
  const excess = all.map((x) => curveValueAt(cost, 0, x) - curveValueAt(envelope, 0, x));
  const leaves = thinnedPolyline(all, excess, 2 * part).map((k) => all[k]);
  const even = Array.from({ length: part }, (_, k) => low + ((high - low) * k) / (part - 1));
  const inside = Math.min(Math.max(equilibriumImport, low), high);
  const samples = new Set([...bends, ...leaves, ...even, inside]);
  return [...samples].sort((one, other) => one - other);
}

/** Of the only curve. */
function knotsOf({ arcCount, knot }: CostCurves): Float64Array {
  return knot.subarray(0, arcCount[0] + 1);
}
