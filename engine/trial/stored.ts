/** A whole trial, or as much of it as there is, and how it is put together while it runs. */
import { GrowingColumn } from '../base/growing.js';
import type { Case } from '../case/case.js';
import type { IntervalBalance } from './balance.js';
import type { IntervalColumns, TrialInterval } from './intervalRecord.js';
import type { IntervalRecord, IntervalTiming, Refusal, TrialRecord } from './record.js';
import type { TrialSettings } from './settings.js';
import { summariseTrial, type TrialSummary } from './summary.js';
import { summariseTiming, type TrialTiming } from './timing.js';

/** What is known of a trial: all that its page shows. */
export interface StoredTrial {
  readonly settings: TrialSettings;
  /** Buses, branches and communities of the record; the trial may have added to its prosumers. */
  readonly case: Case;
  readonly record: TrialRecord;
  readonly balances: readonly IntervalBalance[];
  readonly summary: TrialSummary;
  readonly timing: TrialTiming;
}

/** Keeps a trial that is not written anywhere. */
export class TrialCollector {
  private readonly intervals: IntervalRecord[] = [];
  private readonly balances: IntervalBalance[] = [];
  private readonly refusals: Refusal[] = [];
  private readonly timing: IntervalTiming[] = [];
  private readonly columns = {
    price_usd_per_kwh: growing(),
    import_kw: growing(),
    stored_kwh: growing(),
    voltage_pu: growing(),
    p_kw: growing(),
  };

  add({ record, balance, refusals, timing, columns }: TrialInterval): void {
    this.intervals.push(record);
    this.balances.push(balance);
    this.refusals.push(...refusals);
    this.timing.push(timing);
    for (const [name, column] of Object.entries(this.columns)) {
      for (const value of columns[name as keyof IntervalColumns]) column.push(value);
    }
  }

  /** @param theCase the one that the trial was made of */
  stored(settings: TrialSettings, theCase: Case): StoredTrial {
    const { balances, columns, intervals, refusals, timing } = this;
    const record: TrialRecord = {
      intervals,
      refusals,
      timing,
      price_usd_per_kwh: columns.price_usd_per_kwh.finish(),
      import_kw: columns.import_kw.finish(),
      stored_kwh: columns.stored_kwh.finish(),
      voltage_pu: columns.voltage_pu.finish(),
      p_kw: columns.p_kw.finish(),
    };
    return {
      settings,
      case: theCase,
      record,
      balances,
      summary: summariseTrial(settings, { intervals, balances, refusals }),
      timing: summariseTiming(settings, timing),
    };
  }
}

function growing(): GrowingColumn<Float64Array> {
  return new GrowingColumn((length) => new Float64Array(length));
}
