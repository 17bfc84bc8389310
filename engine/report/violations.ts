/** Which limits of the network an outcome breaks, by name. */
import type { Case } from '../case/case.js';
import { limitPlace, limitValue } from '../case/limits.js';
import { type BrokenLimit, brokenLimits } from '../clearing/brokenLimits.js';
import type { Outcome } from '../clearing/result.js';
import { fixed, power, voltage } from './numbers.js';

/** One line a violation, the worst first. */
export function describeViolations(theCase: Case, outcome: Outcome): string[] {
  return brokenLimits(theCase, outcome)
    .sort((one, other) => other.excess - one.excess)
    .map((broken) => describe(theCase, broken));
}

function describe(theCase: Case, broken: BrokenLimit): string {
  const { kind, value } = broken;
  const place = limitPlace(theCase, broken);
  const limit = limitValue(theCase, broken);
  switch (kind) {
    case 'voltage-min':
      return `bus ${place}: ${voltage(value)}, below ${limit} pu`;
    case 'voltage-max':
      return `bus ${place}: ${voltage(value)}, above ${limit} pu`;
    case 'current':
      return `branch ${place}: ${fixed(value, 2)} A, above ${limit} A`;
    default:
      return `grid exchange: ${power(value)}, above ${limit} kW`;
  }
}
