import { describe, expect, it } from 'vitest';
import type { Case } from '../../engine/case/case.js';
import { openMarketSession } from '../../engine/session/marketSession.js';
import type { TrialInterval } from '../../engine/trial/intervalRecord.js';
import { openTrial, type Trial, type TrialOptions } from '../../engine/trial/trial.js';
import { capacitor, type SmallDay, smallScenario, switchBranch } from './smallScenario.js';

const GAP = 1e-9;

function openMarket(theCase: Case, memory: Parameters<TrialOptions['openMarket']>[1]) {
  return openMarketSession(theCase, { gap: GAP, memory });
}

async function trialOf(day: SmallDay, options: Partial<TrialOptions> = {}): Promise<Trial> {
  return openTrial(await smallScenario(day), { openMarket, ...options });
}

async function runAll(trial: Trial): Promise<TrialInterval[]> {
  const done: TrialInterval[] = [];
  while (!trial.isOver) done.push(await trial.step());
  await trial.close();
  return done;
}

/** All that may not differ between two runs. */
function withoutTimes(intervals: readonly TrialInterval[]) {
  return intervals.map(({ record, balance, refusals, columns }) => ({
    record,
    balance,
    refusals,
    columns,
  }));
}

const SEEDS = [1, 2, 3, 4, 5, 6];

