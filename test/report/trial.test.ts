import { describe, expect, it } from 'vitest';
import { renderTrial, timeOfDay } from '../../engine/report/trial.js';
import type { TrialSummary } from '../../engine/trial/summary.js';
import type { TrialTiming } from '../../engine/trial/timing.js';

const SUMMARY: TrialSummary = {
  case: 'town',
  mode: 'welfare',
  status: 'limit',
  seed: 7,
  intervals: 288,
  intervals_done: 288,
  interval_minutes: 5,
  start_minutes: 390,
  intervals_by_status: { optimal: 280, feasible: 7, infeasible: 0, limit: 1 },
  intervals_by_route: { corrected: 250, searched: 37, fallback: 1 },
  largest_gap: 3.2e-4,
  nodes: 300,
  violations: 0,
  v_min_pu: 0.96,
  v_max_pu: 1.03,
  price_min_usd_per_kwh: 0.1,
  price_max_usd_per_kwh: 0.4,
  bids: { arrived: 3, changed: 14_000, withdrawn: 2, refused: 5 },
  refusals: 6,
  cost_usd: 9841.224,
  energy_kwh: {
    load: 40_000,
    fixed_load: 1000,
    losses: 310.2,
    grid_import: -120.5,
    solar: 41_000,
    other: 500,
    battery: 10,
    vehicle: 20,
    stored_change: -3.5,
    storage_losses: 4,
    brought: -12,
    network_residual: 0,
    storage_residual: 0,
    largest_residual: 1.2e-11,
  },
  money_usd: {
    prosumer_cost: 3112,
    storage_cost: 8.99,
    grid_bill: 6729.224,
    payments: 6700,
    operator_surplus: -29.224,
    residual: 0,
    cost_residual: 0,
    largest_residual: 1.7e-12,
  },
  alone: {
    intervals: 287,
    cost_usd: 10_422.1,
    market_cost_usd: 9832.2,
    stored_change_kwh: 5,
    market_stored_change_kwh: -3.5,
    losses_kwh: 400,
    market_losses_kwh: 310.2,
    violations: 1234,
    intervals_with_violations: 56,
  },
  versions: { wattshare: '0.1.0' },
};

const TIMING: TrialTiming = {
  clear_ms: { p50: 12, p90: 14, p99: 20, longest: 33 },
  stages_ms: { update: 1, responses: 2, search: 3, dispatch: 4, certify: 5 },
  deadline_ms: 250,
  deadlines_kept: 287,
  deadlines_missed: 1,
  memory_mb: { first: 200, last: 240, largest: 251 },
};

describe('what a trial came to, as text', () => {
  it('says it with units', () => {
    expect(
      renderTrial(SUMMARY, TIMING),
    ).toBe(`town, welfare: 288 intervals of 5 minutes from 06:30, seed 7

  status     limit: some interval has no certified answer
  intervals  280 optimal, 7 feasible, 1 limit
             answers: 250 corrected, 37 searched, 1 fallback
  gap        at most 3.2e-4
  limits     all kept
  voltages   0.96000 pu to 1.03000 pu
  prices     0.10000 $/kWh to 0.40000 $/kWh
  bids       3 arrived, 14,000 changed, 2 withdrawn, 5 refused
             1 other refusal, such as of operations
  cost       9,841.22 $ (prosumers 3,112.00 $, grid 6,729.22 $)
             in it what storage asks for its energy: 8.99 $
  operator   deficit of 29.22 $
  energy     120.50 kWh sold to the grid for loads of 41,000.00 kWh
             sun 41,000.00 kWh, other outputs 500.00 kWh, losses 310.20 kWh
  storage    3.50 kWh less at the end; vehicles took along 12.00 kWh, 4.00 kWh lost in it
  balances   close in every interval: energy to 1.2e-11 kWh, money to 1.7e-12 $
  alone      everybody with the grid alone: 10,422.10 $, with the market 9,832.20 $ (in 287 intervals)
             both without what storage asks for its energy; in it at the end 5.00 kWh more, with the market 3.50 kWh less
             losses 400.00 kWh, with the market 310.20 kWh
             1,234 limits broken, in 56 intervals
  time       median 12.0 ms (update 1.0 ms, responses 2.0 ms, search 3.0 ms, dispatch 4.0 ms, certify 5.0 ms)
             90 % within 14.0 ms, 99 % within 20.0 ms, longest 33.0 ms
             287 of 288 within the deadline of 250.0 ms
  memory     200 MB at first, 240 MB at last, 251 MB at most
`);
  });

  it('shouts where limits are broken, and says where it stopped', () => {
    const stopped = { ...SUMMARY, violations: 3, intervals_done: 57 };
    const text = renderTrial(stopped, TIMING);
    expect(text).toContain('limits     3 BROKEN');
    expect(text).toContain('stopped after 57 of 288');
  });

  it('says nothing of deadlines where there are none', () => {
    const { deadline_ms: _, deadlines_kept: __, deadlines_missed: ___, ...free } = TIMING;
    expect(renderTrial(SUMMARY, free)).not.toContain('deadline');
  });
});

describe('a time of day', () => {
  it('goes round at midnight', () => {
    expect([0, 390, 1439, 1440, 1445, 2.5].map(timeOfDay)).toEqual([
      '00:00',
      '06:30',
      '23:59',
      '00:00',
      '00:05',
      '00:02',
    ]);
  });
});
