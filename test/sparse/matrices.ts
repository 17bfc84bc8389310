/** Random symmetric matrices for the tests of ordering and factorisation. */
import type { RandomSource } from '../../engine/base/random.js';
import type { SymmetricPlaces } from '../../engine/sparse/symmetric.js';

/** Edges as a list of places, with the whole diagonal. */
export function placesOf(size: number, edges: readonly (readonly [number, number])[]) {
  const row = Int32Array.from({ length: size + edges.length }, (_, t) =>
    t < size ? t : edges[t - size][0],
  );
  const column = Int32Array.from({ length: size + edges.length }, (_, t) =>
    t < size ? t : edges[t - size][1],
  );
  return { size, row, column } satisfies SymmetricPlaces;
}

/** Each pair of nodes is joined with this probability. */
export function randomEdges(random: RandomSource, size: number, density: number) {
  const edges: [number, number][] = [];
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) if (random.next() < density) edges.push([i, j]);
  }
  return edges;
}

/** Every node but 0 hangs from one before it; node names are shuffled. */
export function randomTreeEdges(random: RandomSource, size: number) {
  const name = shuffled(random, size);
  const edges: [number, number][] = [];
  for (let i = 1; i < size; i++) edges.push([name[i], name[random.integer(0, i)]]);
  return edges;
}

export function shuffled(random: RandomSource, size: number): Int32Array {
  const name = Int32Array.from({ length: size }, (_, k) => k);
  for (let k = size - 1; k > 0; k--) {
    const other = random.integer(0, k + 1);
    [name[k], name[other]] = [name[other], name[k]];
  }
  return name;
}

/** Off-diagonal values in (−1, 1) and a diagonal of the given signs that dominates nothing. */
export function quasiDefiniteValues(
  random: RandomSource,
  places: SymmetricPlaces,
  isPositive: (node: number) => boolean,
): Float64Array {
  const value = new Float64Array(places.row.length);
  for (let t = 0; t < value.length; t++) {
    const [i, j] = [places.row[t], places.column[t]];
    if (i === j) value[t] = (isPositive(i) ? 1 : -1) * random.between(0.1, 2);
    // Inside a definite block small enough to keep it definite; between the blocks anything.
    else if (isPositive(i) === isPositive(j)) value[t] = random.between(-0.1, 0.1) / places.size;
    else value[t] = random.between(-1, 1);
  }
  return value;
}
