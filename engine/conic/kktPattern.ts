/**
 * Where the numbers of the factorised part of the KKT matrix stand: everything but the singleton columns, in
 * an order that keeps fill low.
 *
 * All of it follows from the places of the entries of M and the sizes of the cones: the patterns found last
 * are kept, and every solver for programs of the same structure shares them.
 */
import { type FactorPattern, factorPattern } from '../sparse/factorPattern.js';
import { fillReducingOrder } from '../sparse/ordering.js';
import {
  compressPlaces,
  inversePermutation,
  type SymmetricPlaces,
  type UpperPattern,
} from '../sparse/symmetric.js';
import type { ConeColumns } from './coneColumns.js';
import type { ScaledProblem } from './scaledProblem.js';

export interface KktPattern {
  readonly pattern: UpperPattern;
  readonly factor: FactorPattern;
  /** Entry of the pattern for the diagonal, the entries of A and the numbers of QᵀG, in this order. */
  readonly position: Int32Array;
  /** Entries of M that belong to A, in that order. */
  readonly equalityEntry: Int32Array;
  /** Where each place stands in the elimination order. */
  readonly rank: Int32Array;
  /** Sign of every pivot, in the elimination order. */
  readonly sign: Float64Array;
}

/** What a pattern follows from. */
interface Structure {
  readonly equalityCount: number;
  readonly start: Int32Array;
  readonly row: Int32Array;
  readonly coneSizes: Int32Array;
}

/** More than the structures that anybody solves by turns. */
const KEPT_PATTERNS = 8;

/** The patterns used last, the latest first. */
const kept: { readonly structure: Structure; readonly found: KktPattern }[] = [];

export function kktPattern(scaled: ScaledProblem, columns: ConeColumns): KktPattern {
  const { equalityCount, coneSizes, rows } = scaled;
  const known = kept.findIndex(({ structure }) => isStructureOf(scaled, structure));
  const [entry] = known >= 0 ? kept.splice(known, 1) : [];
  const found = entry?.found ?? findPattern(scaled, columns);
  const structure = entry?.structure ?? {
    equalityCount,
    start: rows.start.slice(),
    row: rows.row.slice(),
    coneSizes: coneSizes.slice(),
  };
  kept.unshift({ structure, found });
  kept.length = Math.min(kept.length, KEPT_PATTERNS);
  return found;
}

function isStructureOf({ equalityCount, rows, coneSizes }: ScaledProblem, structure: Structure) {
  return (
    equalityCount === structure.equalityCount &&
    areEqual(rows.start, structure.start) &&
    areEqual(rows.row, structure.row) &&
    areEqual(coneSizes, structure.coneSizes)
  );
}

function areEqual(first: Int32Array, second: Int32Array): boolean {
  if (first.length !== second.length) return false;
  for (let i = 0; i < first.length; i++) if (first[i] !== second[i]) return false;
  return true;
}

function findPattern(scaled: ScaledProblem, columns: ConeColumns): KktPattern {
  const places = listPlaces(scaled, columns);
  const order = fillReducingOrder(places);
  const sign = new Float64Array(order.length);
  for (let k = 0; k < order.length; k++) sign[k] = order[k] < scaled.firstRow ? 1 : -1;
  const { pattern, position } = compressPlaces(places, order);
  return {
    pattern,
    factor: factorPattern(pattern),
    position,
    equalityEntry: entriesOfEqualities(scaled),
    rank: inversePermutation(order),
    sign,
  };
}

/** The diagonal, then A, then QᵀG vector by vector. */
function listPlaces(scaled: ScaledProblem, columns: ConeColumns): SymmetricPlaces {
  const { structuralCount, equalityCount, firstRow, firstCone, firstSingleton, rows } = scaled;
  const row: number[] = [];
  const column: number[] = [];
  for (let i = 0; i < firstSingleton; i++) {
    row.push(i);
    column.push(i);
  }
  for (let j = 0; j < structuralCount; j++) {
    for (let entry = rows.start[j]; entry < rows.start[j + 1]; entry++) {
      if (rows.row[entry] >= equalityCount) continue;
      row.push(j);
      column.push(firstRow + rows.row[entry]);
    }
  }
  for (let t = 0; t < columns.count; t++) {
    const k = columns.cone[t];
    for (let i = columns.coneStart[k]; i < columns.coneStart[k + 1]; i++) {
      row.push(columns.column[t]);
      column.push(firstCone + i);
    }
  }
  return { size: firstSingleton, row: Int32Array.from(row), column: Int32Array.from(column) };
}

/** Entries of M that belong to A, in their order. */
function entriesOfEqualities({ rows, equalityCount }: ScaledProblem): Int32Array {
  const entries = new Int32Array(rows.row.length);
  let count = 0;
  for (let entry = 0; entry < entries.length; entry++) {
    if (rows.row[entry] < equalityCount) entries[count++] = entry;
  }
  return entries.slice(0, count);
}
