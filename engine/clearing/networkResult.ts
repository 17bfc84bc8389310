/**
 * The state of every bus and branch of the case, zero-impedance links included, from the exact power flow
 * on the tree of junctions. The one place where the network's answer leaves per unit.
 */
import { InternalError } from '../base/errors.js';
import type { Case } from '../case/case.js';
import { traceTree } from '../case/topology.js';
import type { NetworkState } from '../network/powerFlow.js';
import type { RadialNetwork } from '../network/radial.js';
import type { BranchResult } from './result.js';

/** Voltage of each bus, pu. */
export function busVoltages(network: RadialNetwork, flow: NetworkState): Float64Array {
  return Float64Array.from(network.busJunction, (junction, bus) =>
    Math.sqrt(network.busFactor[bus] * flow.squaredVoltage[junction]),
  );
}

/**
 * Flows of every branch at its sending end. Those of links follow from what the buses behind them
 * consume.
 *
 * @param importKw by community, with the total reactive consumption `reactiveKvar`
 */
export function branchResult(
  theCase: Case,
  network: RadialNetwork,
  flow: NetworkState,
  importKw: Float64Array,
  reactiveKvar: Float64Array,
): BranchResult {
  const { buses, branches, communities, settings } = theCase;
  const trace = traceTree(buses.id.length, branches, settings.rootBus);
  if (trace.status !== 'tree') throw new InternalError(`a validated case holds a ${trace.status}`);
  const voltage = busVoltages(network, flow);
  const active = Float64Array.from(buses.loadKw);
  const reactive = buses.loadKvar.map(
    (load, bus) => load - buses.shuntKvar[bus] * voltage[bus] ** 2,
  );
  communities.bus.forEach((bus, m) => {
    active[bus] += importKw[m];
    reactive[bus] += reactiveKvar[m];
  });
  const networkBranch = new Int32Array(branches.from.length).fill(-1);
  network.branchRow.forEach((row, e) => {
    networkBranch[row] = e;
  });

  const count = branches.from.length;
  const result = {
    pKw: new Float64Array(count),
    qKvar: new Float64Array(count),
    currentA: new Float64Array(count),
    lossesKw: new Float64Array(count),
    loading: new Float64Array(count).fill(Number.NaN),
  };
  const baseCurrent = network.baseKva / (Math.sqrt(3) * network.baseKv);
  for (let position = trace.order.length - 1; position > 0; position -= 1) {
    const bus = trace.order[position];
    const row = trace.parentBranch[bus];
    const e = networkBranch[row];
    let squaredCurrent: number;
    if (e >= 0) {
      squaredCurrent = flow.squaredCurrent[e];
      result.lossesKw[row] = network.r[e] * squaredCurrent * network.baseKva;
      result.pKw[row] = flow.activeFlow[e] * network.baseKva;
      result.qKvar[row] = flow.reactiveFlow[e] * network.baseKva;
    } else {
      result.pKw[row] = active[bus];
      result.qKvar[row] = reactive[bus];
      const apparent = Math.hypot(active[bus], reactive[bus]) / network.baseKva;
      squaredCurrent = (apparent / voltage[bus]) ** 2;
    }
    result.currentA[row] = Math.sqrt(squaredCurrent) * baseCurrent;
    if (branches.iMaxA[row] < Number.POSITIVE_INFINITY) {
      result.loading[row] = result.currentA[row] / branches.iMaxA[row];
    }
    active[trace.parentBus[bus]] += result.pKw[row];
    reactive[trace.parentBus[bus]] += result.qKvar[row];
  }
  return result;
}