describe('a trial', () => {
  it.each(SEEDS)('closes energy and money in every interval (seed %i)', async (seed) => {
    const intervals = await runAll(await trialOf({ seed, intervals: 6 }));
    expect(intervals.length).toBe(6);
    let stored = 2;
    for (const { record, balance } of intervals) {
      expect(record.status).toBe('optimal');
      expect(record.violations).toBe(0);
      expect(Math.abs(balance.network_residual_kwh)).toBeLessThan(1e-6);
      expect(Math.abs(balance.storage_residual_kwh)).toBeLessThan(1e-12);
      expect(Math.abs(balance.money_residual_usd)).toBeLessThan(1e-9);
      expect(Math.abs(balance.cost_residual_usd)).toBeLessThan(1e-9);
      expect(balance.grid_import_kwh).toBeCloseTo(0.5 * record.grid_import_kw, 12);
      // The whole: imports are loads and losses less generation, and what went into storage.
      const { load_kwh, fixed_load_kwh, losses_kwh, solar_kwh, other_kwh } = balance;
      expect(balance.grid_import_kwh).toBeCloseTo(
        load_kwh +
          fixed_load_kwh +
          losses_kwh -
          solar_kwh -
          other_kwh +
          balance.stored_change_kwh +
          balance.storage_losses_kwh -
          balance.brought_kwh,
        6,
      );
      stored += balance.stored_change_kwh;
      expect(record.stored_kwh).toBeCloseTo(stored, 12);
    }
    // The battery has done something.
    expect(intervals.some(({ record }) => Math.abs(record.battery_kw) > 0.1)).toBe(true);
  });

  it.each(SEEDS)(
    'that goes on from any interval equals one without a pause (seed %i)',
    async (seed) => {
      const day: SmallDay = {
        seed,
        intervals: 6,
        operations: (interval) => (interval === 2 ? [capacitor(2)] : []),
      };
      const whole = await runAll(await trialOf(day));
      const pause = 1 + (seed % 5);
      const first = await trialOf(day);
      const begun: TrialInterval[] = [];
      while (first.interval < pause) begun.push(await first.step());
      const state = first.state();
      await first.close();
      const rest = await runAll(await trialOf(day, { from: state }));
      expect(withoutTimes([...begun, ...rest])).toEqual(withoutTimes(whole));
    },
  );

  it('refuses an operation that leaves no valid network, and goes on', async () => {
    const operations: SmallDay['operations'] = (interval, theCase) =>
      interval === 1 ? [switchBranch(theCase, 0), capacitor(1.5)] : [];
    const intervals = await runAll(await trialOf({ intervals: 3, operations }));
    expect(intervals[1]?.record.events).toBe('capacitor at 4: 1.5 kvar');
    // The scenario's own refusal stands before it.
    expect(intervals[1]?.refusals[0]).toEqual({
      interval: 1,
      subject: 'A1',
      reason: 'late, by 3 s',
    });
    const refused = intervals[1]?.refusals[1];
    expect(refused?.subject).toBe('branch 2-3 opened');
    expect(refused?.reason).toMatch(/not reached|island|reach/);
    expect(refused?.reason).not.toContain('\n');
    expect(intervals[1]?.record.bids_refused).toBe(1);
    expect(intervals[1]?.case.buses.shuntKvar[3]).toBe(1.5);
    expect(intervals.map(({ record }) => record.status)).toEqual(['optimal', 'optimal', 'optimal']);
  });

  it('refuses the changes of an interval that are invalid, in the market and alone, and goes on', async () => {
    const changes: SmallDay['changes'] = (interval) =>
      interval === 1 ? { settings: { gridBuy: 0.01 } } : {};
    const intervals = await runAll(await trialOf({ intervals: 3, changes }));
    expect(intervals[1]?.refusals[1]?.subject).toBe('changes of the interval');
    expect(intervals[1]?.refusals[1]?.reason).toContain('grid_buy');
    // Those of the interval before hold on.
    expect(intervals[1]?.record.grid_buy_usd_per_kwh).toBe(0.3);
    expect(intervals[1]?.case.prosumers.demandKw).toEqual(intervals[0]?.case.prosumers.demandKw);
    expect(intervals[2]?.refusals).toEqual([]);
  });

  it('of an impossible interval says so, with storage as it was, and goes on', async () => {
    const changes: SmallDay['changes'] = (interval) => ({
      settings: {
        gridLimitKw: interval === 1 ? 0.001 : 100,
        rootVoltagePu: interval === 1 ? 0.7 : 1,
      },
    });
    const intervals = await runAll(await trialOf({ intervals: 3, changes }));
    const [before, impossible, after] = intervals;
    expect(impossible?.record.status).toBe('infeasible');
    expect(impossible?.record.explanation).not.toBe('');
    expect(impossible?.record.cost_usd_per_h).toBeNaN();
    expect(impossible?.record.violations).toBeNaN();
    expect(impossible?.columns.voltage_pu.every(Number.isNaN)).toBe(true);
    expect(impossible?.balance.stored_change_kwh).toBe(0);
    expect(impossible?.balance.grid_import_kwh).toBeNaN();
    expect(impossible?.record.stored_kwh).toBe(before?.record.stored_kwh);
    expect(after?.record.status).toBe('optimal');
  });

  it('tells the day without a market, with a storage history of its own', async () => {
    const intervals = await runAll(await trialOf({ intervals: 8 }));
    for (const { record } of intervals) {
      // Everybody with the grid alone costs at least as much: losses and batteries aside.
      expect(record.alone_cost_usd_per_h).toBeGreaterThan(0);
      expect(record.alone_losses_kw).toBeGreaterThan(0);
      expect(record.alone_violations).toBeGreaterThanOrEqual(0);
    }
    const total = (field: 'cost_usd_per_h' | 'alone_cost_usd_per_h'): number =>
      intervals.reduce((sum, { record }) => sum + record[field], 0);
    expect(total('cost_usd_per_h')).toBeLessThan(total('alone_cost_usd_per_h'));
  });

  it('tells whether deadlines were kept, and how much memory there is', async () => {
    const kept = await runAll(
      await trialOf({ intervals: 2 }, { deadlineMs: 1e6, memoryMb: () => 123 }),
    );
    expect(kept.map(({ timing }) => timing.deadline_kept)).toEqual([1, 1]);
    expect(kept[0]?.timing.memory_mb).toBe(123);
    const missed = await runAll(await trialOf({ intervals: 2 }, { deadlineMs: 1e-4 }));
    expect(missed.map(({ timing }) => timing.deadline_kept)).toEqual([0, 0]);
    const none = await runAll(await trialOf({ intervals: 1 }));
    expect(none[0]?.timing.deadline_kept).toBeNaN();
  });
});
