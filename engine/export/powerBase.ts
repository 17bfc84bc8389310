/**
 * The unit of power of an exported program. Solvers take residuals for what they are, so numbers should be
 * near 1: a base far above what is traded brings losses and small flows near the usual tolerance of 1e-6,
 * one far below it makes squared currents large. (A market of some 20 kW on a base of 500 kVA kept SCIP busy
 * for more than 20 s, another made HiGHS fail; on 10 kVA both are solved at the root. The program of ieee123
 * takes 22 interior-point iterations on 1,000 kVA, 27 on the 5,000 of its case, and 86 on 10.)
 */
import { UsageError } from '../base/errors.js';
import type { MarketState } from '../clearing/marketState.js';
import { buildRadialNetwork } from '../network/build.js';

/**
 * The same market in another per-unit system.
 *
 * @param baseKva the unit; unless given, the power of ten at or below what the communities may trade
 *   together, and that of the case where nobody trades
 * @throws UsageError where it is not positive
 */
export function onPowerBase(state: MarketState, baseKva = baseOfTrade(state)): MarketState {
  if (!(baseKva > 0 && baseKva < Number.POSITIVE_INFINITY)) {
    throw new UsageError(`a base of ${baseKva} kVA must be a number above 0`);
  }
  const { theCase } = state;
  const rebased = { ...theCase, settings: { ...theCase.settings, baseKva } };
  return { ...state, theCase: rebased, network: buildRadialNetwork(rebased) };
}

function baseOfTrade({ importMin, importMax, theCase }: MarketState): number {
  let total = 0;
  for (let m = 0; m < importMin.length; m += 1) {
    total += Math.max(Math.abs(importMin[m]), Math.abs(importMax[m]));
  }
  return total === 0 ? theCase.settings.baseKva : 10 ** Math.floor(Math.log10(total));
}
