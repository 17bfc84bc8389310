/**
 * Which limits of the network an outcome breaks. In the modes without a network (`local`, `isolated`) these are
 * what the mode is run for. Excesses that the certificate tolerates break nothing. The root's voltage is given,
 * not checked.
 */
import type { Case } from '../case/case.js';
import type { LimitReference } from '../case/limits.js';
import { LIMIT_TOLERANCE, VOLTAGE_TOLERANCE_PU } from '../certify/tolerances.js';
import type { Outcome } from './result.js';

export interface BrokenLimit extends LimitReference {
  /** What there is instead, in the unit of the limit. */
  readonly value: number;
  /** How far beyond the limit, relative to it. */
  readonly excess: number;
}

/** Voltages by bus, currents by branch, the exchange with the grid. */
export function brokenLimits(theCase: Case, outcome: Outcome): BrokenLimit[] {
  return [
    ...brokenVoltages(theCase, outcome),
    ...brokenCurrents(outcome),
    ...brokenExchange(theCase, outcome),
  ];
}

function brokenVoltages({ buses, settings }: Case, outcome: Outcome): BrokenLimit[] {
  const found: BrokenLimit[] = [];
  outcome.buses.voltagePu.forEach((value, row) => {
    if (row === settings.rootBus) return;
    const below = buses.vMinPu[row] - value;
    const above = value - buses.vMaxPu[row];
    if (below > VOLTAGE_TOLERANCE_PU) {
      found.push({ kind: 'voltage-min', row, value, excess: below / buses.vMinPu[row] });
    }
    if (above > VOLTAGE_TOLERANCE_PU) {
      found.push({ kind: 'voltage-max', row, value, excess: above / buses.vMaxPu[row] });
    }
  });
  return found;
}

function brokenCurrents({ branches }: Outcome): BrokenLimit[] {
  const found: BrokenLimit[] = [];
  branches.loading.forEach((loading, row) => {
    const excess = loading - 1;
    if (excess > LIMIT_TOLERANCE) {
      found.push({ kind: 'current', row, value: branches.currentA[row], excess });
    }
  });
  return found;
}

function brokenExchange({ settings }: Case, { gridImportKw }: Outcome): BrokenLimit[] {
  const value = Math.abs(gridImportKw);
  const excess = value / settings.gridLimitKw - 1;
  if (!(excess > LIMIT_TOLERANCE)) return [];
  return [{ kind: gridImportKw > 0 ? 'grid-import' : 'grid-export', row: -1, value, excess }];
}
