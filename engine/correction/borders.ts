/**
 * A few dense rows and columns around a matrix that is easy to solve with:
 *
 *     (K  B) (step )     (      residuals)
 *     (Bᵀ C) (−... )     solved as  (C − Bᵀ Z) δ = −e − Bᵀ u,  step = u − Z δ,  K Z = B
 *
 * in whatever order K is eliminated.
 */
export class Borders {
  count = 0;
  /** e: what the conditions of the borders miss. */
  readonly missing: number[] = [];
  /** δ, once closed. */
  readonly step: number[] = [];
  private readonly columns: Float64Array[] = [];
  private readonly solutions: Float64Array[] = [];
  private corner = new Float64Array(0);

  constructor(private readonly size: number) {}

  /** Empties everything. */
  begin(count: number): void {
    this.count = count;
    this.corner = new Float64Array(count * count);
    for (let k = 0; k < count; k += 1) {
      this.columns[k] ??= new Float64Array(this.size);
      this.solutions[k] ??= new Float64Array(this.size);
      this.column(k).fill(0);
    }
  }

  column(k: number): Float64Array {
    return this.columns[k];
  }

  solution(k: number): Float64Array {
    return this.solutions[k];
  }

  setCorner(row: number, column: number, value: number): void {
    this.corner[row * this.count + column] = value;
    this.corner[column * this.count + row] = value;
  }

  /**
   * Finds δ, and takes Z δ from `step`, which holds u; false where the borders are singular.
   */
  close(step: Float64Array): boolean {
    const { count, corner, size } = this;
    const right = new Float64Array(count);
    for (let k = 0; k < count; k += 1) {
      const column = this.column(k);
      right[k] = -this.missing[k];
      for (let row = 0; row < size; row += 1) {
        const entry = column[row];
        if (entry === 0) continue;
        right[k] -= entry * step[row];
        for (let other = 0; other < count; other += 1) {
          corner[k * count + other] -= entry * this.solution(other)[row];
        }
      }
    }
    if (!solveDense(corner, right, count)) return false;
    for (let k = 0; k < count; k += 1) {
      this.step[k] = right[k];
      const solution = this.solution(k);
      for (let row = 0; row < size; row += 1) step[row] -= right[k] * solution[row];
    }
    return true;
  }
}

/** Gaussian elimination with row pivoting, in place; false where a pivot vanishes. */
function solveDense(matrix: Float64Array, right: Float64Array, size: number): boolean {
  for (let k = 0; k < size; k += 1) {
    let pivot = k;
    for (let row = k + 1; row < size; row += 1) {
      if (Math.abs(matrix[row * size + k]) > Math.abs(matrix[pivot * size + k])) pivot = row;
    }
    const largest = matrix[pivot * size + k];
    if (!(Math.abs(largest) > 0)) return false;
    for (let column = 0; pivot !== k && column < size; column += 1) {
      const kept = matrix[k * size + column];
      matrix[k * size + column] = matrix[pivot * size + column];
      matrix[pivot * size + column] = kept;
    }
    const keptRight = right[k];
    right[k] = right[pivot];
    right[pivot] = keptRight;
    for (let row = k + 1; row < size; row += 1) {
      const factor = matrix[row * size + k] / largest;
      if (factor === 0) continue;
      for (let column = k; column < size; column += 1) {
        matrix[row * size + column] -= factor * matrix[k * size + column];
      }
      right[row] -= factor * right[k];
    }
  }
  for (let k = size - 1; k >= 0; k -= 1) {
    let sum = right[k];
    for (let column = k + 1; column < size; column += 1) {
      sum -= matrix[k * size + column] * right[column];
    }
    right[k] = sum / matrix[k * size + k];
  }
  return true;
}
