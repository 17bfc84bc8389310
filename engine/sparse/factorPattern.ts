/**
 * The pattern of L, and the pivots' rules: what the ways of computing L D Lᵀ have in common.
 */
import { eliminationTree } from './eliminationTree.js';
import type { UpperPattern } from './symmetric.js';

const NONE = -1;

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

/** L below its unit diagonal, by columns with ascending rows, and 1/D. */
export interface Factors {
  readonly columnStart: Int32Array;
  readonly entryRow: Int32Array;
  readonly entryValue: Float64Array;
  readonly inversePivot: Float64Array;
}

/** A way of computing the factors. */
export interface FactorMethod {
  /**
   * @param value entries of the upper triangle
   * @param extra added to every pivot
   * @returns false when a pivot was not finite; the factors are then unusable
   */
  factorise(value: Float64Array, rule: PivotRule, extra: Float64Array): boolean;
}

/** Arrays for the factors of a matrix with this upper triangle, their pattern filled in. */
export function allocateFactors(pattern: UpperPattern): Factors {
  const { size } = pattern;
  const tree = eliminationTree(pattern);
  const columnStart = new Int32Array(size + 1);
  forEachEntry(pattern, tree, (_, column) => {
    columnStart[column + 1]++;
  });
  for (let k = 0; k < size; k++) columnStart[k + 1] += columnStart[k];
  const entryRow = new Int32Array(columnStart[size]);
  // Rows come in ascending order, which sorts the columns.
  const next = columnStart.slice();
  forEachEntry(pattern, tree, (row, column) => {
    entryRow[next[column]++] = row;
  });
  return {
    columnStart,
    entryRow,
    entryValue: new Float64Array(entryRow.length),
    inversePivot: new Float64Array(size),
  };
}

/**
 * Visits the entries of L below the diagonal, rows ascending: row k holds every column on a path of the
 * elimination tree from a nonzero of the upper triangle's column k towards k.
 */
function forEachEntry(
  pattern: UpperPattern,
  tree: Int32Array,
  visit: (row: number, column: number) => void,
): void {
  const { size, start, row } = pattern;
  const visited = new Int32Array(size).fill(NONE);
  for (let k = 0; k < size; k++) {
    visited[k] = k;
    for (let entry = start[k]; entry < start[k + 1] - 1; entry++) {
      for (let column = row[entry]; visited[column] !== k; column = tree[column]) {
        visited[column] = k;
        visit(k, column);
      }
    }
  }
}
