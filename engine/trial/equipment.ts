/**
 * Who has what: batteries of the case and added ones, vehicles, and the case with all of them as devices.
 *
 * A prosumer with storage owns devices: one for the flexible output it has in the case (`own`), a pair for a
 * battery, one for a vehicle. The battery of a battery owner is its output in the case, of the power of the
 * larger bound. Sizes of what is added go by the owner's load. Owners of devices in the case keep those and
 * get nothing.
 */
import { hashed, hashedUniform } from '../base/random.js';
import type { Case } from '../case/case.js';
import { provenanceOf } from '../case/provenance.js';
import { validateCase } from '../case/validate.js';
import { BATTERY, type Batteries } from './batteries.js';
import { CLASS, type Classes } from './classes.js';
import { DeviceList } from './deviceList.js';
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
  options: ResolvedOptions,
): Equipment {
  const { prosumers, communities } = baseCase;
  const devices = new DeviceList(baseCase);
  const ownDevice = new Int32Array(prosumers.id.length).fill(-1);
  const batteries: Battery[] = [];
  const vehicles: Vehicle[] = [];
  for (let m = 0; m < communities.id.length; m += 1) {
    for (let i = communities.prosumerStart[m]; i < communities.prosumerStart[m + 1]; i += 1) {
      devices.addExisting(i);
      if (kind[i] === CLASS.devices) continue;
      const draw: Draw = (purpose, [low, high] = [0, 1]) =>
        low + (high - low) * hashedUniform(hashed(key, i), purpose);
      const hasBattery = kind[i] === CLASS.battery;
      const battery = hasBattery
        ? batteryOfCase(prosumers, i, draw)
        : addedBattery(prosumers, i, draw, options.batteryShare);
      const vehicle = addedVehicle(prosumers, i, draw, options.vehicleShare);
      if (!hasBattery && (battery ?? vehicle) !== undefined) ownDevice[i] = devices.add(i, 'own');
      if (battery !== undefined) {
        batteries.push({
          ...battery,
          prosumer: i,
          community: m,
          device: devices.add(i, 'discharge'),
        });
        devices.add(i, 'charge');
      }
      if (vehicle !== undefined) {
        vehicles.push({ ...vehicle, prosumer: i, community: m, device: devices.add(i, 'vehicle') });
      }
    }
  }
  const tables = {
    ...baseCase,
    settings: { ...baseCase.settings, intervalMinutes: options.intervalMinutes },
    devices: devices.table(),
  };
  const { devices: _, ...provenance } = provenanceOf(baseCase);
  return {
    case: validateCase(tables, provenance),
    ownDevice,
    batteries: batteryColumns(batteries),
    vehicles: vehicleColumns(vehicles),
  };
}

/** A number of a prosumer, uniform in a range, by what it is for. */
type Draw = (purpose: number, range?: Range) => number;

interface Place {
  readonly prosumer: number;
  readonly community: number;
  /** The first of its devices. */
  readonly device: number;
}

interface BatterySize {
  readonly powerKw: number;
  readonly capacityKwh: number;
  readonly initialKwh: number;
  readonly costQuadratic: number;
}

interface VehicleSize {
  readonly powerKw: number;
  readonly capacityKwh: number;
  readonly needKwh: number;
  readonly tripKwh: number;
  readonly atWork: number;
  readonly initialKwh: number;
}

type Battery = BatterySize & Place;
type Vehicle = VehicleSize & Place;

function batteryOfCase(prosumers: Case['prosumers'], i: number, draw: Draw): BatterySize {
  const powerKw = Math.max(prosumers.pMaxKw[i], -prosumers.pMinKw[i]);
  return batterySize(powerKw, prosumers.costQuadratic[i], draw);
}

function addedBattery(
  prosumers: Case['prosumers'],
  i: number,
  draw: Draw,
  share: number,
): BatterySize | undefined {
  const loadKw = prosumers.demandKw[i];
  if (!(loadKw > 0 && draw(0) < share)) return undefined;
  const powerKw = loadKw * draw(2, BATTERY.addedPower);
  return batterySize(powerKw, BATTERY.addedRise / powerKw, draw);
}

function batterySize(powerKw: number, costQuadratic: number, draw: Draw): BatterySize {
  const { floor, hours, initialState } = BATTERY;
  const capacityKwh = powerKw * draw(3, hours);
  const initialKwh = capacityKwh * (floor + (1 - floor) * draw(4, initialState));
  return { powerKw, capacityKwh, initialKwh, costQuadratic };
}

function addedVehicle(
  prosumers: Case['prosumers'],
  i: number,
  draw: Draw,
  share: number,
): VehicleSize | undefined {
  const loadKw = prosumers.demandKw[i];
  if (!(loadKw > 0 && draw(1) < share)) return undefined;
  const powerKw = loadKw * draw(5, VEHICLE.power);
  const capacityKwh = powerKw * draw(6, VEHICLE.hours);
  const needKwh = capacityKwh * draw(7, VEHICLE.need);
  const tripKwh = capacityKwh * draw(8, VEHICLE.trip);
  const atWork = Number(draw(9) < VEHICLE.workShare);
  return {
    powerKw,
    capacityKwh,
    needKwh,
    tripKwh,
    atWork,
    initialKwh: needKwh - tripKwh * draw(10),
  };
}

function batteryColumns(rows: readonly Battery[]): Batteries {
  return {
    prosumer: Int32Array.from(rows, (row) => row.prosumer),
    community: Int32Array.from(rows, (row) => row.community),
    dischargeDevice: Int32Array.from(rows, (row) => row.device),
    powerKw: Float64Array.from(rows, (row) => row.powerKw),
    capacityKwh: Float64Array.from(rows, (row) => row.capacityKwh),
    costQuadratic: Float64Array.from(rows, (row) => row.costQuadratic),
    initialKwh: Float64Array.from(rows, (row) => row.initialKwh),
  };
}

function vehicleColumns(rows: readonly Vehicle[]): Vehicles {
  return {
    prosumer: Int32Array.from(rows, (row) => row.prosumer),
    community: Int32Array.from(rows, (row) => row.community),
    device: Int32Array.from(rows, (row) => row.device),
    powerKw: Float64Array.from(rows, (row) => row.powerKw),
    capacityKwh: Float64Array.from(rows, (row) => row.capacityKwh),
    needKwh: Float64Array.from(rows, (row) => row.needKwh),
    tripKwh: Float64Array.from(rows, (row) => row.tripKwh),
    atWork: Uint8Array.from(rows, (row) => row.atWork),
    initialKwh: Float64Array.from(rows, (row) => row.initialKwh),
  };
}
