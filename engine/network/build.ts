/**
 * From the case's tables to the tree of junctions in per unit (contract and equations: radial.ts;
 * docs/model.md section 3). This is the one place where the network changes units.
 *
 *     z_base = base_kv² · 1000 / base_kva  ohm,     i_base = base_kva / (√3 base_kv)  A
 *
 * Walking the buses in depth-first preorder, the branch from bus i (factor f_i) to bus j with ratio τ
 *
 *     joins j to the junction of i, f_j = τ² f_i        when r = x = 0 and no current limit is set
 *     opens a new junction at j, f_j = 1, t = τ² f_i    otherwise
 *
 * so that v_bus = f · v_junction for every bus. A shunt that produces b v_bus then produces b f v of
 * its junction, and limits v_min² ≤ v_bus ≤ v_max² are limits of v divided by f.
 */
import { InternalError } from '../base/errors.js';
import type { Case } from '../case/case.js';
import { traceTree } from '../case/topology.js';
import type { RadialNetwork } from './radial.js';

/** Which bus belongs to which junction, and which branches remain between junctions. */
interface Joining {
  readonly junctionCount: number;
  readonly busJunction: Int32Array;
  readonly busFactor: Float64Array;
  /** Per remaining branch e (it feeds junction e + 1): branch row, and the bus it leaves from. */
  readonly branchRow: Int32Array;
  readonly senderBus: Int32Array;
}

export function buildRadialNetwork(theCase: Case): RadialNetwork {
  const { baseKva, baseKv, rootVoltagePu } = theCase.settings;
  const joining = joinBuses(theCase);
  return {
    baseKva,
    baseKv,
    junctionCount: joining.junctionCount,
    ...branchColumns(theCase, joining),
    ...voltageLimits(theCase, joining),
    ...loadsAndShunts(theCase, joining),
    rootVoltage: rootVoltagePu * rootVoltagePu,
    busJunction: joining.busJunction,
    busFactor: joining.busFactor,
  };
}

function joinBuses(theCase: Case): Joining {
  const { branches, buses, settings } = theCase;
  const busCount = buses.id.length;
  const trace = traceTree(busCount, branches, settings.rootBus);
  if (trace.status !== 'tree') throw new InternalError(`a validated case holds a ${trace.status}`);

  const busJunction = new Int32Array(busCount);
  const busFactor = new Float64Array(busCount).fill(1);
  const branchRow = new Int32Array(busCount);
  const senderBus = new Int32Array(busCount);
  let junctionCount = 1;
  for (let position = 1; position < busCount; position += 1) {
    const bus = trace.order[position];
    const sender = trace.parentBus[bus];
    const row = trace.parentBranch[bus];
    if (joinsItsBuses(theCase, row)) {
      busJunction[bus] = busJunction[sender];
      busFactor[bus] = branches.ratio[row] ** 2 * busFactor[sender];
    } else {
      branchRow[junctionCount - 1] = row;
      senderBus[junctionCount - 1] = sender;
      busJunction[bus] = junctionCount;
      junctionCount += 1;
    }
  }
  return {
    junctionCount,
    busJunction,
    busFactor,
    branchRow: branchRow.slice(0, junctionCount - 1),
    senderBus: senderBus.slice(0, junctionCount - 1),
  };
}

/** A link with a current limit stays a branch: its flow needs a variable to be limited. */
function joinsItsBuses({ branches }: Case, row: number): boolean {
  return (
    branches.rOhm[row] === 0 &&
    branches.xOhm[row] === 0 &&
    branches.iMaxA[row] === Number.POSITIVE_INFINITY
  );
}

function branchColumns(theCase: Case, joining: Joining) {
  const { baseKva, baseKv } = theCase.settings;
  const { rOhm, xOhm, iMaxA, ratio } = theCase.branches;
  const { branchRow, senderBus, busJunction, busFactor } = joining;
  const baseOhm = (baseKv * baseKv * 1000) / baseKva;
  const baseAmpere = baseKva / (Math.sqrt(3) * baseKv);

  const branchCount = branchRow.length;
  const parent = new Int32Array(branchCount);
  const r = new Float64Array(branchCount);
  const x = new Float64Array(branchCount);
  const senderFactor = new Float64Array(branchCount);
  const currentLimit = new Float64Array(branchCount);
  for (let branch = 0; branch < branchCount; branch += 1) {
    const row = branchRow[branch];
    const sender = senderBus[branch];
    parent[branch] = busJunction[sender];
    r[branch] = rOhm[row] / baseOhm;
    x[branch] = xOhm[row] / baseOhm;
    senderFactor[branch] = ratio[row] ** 2 * busFactor[sender];
    currentLimit[branch] = (iMaxA[row] / baseAmpere) ** 2;
  }
  return { parent, r, x, senderFactor, currentLimit, branchRow };
}

/** The tightest limits of each junction; the root bus itself is not checked and sets none. */
function voltageLimits(theCase: Case, { junctionCount, busJunction, busFactor }: Joining) {
  const { vMinPu, vMaxPu } = theCase.buses;
  const vMin = new Float64Array(junctionCount);
  const vMax = new Float64Array(junctionCount).fill(Number.POSITIVE_INFINITY);
  const vMinBus = new Int32Array(junctionCount).fill(-1);
  const vMaxBus = new Int32Array(junctionCount).fill(-1);
  for (let bus = 0; bus < busJunction.length; bus += 1) {
    if (bus === theCase.settings.rootBus) continue;
    const junction = busJunction[bus];
    const lowest = vMinPu[bus] ** 2 / busFactor[bus];
    const highest = vMaxPu[bus] ** 2 / busFactor[bus];
    if (vMinBus[junction] < 0 || lowest > vMin[junction]) {
      vMin[junction] = lowest;
      vMinBus[junction] = bus;
    }
    if (vMaxBus[junction] < 0 || highest < vMax[junction]) {
      vMax[junction] = highest;
      vMaxBus[junction] = bus;
    }
  }
  return { vMin, vMax, vMinBus, vMaxBus };
}

function loadsAndShunts(theCase: Case, { junctionCount, busJunction, busFactor }: Joining) {
  const { baseKva } = theCase.settings;
  const { loadKw, loadKvar, shuntKvar } = theCase.buses;
  const loadP = new Float64Array(junctionCount);
  const loadQ = new Float64Array(junctionCount);
  const shunt = new Float64Array(junctionCount);
  for (let bus = 0; bus < busJunction.length; bus += 1) {
    const junction = busJunction[bus];
    loadP[junction] += loadKw[bus] / baseKva;
    loadQ[junction] += loadKvar[bus] / baseKva;
    shunt[junction] += (shuntKvar[bus] * busFactor[bus]) / baseKva;
  }
  return { loadP, loadQ, shunt };
}
