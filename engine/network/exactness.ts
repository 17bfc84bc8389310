/**
 * When the conic relaxation of the power flow is exact whatever the costs: the condition that Gan, Li,
 * Topcu and Low call C1 ("Exact convex relaxation of optimal power flow in radial networks", IEEE
 * Transactions on Automatic Control 60, 2015), checked before anything is solved, and what it needs beside
 * it.
 *
 * With the greatest net export of every junction (its least consumption), and S^ = P^ + jQ^ what all of them
 * behind branch e would send through it towards the root without losses, let
 *
 *     u_e = (r_e, x_e)ᵀ        A_e = I − (2 / v_min,e) u_e (max(P^_e, 0), max(Q^_e, 0))
 *
 * where v_min,e is the lower limit of the junction that e feeds. C1 asks that for every path from branch s
 * (nearer the root) down to branch t
 *
 *     A_s A_{s+1} … A_{t−1} u_t > 0
 *
 * that is, that currents which the relaxation invents on t are missed at the root: without them less would
 * be drawn from the grid and no voltage would fall. The proof needs no more than ≥ 0, and > 0 in the first
 * (active) entry; links (u = 0) carry no invented losses. Ratios change nothing: with voltages, impedances
 * and currents referred to the root's side every A_e stays as it is and every u_e is scaled.
 *
 * All products at once, from the leaves: the vectors at branch s are u_s and A_s times those of its
 * children, and of vectors in the positive quadrant only the two extreme directions matter to what follows.
 *
 * C1 is easier with less export: it holds for export times φ up to some φ*, the margin (at least 1: it
 * holds).
 *
 * Beside C1 the theorem asks that the objective increases with P_0, and that neither an upper voltage limit
 * nor a current limit nor a limit on export stands in the way. Whether these can bind at all follows from
 * bounds:
 *
 *     v_j ≤ v^_j,  v^_j = t_e v^_i + 2 (r_e P^_e + x_e Q^_e)
 *     ℓ_e ≤ (max |P'|² + max |Q'|²) / v_min,e
 *
 * with P', Q' at the receiving end, −P^_e ≤ P', and P' at most the greatest consumption behind e with its
 * losses, which are bounded likewise. The theorem knows no shunts; their greatest
 * output is counted as export. All quantities in pu.
 */
import type { RadialNetwork } from './radial.js';

/** Ranges of what each junction consumes, fixed loads included and shunts left out, pu. */
export interface ConsumptionRanges {
  readonly activeLeast: Float64Array;
  readonly activeMost: Float64Array;
  readonly reactiveLeast: Float64Array;
  readonly reactiveMost: Float64Array;
}

export interface ExactnessCheck {
  /** Greatest net export towards the root through each branch, without losses; negative where it consumes. */
  readonly activeExport: Float64Array;
  readonly reactiveExport: Float64Array;
  /** Greatest net export of the root junction and all behind it. */
  readonly rootExport: number;
  /** φ*: C1 holds for exports up to so many times the greatest; Infinity where it holds for any. */
  readonly margin: number;
  /** Where C1 first fails as exports grow: branches s and t; −1 where it does not. */
  readonly upstreamBranch: number;
  readonly downstreamBranch: number;
  /** v^ by junction: no outcome has a higher squared voltage. */
  readonly highestVoltage: Float64Array;
  /** By branch: no exact power flow that keeps the lower voltage limits has a higher squared current. */
  readonly highestCurrent: Float64Array;
}

/** Exports beyond so many times their greatest count as any. */
const LARGEST_MARGIN = 1e6;

/** Bisection of the margin ends at this relative width. */
const MARGIN_WIDTH = 1e-12;

/** Entries of a product down to −this, relative to its length, are rounding of ones that are 0. */
const ROUNDING = 1e-12;

export function checkExactness(
  network: RadialNetwork,
  consumption: ConsumptionRanges,
): ExactnessCheck {
  const flows = boundFlows(network, consumption);
  const products = new PathProducts(network, flows.activeExport, flows.reactiveExport);
  return {
    ...flows,
    margin: largestFactor(products),
    upstreamBranch: products.failedAt,
    downstreamBranch: products.failedFrom,
    highestVoltage: highestVoltages(network, flows.activeExport, flows.reactiveExport),
  };
}

/** φ* by bisection; the products remember where they fail just above it. */
function largestFactor(products: PathProducts): number {
  if (products.hold(LARGEST_MARGIN)) return Number.POSITIVE_INFINITY;
  let low = 0;
  let high = LARGEST_MARGIN;
  while (high - low > MARGIN_WIDTH * high && high > 1 / LARGEST_MARGIN) {
    const middle = low > 0 ? 0.5 * (low + high) : 0.25 * high;
    if (products.hold(middle)) low = middle;
    else high = middle;
  }
  products.hold(high);
  return low;
}

/** The products of C1 for all paths, for exports times a factor. */
class PathProducts {
  /** Branches s and t of a path whose product is not positive, after `hold` found one. */
  failedAt = -1;
  failedFrom = -1;
  /** By junction: the extreme directions below it, the least and the most reactive, and whose u they were. */
  private readonly flat: Directions;
  private readonly steep: Directions;

  constructor(
    private readonly network: RadialNetwork,
    private readonly activeExport: Float64Array,
    private readonly reactiveExport: Float64Array,
  ) {
    this.flat = allocateDirections(network.junctionCount);
    this.steep = allocateDirections(network.junctionCount);
  }

