/** A trial as text: whether every interval is certified, what the day cost, what it would have cost alone. */
import type { Status } from '../clearing/result.js';
import type { TrialSummary } from '../trial/summary.js';
import type { TrialTiming } from '../trial/timing.js';
import { counted, duration, fixed, magnitude, price, voltage } from './numbers.js';
import { type Entry, entry, renderEntries } from './table.js';

const STATUS_MEANING: Readonly<Record<Status, string>> = {
  optimal: 'optimal: every interval is certified, with its gap',
  feasible: 'feasible: every interval is certified, not all with their gap',
  limit: 'limit: some interval has no certified answer',
  infeasible: 'infeasible: some interval has no answer within the limits',
};

/** What is less than this is written as nothing. */
const HALF_A_CENT = 0.005;

const energy = (value: number): string => `${fixed(value, 2)} kWh`;
const money = (value: number): string => `${fixed(value, 2)} $`;

export function renderTrial(summary: TrialSummary, timing: TrialTiming): string {
  const { intervals_done, interval_minutes, seed, start_minutes } = summary;
  const head =
    `${summary.case}, ${summary.mode}: ${counted(intervals_done, 'interval')} of ` +
    `${interval_minutes} minutes from ${timeOfDay(start_minutes)}, seed ${seed}`;
  return `${head}\n\n${renderEntries(trialEntries(summary, timing))}\n`;
}

/** What is to be said about a trial, label by label. */
export function trialEntries(summary: TrialSummary, timing: TrialTiming): Entry[] {
  return [
    ...outcomeEntries(summary),
    ...accountEntries(summary),
    entry('alone', ...aloneLines(summary)),
    ...timingEntries(timing),
  ];
}

/** Of energy, against the beginning. */
function storedMore(value: number): string {
  return `${energy(Math.abs(value))} ${value < 0 ? 'less' : 'more'}`;
}

/** `06:30`, of minutes after midnight. */
export function timeOfDay(minutes: number): string {
  const padded = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${padded((minutes / 60) % 24)}:${padded(minutes % 60)}`;
}

function outcomeEntries(summary: TrialSummary): Entry[] {
  const { intervals_by_status, intervals_by_route, intervals, intervals_done } = summary;
  const done =
    intervals_done === intervals ? [] : [`stopped after ${intervals_done} of ${intervals}`];
  const listed = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${fixed(count, 0)} ${name}`)
      .join(', ');
  return [
    entry('status', STATUS_MEANING[summary.status], ...done),
    entry('intervals', listed(intervals_by_status), `answers: ${listed(intervals_by_route)}`),
    entry('gap', `at most ${magnitude(summary.largest_gap ?? Number.NaN)}`),
    entry(
      'limits',
      summary.violations === 0 ? 'all kept' : `${fixed(summary.violations, 0)} BROKEN`,
    ),
    entry('voltages', range(summary.v_min_pu, summary.v_max_pu, voltage)),
    entry('prices', range(summary.price_min_usd_per_kwh, summary.price_max_usd_per_kwh, price)),
    entry('bids', ...bidLines(summary)),
  ];
}

function bidLines({ bids, refusals }: TrialSummary): string[] {
  const { arrived, changed, withdrawn, refused } = bids;
  const others = refusals - refused;
  return [
    `${fixed(arrived, 0)} arrived, ${fixed(changed, 0)} changed, ${fixed(withdrawn, 0)} withdrawn, ${fixed(refused, 0)} refused`,
    ...(others > 0 ? [`${counted(others, 'other refusal')}, such as of operations`] : []),
  ];
}

function accountEntries({ cost_usd, energy_kwh, money_usd }: TrialSummary): Entry[] {
  const { brought, grid_import, storage_losses, stored_change } = energy_kwh;
  const direction = grid_import < 0 ? 'sold to the grid' : 'bought from the grid';
  const { grid_bill, operator_surplus, prosumer_cost } = money_usd;
  return [
    entry(
      'cost',
      `${money(cost_usd)} (prosumers ${money(prosumer_cost)}, grid ${money(grid_bill)})`,
      `in it what storage asks for its energy: ${money(money_usd.storage_cost)}`,
    ),
    entry(
      'operator',
      `${operator_surplus < -HALF_A_CENT ? 'deficit' : 'surplus'} of ${money(Math.abs(operator_surplus))}`,
    ),
    entry(
      'energy',
      `${energy(Math.abs(grid_import))} ${direction} for loads of ${energy(energy_kwh.load + energy_kwh.fixed_load)}`,
      `sun ${energy(energy_kwh.solar)}, other outputs ${energy(energy_kwh.other)}, losses ${energy(energy_kwh.losses)}`,
    ),
    entry(
      'storage',
      `${storedMore(stored_change)} at the end; vehicles ${brought < 0 ? 'took along' : 'brought'} ${energy(Math.abs(brought))}, ${energy(storage_losses)} lost in it`,
    ),
    entry(
      'balances',
      `close in every interval: energy to ${magnitude(energy_kwh.largest_residual)} kWh, money to ${magnitude(money_usd.largest_residual)} $`,
    ),
  ];
}

function aloneLines({ alone, intervals_done }: TrialSummary): string[] {
  const { cost_usd, market_cost_usd, violations } = alone;
  const where =
    alone.intervals === intervals_done ? '' : ` (in ${counted(alone.intervals, 'interval')})`;
  return [
    `everybody with the grid alone: ${money(cost_usd)}, with the market ${money(market_cost_usd)}${where}`,
    'both without what storage asks for its energy; in it at the end ' +
      `${storedMore(alone.stored_change_kwh)}, with the market ${storedMore(alone.market_stored_change_kwh)}`,
    `losses ${energy(alone.losses_kwh)}, with the market ${energy(alone.market_losses_kwh)}`,
    violations === 0
      ? 'no limit would be broken'
      : `${counted(violations, 'limit')} broken, in ${counted(alone.intervals_with_violations, 'interval')}`,
  ];
}

function timingEntries({
  clear_ms,
  deadlines_kept,
  deadlines_missed,
  ...timing
}: TrialTiming): Entry[] {
  const { deadline_ms, memory_mb, stages_ms } = timing;
  const stages = Object.entries(stages_ms).map(([stage, time]) => `${stage} ${duration(time)}`);
  const deadlines =
    deadline_ms === undefined || deadlines_kept === undefined || deadlines_missed === undefined
      ? []
      : [
          `${fixed(deadlines_kept, 0)} of ${fixed(deadlines_kept + deadlines_missed, 0)} within the deadline of ${duration(deadline_ms)}`,
        ];
  return [
    entry(
      'time',
      `median ${duration(clear_ms.p50)} (${stages.join(', ')})`,
      `90 % within ${duration(clear_ms.p90)}, 99 % within ${duration(clear_ms.p99)}, longest ${duration(clear_ms.longest)}`,
      ...deadlines,
    ),
    entry(
      'memory',
      `${fixed(memory_mb.first, 0)} MB at first, ${fixed(memory_mb.last, 0)} MB at last, ${fixed(memory_mb.largest, 0)} MB at most`,
    ),
  ];
}

function range(
  low: number | undefined,
  high: number | undefined,
  format: (value: number) => string,
): string {
  return low === undefined || high === undefined ? 'n/a' : `${format(low)} to ${format(high)}`;
}
