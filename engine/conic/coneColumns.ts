/**
 * The columns of G, cone by cone: every column that touches a cone gives one dense vector of the cone's
 * size. Turned by Qᵀ it fills the cone's rows of the KKT matrix in that column; see `ConeScaling`.
 */
import type { ConeScaling } from './coneScaling.js';
import type { ScaledProblem } from './scaledProblem.js';

export class ConeColumns {
  /** Number of (cone, column) pairs, and of the numbers in all their vectors. */
  readonly count: number;
  readonly valueCount: number;
  /** Where the rows of each cone begin. */
  readonly coneStart: Int32Array;
  /** Cone and column of each pair, and where its vector begins. */
  readonly cone: Int32Array;
  readonly column: Int32Array;
  readonly first: Int32Array;
  private readonly value: Float64Array;
  private readonly turned: Float64Array;
  /** Entries of M that lie in cone rows, and where they stand in `value`. */
  private readonly entry: Int32Array;
  private readonly place: Int32Array;

  constructor(
    private readonly scaled: ScaledProblem,
    private readonly scaling: ConeScaling,
  ) {
    const { structuralCount, equalityCount, rows } = scaled;
    const coneOfRow = new Int32Array(scaling.rowCount);
    for (let k = 0; k < scaling.count; k++) {
      coneOfRow.fill(k, scaling.start[k], scaling.start[k + 1]);
    }
    const cone: number[] = [];
    const column: number[] = [];
    const first: number[] = [];
    const entries: number[] = [];
    const places: number[] = [];
    let valueCount = 0;
    for (let j = 0; j < structuralCount; j++) {
      // Rows ascend, so the entries of one cone follow one another.
      let last = -1;
      for (let entry = rows.start[j]; entry < rows.start[j + 1]; entry++) {
        const row = rows.row[entry] - equalityCount;
        if (row < 0) continue;
        const k = coneOfRow[row];
        if (k !== last) {
          cone.push(k);
          column.push(j);
          first.push(valueCount);
          valueCount += scaling.start[k + 1] - scaling.start[k];
          last = k;
        }
        entries.push(entry);
        places.push(first[first.length - 1] + row - scaling.start[k]);
      }
    }
    this.coneStart = scaling.start;
    this.count = cone.length;
    this.valueCount = valueCount;
    this.cone = Int32Array.from(cone);
    this.column = Int32Array.from(column);
    this.first = Int32Array.from(first);
    this.value = new Float64Array(valueCount);
    this.turned = new Float64Array(valueCount);
    this.entry = Int32Array.from(entries);
    this.place = Int32Array.from(places);
  }

  /** Reads G as it is scaled now. */
  load(): void {
    const { entry, place, value } = this;
    const source = this.scaled.rows.value;
    for (let t = 0; t < entry.length; t++) value[place[t]] = source[entry[t]];
  }

  /** Writes the turned vectors one after the other to `target[position[firstPosition …]]`. */
  writeTurned(target: Float64Array, position: Int32Array, firstPosition: number): void {
    const { scaling, count, cone, first, value, turned } = this;
    for (let t = 0; t < count; t++) scaling.turnCone(cone[t], value, first[t], turned, first[t]);
    for (let i = 0; i < turned.length; i++) target[position[firstPosition + i]] = turned[i];
  }
}
