/**
 * A result that was read from disk, as `clear` returned it: certificate, status and totals are worked out
 * again from the outcome, and only what nothing can check (time, nodes, how the search went) is believed.
 */
import type { Case } from '../case/case.js';
import { widenLimits } from '../case/widen.js';
import { certify } from '../certify/certify.js';
import { certifiedResult } from '../clearing/certifiedResult.js';
import type { Relaxation, ResultWithOutcome, ResultWithoutOutcome } from '../clearing/result.js';
import type { StoredResult } from '../io/readResult.js';
import type { Summary } from '../io/summary.js';
import { readTrace } from '../io/traceField.js';

const REASONS: readonly Relaxation['reason'][] = [
  'kept',
  'infeasible',
  'cheaper',
  'power-flow',
  'unresolved',
];

/**
 * @param gap relative gap that counts as optimal
 * @returns the result within the limits of its own clearing
 */
export function restoredResult(
  theCase: Case,
  { mode, outcome, relaxed, summary }: StoredResult,
  gap: number,
): ResultWithOutcome {
  const within = widenLimits(theCase, relaxed);
  // Why a gap was left open nobody can tell from the files, but for the summary.
  const searchReason = summary.status === 'feasible' ? (summary.explanation ?? '') : '';
  return {
    ...certifiedResult(within, mode, outcome, certify(within, mode, outcome, gap), searchReason),
    ...historyOf(summary),
    ...(summary.relaxed === undefined
      ? {}
      : {
          relaxation: {
            price: summary.relaxed.price_usd_per_kwh,
            reason: REASONS.find((reason) => reason === summary.relaxed?.reason) ?? 'unresolved',
            limits: relaxed,
          },
        }),
  };
}

/** A result without an outcome, which has nothing to check. */
export function restoredFailure(theCase: Case, summary: Summary): ResultWithoutOutcome {
  return {
    case: theCase,
    mode: summary.mode,
    status: summary.status === 'infeasible' ? 'infeasible' : 'limit',
    outcome: undefined,
    explanation: summary.explanation ?? '',
    ...historyOf(summary),
  };
}

function historyOf({ nodes, search_trace, timing_ms }: Summary) {
  const trace = readTrace(search_trace);
  return { nodes, timing: timing_ms, ...(trace === undefined ? {} : { trace }) };
}
