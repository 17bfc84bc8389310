/**
 * How far a state of the network is from the equations (1) to (4) of radial.ts, (4) taken as an
 * equation: the largest residual over all branches,
 *
 *     (1)  |P_e − r ℓ_e − p_j − Σ_children P_k| / s
 *     (2)  |Q_e − x ℓ_e − q_j + b_j v_j − Σ_children Q_k| / s
 *     (3)  |v_j − t_e v_i + 2 (r P_e + x Q_e) − (r² + x²) ℓ_e|
 *     (4)  |ℓ_e t_e v_i − P_e² − Q_e²| / s²
 *
 * in pu, with s = max(1, the largest |P_e|, |Q_e|): where flows are many times base_kva, their own
 * rounding is in proportion.
 */
import type { NetworkState } from './powerFlow.js';
import type { RadialNetwork } from './radial.js';

/**
 * @param balance scratch of two numbers a junction, for callers that may not allocate
 * @returns the largest residual; NaN when any figure of the state is NaN
 */
export function powerFlowMismatch(
  network: RadialNetwork,
  state: NetworkState,
  netLoadP: Float64Array,
  netLoadQ: Float64Array,
  balance: Float64Array = new Float64Array(2 * network.junctionCount),
): number {
  const { parent, r, x, senderFactor } = network;
  const { activeFlow, reactiveFlow, squaredCurrent, squaredVoltage } = state;
  const scale = sumOutflows(network, state, netLoadP, netLoadQ, balance);

  let largest = 0;
  for (let branch = 0; branch < parent.length; branch += 1) {
    const junction = branch + 1;
    const active = activeFlow[branch];
    const reactive = reactiveFlow[branch];
    const current = squaredCurrent[branch];
    const sent = senderFactor[branch] * squaredVoltage[parent[branch]];
    const activeBalance = active - r[branch] * current - balance[2 * junction];
    const reactiveBalance = reactive - x[branch] * current - balance[2 * junction + 1];
    const voltageDrop =
      squaredVoltage[junction] -
      sent +
      2 * (r[branch] * active + x[branch] * reactive) -
      (r[branch] ** 2 + x[branch] ** 2) * current;
    const cone = current * sent - active ** 2 - reactive ** 2;
    // Math.max hands NaN on, so that a broken state cannot pass for a small residual.
    largest = Math.max(
      largest,
      Math.abs(activeBalance) / scale,
      Math.abs(reactiveBalance) / scale,
      Math.abs(voltageDrop),
      Math.abs(cone) / scale ** 2,
    );
  }
  return largest;
}

/**
 * Fills `balance` with what leaves each junction: its own consumption and what its children draw.
 *
 * @returns the scale s
 */
function sumOutflows(
  network: RadialNetwork,
  state: NetworkState,
  netLoadP: Float64Array,
  netLoadQ: Float64Array,
  balance: Float64Array,
): number {
  const { junctionCount, parent, loadP, loadQ, shunt } = network;
  const { activeFlow, reactiveFlow, squaredVoltage } = state;
  for (let junction = 0; junction < junctionCount; junction += 1) {
    balance[2 * junction] = loadP[junction] + netLoadP[junction];
    balance[2 * junction + 1] =
      loadQ[junction] + netLoadQ[junction] - shunt[junction] * squaredVoltage[junction];
  }
  let scale = 1;
  for (let branch = 0; branch < parent.length; branch += 1) {
    balance[2 * parent[branch]] += activeFlow[branch];
    balance[2 * parent[branch] + 1] += reactiveFlow[branch];
    scale = Math.max(scale, Math.abs(activeFlow[branch]), Math.abs(reactiveFlow[branch]));
  }
  return scale;
}
