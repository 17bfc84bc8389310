/**
 * Nesterov–Todd scaling of a family of second-order cones, kept by its eigenvectors.
 *
 * For s and z inside a cone with J = diag(1, −1, …, −1) and |s|² = sᵀJs,
 *
 *     s̄ = s/|s|,  z̄ = z/|z|,  γ = √((1 + s̄ᵀz̄)/2),  w = (s̄ + J z̄)/(2γ),  η = √(|s|/|z|)
 *     W = η [w₀ w₁ᵀ; w₁ I + w₁w₁ᵀ/(1 + w₀)],   W z = W⁻¹ s = λ
 *
 * W is symmetric with eigenvalues η (w₀ + ‖w₁‖), η/(w₀ + ‖w₁‖) and η, on (1, ŵ₁)/√2, (1, −ŵ₁)/√2 and the
 * complement, ŵ₁ = w₁/‖w₁‖. Near an optimum with a tight cone the first grows without limit. W = Q Λ Qᵀ
 * with an orthogonal Q keeps the three scales apart, where the entries of W or W² would round the smaller
 * ones away. Q is a turn of head and axis by 45° after a Householder reflection of the tail that moves ŵ₁ to
 * the first coordinate:
 *
 *     H = I − u uᵀ/(1 + |ŵ₁₁|),   u = ŵ₁ + sign(ŵ₁₁) e₁,   H ŵ₁ = −sign(ŵ₁₁) e₁
 *
 * A cone of size 1 is the nonnegative half-line; there W = η. All cones lie in flat arrays: rows `start[k]`
 * to `start[k + 1] − 1` belong to cone k. Coordinates Qᵀv are called turned.
 *
 * Y. Nesterov, M. Todd, "Self-scaled barriers and interior-point methods for convex programming",
 * Mathematics of Operations Research 22 (1997); L. Vandenberghe, "The CVXOPT linear and quadratic cone
 * program solvers" (2010), section 4.
 */

/** Below this ‖w₁‖² the axis has no direction, and any will do: the eigenvalues coincide. */
const NO_AXIS = 1e-280;

/** Roundings by which ‖tail‖ may exceed the head: a step's own, and those of the norm and the rescaling. */
const OUTSIDE_ROUNDING = 8;

export class ConeScaling {
  readonly count: number;
  readonly rowCount: number;
  readonly start: Int32Array;
  /** Λ, by row. */
  readonly spread: Float64Array;
  /** λ, by row, and |λ|² = |s||z|, by cone. */
  readonly lambda: Float64Array;
  readonly determinant: Float64Array;
  /** u in the tail rows; 1/(1 + |ŵ₁₁|) and the sign that H gives ŵ₁, by cone. */
  private readonly reflector: Float64Array;
  private readonly reflectorFactor: Float64Array;
  private readonly axisSign: Float64Array;

  constructor(sizes: Int32Array) {
    this.count = sizes.length;
    this.start = new Int32Array(this.count + 1);
    for (let k = 0; k < this.count; k++) this.start[k + 1] = this.start[k] + sizes[k];
    this.rowCount = this.start[this.count];
    this.spread = new Float64Array(this.rowCount);
    this.lambda = new Float64Array(this.rowCount);
    this.determinant = new Float64Array(this.count);
    this.reflector = new Float64Array(this.rowCount);
    this.reflectorFactor = new Float64Array(this.count);
    this.axisSign = new Float64Array(this.count);
  }

  /**
   * Computes the scaling at slacks `s` and duals `dual[first …]`.
   *
   * @returns false when a point is not strictly inside its cone
   */
  update(s: Float64Array, dual: Float64Array, first: number): boolean {
    const { count, start, lambda, determinant, spread, reflector } = this;
    for (let k = 0; k < count; k++) {
      const head = start[k];
      const end = start[k + 1];
      let sTail = 0;
      let zTail = 0;
      let product = s[head] * dual[first + head];
      for (let i = head + 1; i < end; i++) {
        const si = s[i];
        const zi = dual[first + i];
        sTail += si * si;
        zTail += zi * zi;
        product += si * zi;
      }
      const sNorm = coneNorm(s[head], sTail);
      const zNorm = coneNorm(dual[first + head], zTail);
      if (!(sNorm > 0 && zNorm > 0)) return false;

      const sInverse = 1 / sNorm;
      const zInverse = 1 / zNorm;
      const gamma = Math.sqrt(0.5 * (1 + product * sInverse * zInverse));
      const s0 = s[head] * sInverse;
      const z0 = dual[first + head] * zInverse;
      const lambdaSize = Math.sqrt(sNorm * zNorm);
      const lambdaFactor = lambdaSize / (s0 + z0 + 2 * gamma);
      const halfInverse = 0.5 / gamma;
      let wTail = 0;
      for (let i = head + 1; i < end; i++) {
        const si = s[i] * sInverse;
        const zi = dual[first + i] * zInverse;
        const wi = (si - zi) * halfInverse;
        reflector[i] = wi;
        wTail += wi * wi;
        lambda[i] = lambdaFactor * ((gamma + z0) * si + (gamma + s0) * zi);
      }
      lambda[head] = lambdaSize * gamma;
      determinant[k] = sNorm * zNorm;
      const eta = Math.sqrt(sNorm * zInverse);
      const stretch = Math.sqrt(1 + wTail) + Math.sqrt(wTail);
      spread.fill(eta, head, end);
      if (end > head + 1) {
        spread[head] = eta * stretch;
        spread[head + 1] = eta / stretch;
        this.reflect(k, wTail);
      }
    }
    return true;
  }

