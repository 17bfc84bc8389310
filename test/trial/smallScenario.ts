/**
 * A short day on the case `five-bus`: loads that move with a seed, a tariff that rises at noon, and one battery:
 * that of prosumer B2, which holds 6 kWh, loses 10 % on the way in and on the way out, and is emptied and
 * filled by at most 2 kW.
 */
import { seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { branchRow, type MarketChanges, type ProsumerChanges } from '../../engine/case/changes.js';
import { readCase, resolveCase } from '../../engine/index.js';
import type {
  IntervalAccounts,
  IntervalPlan,
  Operation,
  Scenario,
} from '../../engine/trial/scenario.js';

const CAPACITY_KWH = 6;
const POWER_KW = 2;
const EFFICIENCY = 0.9;
const BATTERY = 'B2';

export interface SmallDay {
  readonly seed?: number;
  readonly intervals?: number;
  /** What happens beside what always does, by interval. */
  readonly operations?: (interval: number, theCase: Case) => readonly Operation[];
  readonly changes?: (interval: number) => MarketChanges;
}

export async function smallScenario(day: SmallDay = {}): Promise<SmallScenario> {
  return new SmallScenario(await readCase(resolveCase('five-bus')), day);
}

export class SmallScenario implements Scenario {
  readonly intervals: number;
  readonly intervalMinutes = 30;
  private readonly hours = this.intervalMinutes / 60;
  private readonly battery: number;
  /** Rows of the prosumers without devices: those that change. */
  private readonly rows: Int32Array;
  /** In the battery, kWh: with the market, and where everybody is alone. */
  private stored = 2;
  private storedAlone = 2;
  private loadKw = 0;

  readonly case: Case;

  constructor(
    theCase: Case,
    private readonly day: SmallDay,
  ) {
    this.case = theCase;
    const { costLinear, id } = this.case.prosumers;
    this.intervals = day.intervals ?? 8;
    this.battery = [...id].indexOf(BATTERY);
    this.rows = Int32Array.from(costLinear.keys()).filter((row) => !Number.isNaN(costLinear[row]));
  }

  get initialStoredKwh(): Float64Array {
    return this.byCommunity(2);
  }

  plan(interval: number): IntervalPlan {
    const random = seededRandom(1000 * (this.day.seed ?? 1) + interval);
    const demand = Float64Array.from(this.case.prosumers.demandKw);
    for (const row of this.rows) demand[row] *= random.between(0.6, 1.2);
    this.loadKw = demand.reduce((sum, value) => sum + value, 0);
    const changes = (stored: number): MarketChanges => ({
      prosumers: this.prosumerChanges(demand, stored),
      settings: { gridBuy: interval % 4 === 2 ? 0.4 : 0.3 },
      ...this.day.changes?.(interval),
    });
    return {
      interval,
      startMinutes: 600 + interval * this.intervalMinutes,
      changes: changes(this.stored),
      aloneChanges: changes(this.storedAlone),
      operations: this.day.operations?.(interval, this.case) ?? [],
      bidsArrived: 2,
      bidsChanged: 1,
      bidsWithdrawn: 0,
      refusals: interval === 1 ? [{ interval, subject: 'A1', reason: 'late, by 3 s' }] : [],
    };
  }

  operationsBefore(interval: number): readonly Operation[] {
    const before = Array.from({ length: interval }, (_, k) => k);
    return before.flatMap((k) => this.day.operations?.(k, this.case) ?? []);
  }

  settle(
    _interval: number,
    outputKw: Float64Array | undefined,
    aloneOutputKw: Float64Array | undefined,
  ): IntervalAccounts {
    const before = this.stored;
    const output = outputKw?.[this.battery] ?? 0;
    this.stored = this.after(this.stored, output);
    const aloneOutput = aloneOutputKw?.[this.battery] ?? 0;
    this.storedAlone = this.after(this.storedAlone, aloneOutput);
    return {
      loadKw: this.loadKw,
      solarAvailableKw: 0,
      solarKw: 0,
      batteryKw: output,
      vehicleKw: 0,
      vehiclesConnected: 0,
      storedKwh: this.byCommunity(this.stored),
      storageLossesKwh: before - this.stored - output * this.hours,
      broughtKwh: 0,
      storageCostUsdPerH: this.costOf(output),
      aloneStorageCostUsdPerH: this.costOf(aloneOutput),
      aloneStoredKwh: this.storedAlone,
    };
  }

  state(): Readonly<Record<string, Float64Array>> {
    return { stored: Float64Array.of(this.stored, this.storedAlone) };
  }

  restore({ stored }: Readonly<Record<string, Float64Array>>): void {
    this.stored = stored?.[0] ?? Number.NaN;
    this.storedAlone = stored?.[1] ?? Number.NaN;
  }

  private byCommunity(stored: number): Float64Array {
    return Float64Array.from(this.case.communities.id, (id) => (id === 'B' ? stored : 0));
  }

  /** Demands of all, and what the battery can take and give. */
  private prosumerChanges(demand: Float64Array, stored: number): ProsumerChanges {
    const { battery, case: theCase, hours, rows } = this;
    const { pMinKw, pMaxKw } = theCase.prosumers;
    const low = -Math.min(POWER_KW, (CAPACITY_KWH - stored) / (EFFICIENCY * hours));
    const high = Math.min(POWER_KW, (stored * EFFICIENCY) / hours);
    return {
      prosumer: rows,
      demandKw: Float64Array.from(rows, (row) => demand[row]),
      pMinKw: Float64Array.from(rows, (row) => (row === battery ? low : pMinKw[row])),
      pMaxKw: Float64Array.from(rows, (row) => (row === battery ? high : pMaxKw[row])),
    };
  }

  private costOf(outputKw: number): number {
    const { costLinear, costQuadratic } = this.case.prosumers;
    return (0.5 * costQuadratic[this.battery] * outputKw + costLinear[this.battery]) * outputKw;
  }

  private after(stored: number, outputKw: number): number {
    const energy = outputKw * this.hours;
    return stored - (energy > 0 ? energy / EFFICIENCY : energy * EFFICIENCY);
  }
}

/** An operation of the section 2-3. */
export function switchBranch(theCase: Case, closed: 0 | 1): Operation {
  return {
    label: `branch 2-3 ${closed === 1 ? 'closed' : 'opened'}`,
    changes: {
      branches: {
        branch: Int32Array.of(branchRow(theCase, '2', '3')),
        closed: Uint8Array.of(closed),
      },
    },
  };
}

/** A capacitor at bus 4. */
export function capacitor(kvar: number): Operation {
  return {
    label: `capacitor at 4: ${kvar} kvar`,
    changes: { buses: { bus: ['4'], shuntKvar: Float64Array.of(kvar) } },
  };
}
