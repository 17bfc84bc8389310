/**
 * Jumps of the revenue: imports at which the price is open (docs/model.md section 4). Beside one, an import
 * earns less by more than a trifle, so what a solver leaves undecided of it has to be decided.
 */
import { arcAt, type CostCurves } from './costCurve.js';
import { fallAfter, fallBefore, type RevenueCurves } from './revenueCurve.js';

/** An import nearer to a jump of the revenue than this share of the community's range counts as at it. */
export const SNAP_SHARE = 1e-7;

/**
 * The knot nearest to X at which the revenue jumps because the price is open; −1 where none is near. A solver
 * leaves X undecided by more than nothing, and beside such a knot it would earn less.
 *
 * @param share of the community's range that counts as near
 */
export function jumpNear(
  costs: CostCurves,
  revenues: RevenueCurves,
  community: number,
  netImport: number,
  share: number,
): number {
  const start = costs.start[community];
  const end = start + costs.arcCount[community];
  const arc = Math.max(arcAt(costs, community, netImport), start);
  let nearest = -1;
  let least = share * (costs.knot[end] - costs.knot[start]);
  for (let k = Math.max(arc - 1, start); k <= Math.min(arc + 2, end); k += 1) {
    const away = Math.abs(costs.knot[k] - netImport);
    if (!(away < least)) continue;
    if (revenues.isJump[k] === 0) continue;
    nearest = k;
    least = away;
  }
  return nearest;
}

/**
 * Beyond SNAP_SHARE by more than rounding, so that nothing on the far side of the split counts as at the
 * knot.
 */
const SPLIT_SHARE = SNAP_SHARE * (1 + 1e-6);

/**
 * Where to split beside a knot so that the knot itself is alone on its side, within SNAP_SHARE: on the side
 * where the revenue is less than at the knot; at the knot where there is no such side.
 */
export function splitBesideJump(
  costs: CostCurves,
  revenues: RevenueCurves,
  community: number,
  knot: number,
): number {
  const start = costs.start[community];
  const end = start + costs.arcCount[community];
  const distance = SPLIT_SHARE * (costs.knot[end] - costs.knot[start]);
  if (fallAfter(revenues, knot, end) > 0) return costs.knot[knot] + distance;
  if (fallBefore(costs, revenues, knot, start) > 0) return costs.knot[knot] - distance;
  return costs.knot[knot];
}
