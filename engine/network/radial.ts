/**
 * The network as the solvers see it: a tree of junctions in per unit.
 *
 * A junction is a set of buses joined by zero-impedance links; an ideal regulator (r = x = 0,
 * ratio ≠ 1) joins its buses too, with a fixed voltage ratio between them. So every branch of this
 * tree has an impedance or a current limit (a link with a limit keeps its flow variables, with
 * r = x = 0), and every bus has one factor to its junction's voltage.
 *
 * Junctions are numbered in depth-first preorder from the root, which is 0; branch e (0-based) feeds
 * junction e + 1, so a loop downwards over e visits children before parents.
 *
 * Per unit on base_kva and base_kv: z_base = base_kv² · 1000 / base_kva ohm, currents on
 * base_kva / (√3 base_kv) A, so that squared voltages, flows and squared currents satisfy
 * docs/model.md section 3 with v in pu², P and Q in pu, ℓ in pu²:
 *
 *     P_e = r ℓ_e + Σ_{children k} P_k + p_j                                     (1)
 *     Q_e = x ℓ_e + Σ_{children k} Q_k + q_j − b_j v_j                           (2)
 *     v_j = t_e v_i − 2 (r P_e + x Q_e) + (r² + x²) ℓ_e                          (3)
 *     ℓ_e t_e v_i = P_e² + Q_e²                                                  (4)
 *
 * with i = parent[e], j = e + 1, t_e = senderFactor[e] (the squared ratio of the branch's own
 * regulator times the factor of the bus it leaves from), and v_j the junction's squared voltage.
 */
export interface RadialNetwork {
  readonly baseKva: number;
  readonly baseKv: number;
  readonly junctionCount: number;
  /** Length junctionCount − 1. Junction that branch e leaves from. */
  readonly parent: Int32Array;
  readonly r: Float64Array;
  readonly x: Float64Array;
  readonly senderFactor: Float64Array;
  /** Largest squared current ℓ, pu²; Infinity without a limit. */
  readonly currentLimit: Float64Array;
  /** Row of the case's branch table. */
  readonly branchRow: Int32Array;

  /**
   * Length junctionCount. Bounds on the junction's squared voltage: the tightest of its buses'. The
   * root bus sets none. Junction 0 has those of the buses joined to the root, whose voltages are as
   * fixed as its own: whether `rootVoltage` keeps to them is known before any solve. Where no bus
   * sets a bound it is 0, Infinity.
   */
  readonly vMin: Float64Array;
  readonly vMax: Float64Array;
  /** Bus row that sets the bound, for messages; -1 where none does. */
  readonly vMinBus: Int32Array;
  readonly vMaxBus: Int32Array;
  /** Fixed load of the junction, pu. */
  readonly loadP: Float64Array;
  readonly loadQ: Float64Array;
  /** Capacitive susceptance on the junction's squared voltage, pu. */
  readonly shunt: Float64Array;
  /** Squared voltage of the root junction, pu². */
  readonly rootVoltage: number;

  /** Length buses. Junction of each bus, and its squared voltage over that of the junction. */
  readonly busJunction: Int32Array;
  readonly busFactor: Float64Array;
}