  /** Turns w₁, which stands in the reflector, into u. */
  private reflect(k: number, wTail: number): void {
    const { reflector } = this;
    const first = this.start[k] + 1;
    const end = this.start[k + 1];
    if (wTail > NO_AXIS) {
      const inverse = 1 / Math.sqrt(wTail);
      for (let i = first; i < end; i++) reflector[i] *= inverse;
    } else {
      reflector.fill(0, first, end);
      reflector[first] = 1;
    }
    const sign = reflector[first] < 0 ? -1 : 1;
    this.reflectorFactor[k] = 1 / (1 + Math.abs(reflector[first]));
    this.axisSign[k] = -sign;
    reflector[first] += sign;
  }

  /** target = Qᵀ source for one cone; source and target begin at these offsets and may coincide. */
  turnCone(
    k: number,
    source: Float64Array,
    sourceFirst: number,
    target: Float64Array,
    targetFirst: number,
  ): void {
    const { reflector } = this;
    const head = this.start[k];
    const size = this.start[k + 1] - head;
    const v0 = source[sourceFirst];
    if (size === 1) {
      target[targetFirst] = v0;
      return;
    }
    let along = 0;
    for (let i = 1; i < size; i++) along += reflector[head + i] * source[sourceFirst + i];
    along *= this.reflectorFactor[k];
    const axis = this.axisSign[k] * (source[sourceFirst + 1] - along * reflector[head + 1]);
    for (let i = 2; i < size; i++) {
      target[targetFirst + i] = source[sourceFirst + i] - along * reflector[head + i];
    }
    target[targetFirst] = (v0 + axis) * Math.SQRT1_2;
    target[targetFirst + 1] = (v0 - axis) * Math.SQRT1_2;
  }

  /** target = Qᵀ source for all cones, each vector from its offset on; they may coincide. */
  turn(source: Float64Array, sourceFirst: number, target: Float64Array, targetFirst: number): void {
    const { count, start } = this;
    for (let k = 0; k < count; k++) {
      this.turnCone(k, source, sourceFirst + start[k], target, targetFirst + start[k]);
    }
  }

  /** target = Q source for all cones, each vector from its offset on; they may coincide. */
  turnBack(
    source: Float64Array,
    sourceFirst: number,
    target: Float64Array,
    targetFirst: number,
  ): void {
    const { count, start, reflector, reflectorFactor, axisSign } = this;
    for (let k = 0; k < count; k++) {
      const head = start[k];
      const end = start[k + 1];
      if (end === head + 1) {
        target[targetFirst + head] = source[sourceFirst + head];
        continue;
      }
      const plus = source[sourceFirst + head];
      const minus = source[sourceFirst + head + 1];
      const axis = axisSign[k] * (plus - minus) * Math.SQRT1_2;
      let along = reflector[head + 1] * axis;
      for (let i = head + 2; i < end; i++) along += reflector[i] * source[sourceFirst + i];
      along *= reflectorFactor[k];
      for (let i = head + 2; i < end; i++) {
        target[targetFirst + i] = source[sourceFirst + i] - along * reflector[i];
      }
      target[targetFirst + head] = (plus + minus) * Math.SQRT1_2;
      target[targetFirst + head + 1] = axis - along * reflector[head + 1];
    }
  }
}

/**
 * √(head² − ‖tail‖²) for a vector strictly inside the cone, else 0. A tight cone comes so near
 * its boundary that head − ‖tail‖ is lost in rounding: then it is taken as large as that rounding.
 */
function coneNorm(head: number, tailSquare: number): number {
  const tail = Math.sqrt(tailSquare);
  const rounding = Number.EPSILON * head;
  if (!(head > 0) || head - tail < -OUTSIDE_ROUNDING * rounding) return 0;
  return Math.sqrt(Math.max(head - tail, rounding) * (head + tail));
}
