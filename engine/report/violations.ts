/**
 * Which limits of the network an outcome breaks, by name. In the modes without a network (`local`,
 * `isolated`) these are what the mode is run for. Excesses that the certificate tolerates are no
 * violations.
 */
import type { Case } from '../case/case.js';
import { LIMIT_TOLERANCE, VOLTAGE_TOLERANCE_PU } from '../certify/tolerances.js';
import type { Outcome } from '../clearing/result.js';
import { fixed, power, voltage } from './numbers.js';

interface Violation {
  readonly text: string;
  /** How far beyond its limit, relative to it: what the list is sorted by. */
  readonly excess: number;
}

/** One line a violation, the worst first. */
export function describeViolations(theCase: Case, outcome: Outcome): string[] {
  return [
    ...voltageViolations(theCase, outcome),
    ...currentViolations(theCase, outcome),
    ...gridViolation(theCase, outcome),
  ]
    .sort((one, other) => other.excess - one.excess)
    .map(({ text }) => text);
}

/** The root's voltage is given, not checked. */
function voltageViolations({ buses, settings }: Case, outcome: Outcome): Violation[] {
  const found: Violation[] = [];
  outcome.buses.voltagePu.forEach((value, bus) => {
    if (bus === settings.rootBus) return;
    const below = buses.vMinPu[bus] - value;
    const above = value - buses.vMaxPu[bus];
    if (below > VOLTAGE_TOLERANCE_PU) {
      const text = `bus ${buses.id[bus]}: ${voltage(value)}, below ${buses.vMinPu[bus]} pu`;
      found.push({ text, excess: below / buses.vMinPu[bus] });
    }
    if (above > VOLTAGE_TOLERANCE_PU) {
      const text = `bus ${buses.id[bus]}: ${voltage(value)}, above ${buses.vMaxPu[bus]} pu`;
      found.push({ text, excess: above / buses.vMaxPu[bus] });
    }
  });
  return found;
}

function currentViolations({ branches, buses }: Case, outcome: Outcome): Violation[] {
  const found: Violation[] = [];
  outcome.branches.loading.forEach((loading, branch) => {
    const excess = loading - 1;
    if (!(excess > LIMIT_TOLERANCE)) return;
    const name = `${buses.id[branches.from[branch]]}-${buses.id[branches.to[branch]]}`;
    const current = `${fixed(outcome.branches.currentA[branch], 2)} A`;
    found.push({ text: `branch ${name}: ${current}, above ${branches.iMaxA[branch]} A`, excess });
  });
  return found;
}

function gridViolation({ settings }: Case, { gridImportKw }: Outcome): Violation[] {
  const excess = Math.abs(gridImportKw) / settings.gridLimitKw - 1;
  if (!(excess > LIMIT_TOLERANCE)) return [];
  const limit = `${settings.gridLimitKw} kW`;
  return [{ text: `grid exchange: ${power(Math.abs(gridImportKw))}, above ${limit}`, excess }];
}
