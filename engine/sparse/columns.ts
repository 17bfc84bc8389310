/**
 * Sparse matrix by compressed columns: entries of column j are start[j] to start[j + 1] − 1, with
 * ascending row numbers and no duplicates.
 */
export interface SparseColumns {
  readonly rowCount: number;
  readonly columnCount: number;
  readonly start: Int32Array;
  readonly row: Int32Array;
  readonly value: Float64Array;
}
