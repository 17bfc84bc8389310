/**
 * Sparse factorisation L D Lᵀ of a symmetric quasi-definite matrix, L unit lower triangular.
 *
 * Row k of L solves L(0…k−1) D y = (column k of the upper triangle); rows are computed one after the other
 * ("up-looking"). The pattern of L never changes and is found once (`factorPattern.ts`), so factorising is
 * arithmetic only.
 *
 * The sign of every pivot is known beforehand. Each can be pushed away from zero by a constant amount, and
 * one that still comes out too small or of the wrong sign is replaced. Vanderbei, "Symmetric quasidefinite
 * matrices", SIAM J. Optimization 5 (1995).
 */
import type { FactorPattern } from './factorPattern.js';
import type { UpperPattern } from './symmetric.js';

/** How pivots are kept away from zero. */
export interface PivotRule {
  /** Added to every pivot of positive sign, and taken from every pivot of negative sign. */
  readonly positiveShift: number;
  readonly negativeShift: number;
  /** A pivot below this, measured in the direction of its sign, is replaced … */
  readonly least: number;
  /** … by this, with its sign. */
  readonly replacement: number;
}

/** A factorisation bound to one pattern, which several may share. */
export class Factorisation {
  private readonly entryValue: Float64Array;
  private readonly inversePivot: Float64Array;
  private readonly work: Float64Array;

  /** @param sign +1 or −1 for every pivot, in the order of the pattern */
  constructor(
    private readonly pattern: UpperPattern,
    private readonly factor: FactorPattern,
    private readonly sign: Float64Array,
  ) {
    this.entryValue = new Float64Array(factor.entryRow.length);
    this.inversePivot = new Float64Array(pattern.size);
    this.work = new Float64Array(pattern.size);
  }

  /**
   * Factorises the matrix with these values of the pattern's entries.
   *
   * @param extra added to every pivot
   * @returns false when a value was not finite; the factors are then unusable
   */
  factorise(value: Float64Array, rule: PivotRule, extra: Float64Array): boolean {
    const { size, start, row } = this.pattern;
    const { entryValue, inversePivot, sign, work } = this;
    const { columnStart, entryRow, rowStart, rowColumn, rowEntry } = this.factor;
    const { positiveShift, negativeShift, least, replacement } = rule;
    for (let k = 0; k < size; k++) {
      const diagonal = start[k + 1] - 1;
      for (let entry = start[k]; entry < diagonal; entry++) work[row[entry]] = value[entry];
      let pivot = value[diagonal] + extra[k] + (sign[k] > 0 ? positiveShift : -negativeShift);
      const rowEnd = rowStart[k + 1];
      for (let place = rowStart[k]; place < rowEnd; place++) {
        const column = rowColumn[place];
        const target = rowEntry[place];
        const y = work[column];
        work[column] = 0;
        for (let entry = columnStart[column]; entry < target; entry++) {
          work[entryRow[entry]] -= entryValue[entry] * y;
        }
        const scaled = y * inversePivot[column];
        pivot -= y * scaled;
        entryValue[target] = scaled;
      }
      if (!Number.isFinite(pivot)) {
        work.fill(0);
        return false;
      }
      if (pivot * sign[k] < least) pivot = sign[k] * replacement;
      inversePivot[k] = 1 / pivot;
    }
    return true;
  }

  /** Solves L D Lᵀ v = v in place. */
  solve(vector: Float64Array): void {
    const { size } = this.pattern;
    const { entryValue, inversePivot } = this;
    const { columnStart, entryRow } = this.factor;
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
    const { size } = this.pattern;
    const { entryValue, inversePivot } = this;
    const { columnStart, entryRow } = this.factor;
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
