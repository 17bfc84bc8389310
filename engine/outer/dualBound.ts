/**
 * What row duals prove about a linear program, whoever computed them. For *any* vector y, weak duality gives
 *
 *     cᵀx ≥ Σ_i y_i b_i + Σ_j min over [lower_j, upper_j] of d_j x_j,   d = c − Aᵀ y
 *
 * for every feasible x, where b_i is the row's lower end if y_i > 0 and its upper end if y_i < 0; a
 * multiplier of a side that is open, or that is no number, counts as 0. All columns have finite bounds, so a
 * residual of the duals costs tightness and never validity. With c = 0 a positive value proves that no x is
 * feasible (Farkas).
 *
 * Sums are compensated, and what products and sums can have lost to rounding is taken off the bound (N. J.
 * Higham, Accuracy and Stability of Numerical Algorithms, section 3; A. Neumaier, O. Shcherbina, Safe bounds
 * in linear and mixed-integer programming, Math. Program. 99, 2004): it holds for the rows as stored, to the
 * last bit.
 */
import { CompensatedSum } from '../base/compensated.js';
import type { LinearProgram } from './linearProgram.js';

/**
 * A product errs by at most 2⁻⁵³ of its size, a compensated sum of n terms by that of the result and by less
 * than n² 2⁻¹⁰⁶ of the terms: twice the first covers all of it up to a hundred million terms.
 */
const ROUNDING = 2 ** -52;

/** The proofs of one program; its arrays are allocated once. */
export class DualBound {
  private readonly high: Float64Array;
  private readonly low: Float64Array;
  /** Σ_i |a_ij y_i| by column: what the rounding of d_j is measured by. */
  private readonly size: Float64Array;
  private readonly total = new CompensatedSum();

  constructor(private readonly program: LinearProgram) {
    this.high = new Float64Array(program.columnCount);
    this.low = new Float64Array(program.columnCount);
    this.size = new Float64Array(program.columnCount);
  }

  /** The bound on cᵀx that y proves; −Infinity where it has no finite value. */
  lowerBound(rowDual: Float64Array): number {
    return this.prove(rowDual, 1);
  }

  /** The least of 0ᵀx that y proves: positive only where nothing is feasible. */
  infeasibility(rowDual: Float64Array): number {
    return this.prove(rowDual, 0);
  }

  /** @param costs 1, or 0 to leave the costs out */
  private prove(rowDual: Float64Array, costs: 0 | 1): number {
    const { program, total, high, low, size } = this;
    total.reset();
    let lost = this.gather(rowDual, costs);
    for (let j = 0; j < program.columnCount; j += 1) {
      const reducedCost = high[j] + low[j];
      const term = reducedCost * (reducedCost > 0 ? program.lower[j] : program.upper[j]);
      total.add(term);
      const range = Math.max(Math.abs(program.lower[j]), Math.abs(program.upper[j]));
      lost += ROUNDING * (size[j] * range + Math.abs(term));
    }
    const bound = total.value - lost;
    // The last two operations round as well.
    const safe = bound - ROUNDING * (Math.abs(total.value) + lost);
    return Number.isNaN(safe) ? Number.NEGATIVE_INFINITY : safe;
  }

  /** Adds Σ y_i b_i to the total, fills c − Aᵀ y, and returns what Σ y_i b_i may have lost. */
  private gather(rowDual: Float64Array, costs: 0 | 1): number {
    const { program, total, high, low, size } = this;
    const { rowStart, column, value } = program;
    for (let j = 0; j < program.columnCount; j += 1) {
      high[j] = costs * program.cost[j];
      size[j] = Math.abs(high[j]);
    }
    low.fill(0);
    let lost = 0;
    for (let i = 0; i < program.rowCount; i += 1) {
      const multiplier = rowDual[i];
      const side = multiplier > 0 ? program.rowLower[i] : program.rowUpper[i];
      if (!(Math.abs(multiplier) > 0) || !Number.isFinite(side)) continue;
      total.add(multiplier * side);
      lost += ROUNDING * Math.abs(multiplier * side);
      for (let k = rowStart[i]; k < rowStart[i + 1]; k += 1) {
        const j = column[k];
        const term = -multiplier * value[k];
        const sum = high[j] + term;
        const part = sum - high[j];
        low[j] += high[j] - (sum - part) + (term - part);
        high[j] = sum;
        size[j] += Math.abs(term);
      }
    }
    return lost;
  }
}
