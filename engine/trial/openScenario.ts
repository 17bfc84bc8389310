/**
 * A day on a case: who is there, what the weather does, what storage holds, what is bid, and what breaks.
 * docs/trial.md says in words what the files beside this one compute.
 */
import { InternalError } from '../base/errors.js';
import { hashed } from '../base/random.js';
import type { Case } from '../case/case.js';
import type { MarketChanges } from '../case/changes.js';
import { BidBook } from './bids.js';
import { inferClasses } from './classes.js';
import { equip } from './equipment.js';
import { History } from './history.js';
import { Offering, type OwnOffers } from './offering.js';
import { type OperationsAt, planOperations } from './operations.js';
import { type ResolvedOptions, resolveOptions, type ScenarioOptions } from './options.js';
import type { IntervalAccounts, IntervalPlan, Operation, Scenario } from './scenario.js';
import { tariffAt } from './tariff.js';
import { departures } from './vehicles.js';

/** What the numbers drawn from the seed are for. */
const PURPOSE = {
  equipment: 1,
  weather: 5,
  loads: 3,
  bids: 4,
  vehicles: 2,
  operations: 6,
} as const;

/**
 * The same case, seed and options give the same day, to the last byte.
 *
 * @throws UsageError for options out of range
 */
export function openScenario(baseCase: Case, options: ScenarioOptions = {}): Scenario {
  return new DayScenario(baseCase, resolveOptions(options));
}

class DayScenario implements Scenario {
  readonly case: Case;
  readonly intervals: number;
  readonly intervalMinutes: number;
  readonly initialStoredKwh: Float64Array;
  private readonly bids: BidBook;
  private readonly offering: Offering;
  private readonly operationsAt: OperationsAt;
  private readonly vehicleKey: number;
  /** With the market, and where everybody is alone with the grid. */
  private readonly market: History;
  private readonly alone: History;
  /** Settled intervals. */
  private next = 0;
  /** What the present interval was planned with; undefined between intervals. */
  private present: { readonly own: OwnOffers; readonly departure: Float64Array } | undefined;

  constructor(
    private readonly baseCase: Case,
    private readonly options: ResolvedOptions,
  ) {
    const keyOf = (purpose: number): number => hashed(options.seed, purpose);
    const classes = inferClasses(baseCase);
    const equipment = equip(baseCase, classes, keyOf(PURPOSE.equipment), options);
    this.case = equipment.case;
    this.intervals = options.intervals;
    this.intervalMinutes = options.intervalMinutes;
    this.bids = new BidBook(baseCase, classes, keyOf(PURPOSE.bids), options.bidChangeShare);
    this.offering = new Offering(baseCase, classes, equipment, this.bids, options, {
      weather: keyOf(PURPOSE.weather),
      loads: keyOf(PURPOSE.loads),
    });
    this.operationsAt = planOperations(baseCase, keyOf(PURPOSE.operations), options);
    this.vehicleKey = keyOf(PURPOSE.vehicles);
    this.market = new History(equipment, this.hours);
    this.alone = new History(equipment, this.hours);
    this.initialStoredKwh = this.storedKwh(this.market, this.departuresAt(0));
  }

  plan(interval: number): IntervalPlan {
    this.expectTurn(interval, this.present === undefined);
    const startMinutes = this.timeOf(interval);
    const tariff = tariffAt(this.baseCase, this.options, interval);
    const { arrived, changed, withdrawn, refusals } = this.bids.gate(interval);
    const own = this.offering.at(interval, startMinutes);
    const departure = this.departuresAt(interval);
    this.present = { own, departure };
    const changes = (history: History): MarketChanges => ({
      prosumers: own.prosumers,
      ...(this.case.devices.id.length > 0
        ? { devices: history.offers(own.devices, this.bids, tariff, departure, startMinutes) }
        : {}),
      settings: { gridBuy: tariff.gridBuy, gridSell: tariff.gridSell },
    });
    return {
      interval,
      startMinutes,
      changes: changes(this.market),
      aloneChanges: changes(this.alone),
      operations: this.operationsAt(interval),
      bidsArrived: arrived,
      bidsChanged: changed,
      bidsWithdrawn: withdrawn,
      refusals,
    };
  }

  operationsBefore(interval: number): readonly Operation[] {
    return Array.from({ length: interval }, (_, before) => this.operationsAt(before)).flat();
  }

  settle(
    interval: number,
    outputKw: Float64Array | undefined,
    aloneOutputKw: Float64Array | undefined,
  ): IntervalAccounts {
    const { present } = this;
    this.expectTurn(interval, present !== undefined);
    const { departure: before, own } = present;
    const after = this.departuresAt(interval + 1);
    const flow = this.market.settle(outputKw, before, after);
    const alone = this.alone.settle(aloneOutputKw, before, after);
    this.next = interval + 1;
    this.present = undefined;
    return {
      loadKw: own.loadKw,
      ...this.offering.solarOf(own, outputKw, this.market.deviceOutputKw),
      batteryKw: flow.batteryKw,
      vehicleKw: flow.vehicleKw,
      vehiclesConnected: before.reduce((count, time) => count + (Number.isNaN(time) ? 0 : 1), 0),
      storedKwh: this.storedKwh(this.market, after),
      storageLossesKwh: flow.lossesKwh,
      broughtKwh: flow.broughtKwh,
      storageCostUsdPerH: flow.costUsdPerH,
      aloneStorageCostUsdPerH: alone.costUsdPerH,
      aloneStoredKwh: this.storedKwh(this.alone, after).reduce((sum, stored) => sum + stored, 0),
    };
  }

  state(): Readonly<Record<string, Float64Array>> {
    const { alone, bids, market, next } = this;
    return {
      settled: Float64Array.of(next),
      bids: bids.code.slice(),
      batteries: market.batteriesKwh.slice(),
      vehicles: market.vehiclesKwh.slice(),
      aloneBatteries: alone.batteriesKwh.slice(),
      aloneVehicles: alone.vehiclesKwh.slice(),
    };
  }

  restore(state: Readonly<Record<string, Float64Array>>): void {
    const { alone, bids, market } = this;
    const column = (name: string, length: number): Float64Array => {
      const values = state[name];
      if (values?.length === length) return values;
      throw new InternalError(`a state with ${values?.length ?? 'no'} values of ${name}`);
    };
    this.next = column('settled', 1)[0];
    this.present = undefined;
    bids.restore(column('bids', bids.code.length));
    market.batteriesKwh.set(column('batteries', market.batteriesKwh.length));
    market.vehiclesKwh.set(column('vehicles', market.vehiclesKwh.length));
    alone.batteriesKwh.set(column('aloneBatteries', alone.batteriesKwh.length));
    alone.vehiclesKwh.set(column('aloneVehicles', alone.vehiclesKwh.length));
  }

  /** By community. */
  private storedKwh(history: History, departure: Float64Array): Float64Array {
    return history.storedBy(this.case.communities.id.length, departure);
  }

  private get hours(): number {
    return this.options.intervalMinutes / 60;
  }

  private timeOf(interval: number): number {
    return this.options.startMinutes + interval * this.options.intervalMinutes;
  }

  private departuresAt(interval: number): Float64Array {
    const { vehicles } = this.offering.equipment;
    return departures(vehicles, this.vehicleKey, this.timeOf(interval));
  }

  private expectTurn(interval: number, isTurn: boolean): asserts isTurn {
    if (isTurn && interval === this.next) return;
    throw new InternalError(`interval ${interval} is out of turn: ${this.next} are settled`);
  }
}
