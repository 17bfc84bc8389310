/** An infeasibility in words: one line for the conflict, one for each way out of it. */
import type { Case } from '../case/case.js';
import { describeChanges, type LimitChange, nameLimits } from '../case/limits.js';
import type { Infeasibility, Remedy } from './result.js';

/** At most so many limits of a kind are named in a line; the result's data hold them all. */
const NAMED_LIMITS = 8;

/** The whole explanation, lines separated by \n. */
export function infeasibilityText(theCase: Case, infeasibility: Infeasibility): string {
  const { conflict, remedies } = infeasibility;
  const lines = [
    conflict.length === 0
      ? 'the network cannot carry this market, whatever its limits: voltages collapse'
      : conflictText(theCase, infeasibility),
    ...remedies.map((remedy, k) => remedyText(theCase, remedy, k === 0)),
  ];
  if (remedies.length === 0 && conflict.length > 0) {
    lines.push('no change of limits that leaves an outcome could be computed');
  }
  return lines.join('\n');
}

/**
 * The explanation where no limits exclude each other in the relaxed network, but the proof, which has cuts
 * (docs/model.md section 5), shows that no outcome keeps them.
 *
 * @param mustCoverBill whether prices must cover the grid's bill
 * @param needs what the outcome that came nearest would need of the limits; empty where none is known
 */
export function exactFlowText(
  theCase: Case,
  mustCoverBill: boolean,
  needs: readonly LimitChange[],
): string {
  const orBill = mustCoverBill ? ', or the bill that prices have to cover' : '';
  const cause =
    'the relaxed power flow, which may invent losses, shows no conflict of limits: ' +
    `what excludes an outcome is the exact one${orBill}`;
  if (needs.length === 0) return cause;
  return `${cause}\nthe outcome found nearest to the limits needs: ${changesText(theCase, needs)}`;
}

/** `no outcome keeps the lower voltage limit of bus 65 (0.95 pu) together with …`. */
export function conflictText(
  theCase: Case,
  { conflict, isIrreducible }: Pick<Infeasibility, 'conflict' | 'isIrreducible'>,
): string {
  const named = nameLimits(theCase, conflict, NAMED_LIMITS).map((text) => `the ${text}`);
  const whole = isIrreducible ? '' : '; not all of them need have a part in it';
  return `no outcome keeps ${named.join(' together with ')}${whole}`;
}

const TOGETHER: Readonly<Partial<Record<Remedy['of'], string>>> = {
  network: 'voltages, currents and exchange together',
  all: 'voltages, currents, exchange and price caps together',
};

function remedyText(theCase: Case, { changes, of, total, unit }: Remedy, isFirst: boolean): string {
  const amount = `${total.toPrecision(4)} ${unit}`;
  const head = isFirst ? 'least violation' : 'or';
  const by = TOGETHER[of] ?? `${of} alone`;
  if (changes.length === 0) return `${head}, by ${by}: less than can be told apart from none`;
  return `${head}, by ${by} (${amount} in all): ${changesText(theCase, changes)}`;
}

/** `lower voltage limits of buses 65 from 0.95 to 0.94 pu, …; current limit of …`. */
export function changesText(theCase: Case, changes: readonly LimitChange[]): string {
  return describeChanges(theCase, changes, NAMED_LIMITS).join('; ');
}
