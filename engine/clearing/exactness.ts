/**
 * Whether the relaxation of a case is known to be exact before it is cleared: the condition of
 * network/exactness.ts on the imports that the communities can choose, and every assumption that the theorem
 * makes beside it, each with where the case stands.
 */
import { UsageError } from '../base/errors.js';
import type { Case } from '../case/case.js';
import {
  type ConsumptionRanges,
  checkExactness,
  type ExactnessCheck,
} from '../network/exactness.js';
import {
  branchName,
  conditionPoint,
  currentPoint,
  type ExactnessCondition,
  type ExactnessPoint,
  exportPoint,
  lossPoint,
  regulatorPoint,
  shuntPoint,
  voltagePoint,
} from './exactnessPoints.js';
import { type MarketState, openMarketState } from './marketState.js';
import { resolveOptions } from './options.js';
import type { Mode } from './result.js';

export type { ExactnessPoint } from './exactnessPoints.js';

export interface ExactnessReport {
  readonly case: string;
  readonly mode: Mode;
  /** Every point holds: any solution of the relaxation is one of the exact power flow. */
  readonly isExact: boolean;
  readonly condition: ExactnessCondition;
  readonly points: readonly ExactnessPoint[];
}

/**
 * @param mode decides what the price caps leave of the imports
 * @throws UsageError for the modes without a network program
 */
export async function reportExactness(
  theCase: Case,
  mode: Mode = 'welfare',
): Promise<ExactnessReport> {
  const options = resolveOptions({ mode });
  if (mode === 'local' || mode === 'isolated') {
    throw new UsageError(`the mode "${mode}" solves no power flow that could be exact`);
  }
  const state = await openMarketState(theCase, options);
  const check = checkExactness(state.network, consumptionRanges(state));
  const condition = conditionOf(state, check);
  const points = [
    conditionPoint(condition),
    voltagePoint(state, check),
    lossPoint(theCase),
    exportPoint(state, check),
    currentPoint(state, check),
    shuntPoint(state),
    regulatorPoint(state),
  ];
  return {
    case: theCase.settings.name,
    mode,
    isExact: points.every(({ holds }) => holds),
    condition,
    points,
  };
}

function consumptionRanges(state: MarketState): ConsumptionRanges {
  const { junction, network, theCase } = state;
  const { qMaxKvar, qMinKvar } = theCase.communities;
  const ranges = {
    activeLeast: Float64Array.from(network.loadP),
    activeMost: Float64Array.from(network.loadP),
    reactiveLeast: Float64Array.from(network.loadQ),
    reactiveMost: Float64Array.from(network.loadQ),
  };
  junction.forEach((j, m) => {
    ranges.activeLeast[j] += state.importMin[m] / network.baseKva;
    ranges.activeMost[j] += state.importMax[m] / network.baseKva;
    ranges.reactiveLeast[j] += (state.reactiveDemand[m] + qMinKvar[m]) / network.baseKva;
    ranges.reactiveMost[j] += (state.reactiveDemand[m] + qMaxKvar[m]) / network.baseKva;
  });
  return ranges;
}

function conditionOf(state: MarketState, check: ExactnessCheck): ExactnessCondition {
  const { margin, upstreamBranch, downstreamBranch } = check;
  const { baseKva } = state.network;
  const isBounded = upstreamBranch >= 0;
  const active = isBounded ? check.activeExport[upstreamBranch] * baseKva : 0;
  const reactive = isBounded ? check.reactiveExport[upstreamBranch] * baseKva : 0;
  const allowed = Math.min(margin, 1);
  return {
    holds: margin >= 1,
    margin: isBounded ? margin : null,
    upstreamBranch: isBounded ? branchName(state, upstreamBranch) : '',
    downstreamBranch: isBounded ? branchName(state, downstreamBranch) : '',
    exportKw: active,
    exportKvar: reactive,
    allowedKw: active > 0 ? allowed * active : active,
    allowedKvar: reactive > 0 ? allowed * reactive : reactive,
  };
}
