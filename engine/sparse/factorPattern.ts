/**
 * Where the nonzeros of the factor L of L D Lᵀ stand: by columns for solving, and by rows, with the place of
 * each entry in its column, for factorising.
 */
import { eliminationTree } from './eliminationTree.js';
import type { UpperPattern } from './symmetric.js';

const NONE = -1;

/** The nonzeros of L below the diagonal. */
export interface FactorPattern {
  /** Rows of every column, ascending. */
  readonly columnStart: Int32Array;
  readonly entryRow: Int32Array;
  /** Row k of L: its columns, ascending, and the place of each entry in the arrays by columns. */
  readonly rowStart: Int32Array;
  readonly rowColumn: Int32Array;
  readonly rowEntry: Int32Array;
}

export function factorPattern(pattern: UpperPattern): FactorPattern {
  const { size } = pattern;
  const tree = eliminationTree(pattern);
  const columnStart = new Int32Array(size + 1);
  const rowStart = new Int32Array(size + 1);
  forEachEntry(pattern, tree, (row, column) => {
    columnStart[column + 1]++;
    rowStart[row + 1]++;
  });
  for (let k = 0; k < size; k++) {
    columnStart[k + 1] += columnStart[k];
    rowStart[k + 1] += rowStart[k];
  }
  const entryCount = columnStart[size];
  const entryRow = new Int32Array(entryCount);
  const rowColumn = new Int32Array(entryCount);
  const rowEntry = new Int32Array(entryCount);

  // Rows come in ascending order, which sorts the columns; reading the columns back sorts the rows.
  const nextInColumn = columnStart.slice();
  forEachEntry(pattern, tree, (row, column) => {
    entryRow[nextInColumn[column]++] = row;
  });
  const nextInRow = rowStart.slice();
  for (let column = 0; column < size; column++) {
    for (let entry = columnStart[column]; entry < columnStart[column + 1]; entry++) {
      const place = nextInRow[entryRow[entry]]++;
      rowColumn[place] = column;
      rowEntry[place] = entry;
    }
  }
  return { columnStart, entryRow, rowStart, rowColumn, rowEntry };
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
