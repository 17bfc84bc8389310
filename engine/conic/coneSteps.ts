/**
 * Steps of the second-order cones, in the coordinates of the scaling, where slack and dual are both λ:
 *
 *     Δz̃ = W Δz,   Δs̃ = W⁻¹ Δs,   λ∘(Δs̃ + Δz̃) = −c   ⇒   Δs̃ = −u − Δz̃,  Δs = W Δs̃,  u = λ\c
 *
 * a∘b = (aᵀb, a₀b₁ + b₀a₁) is the cone's product and λ\c its inverse. c is the complementarity to remove:
 * λ∘λ when aiming at zero (u = λ), λ∘λ + Δs̃∘Δz̃ − σμe when aiming at the central path.
 */
import type { ConeScaling } from './coneScaling.js';
import type { Iterate } from './iterate.js';

export class ConeSteps {
  private readonly u: Float64Array;
  private readonly scaledSlackStep: Float64Array;
  private readonly scaledDualStep: Float64Array;
  private readonly turnedTarget: Float64Array;

  /** @param first where the cones' duals begin in a point */
  constructor(
    private readonly scaling: ConeScaling,
    private readonly first: number,
  ) {
    this.u = new Float64Array(scaling.rowCount);
    this.scaledSlackStep = new Float64Array(scaling.rowCount);
    this.scaledDualStep = new Float64Array(scaling.rowCount);
    this.turnedTarget = new Float64Array(scaling.rowCount);
  }

  aimAtZero(): void {
    this.u.set(this.scaling.lambda);
  }

  /** Aims at μ, allowing for the second-order term of the step recovered last. */
  aimAtCentre(mu: number): void {
    const { u, scaledSlackStep, scaledDualStep } = this;
    const { count, start, lambda, determinant } = this.scaling;
    for (let k = 0; k < count; k++) {
      const head = start[k];
      const end = start[k + 1];
      const s0 = scaledSlackStep[head];
      const z0 = scaledDualStep[head];
      const lambda0 = lambda[head];
      let c0 = s0 * z0 - mu;
      let inner = 0;
      for (let i = head + 1; i < end; i++) {
        const si = scaledSlackStep[i];
        const zi = scaledDualStep[i];
        c0 += si * zi;
        const ci = s0 * zi + z0 * si;
        inner += lambda[i] * ci;
        u[i] = ci;
      }
      const u0 = (lambda0 * c0 - inner) / determinant[k];
      u[head] = lambda0 + u0;
      for (let i = head + 1; i < end; i++) u[i] = lambda[i] + (u[i] - u0 * lambda[i]) / lambda0;
    }
  }

  /** Right-hand side of the turned cone rows: Qᵀ W u = Λ Qᵀ u. */
  addTarget(right: Float64Array): void {
    const { scaling, turnedTarget, first } = this;
    const { spread } = scaling;
    scaling.turn(this.u, 0, turnedTarget, 0);
    for (let i = 0; i < turnedTarget.length; i++) {
      turnedTarget[i] *= spread[i];
      right[first + i] += turnedTarget[i];
    }
  }

  /**
   * Δz and Δs from the turned Δz, by place. In turned coordinates Δs = −Λ Qᵀu − Λ² Δz exactly as in the KKT
   * rows, so that these stay satisfied.
   */
  recoverStep(turned: Float64Array, step: Iterate): void {
    const { scaling, first, turnedTarget, u, scaledSlackStep, scaledDualStep } = this;
    const { spread } = scaling;
    const { point, coneSlack } = step;
    for (let i = 0; i < spread.length; i++) {
      const scaledDual = spread[i] * turned[first + i];
      scaledDualStep[i] = scaledDual;
      coneSlack[i] = -turnedTarget[i] - spread[i] * scaledDual;
    }
    scaling.turnBack(turned, first, point, first);
    scaling.turnBack(coneSlack, 0, coneSlack, 0);
    scaling.turnBack(scaledDualStep, 0, scaledDualStep, 0);
    for (let i = 0; i < u.length; i++) scaledSlackStep[i] = -u[i] - scaledDualStep[i];
  }

  /** The longest step, at most `limit`, that keeps all slacks and duals in their cones. */
  longestStep(limit: number): number {
    const { count, start, lambda, determinant } = this.scaling;
    const { scaledSlackStep, scaledDualStep } = this;
    let inverse = 1 / limit;
    for (let k = 0; k < count; k++) {
      const head = start[k];
      const end = start[k + 1];
      const norm = determinant[k];
      inverse = Math.max(
        inverse,
        inverseStep(lambda, norm, scaledSlackStep, head, end),
        inverseStep(lambda, norm, scaledDualStep, head, end),
      );
    }
    return 1 / inverse;
  }
}

/**
 * 1/α for the largest α with λ + α Δ in the cone (negative or 0: no limit). In coordinates in which λ is
 * the cone's axis e, Δ is ρ, and e + α ρ leaves the cone at α = 1/(‖ρ₁‖ − ρ₀).
 */
function inverseStep(
  lambda: Float64Array,
  determinant: number,
  step: Float64Array,
  head: number,
  end: number,
): number {
  const norm = Math.sqrt(determinant);
  let product = lambda[head] * step[head];
  for (let i = head + 1; i < end; i++) product -= lambda[i] * step[i];
  const rho0 = product / determinant;
  const along = (rho0 * norm + step[head]) / (lambda[head] + norm);
  let square = 0;
  for (let i = head + 1; i < end; i++) {
    const rho = (step[i] - along * lambda[i]) / norm;
    square += rho * rho;
  }
  return Math.sqrt(square) - rho0;
}
