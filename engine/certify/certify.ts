/**
 * The certificate (docs/model.md section 6): every claim of a clearing checked from the case and the
 * reported numbers alone. It shares data types with the solver, and no code.
 */
import { CompensatedSum } from '../base/compensated.js';
import type { Case } from '../case/case.js';
import type { Mode, Outcome } from '../clearing/result.js';
import {
  type AllowedPrices,
  largestPriceViolation,
  priceCaps,
  pricesUnderAdequacy,
} from './allowedPrices.js';
import { blocksOf } from './bids.js';
import {
  type Checked,
  type CheckInput,
  type CheckPartials,
  checkAll,
  checkInput,
  mergeChecks,
} from './blockChecks.js';
import type { Certificate } from './certificate.js';
import { CHECK, type CheckSums } from './checkSums.js';
import { coversEverything } from './coverage.js';
import { LeafBounds, leastBound } from './lowerBound.js';
import { checkMoney } from './money.js';
import { checkPhysics } from './physics.js';
import { marginalPriceDifference } from './reported.js';
import { checkRevenue } from './revenue.js';
import { tariffPayment } from './tariff.js';
import {
  ANSWER_TOLERANCE,
  BALANCE_TOLERANCE,
  GAIN_TOLERANCE,
  LOCAL_BALANCE_TOLERANCE,
  MONEY_TOLERANCE,
  PRICE_TOLERANCE,
  REPORTED_TOLERANCE,
} from './tolerances.js';
import {
  mergeWindows,
  readWindowBlocks,
  type WindowFindings,
  type WindowInput,
} from './windowBlocks.js';
import { WINDOW_COUNT } from './windowReading.js';

/** The two readings of all prosumers, which worker threads may do: the same bytes come back. */
export interface CertifyStage {
  readonly check: (input: CheckInput) => Promise<CheckPartials> | CheckPartials;
  readonly window: (input: WindowInput) => Promise<WindowFindings> | WindowFindings;
}

/** All blocks in this thread. */
export const certifyAlone: CertifyStage = {
  check: checkAll,
  window: (input) => {
    const { count } = blocksOf(input.bids);
    const sums = new Float64Array(WINDOW_COUNT * count);
    return mergeWindows(sums, [readWindowBlocks(input, 0, count, sums)]);
  },
};

/** @param gapTolerance relative gap that counts as closed */
export function certify(
  theCase: Case,
  mode: Mode,
  outcome: Outcome,
  gapTolerance = 1e-6,
): Certificate {
  const input = checkInput(theCase, mode, strategicSlopes(theCase, mode), outcome);
  const checked = mergeChecks(blocksOf(input.bids), checkAll(input));
  const claims = new Claims(theCase, mode, outcome, input, checked);
  return claims.certificate(gapTolerance, claims.leafBounds?.evaluate());
}

/** The same, to the last byte, with readings done elsewhere. */
export async function certifyInStages(
  theCase: Case,
  mode: Mode,
  outcome: Outcome,
  gapTolerance: number,
  stage: CertifyStage,
): Promise<Certificate> {
  const input = checkInput(theCase, mode, strategicSlopes(theCase, mode), outcome);
  const checked = mergeChecks(blocksOf(input.bids), await stage.check(input));
  const claims = new Claims(theCase, mode, outcome, input, checked);
  const { leafBounds } = claims;
  const findings = leafBounds && (await stage.window(leafBounds.windows));
  return claims.certificate(gapTolerance, leafBounds?.evaluate(findings));
}

/** Of one outcome, once its prosumers have been read. */
class Claims {
  /** Undefined where the bound of the mode does not come from leaves, or these do not cover everything. */
  readonly leafBounds: LeafBounds | undefined;
  private readonly allowed: AllowedPrices | undefined;

  constructor(
    private readonly theCase: Case,
    private readonly mode: Mode,
    private readonly outcome: Outcome,
    private readonly input: CheckInput,
    private readonly checked: Checked,
  ) {
    const { kappa } = input;
    const { population } = checked;
    this.allowed = outcome.revenueAdequacy
      ? pricesUnderAdequacy(theCase, kappa, population)
      : undefined;
    const known = { population, adequatePrices: this.allowed };
    this.leafBounds =
      mode !== 'local' && mode !== 'isolated' && coversEverything(outcome.proof)
        ? new LeafBounds(theCase, mode, kappa, outcome, known)
        : undefined;
  }

