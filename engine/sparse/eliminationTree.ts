/**
 * The elimination tree of a symmetric matrix: the parent of column k is the row of the first nonzero
 * below the diagonal in column k of L. J. Liu, "The role of elimination trees in sparse factorization",
 * SIAM J. Matrix Analysis 11 (1990).
 */
import type { UpperPattern } from './symmetric.js';

const NONE = -1;

/** Parent of every column; −1 for roots. Ancestors are compressed, so the cost is almost linear. */
export function eliminationTree(pattern: UpperPattern): Int32Array {
  const { size, start, row } = pattern;
  const parent = new Int32Array(size).fill(NONE);
  const ancestor = new Int32Array(size).fill(NONE);
  for (let k = 0; k < size; k++) {
    for (let entry = start[k]; entry < start[k + 1] - 1; entry++) {
      let i = row[entry];
      while (i !== NONE && i < k) {
        const next = ancestor[i];
        ancestor[i] = k;
        if (next === NONE) parent[i] = k;
        i = next;
      }
    }
  }
  return parent;
}

/** An order of the nodes in which every subtree is contiguous and its root comes last. */
export function postorder(parent: Int32Array): Int32Array {
  const size = parent.length;
  const firstChild = new Int32Array(size).fill(NONE);
  const sibling = new Int32Array(size).fill(NONE);
  const stack = new Int32Array(size);
  let depth = 0;
  for (let k = size - 1; k >= 0; k--) {
    if (parent[k] === NONE) {
      stack[depth++] = k;
      continue;
    }
    sibling[k] = firstChild[parent[k]];
    firstChild[parent[k]] = k;
  }
  const order = new Int32Array(size);
  let count = 0;
  while (depth > 0) {
    const node = stack[depth - 1];
    const child = firstChild[node];
    if (child === NONE) {
      order[count++] = node;
      depth--;
    } else {
      firstChild[node] = sibling[child];
      stack[depth++] = child;
    }
  }
  return order;
}
