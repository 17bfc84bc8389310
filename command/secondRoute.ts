/** `verify --bound`: the lower bound of a stored result by the second route. */
import {
  type Case,
  type Certificate,
  independentBound,
  type StoredResult,
} from '../engine/index.js';

/**
 * What the second route proves, as text, and why it does not confirm the reported bound; empty if it does.
 */
export interface SecondOpinion {
  readonly text: string;
  readonly reasons: readonly string[];
}

export async function secondOpinion(
  theCase: Case,
  { mode, outcome }: StoredResult,
  certificate: Certificate,
  gap: number,
): Promise<SecondOpinion> {
  const objective = certificate.recomputedObjective_usd_per_h;
  const reported = certificate.lowerBound_usd_per_h;
  const { revenueAdequacy } = outcome;
  const { status, bound, nodes, rounds, version } = await independentBound(theCase, {
    mode,
    revenueAdequacy,
    objective,
    gap,
    claim: { bound: reported, leaves: outcome.proof },
  });
  const work = `${rounds} linear programs, ${nodes} ${nodes === 1 ? 'box' : 'boxes'}, HiGHS ${version}`;
  if (status === 'infeasible') {
    const reason = 'the second route proves that no outcome keeps all limits';
    return { text: `second route: infeasible (${work})\n`, reasons: [reason] };
  }
  const scale = Math.max(1, Math.abs(objective));
  const below = ((objective - bound) / scale).toExponential(1);
  const text = `second route: at least ${bound.toFixed(6)} $/h, ${below} below the objective (${work})\n`;
  const isConfirmed = reported - bound <= gap * scale;
  const reason = `the second route proves ${bound} $/h, not the reported bound of ${reported} $/h`;
  return { text, reasons: isConfirmed ? [] : [reason] };
}
