/**
 * Ranges of the squared voltages that follow from what can flow (docs/model.md section 5): narrow near the root,
 * where the limits of the case are wide. With P', Q' what arrives at j and P, Q what is sent to it,
 *
 *     v_j = t v_i − 2 (r P' + x Q') − |z|² ℓ  ≤  t v_i − 2 (r P' + x Q')
 *     v_j = t v_i − 2 (r P  + x Q ) + |z|² ℓ  ≥  t v_i − 2 (r P  + x Q )
 *
 * where P' is at least what lies behind j consumes without losses, P at most what it consumes with the
 * greatest losses, and both at most √(ℓ t v_i) either way.
 */
import type { NetworkProgram } from './networkProgram.js';

/** By junction, pu². */
export interface VoltageRanges {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/**
 * @param currentLimit limits of the squared currents that hold for every outcome, pu²
 * @param smallestImport by community, pu
 * @param greatestImport by community, pu
 */
export function impliedVoltages(
  program: NetworkProgram,
  currentLimit: Float64Array,
  smallestImport: Float64Array,
  greatestImport: Float64Array,
): VoltageRanges {
  const { network, layout } = program;
  const least = consumption(program, smallestImport, 'least');
  const most = consumption(program, greatestImport, 'most');
  const greatestFlow = new Float64Array(layout.branchCount);
  for (let e = layout.branchCount - 1; e >= 0; e -= 1) {
    const sender = network.parent[e];
    const limit = currentLimit[e];
    const voltage = sender === 0 ? network.rootVoltage : network.vMax[sender];
    greatestFlow[e] = Math.sqrt(limit * network.senderFactor[e] * voltage);
    const loss = network.r[e] * limit;
    const reactiveLoss = network.x[e] * limit;
    most.active[e + 1] = Math.min(most.active[e + 1] + Math.max(loss, 0), greatestFlow[e]);
    most.reactive[e + 1] = Math.min(
      most.reactive[e + 1] + Math.max(reactiveLoss, 0),
      greatestFlow[e],
    );
    least.active[e + 1] = Math.max(least.active[e + 1], -greatestFlow[e] - Math.max(loss, 0));
    least.reactive[e + 1] = Math.max(
      least.reactive[e + 1] + Math.min(reactiveLoss, 0),
      -greatestFlow[e] - Math.max(reactiveLoss, 0),
    );
    most.active[sender] += most.active[e + 1];
    most.reactive[sender] += most.reactive[e + 1];
    least.active[sender] += least.active[e + 1];
    least.reactive[sender] += least.reactive[e + 1];
  }
  const low = Float64Array.from(network.vMin);
  const high = Float64Array.from(network.vMax);
  low[0] = network.rootVoltage;
  high[0] = network.rootVoltage;
  for (let e = 0; e < layout.branchCount; e += 1) {
    const sender = network.parent[e];
    const j = e + 1;
    const factor = network.senderFactor[e];
    const { r, x } = network;
    const reactiveAtLeast = x[e] >= 0 ? least.reactive[j] : most.reactive[j];
    const reactiveAtMost = x[e] >= 0 ? most.reactive[j] : least.reactive[j];
    const leastDrop = 2 * (r[e] * least.active[j] + x[e] * reactiveAtLeast);
    const mostDrop = 2 * (r[e] * most.active[j] + x[e] * reactiveAtMost);
    // A limit without end leaves nothing to say: infinite flows times no impedance.
    if (Number.isFinite(leastDrop)) high[j] = Math.min(high[j], factor * high[sender] - leastDrop);
    if (Number.isFinite(mostDrop)) low[j] = Math.max(low[j], factor * low[sender] - mostDrop);
  }
  return { low, high };
}

interface Flows {
  readonly active: Float64Array;
  readonly reactive: Float64Array;
}

/** What each junction by itself consumes at least or at most, pu. */
function consumption(
  { network, market, layout }: NetworkProgram,
  netImport: Float64Array,
  side: 'least' | 'most',
): Flows {
  const active = Float64Array.from(network.loadP);
  netImport.forEach((value, m) => {
    active[market.junction[m]] += value;
  });
  const reactive = Float64Array.from({ length: layout.junctionCount }, (_, j) => {
    const free = side === 'least' ? market.reactiveMin[j] : market.reactiveMax[j];
    const shunt = network.shunt[j];
    const atHigh = (side === 'least') === shunt > 0;
    const charging = shunt === 0 ? 0 : shunt * (atHigh ? network.vMax[j] : network.vMin[j]);
    return network.loadQ[j] + market.reactiveDemand[j] + free - charging;
  });
  return { active, reactive };
}
