/**
 * Who has what: batteries of the case and added ones, vehicles, and the case with all of them as devices.
 *
 * A prosumer with storage owns devices: one for the flexible output it has in the case (`own`), a pair for a
 * battery, one for a vehicle. The battery of a battery owner is its output in the case, of the power of the
 * larger bound. Sizes of what is added go by the owner's load. Owners of devices in the case keep those and
 * get nothing.
 */
import { sharedFloats } from '../base/columns.js';
import { hashed, hashedUniform } from '../base/random.js';
import type { Case, DeviceTable } from '../case/case.js';
import { IdColumn } from '../case/idColumn.js';
import { provenanceOf } from '../case/provenance.js';
import { validateCase } from '../case/validate.js';
import { BATTERY, type Batteries } from './batteries.js';
import { CLASS, type Classes } from './classes.js';
import type { ResolvedOptions } from './options.js';
import { VEHICLE, type Vehicles } from './vehicles.js';

export interface Equipment {
  /** What the trial clears: the case with the devices. */
  readonly case: Case;
  /** By prosumer: row of the device with its flexible output of the case; −1 where that is its own. */
  readonly ownDevice: Int32Array;
  readonly batteries: Batteries;
  readonly vehicles: Vehicles;
}

type Range = readonly [low: number, high: number];

export function equip(
  baseCase: Case,
  { kind }: Classes,
  key: number,
  { batteryShare, vehicleShare, intervalMinutes }: ResolvedOptions,
): Equipment {
  const { prosumers, communities } = baseCase;
  const devices = new DeviceList(baseCase);
  const ownDevice = new Int32Array(prosumers.id.length).fill(-1);
  const batteries = new BatteryList();
  const vehicles = new VehicleList();
  for (let m = 0; m < communities.id.length; m += 1) {
    for (let i = communities.prosumerStart[m]; i < communities.prosumerStart[m + 1]; i += 1) {
      devices.addExisting(i);
      if (kind[i] === CLASS.devices) continue;
      const draw = (purpose: number, [low, high]: Range = [0, 1]): number =>
        low + (high - low) * hashedUniform(hashed(key, i), purpose);
      const loadKw = Math.max(prosumers.demandKw[i], 0);
      const hasBattery = kind[i] === CLASS.battery;
      const addsBattery = !hasBattery && loadKw > 0 && draw(0) < batteryShare;
      const hasVehicle = loadKw > 0 && draw(1) < vehicleShare;
      if (!hasBattery && (addsBattery || hasVehicle)) ownDevice[i] = devices.add(i, 'own');
      if (hasBattery || addsBattery) {
        const powerKw = hasBattery
          ? Math.max(prosumers.pMaxKw[i], -prosumers.pMinKw[i])
          : loadKw * draw(2, BATTERY.addedPower);
        batteries.add({
          prosumer: i,
          community: m,
          device: devices.add(i, 'discharge'),
          powerKw,
          capacityKwh: powerKw * draw(3, BATTERY.hours),
          state: draw(4, BATTERY.initialState),
          costQuadratic: hasBattery ? prosumers.costQuadratic[i] : BATTERY.addedRise / powerKw,
        });
        devices.add(i, 'charge');
      }
      if (hasVehicle) {
        const powerKw = loadKw * draw(5, VEHICLE.power);
        const capacityKwh = powerKw * draw(6, VEHICLE.hours);
        const needKwh = capacityKwh * draw(7, VEHICLE.need);
        const tripKwh = capacityKwh * draw(8, VEHICLE.trip);
        vehicles.add({
          prosumer: i,
          community: m,
          device: devices.add(i, 'vehicle'),
          powerKw,
          capacityKwh,
          needKwh,
          tripKwh,
          atWork: draw(9) < VEHICLE.workShare,
          initialKwh: needKwh - tripKwh * draw(10),
        });
      }
    }
  }
  const tables = {
    ...baseCase,
    settings: { ...baseCase.settings, intervalMinutes },
    devices: devices.table(),
  };
  const { devices: _, ...provenance } = provenanceOf(baseCase);
  return {
    case: validateCase(tables, provenance),
    ownDevice,
    batteries: batteries.table(),
    vehicles: vehicles.table(),
  };
}

