import { describe, expect, it } from 'vitest';
import { openMarketSession } from '../../engine/session/marketSession.js';
import type { IntervalTiming } from '../../engine/trial/record.js';
import type { TrialSettings } from '../../engine/trial/settings.js';
import { type StoredTrial, TrialCollector } from '../../engine/trial/stored.js';
import { summariseTrial } from '../../engine/trial/summary.js';
import { percentiles, summariseTiming } from '../../engine/trial/timing.js';
import { openTrial } from '../../engine/trial/trial.js';
import { smallScenario } from './smallScenario.js';

const SETTINGS: TrialSettings = {
  case: 'five-bus',
  case_sha256: '',
  mode: 'welfare',
  subsidised: false,
  gap: 1e-6,
  deadline_ms: 100,
  seed: 1,
  intervals: 6,
  interval_minutes: 30,
  start_minutes: 600,
  bid_change_share: 0,
  battery_share: 0,
  vehicle_share: 0,
  solar_scale: 2,
  format: 'csv',
  version: '0.1.0',
};

async function storedTrial(impossible: number): Promise<StoredTrial> {
  const scenario = await smallScenario({
    intervals: 6,
    changes: (k) => ({ settings: { rootVoltagePu: k === impossible ? 0.7 : 1 } }),
  });
  const trial = await openTrial(scenario, { openMarket: (theCase) => openMarketSession(theCase) });
  const collector = new TrialCollector();
  while (!trial.isOver) collector.add(await trial.step());
  return collector.stored(SETTINGS, scenario.case);
}

describe('the accounts of a trial', () => {
  it('add up over the intervals that have an outcome, and count those that have none', async () => {
    const { balances, record, summary } = await storedTrial(2);
    expect(summary.intervals_by_status).toEqual({
      optimal: 5,
      feasible: 0,
      infeasible: 1,
      limit: 0,
    });
    expect(summary.status).toBe('infeasible');
    expect(summary.intervals_done).toBe(6);
    const { energy_kwh: energy, money_usd: money, alone } = summary;
    expect(energy.grid_import).toBeCloseTo(
      energy.load +
        energy.fixed_load +
        energy.losses -
        energy.solar -
        energy.other +
        energy.stored_change +
        energy.storage_losses -
        energy.brought,
      6,
    );
    expect(energy.stored_change).toBeCloseTo((record.intervals[5]?.stored_kwh ?? 0) - 2, 12);
    expect(money.payments).toBeCloseTo(money.grid_bill + money.operator_surplus, 9);
    expect(summary.cost_usd).toBeCloseTo(money.prosumer_cost + money.grid_bill, 9);
    expect(alone.intervals).toBe(5);
    expect(alone.market_cost_usd).toBeCloseTo(summary.cost_usd - money.storage_cost, 12);
    expect(alone.market_stored_change_kwh).toBeCloseTo(energy.stored_change, 12);
    expect(alone.stored_change_kwh).toBeCloseTo((balances[5]?.alone_stored_kwh ?? 0) - 2, 12);
  });

  it('of no interval at all are nothing, not NaN', () => {
    const summary = summariseTrial(SETTINGS, { intervals: [], balances: [], refusals: [] });
    expect(summary.intervals_done).toBe(0);
    expect(summary.cost_usd).toBe(0);
    expect(JSON.stringify(summary)).not.toContain('null');
    expect(JSON.stringify(summariseTiming(SETTINGS, []))).not.toContain('null');
  });

  it('are the same for the same rows, and read no clock', async () => {
    const [one, other] = [await storedTrial(-1), await storedTrial(-1)];
    expect(JSON.stringify(one.summary)).toBe(JSON.stringify(other.summary));
    expect(JSON.stringify(one.summary)).not.toMatch(/_ms|memory/);
  });
});

describe('the times of a trial', () => {
  const row = (interval: number, clear_ms: number): IntervalTiming => ({
    interval,
    clear_ms,
    update_ms: 1,
    responses_ms: 2,
    search_ms: interval,
    dispatch_ms: 4,
    certify_ms: 5,
    deadline_kept: clear_ms <= 100 ? 1 : 0,
    memory_mb: 200 + (interval % 7),
  });

  it('have percentiles by the nearest rank', () => {
    const values = Array.from({ length: 200 }, (_, k) => ((k * 77) % 200) + 1);
    expect(percentiles(values)).toEqual({ p50: 100, p90: 180, p99: 198, longest: 200 });
    expect(percentiles([7])).toEqual({ p50: 7, p90: 7, p99: 7, longest: 7 });
  });

  it('count deadlines, and tell medians of stages and memory', () => {
    const rows = Array.from({ length: 101 }, (_, k) => row(k, k + 2));
    expect(summariseTiming(SETTINGS, rows)).toEqual({
      clear_ms: { p50: 52, p90: 92, p99: 101, longest: 102 },
      stages_ms: { update: 1, responses: 2, search: 50, dispatch: 4, certify: 5 },
      deadline_ms: 100,
      deadlines_kept: 99,
      deadlines_missed: 2,
      memory_mb: { first: 200, last: 202, largest: 206 },
    });
    const { deadline_ms: _, ...free } = SETTINGS;
    expect(summariseTiming(free, rows)).not.toHaveProperty('deadlines_kept');
  });
});
