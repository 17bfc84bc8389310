/**
 * Rows for what arrives over each branch and for its secant cuts, laid out once and open until flowRanges.ts
 * fills them.
 */
import type { Feeder } from '../certify/feeder.js';
import type { LinearProgram } from './linearProgram.js';
import type { Columns } from './marketColumns.js';

/** Rows by bus for the branch that feeds it; −1 where a branch has no current of its own. */
export interface FlowRows {
  /** P' = P − r ℓ, Q' = Q − x ℓ and ℓ. */
  readonly active: Int32Array;
  readonly reactive: Int32Array;
  readonly current: Int32Array;
  /** The secant cuts at the least and the greatest squared voltage. */
  readonly lowSecant: Int32Array;
  readonly highSecant: Int32Array;
}

/**
 * Secant cuts get an entry for every column that one can have, of a value that is replaced: P, Q, both parts
 * of ℓ, and v_j.
 */
export function addFlowRows(
  { order, isLink, r, x }: Feeder,
  program: LinearProgram,
  columns: Columns,
): FlowRows {
  const none = (): Int32Array => new Int32Array(order.length).fill(-1);
  const flows = {
    active: none(),
    reactive: none(),
    current: none(),
    lowSecant: none(),
    highSecant: none(),
  };
  const openRow = (): number => program.addRow(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  for (const bus of order.subarray(1)) {
    if (isLink[bus] === 1) continue;
    const currents = [columns.activeCurrent[bus], columns.reactiveCurrent[bus]];
    flows.active[bus] = openRow();
    program.addEntry(columns.activeFlow[bus], 1);
    for (const current of currents) program.addEntry(current, -r[bus]);
    flows.reactive[bus] = openRow();
    program.addEntry(columns.reactiveFlow[bus], 1);
    for (const current of currents) program.addEntry(current, -x[bus]);
    flows.current[bus] = openRow();
    for (const current of currents) program.addEntry(current, 1);
    for (const secant of [flows.lowSecant, flows.highSecant]) {
      secant[bus] = openRow();
      program.addEntry(columns.activeFlow[bus], 1);
      program.addEntry(columns.reactiveFlow[bus], 1);
      for (const current of currents) program.addEntry(current, 1);
      program.addEntry(columns.squaredVoltage[bus], 1);
    }
  }
  return flows;
}
