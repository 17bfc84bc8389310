/**
 * The exact power flow of a radial network: equations (1) to (4) of radial.ts, with (4) as an
 * equation, by a backward/forward sweep in squared voltages (M. E. Baran, F. F. Wu, "Network
 * reconfiguration in distribution systems for loss reduction and load balancing", IEEE Trans. Power
 * Delivery 4(2), 1989).
 *
 * One sweep, with P', Q' the flows that arrive at the receiving end of branch e:
 *
 *     backwards   P' = p_j + Σ_children P_k,   Q' = q_j − b_j v_j + Σ_children Q_k
 *                 ℓ_e = (P'² + Q'²) / v_j,     P_e = P' + r ℓ_e,   Q_e = Q' + x ℓ_e
 *     forwards    v_j = t_e v_i − 2 (r P_e + x Q_e) + (r² + x²) ℓ_e
 *
 * ℓ v_j = P'² + Q'² at the receiving end is (4) once (3) holds, and needs no implicit step. Every
 * solve starts from the voltages of the network without load, so that an answer depends on its loads
 * alone; from there a consuming feeder's voltages only fall, towards the upper of its solutions.
 *
 * All quantities in pu on base_kva and base_kv; voltages and currents squared.
 */
import { powerFlowMismatch } from './mismatch.js';
import type { RadialNetwork } from './radial.js';

/** `diverged`: a voltage collapsed, or the sweeps did not settle; every figure is then NaN. */
export type PowerFlowStatus = 'converged' | 'diverged';

/** The state of a network: one entry a branch for flows and currents, one a junction for voltages. */
export interface NetworkState {
  /** P_e and Q_e at the sending end. */
  readonly activeFlow: Float64Array;
  readonly reactiveFlow: Float64Array;
  readonly squaredCurrent: Float64Array;
  readonly squaredVoltage: Float64Array;
}

/** A power flow bound to one network; its arrays are overwritten by the next solve. */
export interface PowerFlow extends NetworkState {
  /** P_0 and Q_0 drawn from the grid at the root. */
  readonly rootActive: number;
  readonly rootReactive: number;
  /** Largest residual of (1) to (4), as mismatch.ts defines it. */
  readonly mismatch: number;
  readonly sweeps: number;
  /**
   * @param netLoadP active import of the communities at each junction; fixed loads are added here
   * @param netLoadQ likewise reactive; shunts are added here
   */
  solve(netLoadP: Float64Array, netLoadQ: Float64Array): PowerFlowStatus;
}

/** A thousand times below what the certificate asks of a power flow (1e-9 pu). */
const MISMATCH_TOLERANCE = 1e-12;

/** Accepted where rounding keeps the sweeps from going lower: see `STALLED_SWEEPS`. */
const STALLED_TOLERANCE = 1e-11;

/** So many sweeps without a new lowest mismatch mean that rounding, not convergence, decides. */
const STALLED_SWEEPS = 4;

/**
 * Ordinary feeders need 6 to 20 sweeps; a feeder so near its collapse that 500 do not settle it has
 * no voltage one could rely on.
 */
const SWEEP_LIMIT = 500;

export function createPowerFlow(network: RadialNetwork): PowerFlow {
  return new SweepPowerFlow(network);
}

class SweepPowerFlow implements PowerFlow {
  readonly activeFlow: Float64Array;
  readonly reactiveFlow: Float64Array;
  readonly squaredCurrent: Float64Array;
  readonly squaredVoltage: Float64Array;
  rootActive = Number.NaN;
  rootReactive = Number.NaN;
  mismatch = Number.NaN;
  sweeps = 0;
  private readonly balance: Float64Array;

  constructor(private readonly network: RadialNetwork) {
    const branchCount = network.junctionCount - 1;
    this.activeFlow = new Float64Array(branchCount);
    this.reactiveFlow = new Float64Array(branchCount);
    this.squaredCurrent = new Float64Array(branchCount);
    this.squaredVoltage = new Float64Array(network.junctionCount);
    this.balance = new Float64Array(2 * network.junctionCount);
  }

