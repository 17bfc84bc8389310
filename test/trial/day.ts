/** Days played without a market: prosumers answer something within their bounds. */
import { join } from 'node:path';
import { seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { applyChanges } from '../../engine/case/changes.js';
import { readCase } from '../../engine/io/readCase.js';
import type { ScenarioOptions } from '../../engine/trial/options.js';
import type { IntervalAccounts, IntervalPlan, Scenario } from '../../engine/trial/scenario.js';

export function bundledCase(name: string): Promise<Case> {
  return readCase(join(import.meta.dirname, '..', '..', 'datasets', name));
}

/** Whole days in quarters of an hour; much of everything, so that little is left to chance. */
export const BUSY: ScenarioOptions = {
  intervals: 96,
  intervalMinutes: 15,
  batteryShare: 0.2,
  vehicleShare: 0.3,
  bidChangeShare: 0.3,
};

/** Where in their bounds prosumers answer: 0 the lowest, 1 the highest output. */
export type Answer = (interval: number, prosumer: number) => number;

/** The same for the same interval and prosumer. */
export const someAnswer: Answer = (interval, prosumer) =>
  seededRandom(1000 * interval + prosumer).next();

export interface PlayedInterval {
  readonly plan: IntervalPlan;
  /** With the changes of the plan, checked like any case. */
  readonly theCase: Case;
  readonly aloneCase: Case;
  readonly outputKw: Float64Array;
  readonly accounts: IntervalAccounts;
}

/** Plays intervals from `from` to before `end`. */
export function playDay(
  scenario: Scenario,
  { from = 0, end = scenario.intervals, answer = someAnswer } = {},
): PlayedInterval[] {
  let market = scenario.case;
  let alone = scenario.case;
  for (const operation of scenario.operationsBefore(from)) {
    market = applyChanges(market, operation.changes);
    alone = applyChanges(alone, operation.changes);
  }
  const played: PlayedInterval[] = [];
  for (let interval = from; interval < end; interval += 1) {
    const plan = scenario.plan(interval);
    for (const { changes } of plan.operations) {
      market = applyChanges(market, changes);
      alone = applyChanges(alone, changes);
    }
    market = applyChanges(market, plan.changes);
    alone = applyChanges(alone, plan.aloneChanges);
    const outputKw = answers(market, interval, answer);
    const aloneKw = answers(alone, interval, answer);
    const accounts = scenario.settle(interval, outputKw, aloneKw);
    played.push({ plan, theCase: market, aloneCase: alone, outputKw, accounts });
  }
  return played;
}

function answers({ prosumers }: Case, interval: number, answer: Answer): Float64Array {
  return prosumers.pMinKw.map((low, i) => low + (prosumers.pMaxKw[i] - low) * answer(interval, i));
}

export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let k = 0; k < values.length; k += 1) total += values[k];
  return total;
}
