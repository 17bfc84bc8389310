/**
 * Where a solution of the relaxation leaves the exact power flow, branch by branch. With w_e = t_e v_i the
 * current that the flow of branch e needs is (P² + Q²) / w, and what the relaxation holds beyond that is
 * invented:
 *
 *     δ_e = ℓ_e − (P_e² + Q_e²) / w_e ≥ 0
 *     slack           |z_e| δ_e w_e                                       pu    (docs/model.md (6.2))
 *     invented losses r_e δ_e                                             pu
 *     voltage effect  (2 Re(conj(Z_i) z_e) + |z_e|²) δ_e / (2 √v_j)       pu
 *
 * with Z_i the impedance from the root to the sending junction. To first order, and for the same imports,
 * the voltage effect is what v_j rises by once δ_e is gone: the active and reactive losses z_e δ_e no
 * longer flow through Z_i, nor the current through z_e. It tells slack that matters from the large harmless
 * slack of short lines.
 */
import type { NetworkState } from './powerFlow.js';
import type { RadialNetwork } from './radial.js';

/** One entry a branch. */
export interface RelaxationSlack {
  /** pu. */
  readonly slack: Float64Array;
  readonly inventedLossesKw: Float64Array;
  /** Of the junction that the branch feeds, pu (not squared). */
  readonly voltageEffect: Float64Array;
}

/** @param state flows at the sending ends, squared currents and squared voltages of a relaxed solution, pu */
export function relaxationSlack(network: RadialNetwork, state: NetworkState): RelaxationSlack {
  const branchCount = network.parent.length;
  const result: RelaxationSlack = {
    slack: new Float64Array(branchCount),
    inventedLossesKw: new Float64Array(branchCount),
    voltageEffect: new Float64Array(branchCount),
  };
  const pathR = new Float64Array(network.junctionCount);
  const pathX = new Float64Array(network.junctionCount);
  for (let e = 0; e < branchCount; e += 1) {
    const sender = network.parent[e];
    const factor = network.senderFactor[e];
    const r = network.r[e];
    const x = network.x[e];
    const feedingR = factor * pathR[sender];
    const feedingX = factor * pathX[sender];
    pathR[e + 1] = feedingR + r;
    pathX[e + 1] = feedingX + x;
    const voltage = factor * state.squaredVoltage[sender];
    const flow = state.activeFlow[e] ** 2 + state.reactiveFlow[e] ** 2;
    const invented = state.squaredCurrent[e] - flow / voltage;
    const squared = r * r + x * x;
    const rise = (2 * (feedingR * r + feedingX * x) + squared) * invented;
    result.slack[e] = Math.sqrt(squared) * invented * voltage;
    result.inventedLossesKw[e] = r * invented * network.baseKva;
    result.voltageEffect[e] = rise / (2 * Math.sqrt(state.squaredVoltage[e + 1]));
  }
  return result;
}
