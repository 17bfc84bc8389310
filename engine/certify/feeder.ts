/**
 * The feeder for the bound: buses and branches of the case in depth-first order, per unit, links left as
 * they are. Independent of network/: nothing is joined; buses behind links only share their limits.
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
  /** By bus: the first bus on the way to the root that no link feeds; the bus itself without links. */
  readonly head: Int32Array;
  /** By bus: its place in the order, and the place behind the last bus that it feeds. */
  readonly position: Int32Array;
  readonly subtreeEnd: Int32Array;
  /** Limits of the squared voltage by bus, those of buses joined by links included; equal at the root. */
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

/** @param reactiveDemand of the prosumers, by community, kvar */
export function createFeeder(
  theCase: Case,
  reactiveDemand: Float64Array = reactiveDemands(theCase),
): Feeder {
  const { settings, buses, branches, communities } = theCase;
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
    head: new Int32Array(count),
    position: new Int32Array(count),
    subtreeEnd: new Int32Array(count),
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
    feeder.loadQ[bus] += reactiveDemand[m] / base;
  });
  traceSubtrees(feeder);
  joinVoltageLimits(feeder);
  return feeder;
}

function reactiveDemands({ communities, prosumers }: Case): Float64Array {
  const { prosumerStart } = communities;
  return Float64Array.from(communities.id, (_, m) =>
    prosumers.demandKvar
      .subarray(prosumerStart[m], prosumerStart[m + 1])
      .reduce((sum, demand) => sum + demand, 0),
  );
}

/** In depth-first order a subtree is a stretch. */
function traceSubtrees({ order, parentBus, isLink, head, position, subtreeEnd }: Feeder): void {
  order.forEach((bus, place) => {
    position[bus] = place;
    subtreeEnd[bus] = place + 1;
    head[bus] = isLink[bus] === 1 ? head[parentBus[bus]] : bus;
  });
  for (let place = order.length - 1; place > 0; place -= 1) {
    const sender = parentBus[order[place]];
    subtreeEnd[sender] = Math.max(subtreeEnd[sender], subtreeEnd[order[place]]);
  }
}

/** Across a link v_j = τ² v_i, so the limits of both hold for both; the root's voltage is given. */
function joinVoltageLimits({ order, parentBus, ratio, isLink, vMin, vMax }: Feeder): void {
  const root = order[0];
  for (let place = order.length - 1; place > 0; place -= 1) {
    const bus = order[place];
    const sender = parentBus[bus];
    if (isLink[bus] === 0 || sender === root) continue;
    vMin[sender] = Math.max(vMin[sender], vMin[bus] / ratio[bus]);
    vMax[sender] = Math.min(vMax[sender], vMax[bus] / ratio[bus]);
  }
  for (const bus of order) {
    if (isLink[bus] === 0) continue;
    vMin[bus] = ratio[bus] * vMin[parentBus[bus]];
    vMax[bus] = ratio[bus] * vMax[parentBus[bus]];
  }
}

/** Active and reactive power by bus, pu. */
export interface Flows {
  readonly active: Float64Array;
  readonly reactive: Float64Array;
}

/**
 * What each bus and everything behind it consumes at least, without losses: the least that arrives there.
 *
 * @param leastImport by bus, pu
 */
export function leastConsumption(feeder: Feeder, leastImport: Float64Array): Flows {
  const active = feeder.loadP.map((load, bus) => load + leastImport[bus]);
  const reactive = feeder.loadQ.map((load, bus) => {
    const shunt = feeder.shunt[bus];
    return load + feeder.freeMin[bus] - shunt * (shunt > 0 ? feeder.vMax[bus] : feeder.vMin[bus]);
  });
  for (let place = feeder.order.length - 1; place > 0; place -= 1) {
    const bus = feeder.order[place];
    const sender = feeder.parentBus[bus];
    active[sender] += active[bus];
    reactive[sender] += reactive[bus];
  }
  return { active, reactive };
}

/**
 * Limits on the squared currents that the voltage limits imply, pu²: with P' and Q' what arrives at bus j,
 * |z|² ℓ = τ² v_i − v_j − 2 (r P' + x Q').
 */
export function impliedCurrentLimits(feeder: Feeder, { active, reactive }: Flows): Float64Array {
  const { r, x, ratio, vMin, vMax, parentBus } = feeder;
  return feeder.currentLimit.map((limit, bus) => {
    const squaredImpedance = r[bus] ** 2 + x[bus] ** 2;
    if (squaredImpedance === 0 || parentBus[bus] < 0) return limit;
    const drop = r[bus] * active[bus] + x[bus] * reactive[bus];
    const room = ratio[bus] * vMax[parentBus[bus]] - vMin[bus] - 2 * drop;
    return Math.min(limit, Math.max(room, 0) / squaredImpedance);
  });
}
