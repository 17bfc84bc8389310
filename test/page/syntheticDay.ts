/**
 * A day as a trial would leave it, without running one: a few real clearings of a case with other demands and
 * another tariff, and between them straight lines. Storage, bids, times and events follow simple rules, so that
 * tests know what to find.
 */
import type { Case } from '../../engine/case/case.js';
import type { ResultWithOutcome } from '../../engine/clearing/result.js';
import { resolveCase } from '../../engine/io/package.js';
import { readCase } from '../../engine/io/readCase.js';
import type { ShownTrial } from '../../engine/page/trialPage.js';
import { openMarketSession } from '../../engine/session/marketSession.js';
import type { IntervalRecord, IntervalTiming, TrialRecord } from '../../engine/trial/record.js';

/** Hours at which the market is cleared, and what demand and the price of the grid are then, of the case's own. */
const ANCHORS = [
  { hour: 0, demand: 0.55, tariff: 0.7 },
  { hour: 6, demand: 0.7, tariff: 0.7 },
  { hour: 12, demand: 0.4, tariff: 1 },
  { hour: 18, demand: 1, tariff: 1.4 },
  { hour: 24, demand: 0.55, tariff: 0.7 },
];

const DEADLINE_MS = 250;

export interface DayOptions {
  readonly intervals: number;
  readonly intervalMinutes: number;
}

export async function syntheticDay(
  name: string,
  options: DayOptions = { intervals: 288, intervalMinutes: 5 },
): Promise<ShownTrial> {
  const theCase = await readCase(resolveCase(name));
  return {
    case: theCase,
    record: recordOf(theCase, await anchorsOf(theCase), options),
    mode: 'welfare',
    seed: 7,
    deadlineMs: DEADLINE_MS,
    ...options,
  };
}

async function anchorsOf(theCase: Case): Promise<ResultWithOutcome[]> {
  const { prosumers, settings } = theCase;
  const market = openMarketSession(theCase, { gap: 1e-4, subsidised: true });
  const all = Int32Array.from(prosumers.demandKw.keys());
  const results: ResultWithOutcome[] = [];
  for (const { demand, tariff } of ANCHORS) {
    await market.update({
      prosumers: { prosumer: all, demandKw: prosumers.demandKw.map((kw) => demand * kw) },
      settings: { gridBuy: tariff * settings.gridBuy },
    });
    const { result } = await market.clear();
    if (result.outcome === undefined) throw new Error(`no outcome: ${result.explanation}`);
    results.push(result);
  }
  await market.close();
  return results;
}

