/**
 * Ruiz equilibration of the matrix [diag(quadratic) Mᵀ; M 0]: every row and column is divided by the square
 * root of its largest entry, a few times, which drives all of them towards 1. The rows of one cone share one
 * scale, because only a uniform scale maps a second-order cone onto itself. Afterwards the cost is scaled so
 * that its largest coefficient is 1.
 *
 * D. Ruiz, "A scaling algorithm to equilibrate both rows and columns norms in matrices", RAL-TR-2001-034.
 */
import type { ScaledProblem } from './scaledProblem.js';
import { EQUILIBRATION_PASSES, LARGEST_SCALE } from './tolerances.js';

/** Workspace for one structure. */
export class Equilibration {
  private readonly columnFactor: Float64Array;
  private readonly rowFactor: Float64Array;

  constructor(private readonly scaled: ScaledProblem) {
    this.columnFactor = new Float64Array(scaled.variableCount);
    this.rowFactor = new Float64Array(scaled.rowCount);
  }

  /**
   * Scales rows, right-hand side and cost in place and records `rowScale` and `columnScale`.
   *
   * @returns the scale of the cost
   */
  scale(): number {
    const { columnScale, rowScale, right, linear } = this.scaled;
    columnScale.fill(1);
    rowScale.fill(1);
    for (let pass = 0; pass < EQUILIBRATION_PASSES; pass++) {
      this.measureNorms();
      this.shareConeNorms();
      rootsWithinRange(this.columnFactor, columnScale);
      rootsWithinRange(this.rowFactor, rowScale);
      this.applyFactors();
    }
    for (let i = 0; i < right.length; i++) right[i] *= rowScale[i];
    for (let j = 0; j < linear.length; j++) linear[j] *= columnScale[j];
    return this.scaleCost();
  }

  /** Largest entry of every column and row of the matrix as scaled so far. */
  private measureNorms(): void {
    const { columnFactor, rowFactor } = this;
    const { rows, quadratic, variableCount } = this.scaled;
    const { start, row, value } = rows;
    rowFactor.fill(0);
    for (let j = 0; j < variableCount; j++) {
      let largest = quadratic[j];
      const end = start[j + 1];
      for (let entry = start[j]; entry < end; entry++) {
        const size = Math.abs(value[entry]);
        if (size > largest) largest = size;
        if (size > rowFactor[row[entry]]) rowFactor[row[entry]] = size;
      }
      columnFactor[j] = largest;
    }
  }

  private shareConeNorms(): void {
    const { rowFactor } = this;
    const { coneSizes, equalityCount } = this.scaled;
    let first = equalityCount;
    for (let cone = 0; cone < coneSizes.length; cone++) {
      const end = first + coneSizes[cone];
      let largest = 0;
      for (let i = first; i < end; i++) largest = Math.max(largest, rowFactor[i]);
      for (let i = first; i < end; i++) rowFactor[i] = largest;
      first = end;
    }
  }

  private applyFactors(): void {
    const { columnFactor, rowFactor } = this;
    const { rows, quadratic, variableCount, fixed } = this.scaled;
    const { start, row, value } = rows;
    for (let j = 0; j < variableCount; j++) {
      const factor = columnFactor[j];
      const end = start[j + 1];
      for (let entry = start[j]; entry < end; entry++) {
        value[entry] *= factor * rowFactor[row[entry]];
      }
      if (fixed[j] === 0) quadratic[j] *= factor * factor;
    }
  }

  private scaleCost(): number {
    const { quadratic, linear, fixed, variableCount } = this.scaled;
    let largest = 0;
    for (let j = 0; j < variableCount; j++) {
      if (fixed[j] === 0) largest = Math.max(largest, quadratic[j], Math.abs(linear[j]));
    }
    const costScale = largest > 0 ? withinRange(1 / largest) : 1;
    for (let j = 0; j < variableCount; j++) {
      linear[j] *= costScale;
      if (fixed[j] === 0) quadratic[j] *= costScale;
    }
    return costScale;
  }
}

/** Turns norms into the factors of this pass and multiplies them into the scales. */
function rootsWithinRange(factor: Float64Array, scale: Float64Array): void {
  for (let i = 0; i < factor.length; i++) {
    const wanted = factor[i] > 0 ? scale[i] / Math.sqrt(factor[i]) : scale[i];
    const reached = withinRange(wanted);
    factor[i] = reached / scale[i];
    scale[i] = reached;
  }
}

function withinRange(scale: number): number {
  return Math.min(LARGEST_SCALE, Math.max(1 / LARGEST_SCALE, scale));
}