  /** @param bounds of the leaves */
  certificate(gapTolerance: number, bounds: Float64Array | undefined): Certificate {
    const { theCase, mode, outcome, allowed } = this;
    const { sums, population } = this.checked;
    const physics = checkPhysics(theCase, mode, outcome, population.reactiveDemand);
    const money = checkMoney(outcome, sums);
    // In `isolated` communities have no price.
    const capViolation =
      mode === 'isolated'
        ? 0
        : largestPriceViolation(outcome.communities.price, priceCaps(theCase, mode));
    const cost = totalOf(sums.totals(CHECK.cost));
    const gridCost = tariffPayment(theCase.settings, outcome.gridImportKw);
    const objective = modeObjective(mode, this.input.kappa, sums, cost, gridCost);
    const lowerBound = modeLowerBound(mode, outcome, sums, objective, bounds);
    const gap = (objective - lowerBound) / Math.max(1, Math.abs(objective));
    const revenue = checkRevenue(outcome, allowed, money.collected, gridCost);
    return {
      largestGain_usd_per_h: sums.largest(CHECK.gain),
      largestAnswerError_kw: sums.largest(CHECK.answerError),
      largestBalanceError_kw: money.largestBalanceError,
      largestCostError_usd_per_h: money.largestCostError,
      largestBidError_kw: sums.largest(CHECK.bidError),
      largestMarginalPriceDifference_usd_per_kwh: marginalPriceDifference(theCase, mode, outcome),
      largestPriceCapViolation_usd_per_kwh: capViolation,
      ...physics.figures,
      largestConeSlack_pu: outcome.largestConeSlack,
      recomputedCost_usd_per_h: cost + gridCost,
      recomputedObjective_usd_per_h: objective,
      lowerBound_usd_per_h: lowerBound,
      gap,
      paymentImbalance_usd_per_h: money.paymentImbalance,
      operatorSurplus_usd_per_h: money.collected - gridCost,
      revenueShortfall_usd_per_h: revenue.shortfall,
      largestAllowedPriceViolation_usd_per_kwh: revenue.priceViolation,
      equilibriumHolds:
        sums.largest(CHECK.relativeGain) <= GAIN_TOLERANCE &&
        sums.largest(CHECK.relativeAnswerError) <= ANSWER_TOLERANCE &&
        money.largestRelativeBalanceError <= BALANCE_TOLERANCE &&
        money.relativePaymentImbalance <= MONEY_TOLERANCE &&
        money.largestRelativeCostError <= REPORTED_TOLERANCE &&
        sums.largest(CHECK.relativeBidError) <= REPORTED_TOLERANCE &&
        capViolation <= PRICE_TOLERANCE,
      physicsHolds: physics.holds,
      // A bound above the cost of a point that keeps all limits would be no bound.
      optimalityHolds: physics.holds && Math.abs(gap) <= gapTolerance,
      revenueHolds: revenue.holds,
    };
  }
}

/** κ_m = 1/(a_m (n_m − 1)) where prosumers are strategic, from the case (section 2). */
function strategicSlopes(theCase: Case, mode: Mode): Float64Array {
  const { priceSensitivity, prosumerStart } = theCase.communities;
  return priceSensitivity.map((sensitivity, m) => {
    const prosumers = prosumerStart[m + 1] - prosumerStart[m];
    if (mode === 'social' || mode === 'isolated') return 0;
    return prosumers > 1 && sensitivity > 0 ? 1 / (sensitivity * (prosumers - 1)) : 0;
  });
}

/** What the mode minimises, $/h: cost; with the potential for `dlmp`; payments for `isolated`. */
function modeObjective(
  mode: Mode,
  kappa: Float64Array,
  sums: CheckSums,
  cost: number,
  gridCost: number,
): number {
  const total = new CompensatedSum();
  total.add(cost);
  if (mode === 'isolated') total.add(totalOf(sums.totals(CHECK.tariff)));
  else total.add(gridCost);
  if (mode !== 'dlmp') return total.value;
  sums.totals(CHECK.squaredPurchase).forEach((squares, m) => {
    total.add(0.5 * kappa[m] * squares);
  });
  return total.value;
}

/**
 * The bound of the mode's program. `local` leaves nothing to choose: with X_m = 0 the equilibrium is
 * unique, so its objective is its own bound, as long as every import is 0. In `isolated` every prosumer's
 * own problem has a closed form.
 *
 * @param bounds of the leaves of a proof that covers everything
 */
function modeLowerBound(
  mode: Mode,
  outcome: Outcome,
  sums: CheckSums,
  objective: number,
  bounds: Float64Array | undefined,
): number {
  if (mode === 'local') return isBalanced(outcome, sums) ? objective : Number.NEGATIVE_INFINITY;
  if (mode === 'isolated') return totalOf(sums.totals(CHECK.leastAlone));
  return bounds === undefined ? Number.NEGATIVE_INFINITY : leastBound(bounds);
}

/** Whether every community imports nothing, to a share of what its prosumers trade. */
function isBalanced({ communities }: Outcome, sums: CheckSums): boolean {
  const traded = sums.totals(CHECK.traded);
  return communities.importKw.every(
    (netImport, m) => Math.abs(netImport) <= LOCAL_BALANCE_TOLERANCE * (1 + traded[m]),
  );
}

function totalOf(values: Float64Array): number {
  const total = new CompensatedSum();
  for (const value of values) total.add(value);
  return total.value;
}
