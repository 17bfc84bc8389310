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
import type { Certificate } from './certificate.js';
import { cheapestAtTariff, checkEquilibrium, tariffPayment } from './equilibrium.js';
import { proofBound } from './lowerBound.js';
import { checkMoney } from './money.js';
import { checkPhysics } from './physics.js';
import { checkReported, costsOf, marginalPriceDifference } from './reported.js';
import { checkRevenue } from './revenue.js';
import { Supply } from './supply.js';
import {
  ANSWER_TOLERANCE,
  BALANCE_TOLERANCE,
  GAIN_TOLERANCE,
  LOCAL_BALANCE_TOLERANCE,
  MONEY_TOLERANCE,
  PRICE_TOLERANCE,
  REPORTED_TOLERANCE,
} from './tolerances.js';

/** @param gapTolerance relative gap that counts as closed */
export function certify(
  theCase: Case,
  mode: Mode,
  outcome: Outcome,
  gapTolerance = 1e-6,
): Certificate {
  const kappa = strategicSlopes(theCase, mode);
  const { price } = outcome.communities;
  const costs = costsOf(theCase, outcome.prosumers.outputKw);
  const equilibrium = checkEquilibrium(theCase, mode, kappa, outcome, costs);
  const physics = checkPhysics(theCase, mode, outcome);
  const money = checkMoney(theCase, outcome);
  // In `isolated` communities have no price.
  const capViolation =
    mode === 'isolated' ? 0 : largestPriceViolation(price, priceCaps(theCase, mode));
  const reported = checkReported(theCase, mode, outcome, costs);
  const cost = reported.totalCost;
  const gridCost = tariffPayment(theCase, outcome.gridImportKw);
  const objective = modeObjective(theCase, mode, kappa, outcome, cost, gridCost);
  const allowed = outcome.revenueAdequacy ? pricesUnderAdequacy(theCase, kappa) : undefined;
  const lowerBound = modeLowerBound(theCase, mode, kappa, outcome, objective, allowed);
  const gap = (objective - lowerBound) / Math.max(1, Math.abs(objective));
  const revenue = checkRevenue(outcome, allowed, money.collected, gridCost);
  return {
    largestGain_usd_per_h: equilibrium.largestGain,
    largestAnswerError_kw: equilibrium.largestAnswerError,
    largestBalanceError_kw: money.largestBalanceError,
    largestCostError_usd_per_h: reported.largestCostError,
    largestBidError_kw: reported.largestBidError,
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
      equilibrium.largestRelativeGain <= GAIN_TOLERANCE &&
      equilibrium.largestRelativeAnswerError <= ANSWER_TOLERANCE &&
      money.largestRelativeBalanceError <= BALANCE_TOLERANCE &&
      money.relativePaymentImbalance <= MONEY_TOLERANCE &&
      reported.largestRelativeCostError <= REPORTED_TOLERANCE &&
      reported.largestRelativeBidError <= REPORTED_TOLERANCE &&
      capViolation <= PRICE_TOLERANCE,
    physicsHolds: physics.holds,
    // A bound above the cost of a point that keeps all limits would be no bound.
    optimalityHolds: physics.holds && Math.abs(gap) <= gapTolerance,
    revenueHolds: revenue.holds,
  };
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
  theCase: Case,
  mode: Mode,
  kappa: Float64Array,
  outcome: Outcome,
  cost: number,
  gridCost: number,
): number {
  const { demandKw } = theCase.prosumers;
  const { prosumerStart } = theCase.communities;
  const { outputKw } = outcome.prosumers;
  const total = new CompensatedSum();
  total.add(cost);
  if (mode !== 'isolated') total.add(gridCost);
  if (mode !== 'dlmp' && mode !== 'isolated') return total.value;
  for (let m = 0; m < kappa.length; m += 1) {
    for (let i = prosumerStart[m]; i < prosumerStart[m + 1]; i += 1) {
      const purchase = demandKw[i] - outputKw[i];
      if (mode === 'dlmp') total.add(0.5 * kappa[m] * purchase * purchase);
      else total.add(tariffPayment(theCase, purchase));
    }
  }
  return total.value;
}

/**
 * The bound of the mode's program. `local` leaves nothing to choose: with X_m = 0 the equilibrium is
 * unique, so its objective is its own bound, as long as every import is 0. In `isolated` every prosumer's
 * own problem has a closed form.
 */
function modeLowerBound(
  theCase: Case,
  mode: Mode,
  kappa: Float64Array,
  outcome: Outcome,
  objective: number,
  allowed: AllowedPrices | undefined,
): number {
  if (mode === 'local') return isBalanced(theCase, outcome) ? objective : Number.NEGATIVE_INFINITY;
  if (mode !== 'isolated') return proofBound(theCase, mode, kappa, outcome, allowed);
  const supply = new Supply(theCase);
  const range = { low: 0, high: 0 };
  const total = new CompensatedSum();
  const { demandKw } = theCase.prosumers;
  for (let i = 0; i < demandKw.length; i += 1) {
    supply.load(i);
    total.add(cheapestAtTariff(theCase, supply, demandKw[i], range));
  }
  return total.value;
}

/** Whether every community imports nothing, to a share of what its prosumers trade. */
function isBalanced(theCase: Case, outcome: Outcome): boolean {
  const { prosumerStart } = theCase.communities;
  const { demandKw } = theCase.prosumers;
  const { outputKw } = outcome.prosumers;
  return outcome.communities.importKw.every((netImport, m) => {
    let traded = 1;
    for (let i = prosumerStart[m]; i < prosumerStart[m + 1]; i += 1) {
      traded += Math.abs(demandKw[i] - outputKw[i]);
    }
    return Math.abs(netImport) <= LOCAL_BALANCE_TOLERANCE * traded;
  });
}
