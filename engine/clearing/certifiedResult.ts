/**
 * An outcome with its certificate: the status and every total follow from the independent check, whoever
 * found the outcome, be it a clearing just now or a file.
 */
import type { Case } from '../case/case.js';
import type { Certificate } from '../certify/certificate.js';
import type { Mode, Outcome, ResultWithOutcome } from './result.js';
import { decideStatus } from './status.js';

/** A result but for what it took to find it. */
export type CertifiedResult = Omit<ResultWithOutcome, 'timing' | 'nodes' | 'trace' | 'relaxation'>;

/**
 * @param theCase the one cleared; with elastic limits, that with its limits widened
 * @param certificate of this outcome
 * @param searchReason why the search left a gap open; empty where it did not, or nobody knows
 */
export function certifiedResult(
  theCase: Case,
  mode: Mode,
  outcome: Outcome,
  certificate: Certificate,
  searchReason: string,
): CertifiedResult {
  const { status, explanation } = decideStatus(certificate, mode, searchReason);
  return {
    case: theCase,
    mode,
    status,
    outcome,
    certificate,
    objective: certificate.recomputedObjective_usd_per_h,
    cost: certificate.recomputedCost_usd_per_h,
    lowerBound: certificate.lowerBound_usd_per_h,
    gap: certificate.gap,
    lossesKw: outcome.branches.lossesKw.reduce((sum, loss) => sum + loss, 0),
    vMinPu: outcome.buses.voltagePu.reduce((least, voltage) => Math.min(least, voltage)),
    vMaxPu: outcome.buses.voltagePu.reduce((most, voltage) => Math.max(most, voltage)),
    operatorSurplus: certificate.operatorSurplus_usd_per_h,
    explanation,
  };
}
