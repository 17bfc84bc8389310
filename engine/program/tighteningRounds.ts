/**
 * A node where the relaxation is not tight: solved, its ranges of flows tightened with the prices of the
 * solution (tightening.ts), solved again, as long as that pays.
 */
import type { ImportBox } from './importModels.js';
import type { RelaxationOutcome, RelaxedPoint } from './relaxation.js';
import type { ClosedBox, FlowTightening } from './tightening.js';

export interface TightenedOutcome<Point extends RelaxedPoint> {
  /** Of the relaxation of `box`; `closed` where nothing is left of the node's box. */
  readonly outcome: SolvedOr<Point> | { readonly status: 'closed' };
  /** What is left of the node's box. */
  readonly box: ImportBox;
  /** What was cut off: with `box`, or alone where nothing is left, they cover the node's box. */
  readonly closed: readonly ClosedBox[];
  /** Relaxations that were solved. */
  readonly solves: number;
}

type SolvedOr<Point> =
  | { readonly status: 'solved'; readonly point: Point }
  | Exclude<RelaxationOutcome, { readonly status: 'solved' }>;

/** A round that closes less than this share of the gap is the last: splitting gains more then. */
const LEAST_GAIN = 0.1;

/**
 * @param solve the relaxation of a box with flow rows
 * @param cutoff what closed parts must cost at least, $/h: a little less than the best objective known;
 *   Infinity where none is, which leaves the box as it is
 * @param solveLimit relaxations at most
 */
export function relaxTightened<Point extends RelaxedPoint>(
  solve: (box: ImportBox) => SolvedOr<Point>,
  tightening: FlowTightening,
  box: ImportBox,
  cutoff: number,
  solveLimit = Number.POSITIVE_INFINITY,
): TightenedOutcome<Point> {
  const closed: ClosedBox[] = [];
  let present = box;
  let outcome = solve(box);
  let solves = 1;
  // Every round but the last closes a tenth of the gap: there are not many.
  while (solves < solveLimit) {
    if (outcome.status !== 'solved' || outcome.point.bound >= cutoff) break;
    const { point } = outcome;
    const swept = tightening.sweep(present, point.prices, cutoff);
    if (swept.closed.length === 0) break;
    closed.push(...swept.closed);
    if (swept.box === undefined) {
      return { outcome: { status: 'closed' }, box: present, closed, solves };
    }
    const { netImport, prices } = point;
    const start = { netImport, revenuePrice: prices.revenue, cuts: true };
    present = { ...swept.box, start };
    const next = solve(present);
    solves += 1;
    // The box stays narrow all the same: what was cut off is closed.
    if (next.status === 'unresolved') break;
    outcome = next;
    if (next.status !== 'solved') break;
    if (cutoff - next.point.bound > (1 - LEAST_GAIN) * (cutoff - point.bound)) break;
  }
  return { outcome, box: present, closed, solves };
}
