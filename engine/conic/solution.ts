/**
 * From an iterate back to the units of the problem, and the figures of that point computed from the
 * problem's own data.
 *
 *     x₀ = C x/τ,   (y, z)₀ = E (y, z)/(κ τ),   bound duals₀ = dual/(κ C τ)
 *
 * A fixed variable takes its value, and its bound duals take up its reduced cost.
 */
import type { Iterate } from './iterate.js';
import type { ConicProblem } from './problem.js';
import type { ScaledProblem } from './scaledProblem.js';

/** The arrays that a solution shows, and the products they are judged by. */
export class SolutionArrays {
  readonly x: Float64Array;
  readonly equalityDual: Float64Array;
  readonly coneDual: Float64Array;
  readonly lowerDual: Float64Array;
  readonly upperDual: Float64Array;
  /** A x and h − G x; in a certificate A x and −G x. */
  readonly equalityProduct: Float64Array;
  readonly coneProduct: Float64Array;

  constructor(problem: ConicProblem) {
    this.x = new Float64Array(problem.variableCount);
    this.lowerDual = new Float64Array(problem.variableCount);
    this.upperDual = new Float64Array(problem.variableCount);
    this.equalityDual = new Float64Array(problem.equalities.rowCount);
    this.coneDual = new Float64Array(problem.cones.rowCount);
    this.equalityProduct = new Float64Array(problem.equalities.rowCount);
    this.coneProduct = new Float64Array(problem.cones.rowCount);
  }

  clearDuals(): void {
    this.equalityDual.fill(0);
    this.coneDual.fill(0);
    this.lowerDual.fill(0);
    this.upperDual.fill(0);
  }

  /** The point that an iterate stands for. */
  writePoint(problem: ConicProblem, scaled: ScaledProblem, iterate: Iterate): void {
    this.writeRowDuals(scaled, iterate.point, iterate.tau);
    this.writeVariables(problem, scaled, iterate);
    this.writeBoundDuals(problem, scaled, iterate);
  }

  /** The direction x of a point, in which a fixed variable cannot move. */
  writeRay(scaled: ScaledProblem, point: Float64Array): void {
    const { fixed, place, scale } = scaled;
    for (let j = 0; j < this.x.length; j++) {
      this.x[j] = fixed[j] === 1 ? 0 : point[place[j]] * scale[place[j]];
    }
  }

  /** (y, z)/divisor of a point; the divisor is τ for a solution and 1 for a certificate. */
  writeRowDuals(scaled: ScaledProblem, point: Float64Array, divisor: number): void {
    const { equalityDual, coneDual } = this;
    const { firstRow, equalityCount, rowCount, scale } = scaled;
    const factor = 1 / (scaled.costScale * divisor);
    for (let i = 0; i < rowCount; i++) {
      const dual = point[firstRow + i] * scale[firstRow + i] * factor;
      if (i < equalityCount) equalityDual[i] = dual;
      else coneDual[i - equalityCount] = dual;
    }
  }

  private writeVariables(problem: ConicProblem, scaled: ScaledProblem, iterate: Iterate): void {
    const { fixed, fixedValue, place, scale } = scaled;
    for (let j = 0; j < this.x.length; j++) {
      if (fixed[j] === 1) {
        this.x[j] = fixedValue[j];
        continue;
      }
      const inside = (iterate.point[place[j]] * scale[place[j]]) / iterate.tau;
      // Rounding in the unscaling must not carry x across a bound that the iterate respects.
      this.x[j] = Math.min(problem.upper[j], Math.max(problem.lower[j], inside));
    }
  }

  private writeBoundDuals(problem: ConicProblem, scaled: ScaledProblem, iterate: Iterate): void {
    const { lowerDual, upperDual } = this;
    const { bounds, scale, costScale, fixed } = scaled;
    lowerDual.fill(0);
    upperDual.fill(0);
    for (let k = 0; k < bounds.count; k++) {
      const factor = 1 / (costScale * scale[bounds.place[k]] * iterate.tau);
      lowerDual[bounds.variable[k]] = iterate.boundDual[2 * k] * factor;
      upperDual[bounds.variable[k]] = iterate.boundDual[2 * k + 1] * factor;
    }
    for (let j = 0; j < fixed.length; j++) {
      if (fixed[j] === 0) continue;
      const reducedCost = gradient(problem, this, j);
      lowerDual[j] = Math.max(0, reducedCost);
      upperDual[j] = Math.max(0, -reducedCost);
    }
  }
}

/** Entry j of diag(quadratic) x + linear + Aᵀ y + Gᵀ z. */
export function gradient(problem: ConicProblem, arrays: SolutionArrays, j: number): number {
  const { equalities, cones } = problem;
  const { equalityDual, coneDual } = arrays;
  let sum = problem.quadratic[j] * arrays.x[j] + problem.linear[j];
  for (let entry = equalities.start[j]; entry < equalities.start[j + 1]; entry++) {
    sum += equalities.value[entry] * equalityDual[equalities.row[entry]];
  }
  for (let entry = cones.start[j]; entry < cones.start[j + 1]; entry++) {
    sum += cones.value[entry] * coneDual[cones.row[entry]];
  }
  return sum;
}

/** ½ xᵀ diag(quadratic) x + linearᵀ x */
export function primalObjective(problem: ConicProblem, x: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < problem.variableCount; j++) {
    sum += (0.5 * problem.quadratic[j] * x[j] + problem.linear[j]) * x[j];
  }
  return sum;
}

/** −½ xᵀ diag(quadratic) x − bᵀ y − hᵀ z + lowerᵀ lowerDual − upperᵀ upperDual */
export function dualObjective(problem: ConicProblem, arrays: SolutionArrays): number {
  const { x, equalityDual, coneDual, lowerDual, upperDual } = arrays;
  let sum = 0;
  for (let j = 0; j < problem.variableCount; j++) {
    sum -= 0.5 * problem.quadratic[j] * x[j] * x[j];
    // An infinite bound has dual 0, and the product would be NaN.
    if (lowerDual[j] !== 0) sum += problem.lower[j] * lowerDual[j];
    if (upperDual[j] !== 0) sum -= problem.upper[j] * upperDual[j];
  }
  for (let i = 0; i < equalityDual.length; i++) sum -= problem.equalityRight[i] * equalityDual[i];
  for (let i = 0; i < coneDual.length; i++) sum -= problem.coneRight[i] * coneDual[i];
  return sum;
}
