/** Trials to be shown: short ones as they were cleared, and long ones made of them. */
import type { Case } from '../../engine/case/case.js';
import { resolveCase } from '../../engine/io/package.js';
import { readCase } from '../../engine/io/readCase.js';
import { openMarketSession } from '../../engine/session/marketSession.js';
import { openScenario } from '../../engine/trial/openScenario.js';
import type { ScenarioOptions } from '../../engine/trial/options.js';
import type { IntervalRecord, TrialRecord } from '../../engine/trial/record.js';
import type { TrialSettings } from '../../engine/trial/settings.js';
import { type StoredTrial, TrialCollector } from '../../engine/trial/stored.js';
import { openTrial } from '../../engine/trial/trial.js';

const DEADLINE_MS = 60_000;

/** A day of a bundled case. */
export async function clearedDay(
  name: string,
  options: ScenarioOptions & { readonly intervals: number },
): Promise<StoredTrial> {
  const { intervals: count, intervalMinutes = 5, seed = 1, startMinutes = 0 } = options;
  const theCase = await readCase(resolveCase(name));
  const trial = await openTrial(openScenario(theCase, options), {
    openMarket: (opening, memory) => openMarketSession(opening, { memory }),
    deadlineMs: DEADLINE_MS,
    memoryMb: () => 200,
  });
  const collector = new TrialCollector();
  while (!trial.isOver) collector.add(await trial.step());
  await trial.close();
  const settings: TrialSettings = {
    case: name,
    case_sha256: '',
    mode: 'welfare',
    subsidised: false,
    gap: 1e-6,
    deadline_ms: DEADLINE_MS,
    seed,
    intervals: count,
    interval_minutes: intervalMinutes,
    start_minutes: startMinutes,
    bid_change_share: 0.05,
    battery_share: 0,
    vehicle_share: 0.05,
    solar_scale: 2,
    format: 'csv',
    version: '0.1.0',
  };
  return collector.stored(settings, theCase);
}

/** The same with every interval so many times, one after the other. */
export function stretched(trial: StoredTrial, times: number): StoredTrial {
  const { record, settings } = trial;
  const count = times * record.intervals.length;
  const rows = <Row extends { readonly interval: number }>(of: readonly Row[]): Row[] =>
    Array.from({ length: count }, (_, k) => ({ ...of[Math.floor(k / times)], interval: k }) as Row);
  const matrix = (values: Float64Array): Float64Array => {
    const width = values.length / record.intervals.length;
    const longer = new Float64Array(times * values.length);
    for (let k = 0; k < count; k += 1) {
      const row = Math.floor(k / times);
      longer.set(values.subarray(row * width, (row + 1) * width), k * width);
    }
    return longer;
  };
  const first = record.intervals[0]?.start_minutes ?? 0;
  return {
    ...trial,
    settings: { ...settings, intervals: count },
    record: {
      ...record,
      intervals: rows(record.intervals).map((row, k) => ({
        ...row,
        start_minutes: first + k * settings.interval_minutes,
      })),
      timing: rows(record.timing),
      price_usd_per_kwh: matrix(record.price_usd_per_kwh),
      import_kw: matrix(record.import_kw),
      stored_kwh: matrix(record.stored_kwh),
      voltage_pu: matrix(record.voltage_pu),
      p_kw: matrix(record.p_kw),
    },
  };
}

/** With something else in some rows. */
export function withRows(
  trial: StoredTrial,
  changes: Readonly<Record<number, Partial<IntervalRecord>>>,
): StoredTrial {
  const intervals = trial.record.intervals.map((row, k) => ({ ...row, ...changes[k] }));
  return { ...trial, record: { ...trial.record, intervals } };
}

/** The record with everything unknown that an interval without an outcome leaves unknown. */
export function withoutOutcome(trial: StoredTrial, row: number): StoredTrial {
  const blank = (values: Float64Array): Float64Array => {
    const width = values.length / trial.record.intervals.length;
    return Float64Array.from(values).fill(Number.NaN, row * width, (row + 1) * width);
  };
  const { record } = withRows(trial, {
    [row]: {
      status: 'infeasible',
      explanation: 'no power flow',
      gap: Number.NaN,
      cost_usd_per_h: Number.NaN,
      grid_import_kw: Number.NaN,
      losses_kw: Number.NaN,
      v_min_pu: Number.NaN,
      v_max_pu: Number.NaN,
      price_min_usd_per_kwh: Number.NaN,
      price_mean_usd_per_kwh: Number.NaN,
      price_max_usd_per_kwh: Number.NaN,
    },
  });
  const blanked: TrialRecord = {
    ...record,
    price_usd_per_kwh: blank(record.price_usd_per_kwh),
    import_kw: blank(record.import_kw),
    voltage_pu: blank(record.voltage_pu),
    p_kw: blank(record.p_kw),
  };
  return { ...trial, record: blanked };
}

/** A day of another case in which nothing varies but the voltages. */
export function emptyDay(trial: StoredTrial, theCase: Case, intervals: number): StoredTrial {
  const { record, settings } = stretched(
    trial,
    Math.ceil(intervals / trial.record.intervals.length),
  );
  const count = record.intervals.length;
  const { branches, buses, communities } = theCase;
  const matrix = (width: number, base: number): Float64Array =>
    Float64Array.from({ length: count * width }, (_, k) => base + ((k * 7919) % 10_007) / 1e5);
  return {
    ...trial,
    settings,
    case: theCase,
    record: {
      ...record,
      price_usd_per_kwh: matrix(communities.id.length, 0.1),
      import_kw: matrix(communities.id.length, 1),
      stored_kwh: matrix(communities.id.length, 2),
      voltage_pu: matrix(buses.id.length, 0.97),
      p_kw: matrix(branches.from.length, 3),
    },
  };
}
