/**
 * Clears a market whose limits may be left at a price (docs/model.md section 6).
 *
 *   1. the elastic program prices violations and says which limits are worth leaving, and how far;
 *   2. these limits of the case are widened by just so much, and rounding;
 *   3. the widened case is cleared and certified like any other.
 *
 * One price, in $/kWh, holds for all limits. Exchange with the grid counts as it is. A voltage or current
 * counts as the power that would have to change at its bus to keep it, to first order (elasticLimits.ts),
 * so that the price is what a kWh not served would be worth: v_j costs price · base_kva / (2 |Z_j|) $/h per
 * pu² and ℓ_e price · base_kva / (2 √L_e). Price caps are kept, unless limits of the network alone cannot
 * make room for an outcome. Above the multipliers of the limits the price is an exact penalty: a market
 * with an outcome then keeps all limits. Below, leaving them may be cheaper than keeping them.
 */
import type { Case } from '../case/case.js';
import type { LimitChange } from '../case/limits.js';
import { mergeChanges, widenLimits } from '../case/widen.js';
import { isExcluded } from '../program/elasticConflict.js';
import { listLimits, type ProgramLimit, rangesOf } from '../program/elasticLimits.js';
import { pricedViolation, type Violation } from '../program/elasticProgram.js';
import {
  brokenLimits,
  importRanges,
  type LimitedState,
  limitChanges,
  stateOfImports,
  stateOfOutcome,
} from './elasticWidening.js';
import { fixedVoltageConflict } from './infeasible.js';
import { type MarketState, openMarketState } from './marketState.js';
import { type NetworkMarket, openNetworkMarket } from './networkMarket.js';
import type { ResolvedOptions } from './options.js';
import type { ClearingResult, Relaxation } from './result.js';
import { Stopwatch } from './stopwatch.js';

/** Clears a case whose limits are kept. */
type ClearOnce = (theCase: Case, options: ResolvedOptions) => Promise<ClearingResult>;

/**
 * Limits are widened by more than the violation, relative to their size: at first by as much as the
 * certificate tolerates, and ten times more wherever the solver then finds too little room.
 */
const MARGINS = [1e-6, 1e-5, 1e-4] as const;

export async function clearElastic(
  theCase: Case,
  options: ResolvedOptions,
  price: number,
  clearOnce: ClearOnce,
): Promise<ClearingResult> {
  const stopwatch = new Stopwatch(options.onProgress);
  stopwatch.enter('elastic', 'limits at a price');
  const priced = await priceLimits(theCase, options, price);
  let changes = priced.changes(MARGINS[0]);
  let { reason } = priced;
  let result = await clearOnce(widenLimits(theCase, changes), options);
  for (const margin of MARGINS.slice(1)) {
    if (options.shouldStop()) break;
    const missing = missingRoom(result, priced, margin);
    if (missing.length === 0) break;
    if (reason === 'kept') reason = 'power-flow';
    changes = mergeChanges(changes, missing);
    result = await clearOnce(widenLimits(theCase, changes), options);
  }
  const { total = 0 } = stopwatch.stop();
  const timing = { elastic: total - (result.timing.total ?? 0), ...result.timing, total };
  if (result.outcome === undefined) reason = 'unresolved';
  return { ...result, timing, relaxation: { price, reason, limits: changes } };
}

/**
 * What has to be widened beyond what the relaxation asked for: limits that the best outcome breaks by the
 * exact power flow, or where there is none, those that the imports of the elastic program break by it.
 */
function missingRoom(result: ClearingResult, priced: PricedLimits, margin: number): LimitChange[] {
  if (result.outcome !== undefined) {
    return brokenLimits(result.case, stateOfOutcome(result.outcome), margin);
  }
  const state = priced.exactState();
  const broken = state === undefined ? [] : brokenLimits(result.case, state, margin);
  return mergeChanges(priced.changes(margin), broken);
}

interface PricedLimits {
  readonly reason: Relaxation['reason'];
  /** What to widen, by a margin relative to the limits' size. */
  readonly changes: (margin: number) => LimitChange[];
  /** What the exact power flow makes of the elastic program's imports; undefined where it has no solution. */
  readonly exactState: () => LimitedState | undefined;
}

async function priceLimits(
  theCase: Case,
  options: ResolvedOptions,
  price: number,
): Promise<PricedLimits> {
  const conflict = fixedVoltageConflict(await openMarketState(theCase, options));
  // Voltages that are given need no more room than rounding.
  const given = (conflict?.infeasibility.violations ?? []).map((change) => ({
    ...change,
    to: change.to * (change.kind === 'voltage-min' ? 1 - GIVEN_MARGIN : 1 + GIVEN_MARGIN),
  }));
  const state = await openMarketState(widenLimits(theCase, given), options);
  const market = openNetworkMarket(state);
  const priced = violationAtPrice(state, market, price, options.shouldStop);
  const changes = (margin: number): LimitChange[] =>
    priced === undefined
      ? given
      : mergeChanges(given, limitChanges(state, priced.limits, priced.violation, margin));
  const isLeft = changes(0).length > 0;
  const ranges = rangesOf(market.curves.costs);
  const isForced = given.length > 0 || (isLeft && isExcluded(market.program, ranges));
  return {
    reason: isForced ? 'infeasible' : isLeft ? 'cheaper' : 'kept',
    changes,
    exactState: () => (priced === undefined ? undefined : stateOfImports(state, priced.violation)),
  };
}

/** Relative; rounding of squares and roots. */
const GIVEN_MARGIN = 1e-12;

interface PricedViolation {
  readonly limits: readonly ProgramLimit[];
  readonly violation: Violation;
}

/** Undefined where the elastic program was not solved. */
function violationAtPrice(
  state: MarketState,
  { curves, models, program }: NetworkMarket,
  price: number,
  shouldStop: () => boolean,
): PricedViolation | undefined {
  const { baseKva } = state.network;
  for (const ranges of [rangesOf(curves.costs), importRanges(state)]) {
    const limits = listLimits(program, ranges);
    const prices = Float64Array.from(limits, ({ worth }) => price * baseKva * worth);
    const violation = pricedViolation(program, models, limits, prices, shouldStop);
    if (violation !== undefined) return { limits, violation };
  }
  return undefined;
}
