/**
 * The feeder for the bound: buses and branches of the case in depth-first order, per unit, links left as
 * they are. Independent of network/: nothing is joined, and every bus keeps its own limits.
 */
import { InternalError } from '../base/errors.js';
import type { Case } from '../case/case.js';
import { traceTree } from '../case/topology.js';

export interface Feeder {
  /** Buses from the root outwards. */
  readonly order: Int32Array;
  readonly parentBus: Int32Array;
  /** By bus, of the branch that feeds it; meaningless at the root. */
  readonly r: Float64Array;
  readonly x: Float64Array;
  /** Squared ratio at the sending end. */
  readonly ratio: Float64Array;
  /** Limit on the squared current, pu². */
  readonly currentLimit: Float64Array;
  /** 1 where the branch has no impedance: flows pass unchanged, v_j = τ² v_i. */
  readonly isLink: Uint8Array;
  /** Limits of the squared voltage by bus; equal at the root. */
  readonly vMin: Float64Array;
  readonly vMax: Float64Array;
  /** What communities and fixed loads consume whatever happens, pu: reactive demand included. */
  readonly loadP: Float64Array;
  readonly loadQ: Float64Array;
  /** Range of the free reactive consumption, pu. */
  readonly freeMin: Float64Array;
  readonly freeMax: Float64Array;
  readonly shunt: Float64Array;
}

export function createFeeder(theCase: Case): Feeder {
  const { settings, buses, branches, communities, prosumers } = theCase;
  const count = buses.id.length;
  const trace = traceTree(count, branches, settings.rootBus);
  if (trace.status !== 'tree') throw new InternalError(`a validated case holds a ${trace.status}`);
  const base = settings.baseKva;
  const impedanceBase = (settings.baseKv * settings.baseKv * 1000) / base;
  const currentBase = base / (Math.sqrt(3) * settings.baseKv);
  const feeder = {
    order: trace.order,
    parentBus: trace.parentBus,
    r: new Float64Array(count),
    x: new Float64Array(count),
    ratio: new Float64Array(count).fill(1),
    currentLimit: new Float64Array(count).fill(Number.POSITIVE_INFINITY),
    isLink: new Uint8Array(count),
    vMin: buses.vMinPu.map((voltage) => voltage * voltage),
    vMax: buses.vMaxPu.map((voltage) => voltage * voltage),
    loadP: buses.loadKw.map((load) => load / base),
    loadQ: buses.loadKvar.map((load) => load / base),
    freeMin: new Float64Array(count),
    freeMax: new Float64Array(count),
    shunt: buses.shuntKvar.map((shunt) => shunt / base),
  };
  feeder.vMin[settings.rootBus] = settings.rootVoltagePu ** 2;
  feeder.vMax[settings.rootBus] = settings.rootVoltagePu ** 2;
  for (let bus = 0; bus < count; bus += 1) {
    const row = trace.parentBranch[bus];
    if (row < 0) continue;
    feeder.r[bus] = branches.rOhm[row] / impedanceBase;
    feeder.x[bus] = branches.xOhm[row] / impedanceBase;
    feeder.ratio[bus] = branches.ratio[row] * branches.ratio[row];
    feeder.currentLimit[bus] = (branches.iMaxA[row] / currentBase) ** 2;
    const lossless = feeder.r[bus] === 0 && feeder.x[bus] === 0;
    feeder.isLink[bus] = lossless && feeder.currentLimit[bus] === Number.POSITIVE_INFINITY ? 1 : 0;
  }
  communities.bus.forEach((bus, m) => {
    feeder.freeMin[bus] += communities.qMinKvar[m] / base;
    feeder.freeMax[bus] += communities.qMaxKvar[m] / base;
  });
  for (let i = 0; i < prosumers.community.length; i += 1) {
    feeder.loadQ[communities.bus[prosumers.community[i]]] += prosumers.demandKvar[i] / base;
  }
  return feeder;
}

/**
 * Limits on the squared currents that the voltage limits imply: with P' and Q' what arrives at bus j (at
 * least what lies behind it consumes without losses),  |z|² ℓ = τ² v_i − v_j − 2 (r P' + x Q').
 *
 * @param leastImport by bus, pu
 */
export function impliedCurrentLimits(feeder: Feeder, leastImport: Float64Array): Float64Array {
  const arrivingP = feeder.loadP.map((load, bus) => load + leastImport[bus]);
  const arrivingQ = feeder.loadQ.map((load, bus) => {
    const shunt = feeder.shunt[bus];
    return load + feeder.freeMin[bus] - shunt * (shunt > 0 ? feeder.vMax[bus] : feeder.vMin[bus]);
  });
  const limits = Float64Array.from(feeder.currentLimit);
  for (let position = feeder.order.length - 1; position > 0; position -= 1) {
    const bus = feeder.order[position];
    const sender = feeder.parentBus[bus];
    const drop = feeder.r[bus] * arrivingP[bus] + feeder.x[bus] * arrivingQ[bus];
    const room = feeder.ratio[bus] * feeder.vMax[sender] - feeder.vMin[bus] - 2 * drop;
    const squaredImpedance = feeder.r[bus] ** 2 + feeder.x[bus] ** 2;
    if (squaredImpedance > 0) {
      limits[bus] = Math.min(limits[bus], Math.max(room, 0) / squaredImpedance);
    }
    arrivingP[sender] += arrivingP[bus];
    arrivingQ[sender] += arrivingQ[bus];
  }
  return limits;
}