  /** Whether every product is positive, with exports times `factor`. */
  hold(factor: number): boolean {
    const { flat, steep, network } = this;
    flat.origin.fill(-1);
    steep.origin.fill(-1);
    this.failedAt = -1;
    this.failedFrom = -1;
    for (let e = network.parent.length - 1; e >= 0; e -= 1) {
      const junction = e + 1;
      if (flat.origin[junction] >= 0) {
        this.apply(e, factor, flat);
        this.apply(e, factor, steep);
        if (!this.isPositive(e, flat) || !this.isPositive(e, steep)) return false;
        // A_e may turn the two past each other.
        this.include(network.parent[e], flat.r[junction], flat.x[junction], flat.origin[junction]);
        this.include(
          network.parent[e],
          steep.r[junction],
          steep.x[junction],
          steep.origin[junction],
        );
      }
      const isLink = network.r[e] === 0 && network.x[e] === 0;
      if (isLink) continue;
      if (network.r[e] === 0) {
        this.failedAt = e;
        this.failedFrom = e;
        return false;
      }
      this.include(network.parent[e], network.r[e], network.x[e], e);
    }
    return true;
  }

  /** A_e times the direction at the junction that e feeds, in place. */
  private apply(e: number, factor: number, direction: Directions): void {
    const { activeExport, network, reactiveExport } = this;
    const junction = e + 1;
    const active = Math.max(activeExport[e], 0) * direction.r[junction];
    const reactive = Math.max(reactiveExport[e], 0) * direction.x[junction];
    const missed = (2 * factor * (active + reactive)) / network.vMin[junction];
    direction.r[junction] -= missed * network.r[e];
    direction.x[junction] -= missed * network.x[e];
  }

  private isPositive(e: number, { origin, r, x }: Directions): boolean {
    const junction = e + 1;
    const length = Math.hypot(r[junction], x[junction]);
    if (r[junction] > 0 && x[junction] >= -ROUNDING * length) return true;
    this.failedAt = e;
    this.failedFrom = origin[junction];
    return false;
  }

  /** Widens the cone of directions below a junction. */
  private include(junction: number, r: number, x: number, origin: number): void {
    const { flat, steep } = this;
    if (flat.origin[junction] < 0 || r * flat.x[junction] > x * flat.r[junction]) {
      setDirection(flat, junction, r, x, origin);
    }
    if (steep.origin[junction] < 0 || r * steep.x[junction] < x * steep.r[junction]) {
      setDirection(steep, junction, r, x, origin);
    }
  }
}

/** One vector (r, x) a junction, and the branch whose u it came from; −1: none. */
interface Directions {
  readonly r: Float64Array;
  readonly x: Float64Array;
  readonly origin: Int32Array;
}

function allocateDirections(count: number): Directions {
  return {
    r: new Float64Array(count),
    x: new Float64Array(count),
    origin: new Int32Array(count),
  };
}

function setDirection(
  directions: Directions,
  junction: number,
  r: number,
  x: number,
  origin: number,
): void {
  directions.r[junction] = r;
  directions.x[junction] = x;
  directions.origin[junction] = origin;
}

type FlowBounds = Pick<
  ExactnessCheck,
  'activeExport' | 'reactiveExport' | 'rootExport' | 'highestCurrent'
>;

/** Sums over subtrees: what they can send at most, and draw at most. */
function boundFlows(network: RadialNetwork, consumption: ConsumptionRanges): FlowBounds {
  const { junctionCount, parent, shunt, vMax, vMin } = network;
  const branchCount = junctionCount - 1;
  const activeLeast = Float64Array.from(consumption.activeLeast);
  const activeMost = Float64Array.from(consumption.activeMost);
  const reactiveLeast = Float64Array.from(consumption.reactiveLeast);
  const reactiveMost = Float64Array.from(consumption.reactiveMost);
  const highestCurrent = new Float64Array(branchCount);
  for (let e = branchCount - 1; e >= 0; e -= 1) {
    const junction = e + 1;
    const sender = parent[e];
    if (shunt[junction] !== 0) {
      const atLowest = shunt[junction] * vMin[junction];
      const atHighest = shunt[junction] * vMax[junction];
      reactiveLeast[junction] -= Math.max(atLowest, atHighest);
      reactiveMost[junction] -= Math.min(atLowest, atHighest);
    }
    const active = Math.max(Math.abs(activeLeast[junction]), Math.abs(activeMost[junction]));
    const reactive = Math.max(Math.abs(reactiveLeast[junction]), Math.abs(reactiveMost[junction]));
    highestCurrent[e] = (active * active + reactive * reactive) / vMin[junction];
    activeLeast[sender] += activeLeast[junction];
    reactiveLeast[sender] += reactiveLeast[junction];
    activeMost[sender] += activeMost[junction] + network.r[e] * highestCurrent[e];
    reactiveMost[sender] += reactiveMost[junction] + network.x[e] * highestCurrent[e];
  }
  return {
    activeExport: Float64Array.from({ length: branchCount }, (_, e) => -activeLeast[e + 1]),
    reactiveExport: Float64Array.from({ length: branchCount }, (_, e) => -reactiveLeast[e + 1]),
    rootExport: -activeLeast[0],
    highestCurrent,
  };
}

function highestVoltages(
  network: RadialNetwork,
  activeExport: Float64Array,
  reactiveExport: Float64Array,
): Float64Array {
  const voltage = new Float64Array(network.junctionCount);
  voltage[0] = network.rootVoltage;
  for (let e = 0; e < network.parent.length; e += 1) {
    const rise = network.r[e] * activeExport[e] + network.x[e] * reactiveExport[e];
    voltage[e + 1] = network.senderFactor[e] * voltage[network.parent[e]] + 2 * rise;
  }
  return voltage;
}