function recordOf(
  theCase: Case,
  anchors: readonly ResultWithOutcome[],
  { intervalMinutes, intervals: count }: DayOptions,
): TrialRecord {
  const { branches, buses, communities } = theCase;
  const intervals: IntervalRecord[] = [];
  const timing: IntervalTiming[] = [];
  const matrix = (width: number): Float64Array => new Float64Array(count * width);
  const record = {
    price_usd_per_kwh: matrix(communities.id.length),
    import_kw: matrix(communities.id.length),
    stored_kwh: matrix(communities.id.length),
    voltage_pu: matrix(buses.id.length),
    p_kw: matrix(branches.from.length),
  };
  for (let k = 0; k < count; k += 1) {
    const hour = ((k + 0.5) * intervalMinutes) / 60;
    const next = Math.max(
      1,
      ANCHORS.findIndex((anchor) => anchor.hour > hour % 24),
    );
    const { hour: from } = ANCHORS[next - 1];
    const share = ((hour % 24) - from) / (ANCHORS[next].hour - from);
    const between = (of: (result: ResultWithOutcome) => number): number =>
      (1 - share) * of(anchors[next - 1]) + share * of(anchors[next]);
    const fill = (
      target: Float64Array,
      of: (result: ResultWithOutcome) => Float64Array,
    ): number[] => {
      const width = target.length / count;
      const values = Array.from({ length: width }, (_, m) => between((result) => of(result)[m]));
      target.set(values, k * width);
      return values;
    };
    const price = fill(record.price_usd_per_kwh, ({ outcome }) => outcome.communities.price);
    const netImport = fill(record.import_kw, ({ outcome }) => outcome.communities.importKw);
    const voltage = fill(record.voltage_pu, ({ outcome }) => outcome.buses.voltagePu);
    fill(record.p_kw, ({ outcome }) => outcome.branches.pKw);
    const isLost = hour >= 14 && hour < 15;
    if (isLost) record.p_kw[(k + 1) * branches.from.length - 1] = 0;
    const sun = Math.max(0, 1 - ((hour % 24) - 12.5) ** 2 / 36);
    const charge = 0.2 + 0.7 * Math.max(0, 1 - ((hour % 24) - 15.5) ** 2 / 50);
    const stored = communities.id.map((_, m) => (m % 3 === 0 ? 0 : charge * (5 + (m % 7))));
    record.stored_kwh.set(stored, k * communities.id.length);
    const sum = (values: readonly number[]): number =>
      values.reduce((one, other) => one + other, 0);
    const isFallback = k === Math.floor(0.7 * count);
    const importKw = between(({ outcome }) => outcome.gridImportKw);
    const load = sum(netImport) + 400 * sun;
    const slow = isFallback ? 400 : 20 + 30 * sun + ((k * 37) % 11);
    intervals.push({
      interval: k,
      start_minutes: k * intervalMinutes,
      status: isFallback ? 'feasible' : 'optimal',
      route: isFallback ? 'fallback' : k % 12 === 0 ? 'searched' : 'corrected',
      explanation: isFallback ? 'the deadline passed' : '',
      gap: isFallback ? 2e-3 : ((k * 13) % 7) * 1e-8,
      nodes: k % 12 === 0 ? 40 + k : 1,
      objective_usd_per_h: between(({ objective }) => objective),
      cost_usd_per_h: between(({ cost }) => cost),
      lower_bound_usd_per_h: between(({ lowerBound }) => lowerBound),
      operator_surplus_usd_per_h: 1 + sun,
      grid_buy_usd_per_kwh: ANCHORS[next - 1].tariff * theCase.settings.gridBuy,
      grid_sell_usd_per_kwh: theCase.settings.gridSell,
      grid_import_kw: importKw,
      losses_kw: importKw - sum(netImport),
      v_min_pu: Math.min(...voltage),
      v_max_pu: Math.max(...voltage),
      violations: 0,
      price_min_usd_per_kwh: Math.min(...price),
      price_mean_usd_per_kwh: sum(price) / price.length,
      price_max_usd_per_kwh: Math.max(...price),
      load_kw: load,
      solar_available_kw: 450 * sun,
      solar_kw: 400 * sun,
      battery_kw: 60 * (hour % 24 > 16 ? 1 : -sun),
      stored_kwh: sum(stored),
      vehicle_kw: -20 * (1 - sun),
      vehicles_connected: Math.round(50 * (1 - sun)),
      bids_arrived: k % 5,
      bids_changed: 30 + (k % 9),
      bids_withdrawn: k % 3,
      bids_refused: k % 20 === 0 ? 1 : 0,
      events: isLost && hour < 14 + intervalMinutes / 60 ? 'branch lost for an hour' : '',
      alone_cost_usd_per_h: 1.1 * between(({ objective }) => Math.abs(objective)),
      alone_losses_kw: 1.3 * (importKw - sum(netImport)),
      alone_violations: hour % 24 > 18 && hour % 24 < 20 ? 4 : 0,
      alone_v_min_pu: Math.min(...voltage) - 0.012,
      alone_v_max_pu: Math.max(...voltage) + 0.004,
    });
    timing.push({
      interval: k,
      clear_ms: slow,
      update_ms: 0.1 * slow,
      responses_ms: 0.2 * slow,
      search_ms: 0.4 * slow,
      dispatch_ms: 0.1 * slow,
      certify_ms: 0.2 * slow,
      deadline_kept: slow <= DEADLINE_MS ? 1 : 0,
      memory_mb: 210 + (k % 4),
    });
  }
  const refusals = intervals
    .filter(({ bids_refused }) => bids_refused > 0)
    .map(({ interval }) => ({
      interval,
      subject: `p${interval}`,
      reason: interval % 40 === 0 ? 'arrived after the gate' : 'p_min_kw is above p_max_kw',
    }));
  return { intervals, timing, refusals, ...record };
}