/** The devices of a case as they are added to, prosumer by prosumer. */
class DeviceList {
  private readonly ids: string[] = [];
  private readonly owners: number[] = [];
  /** Row in the case, −1 for what is added. */
  private readonly origin: number[] = [];
  private readonly taken: ReadonlySet<string>;

  constructor(private readonly baseCase: Case) {
    this.taken = new Set(baseCase.devices.id);
  }

  addExisting(prosumer: number): void {
    const { prosumers, devices } = this.baseCase;
    if (prosumers.deviceStart.length === 0) return;
    for (let d = prosumers.deviceStart[prosumer]; d < prosumers.deviceStart[prosumer + 1]; d += 1) {
      this.push(devices.id.get(d), prosumer, d);
    }
  }

  /** @returns its row */
  add(prosumer: number, what: string): number {
    let id = `${this.baseCase.prosumers.id.get(prosumer)}-${what}`;
    while (this.taken.has(id)) id += '+';
    return this.push(id, prosumer, -1);
  }

  private push(id: string, prosumer: number, origin: number): number {
    this.ids.push(id);
    this.origin.push(origin);
    return this.owners.push(prosumer) - 1;
  }

  /** What is added offers nothing yet. */
  table(): DeviceTable {
    const { devices } = this.baseCase;
    const column = (values: Float64Array): Float64Array => {
      const result = sharedFloats(this.origin.length);
      this.origin.forEach((row, d) => {
        if (row >= 0) result[d] = values[row];
      });
      return result;
    };
    return {
      id: IdColumn.from(this.ids),
      prosumer: Int32Array.from(this.owners),
      pMinKw: column(devices.pMinKw),
      pMaxKw: column(devices.pMaxKw),
      costQuadratic: column(devices.costQuadratic),
      costLinear: column(devices.costLinear),
    };
  }
}

interface NewBattery {
  readonly prosumer: number;
  readonly community: number;
  readonly device: number;
  readonly powerKw: number;
  readonly capacityKwh: number;
  readonly state: number;
  readonly costQuadratic: number;
}

class BatteryList {
  private readonly rows: NewBattery[] = [];

  add(battery: NewBattery): void {
    this.rows.push(battery);
  }

  table(): Batteries {
    const { rows } = this;
    return {
      prosumer: Int32Array.from(rows, (row) => row.prosumer),
      community: Int32Array.from(rows, (row) => row.community),
      dischargeDevice: Int32Array.from(rows, (row) => row.device),
      powerKw: Float64Array.from(rows, (row) => row.powerKw),
      capacityKwh: Float64Array.from(rows, (row) => row.capacityKwh),
      costQuadratic: Float64Array.from(rows, (row) => row.costQuadratic),
      initialKwh: Float64Array.from(rows, ({ capacityKwh, state }) => {
        return capacityKwh * (BATTERY.floor + (1 - BATTERY.floor) * state);
      }),
    };
  }
}

interface NewVehicle {
  readonly prosumer: number;
  readonly community: number;
  readonly device: number;
  readonly powerKw: number;
  readonly capacityKwh: number;
  readonly needKwh: number;
  readonly tripKwh: number;
  readonly atWork: boolean;
  readonly initialKwh: number;
}

class VehicleList {
  private readonly rows: NewVehicle[] = [];

  add(vehicle: NewVehicle): void {
    this.rows.push(vehicle);
  }

  table(): Vehicles {
    const { rows } = this;
    return {
      prosumer: Int32Array.from(rows, (row) => row.prosumer),
      community: Int32Array.from(rows, (row) => row.community),
      device: Int32Array.from(rows, (row) => row.device),
      powerKw: Float64Array.from(rows, (row) => row.powerKw),
      capacityKwh: Float64Array.from(rows, (row) => row.capacityKwh),
      needKwh: Float64Array.from(rows, (row) => row.needKwh),
      tripKwh: Float64Array.from(rows, (row) => row.tripKwh),
      atWork: Uint8Array.from(rows, (row) => Number(row.atWork)),
      initialKwh: Float64Array.from(rows, (row) => row.initialKwh),
    };
  }
}