  solve(netLoadP: Float64Array, netLoadQ: Float64Array): PowerFlowStatus {
    this.startWithoutLoad();
    let lowest = Number.POSITIVE_INFINITY;
    let lowestAt = 0;
    for (this.sweeps = 1; this.sweeps <= SWEEP_LIMIT; this.sweeps += 1) {
      this.sweepBackwards(netLoadP, netLoadQ);
      if (!this.sweepForwards()) break;
      this.mismatch = powerFlowMismatch(this.network, this, netLoadP, netLoadQ, this.balance);
      if (this.mismatch <= MISMATCH_TOLERANCE) return 'converged';
      if (this.mismatch < lowest) {
        lowest = this.mismatch;
        lowestAt = this.sweeps;
      } else if (this.sweeps - lowestAt >= STALLED_SWEEPS && this.mismatch <= STALLED_TOLERANCE) {
        return 'converged';
      }
    }
    this.forget();
    return 'diverged';
  }

  private startWithoutLoad(): void {
    const { parent, senderFactor, rootVoltage } = this.network;
    const { squaredVoltage } = this;
    squaredVoltage[0] = rootVoltage;
    for (let branch = 0; branch < parent.length; branch += 1) {
      squaredVoltage[branch + 1] = senderFactor[branch] * squaredVoltage[parent[branch]];
    }
  }

  private sweepBackwards(netLoadP: Float64Array, netLoadQ: Float64Array): void {
    const { parent, r, x, loadP, loadQ, shunt } = this.network;
    const { activeFlow, reactiveFlow, squaredCurrent, squaredVoltage } = this;
    // First what each junction draws itself; children, which come after, then add to their parents.
    for (let branch = 0; branch < parent.length; branch += 1) {
      const junction = branch + 1;
      activeFlow[branch] = loadP[junction] + netLoadP[junction];
      reactiveFlow[branch] =
        loadQ[junction] + netLoadQ[junction] - shunt[junction] * squaredVoltage[junction];
    }
    let rootActive = loadP[0] + netLoadP[0];
    let rootReactive = loadQ[0] + netLoadQ[0] - shunt[0] * squaredVoltage[0];
    for (let branch = parent.length - 1; branch >= 0; branch -= 1) {
      const received = activeFlow[branch] ** 2 + reactiveFlow[branch] ** 2;
      const current = received / squaredVoltage[branch + 1];
      squaredCurrent[branch] = current;
      activeFlow[branch] += r[branch] * current;
      reactiveFlow[branch] += x[branch] * current;
      if (parent[branch] === 0) {
        rootActive += activeFlow[branch];
        rootReactive += reactiveFlow[branch];
      } else {
        activeFlow[parent[branch] - 1] += activeFlow[branch];
        reactiveFlow[parent[branch] - 1] += reactiveFlow[branch];
      }
    }
    this.rootActive = rootActive;
    this.rootReactive = rootReactive;
  }

  /** @returns false when a voltage collapses (NaN included) */
  private sweepForwards(): boolean {
    const { parent, r, x, senderFactor } = this.network;
    const { activeFlow, reactiveFlow, squaredCurrent, squaredVoltage } = this;
    for (let branch = 0; branch < parent.length; branch += 1) {
      const voltage =
        senderFactor[branch] * squaredVoltage[parent[branch]] -
        2 * (r[branch] * activeFlow[branch] + x[branch] * reactiveFlow[branch]) +
        (r[branch] ** 2 + x[branch] ** 2) * squaredCurrent[branch];
      if (!(voltage > 0)) return false;
      squaredVoltage[branch + 1] = voltage;
    }
    return true;
  }

  /** Leaves nothing behind that could be taken for an answer. */
  private forget(): void {
    this.activeFlow.fill(Number.NaN);
    this.reactiveFlow.fill(Number.NaN);
    this.squaredCurrent.fill(Number.NaN);
    this.squaredVoltage.fill(Number.NaN);
    this.rootActive = Number.NaN;
    this.rootReactive = Number.NaN;
    this.mismatch = Number.NaN;
  }
}
