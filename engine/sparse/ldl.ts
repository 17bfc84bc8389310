/**
 * Sparse factorisation L D Lᵀ of a symmetric quasi-definite matrix, L unit lower triangular. The pattern of L
 * never changes, so everything but the arithmetic is done once.
 *
 * The sign of every pivot is known beforehand. Each can be pushed away from zero by a constant amount, and
 * one that still comes out too small or of the wrong sign is replaced. Vanderbei, "Symmetric quasidefinite
 * matrices", SIAM J. Optimization 5 (1995).
 */
import {
  allocateFactors,
  type FactorMethod,
  type Factors,
  type PivotRule,
} from './factorPattern.js';
import { countPairs, RightLooking } from './rightLooking.js';
import type { UpperPattern } from './symmetric.js';
import { UpLooking } from './upLooking.js';

export type { PivotRule } from './factorPattern.js';

/** Column by column is faster as long as the pairs in the columns are at most so many for an entry of L. */
const MOST_PAIRS = 3;

/** A factorisation bound to one pattern. */
export class Factorisation {
  /** Nonzeros of L below the diagonal. */
  readonly entryCount: number;
  private readonly factors: Factors;
  private readonly method: FactorMethod;

  /** @param sign +1 or −1 for every pivot, in the order of the pattern */
  constructor(pattern: UpperPattern, sign: Float64Array) {
    this.factors = allocateFactors(pattern);
    this.entryCount = this.factors.entryRow.length;
    const hasShortColumns = countPairs(this.factors) <= MOST_PAIRS * this.entryCount;
    this.method = hasShortColumns
      ? new RightLooking(pattern, sign, this.factors)
      : new UpLooking(pattern, sign, this.factors);
  }

  /**
   * Factorises the matrix with these values of the pattern's entries.
   *
   * @param extra added to every pivot
   * @returns false when a value was not finite; the factors are then unusable
   */
  factorise(value: Float64Array, rule: PivotRule, extra: Float64Array): boolean {
    return this.method.factorise(value, rule, extra);
  }

  /** Solves L D Lᵀ v = v in place. */
  solve(vector: Float64Array): void {
    const { columnStart, entryRow, entryValue, inversePivot } = this.factors;
    const size = inversePivot.length;
    for (let k = 0; k < size; k++) {
      const factor = vector[k];
      const end = columnStart[k + 1];
      for (let entry = columnStart[k]; entry < end; entry++) {
        vector[entryRow[entry]] -= entryValue[entry] * factor;
      }
    }
    for (let k = size - 1; k >= 0; k--) {
      let sum = vector[k] * inversePivot[k];
      const end = columnStart[k + 1];
      for (let entry = columnStart[k]; entry < end; entry++) {
        sum -= entryValue[entry] * vector[entryRow[entry]];
      }
      vector[k] = sum;
    }
  }

  /** Solves for two right-hand sides in one sweep over the factors. */
  solvePair(first: Float64Array, second: Float64Array): void {
    const { columnStart, entryRow, entryValue, inversePivot } = this.factors;
    const size = inversePivot.length;
    for (let k = 0; k < size; k++) {
      const firstFactor = first[k];
      const secondFactor = second[k];
      const end = columnStart[k + 1];
      for (let entry = columnStart[k]; entry < end; entry++) {
        const row = entryRow[entry];
        const value = entryValue[entry];
        first[row] -= value * firstFactor;
        second[row] -= value * secondFactor;
      }
    }
    for (let k = size - 1; k >= 0; k--) {
      let firstSum = first[k] * inversePivot[k];
      let secondSum = second[k] * inversePivot[k];
      const end = columnStart[k + 1];
      for (let entry = columnStart[k]; entry < end; entry++) {
        const row = entryRow[entry];
        const value = entryValue[entry];
        firstSum -= value * first[row];
        secondSum -= value * second[row];
      }
      first[k] = firstSum;
      second[k] = secondSum;
    }
  }
}
