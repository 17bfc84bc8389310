/**
 * Ruiz equilibration of the matrix [diag(quadratic) Mᵀ; M 0]: every row and column is divided by the square
 * root of its largest entry, a few times, which drives all of them towards 1. The rows of one cone share one
 * scale, because only a uniform scale maps a second-order cone onto itself. Afterwards the cost is scaled so
 * that its largest coefficient is 1.
 *
 * D. Ruiz, "A scaling algorithm to equilibrate both rows and columns norms in matrices", RAL-TR-2001-034.
 */
import type { ScaledProblem } from './scaledProblem.js';
import { EQUILIBRATION_CHANGE, EQUILIBRATION_PASSES, LARGEST_SCALE } from './tolerances.js';

/** Workspace for one structure. */
export class Equilibration {
  /** By place: norms of columns and rows, then the factors of a pass. */
  private readonly factor: Float64Array;

  constructor(private readonly scaled: ScaledProblem) {
    this.factor = new Float64Array(scaled.capacity);
  }

  /**
   * Scales rows, right-hand side and cost in place and records `scale`.
   *
   * @returns the scale of the cost
   */
  scale(): number {
    const { scale, right, linear, firstRow, size } = this.scaled;
    scale.fill(1, 0, size);
    for (let pass = 0; pass < EQUILIBRATION_PASSES; pass++) {
      this.measureNorms();
      this.shareConeNorms();
      const change = this.takeRoots();
      this.applyFactors();
      if (change <= EQUILIBRATION_CHANGE) break;
    }
    for (let i = 0; i < right.length; i++) right[i] *= scale[firstRow + i];
    // Rows have no linear cost.
    for (let p = 0; p < size; p++) linear[p] *= scale[p];
    return this.scaleCost();
  }

  /** Largest entry of every column and row of the matrix as scaled so far. */
  private measureNorms(): void {
    const { factor } = this;
    const { rows, singletons, quadratic, structuralCount, firstRow, firstSingleton } = this.scaled;
    const { start, row, value } = rows;
    factor.fill(0, firstRow, firstSingleton);
    for (let j = 0; j < structuralCount; j++) {
      let largest = quadratic[j];
      const end = start[j + 1];
      for (let entry = start[j]; entry < end; entry++) {
        const size = Math.abs(value[entry]);
        if (size > largest) largest = size;
        const i = firstRow + row[entry];
        if (size > factor[i]) factor[i] = size;
      }
      factor[j] = largest;
    }
    const { groupCount, groupRow, groupStart } = singletons;
    for (let g = 0; g < groupCount; g++) {
      const end = groupStart[g + 1];
      const i = firstRow + groupRow[g];
      let largest = factor[i];
      for (let t = groupStart[g]; t < end; t++) {
        const size = Math.abs(singletons.value[t]);
        if (size > largest) largest = size;
        factor[firstSingleton + t] = Math.max(size, quadratic[firstSingleton + t]);
      }
      factor[i] = largest;
    }
  }

  private shareConeNorms(): void {
    const { factor } = this;
    const { coneSizes, firstCone } = this.scaled;
    let first = firstCone;
    for (let cone = 0; cone < coneSizes.length; cone++) {
      const end = first + coneSizes[cone];
      let largest = 0;
      for (let i = first; i < end; i++) largest = Math.max(largest, factor[i]);
      for (let i = first; i < end; i++) factor[i] = largest;
      first = end;
    }
  }

  /**
   * Turns norms into the factors of this pass and multiplies them into the scales.
   *
   * @returns the largest of the factors and their inverses
   */
  private takeRoots(): number {
    const { factor } = this;
    const { scale, size } = this.scaled;
    let largest = 1;
    let smallest = 1;
    for (let p = 0; p < size; p++) {
      const old = scale[p];
      const wanted = factor[p] > 0 ? old / Math.sqrt(factor[p]) : old;
      const reached = withinRange(wanted);
      const ratio = reached / old;
      factor[p] = ratio;
      scale[p] = reached;
      if (ratio > largest) largest = ratio;
      else if (ratio < smallest) smallest = ratio;
    }
    return Math.max(largest, 1 / smallest);
  }

  private applyFactors(): void {
    const { factor } = this;
    const { rows, singletons, quadratic, fixed, structural } = this.scaled;
    const { structuralCount, firstRow, firstSingleton } = this.scaled;
    const { start, row, value } = rows;
    for (let j = 0; j < structuralCount; j++) {
      // A fixed column is empty, and its quadratic cost of 1 is no cost.
      if (fixed[structural[j]] === 1) continue;
      const end = start[j + 1];
      for (let entry = start[j]; entry < end; entry++) {
        value[entry] *= factor[j] * factor[firstRow + row[entry]];
      }
      quadratic[j] *= factor[j] * factor[j];
    }
    const { groupCount, groupRow, groupStart } = singletons;
    for (let g = 0; g < groupCount; g++) {
      const end = groupStart[g + 1];
      const ofRow = factor[firstRow + groupRow[g]];
      for (let t = groupStart[g]; t < end; t++) {
        const own = factor[firstSingleton + t];
        singletons.value[t] *= own * ofRow;
        quadratic[firstSingleton + t] *= own * own;
      }
    }
  }

  private scaleCost(): number {
    const { quadratic, linear, fixed, structural, structuralCount, firstSingleton, size } =
      this.scaled;
    let largest = 0;
    for (let j = 0; j < structuralCount; j++) {
      if (fixed[structural[j]] === 0) {
        largest = Math.max(largest, quadratic[j], Math.abs(linear[j]));
      }
    }
    for (let p = firstSingleton; p < size; p++) {
      largest = Math.max(largest, quadratic[p], Math.abs(linear[p]));
    }
    const costScale = largest > 0 ? withinRange(1 / largest) : 1;
    for (let j = 0; j < structuralCount; j++) {
      linear[j] *= costScale;
      if (fixed[structural[j]] === 0) quadratic[j] *= costScale;
    }
    for (let p = firstSingleton; p < size; p++) {
      linear[p] *= costScale;
      quadratic[p] *= costScale;
    }
    return costScale;
  }
}

function withinRange(scale: number): number {
  return Math.min(LARGEST_SCALE, Math.max(1 / LARGEST_SCALE, scale));
}
