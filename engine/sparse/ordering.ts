/**
 * Fill-reducing order of a symmetric matrix: approximate minimum degree on the quotient graph.
 */
import { eliminationTree, postorder } from './eliminationTree.js';
import { QuotientGraph } from './quotientGraph.js';
import {
  compressPlaces,
  identityPermutation,
  type SymmetricPlaces,
  type UpperPattern,
} from './symmetric.js';

/** A node with more neighbours than this many times √size is ordered last, unseen by the others. */
const DENSE_NODE_FACTOR = 10;
/** Small matrices have no dense nodes. */
const LEAST_DENSE_DEGREE = 16;

/**
 * Order for factorising: approximate minimum degree, then a postorder of the elimination tree, which
 * keeps the fill and puts columns that are used together next to one another.
 *
 * @returns the node to eliminate at each step
 */
export function fillReducingOrder(places: SymmetricPlaces): Int32Array {
  const plain = compressPlaces(places, identityPermutation(places.size)).pattern;
  const degreeOrder = minimumDegreeOrder(plain);
  const tree = eliminationTree(compressPlaces(places, degreeOrder).pattern);
  return postorder(tree).map((k) => degreeOrder[k]);
}

/** Approximate minimum degree order of the matrix with this upper triangle. */
export function minimumDegreeOrder(pattern: UpperPattern): Int32Array {
  const graph = new QuotientGraph(pattern, denseNodes(pattern));
  while (graph.eliminated < graph.sparseCount) graph.eliminate(graph.queue.takeLeast());
  return graph.order;
}

/** A few rows that touch nearly everything would make every elimination scan them. */
function denseNodes({ size, start, row }: UpperPattern): number[] {
  const neighbours = new Int32Array(size);
  for (let k = 0; k < size; k++) {
    for (let entry = start[k]; entry < start[k + 1] - 1; entry++) {
      neighbours[k]++;
      neighbours[row[entry]]++;
    }
  }
  const limit = Math.max(LEAST_DENSE_DEGREE, DENSE_NODE_FACTOR * Math.sqrt(size));
  const dense: number[] = [];
  for (let k = size - 1; k >= 0; k--) if (neighbours[k] > limit) dense.push(k);
  return dense;
}
