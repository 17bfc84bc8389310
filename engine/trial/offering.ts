/**
 * What prosumers use and offer in an interval but for storage, from their class, the weather, their noise and
 * their bid. With load factor f_i, sun s of the community, share w of the bounds offered:
 *
 *     D = f_i D of the case;   where that is negative (must-run generation), s D.   demand_kvar likewise
 *     solar       p in [s p_min, s p_max]                     without a bid: all that the sun gives
 *     flexible    p in [0, f_i p_max] w + rest                 rest: the output nearest to 0, and without a bid
 *     generator   p in [p_min, p_max] w + rest                 p = rest
 */
import type { Case } from '../case/case.js';
import type { ProsumerChanges } from '../case/changes.js';
import type { Offers } from './batteries.js';
import type { BidBook } from './bids.js';
import { CLASS, CLASS_NAMES, type Classes } from './classes.js';
import type { Equipment } from './equipment.js';
import { loadFactors, noiseFactors } from './loads.js';
import type { ResolvedOptions } from './options.js';
import { Weather } from './weather.js';

export interface OwnOffers {
  readonly prosumers: ProsumerChanges;
  /** By device of the case of the trial; those of storage are left as they are in it. */
  readonly devices: Offers;
  /** Σ of the loads. */
  readonly loadKw: number;
  /** Σ of generation that must run, and of what solar owners could give. */
  readonly mustRunKw: number;
  readonly availableKw: number;
}

export class Offering {
  private readonly weather: Weather;
  private readonly rows: Int32Array;
  private readonly solarRows: Int32Array;
  private readonly noise: Float64Array;

  constructor(
    private readonly baseCase: Case,
    private readonly classes: Classes,
    readonly equipment: Equipment,
    private readonly bids: BidBook,
    private readonly options: ResolvedOptions,
    private readonly keys: { readonly weather: number; readonly loads: number },
  ) {
    this.weather = new Weather(baseCase, keys.weather, options.solarScale);
    this.noise = new Float64Array(classes.kind.length);
    this.rows = Int32Array.from(this.noise.keys());
    this.solarRows = this.rows.filter((row) => classes.kind[row] === CLASS.solar);
  }

  at(interval: number, startMinutes: number): OwnOffers {
    const { communities, prosumers } = this.baseCase;
    const middle = startMinutes + this.options.intervalMinutes / 2;
    const load = loadFactors(this.options.profiles, interval, middle);
    const sunOfClass = this.sunOfClasses(interval);
    const sunOfCommunity = this.weather.sunAt(middle);
    noiseFactors(this.keys.loads, middle, this.noise);
    const columns = new OwnColumns(this.equipment.case);
    for (let m = 0; m < communities.id.length; m += 1) {
      for (let i = communities.prosumerStart[m]; i < communities.prosumerStart[m + 1]; i += 1) {
        const kind = this.classes.kind[i];
        const sun = Number.isNaN(sunOfClass[kind]) ? sunOfCommunity[m] : sunOfClass[kind];
        const factor = load[kind] * this.noise[i];
        const mustRun = prosumers.demandKw[i] < 0;
        columns.demand(i, prosumers, mustRun ? sun : factor);
        this.offer(columns, i, kind, factor, sun);
      }
    }
    const { demandKw, demandKvar, loadKw, mustRunKw, availableKw, own, devices } = columns;
    return {
      prosumers: { prosumer: this.rows, demandKw, demandKvar, ...own },
      devices,
      loadKw,
      mustRunKw,
      availableKw,
    };
  }

  /** What the sun gave, and what of it was used; NaN where outputs are not known. */
  solarOf(
    own: OwnOffers,
    outputKw: Float64Array | undefined,
    deviceOutputKw: Float64Array,
  ): { readonly solarAvailableKw: number; readonly solarKw: number } {
    const { mustRunKw, availableKw } = own;
    const solarAvailableKw = mustRunKw + availableKw;
    if (outputKw === undefined) return { solarAvailableKw, solarKw: Number.NaN };
    let solarKw = mustRunKw;
    for (let k = 0; k < this.solarRows.length; k += 1) {
      const row = this.solarRows[k];
      const device = this.equipment.ownDevice[row];
      solarKw += device < 0 ? outputKw[row] : deviceOutputKw[device];
    }
    return { solarAvailableKw, solarKw };
  }

  /** NaN where the weather decides. */
  private sunOfClasses(interval: number): Float64Array {
    const solar = this.options.profiles?.solar;
    return Float64Array.from(CLASS_NAMES, (name) => {
      const values = solar?.get(name);
      return values === undefined ? Number.NaN : values[interval % values.length];
    });
  }

  private offer(columns: OwnColumns, i: number, kind: number, factor: number, sun: number): void {
    const { pMinKw, pMaxKw } = this.baseCase.prosumers;
    const device = this.equipment.ownDevice[i];
    const ownsDevices = kind === CLASS.devices || kind === CLASS.battery;
    if (ownsDevices || device >= 0) columns.leaveToDevices(i);
    if (ownsDevices) return;
    const into = device < 0 ? columns.own : columns.devices;
    const at = device < 0 ? i : device;
    const scale = kind === CLASS.solar ? sun : kind === CLASS.flexible ? factor : 1;
    const low = scale * pMinKw[i];
    const high = scale * (kind === CLASS.solar ? this.classes.solarKw[i] : pMaxKw[i]);
    const share = this.bids.share[i];
    if (kind === CLASS.solar) {
      columns.availableKw += high;
      into.pMinKw[at] = share > 0 ? low : high;
      into.pMaxKw[at] = high;
    } else {
      const rest = Math.min(Math.max(0, low), high);
      into.pMinKw[at] = rest + share * (low - rest);
      into.pMaxKw[at] = rest + share * (high - rest);
    }
    into.costQuadratic[at] =
      this.baseCase.prosumers.costQuadratic[i] * this.bids.quadraticFactor[i];
    into.costLinear[at] = this.baseCase.prosumers.costLinear[i] * this.bids.linearFactor[i];
  }
}

/** The columns of one interval as they are filled. */
class OwnColumns {
  readonly demandKw: Float64Array;
  readonly demandKvar: Float64Array;
  readonly own: Offers;
  readonly devices: Offers;
  loadKw = 0;
  mustRunKw = 0;
  availableKw = 0;

  constructor({ prosumers, devices }: Case) {
    const count = prosumers.id.length;
    this.demandKw = new Float64Array(count);
    this.demandKvar = new Float64Array(count);
    this.own = {
      pMinKw: new Float64Array(count),
      pMaxKw: new Float64Array(count),
      costQuadratic: new Float64Array(count),
      costLinear: new Float64Array(count),
    };
    this.devices = {
      pMinKw: devices.pMinKw.slice(),
      pMaxKw: devices.pMaxKw.slice(),
      costQuadratic: devices.costQuadratic.slice(),
      costLinear: devices.costLinear.slice(),
    };
  }

  demand(i: number, { demandKw, demandKvar }: Case['prosumers'], factor: number): void {
    const demand = factor * demandKw[i];
    this.demandKw[i] = demand;
    this.demandKvar[i] = factor * demandKvar[i];
    if (demand > 0) this.loadKw += demand;
    else this.mustRunKw -= demand;
  }

  /** NaN: not given. */
  leaveToDevices(i: number): void {
    const { pMinKw, pMaxKw, costQuadratic, costLinear } = this.own;
    pMinKw[i] = Number.NaN;
    pMaxKw[i] = Number.NaN;
    costQuadratic[i] = Number.NaN;
    costLinear[i] = Number.NaN;
  }
}
