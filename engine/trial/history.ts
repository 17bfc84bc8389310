/** Storage through the day: once with the market, and once where everybody is alone with the grid. */
import type { Case } from '../case/case.js';
import type { DeviceChanges } from '../case/changes.js';
import { splitOutput } from '../market/deviceSplit.js';
import { type Offers, offerBatteries, settleBatteries, type Terms } from './batteries.js';
import type { Equipment } from './equipment.js';
import type { Tariff } from './tariff.js';
import { offerVehicles, settleVehicles, travel, VEHICLE } from './vehicles.js';

export interface HistoryFlow {
  /** Positive: discharge. */
  readonly batteryKw: number;
  readonly vehicleKw: number;
  readonly lossesKwh: number;
  readonly broughtKwh: number;
  /** ½ c p² + b p over the devices of storage, at what they bid, $/h. */
  readonly costUsdPerH: number;
}

export class History {
  readonly batteriesKwh: Float64Array;
  readonly vehiclesKwh: Float64Array;
  /** Outputs of the devices of owners of storage in the last settled interval. */
  readonly deviceOutputKw: Float64Array;
  private readonly theCase: Case;
  private readonly devices: Int32Array;
  /** Rows of the discharging devices of those who own a battery and nothing else, and of their owners. */
  private readonly pairs: Int32Array;
  private readonly pairOwners: Int32Array;
  /** Rows of all other owners of storage. */
  private readonly owners: Int32Array;
  private offered: Offers | undefined;

  constructor(
    private readonly equipment: Equipment,
    private readonly hours: number,
  ) {
    const { batteries, case: theCase, vehicles } = equipment;
    this.theCase = theCase;
    this.batteriesKwh = batteries.initialKwh.slice();
    this.vehiclesKwh = vehicles.initialKwh.slice();
    this.deviceOutputKw = new Float64Array(theCase.devices.id.length);
    this.devices = Int32Array.from(this.deviceOutputKw.keys());
    const { deviceStart } = theCase.prosumers;
    const isPair = (_: number, k: number): boolean => {
      const owner = batteries.prosumer[k];
      return deviceStart[owner + 1] - deviceStart[owner] === 2;
    };
    this.pairs = batteries.dischargeDevice.filter(isPair);
    this.pairOwners = batteries.prosumer.filter(isPair);
    const owners = new Set([...batteries.prosumer, ...vehicles.prosumer]);
    for (const owner of this.pairOwners) owners.delete(owner);
    this.owners = Int32Array.from(owners);
  }

  /** @param own what devices without storage offer; the others' entries are written over in a copy */
  offers(
    own: Offers,
    terms: Terms,
    { cheapestBuy, dearestBuy }: Tariff,
    departure: Float64Array,
    minutes: number,
  ): DeviceChanges {
    const { batteries, vehicles } = this.equipment;
    const offers: Offers = {
      pMinKw: own.pMinKw.slice(),
      pMaxKw: own.pMaxKw.slice(),
      costQuadratic: own.costQuadratic.slice(),
      costLinear: own.costLinear.slice(),
    };
    const value = { low: cheapestBuy, high: dearestBuy };
    offerBatteries(batteries, this.batteriesKwh, value, this.hours, terms, offers);
    offerVehicles(vehicles, this.vehiclesKwh, departure, minutes, value, this.hours, offers);
    this.offered = offers;
    return { device: this.devices, ...offers };
  }

  /**
   * @param outputKw of all prosumers; undefined where storage stands still
   * @param before when vehicles leave that are connected in the interval, and after it
   */
  settle(
    outputKw: Float64Array | undefined,
    before: Float64Array,
    after: Float64Array,
  ): HistoryFlow {
    const { batteries, vehicles } = this.equipment;
    this.split(outputKw);
    const costUsdPerH = this.costOfStorage();
    const battery = settleBatteries(batteries, this.deviceOutputKw, this.hours, this.batteriesKwh);
    const vehicleKw = settleVehicles(vehicles, this.deviceOutputKw, this.hours, this.vehiclesKwh);
    return {
      batteryKw: battery.powerKw,
      vehicleKw,
      lossesKwh: battery.lossesKwh + (1 - VEHICLE.efficiency) * vehicleKw * this.hours,
      broughtKwh: travel(vehicles, before, after, this.vehiclesKwh),
      costUsdPerH,
    };
  }

  /** By community: in batteries and in vehicles that are connected. */
  storedBy(communities: number, departure: Float64Array): Float64Array {
    const { batteries, vehicles } = this.equipment;
    const stored = new Float64Array(communities);
    batteries.community.forEach((community, k) => {
      stored[community] += this.batteriesKwh[k];
    });
    vehicles.community.forEach((community, k) => {
      if (!Number.isNaN(departure[k])) stored[community] += this.vehiclesKwh[k];
    });
    return stored;
  }

  private costOfStorage(): number {
    const { deviceOutputKw, equipment, offered } = this;
    if (offered === undefined) return 0;
    const { costLinear, costQuadratic } = offered;
    let cost = 0;
    const add = (device: number): void => {
      const output = deviceOutputKw[device];
      cost += (0.5 * costQuadratic[device] * output + costLinear[device]) * output;
    };
    for (const device of equipment.batteries.dischargeDevice) {
      add(device);
      add(device + 1);
    }
    for (const device of equipment.vehicles.device) add(device);
    return cost;
  }

  /** As a battery never charges and discharges at once, the sign of an output says which it does. */
  private split(outputKw: Float64Array | undefined): void {
    const { deviceOutputKw, offered, owners, pairOwners, pairs } = this;
    deviceOutputKw.fill(0);
    if (outputKw === undefined || offered === undefined) return;
    for (let k = 0; k < pairs.length; k += 1) {
      const discharge = pairs[k];
      const output = outputKw[pairOwners[k]];
      deviceOutputKw[discharge] = Math.min(Math.max(output, 0), offered.pMaxKw[discharge]);
      deviceOutputKw[discharge + 1] = Math.max(Math.min(output, 0), offered.pMinKw[discharge + 1]);
    }
    const { deviceStart } = this.theCase.prosumers;
    for (let k = 0; k < owners.length; k += 1) {
      const owner = owners[k];
      const start = deviceStart[owner];
      splitOutput(offered, start, deviceStart[owner + 1], outputKw[owner], deviceOutputKw);
    }
  }
}
