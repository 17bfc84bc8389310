/**
 * L D Lᵀ column by column: a finished column y = D l of L takes its part from all that follows,
 *
 *     pivot_a −= l_a y_a,     entry (b, a) −= l_b y_a     for all entries b below a of the column.
 *
 * Where each product goes is written down once, one number for each pair of entries in a column: little where
 * columns are short, as for matrices over trees, but as much as the arithmetic itself where they are long. Columns
 * of three and four entries, nearly all over a tree, are written out: a loop over them costs more than its work.
 */
import type { FactorMethod, Factors, PivotRule } from './factorPattern.js';
import type { UpperPattern } from './symmetric.js';

/** Pairs of entries in the columns of L. */
export function countPairs({ columnStart }: Factors): number {
  let pairs = 0;
  for (let k = 0; k + 1 < columnStart.length; k++) {
    const entries = columnStart[k + 1] - columnStart[k];
    pairs += (entries * (entries - 1)) / 2;
  }
  return pairs;
}

export class RightLooking implements FactorMethod {
  /** Entry of L that each entry of the upper triangle starts, in its order; unused on the diagonal. */
  private readonly startedEntry: Int32Array;
  /** Entry of L for each pair of entries, column by column. */
  private readonly pairEntry: Int32Array;
  private readonly pivot: Float64Array;

  constructor(
    private readonly pattern: UpperPattern,
    private readonly sign: Float64Array,
    private readonly factors: Factors,
  ) {
    const { size, start, row } = pattern;
    this.pivot = new Float64Array(size);
    this.startedEntry = new Int32Array(row.length);
    this.pairEntry = new Int32Array(countPairs(factors));
    this.writePairs();
    const next = factors.columnStart.slice();
    // Columns of the upper triangle are rows of the lower: they come in the order of the rows of L.
    for (let k = 0; k < size; k++) {
      for (let entry = start[k]; entry < start[k + 1] - 1; entry++) {
        const column = row[entry];
        while (factors.entryRow[next[column]] < k) next[column]++;
        this.startedEntry[entry] = next[column];
      }
    }
  }

  private writePairs(): void {
    const { columnStart, entryRow } = this.factors;
    let pair = 0;
    for (let k = 0; k + 1 < columnStart.length; k++) {
      const end = columnStart[k + 1];
      for (let a = columnStart[k]; a < end; a++) {
        // The rows below a stand in the column of a too, in the same order.
        let entry = columnStart[entryRow[a]];
        for (let b = a + 1; b < end; b++) {
          while (entryRow[entry] < entryRow[b]) entry++;
          this.pairEntry[pair++] = entry;
        }
      }
    }
  }

  factorise(value: Float64Array, rule: PivotRule, extra: Float64Array): boolean {
    this.start(value, rule, extra);
    const { columnStart, entryRow, entryValue, inversePivot } = this.factors;
    const { pairEntry, pivot, sign } = this;
    const { least, replacement } = rule;
    let pair = 0;
    for (let k = 0; k < pivot.length; k++) {
      let d = pivot[k];
      if (!Number.isFinite(d)) return false;
      if (d * sign[k] < least) d = sign[k] * replacement;
      const inverse = 1 / d;
      inversePivot[k] = inverse;
      const first = columnStart[k];
      const end = columnStart[k + 1];
      if (end - first === 4) {
        takeFour(entryRow, entryValue, pivot, pairEntry, first, pair, inverse);
        pair += 6;
      } else if (end - first === 3) {
        takeThree(entryRow, entryValue, pivot, pairEntry, first, pair, inverse);
        pair += 3;
      } else {
        for (let a = first; a < end; a++) {
          const y = entryValue[a];
          const l = y * inverse;
          pivot[entryRow[a]] -= l * y;
          for (let b = a + 1; b < end; b++) entryValue[pairEntry[pair++]] -= entryValue[b] * l;
          entryValue[a] = l;
        }
      }
    }
    return true;
  }

  /** The lower triangle and the shifted pivots before any column has taken its part. */
  private start(value: Float64Array, rule: PivotRule, extra: Float64Array): void {
    const { start } = this.pattern;
    const { entryValue } = this.factors;
    const { startedEntry, pivot, sign } = this;
    const { positiveShift, negativeShift } = rule;
    entryValue.fill(0);
    for (let k = 0; k < pivot.length; k++) {
      const diagonal = start[k + 1] - 1;
      for (let entry = start[k]; entry < diagonal; entry++) {
        entryValue[startedEntry[entry]] = value[entry];
      }
      pivot[k] = value[diagonal] + extra[k] + (sign[k] > 0 ? positiveShift : -negativeShift);
    }
  }
}

function takeFour(
  entryRow: Int32Array,
  entryValue: Float64Array,
  pivot: Float64Array,
  pairEntry: Int32Array,
  first: number,
  pair: number,
  inverse: number,
): void {
  const y0 = entryValue[first];
  const y1 = entryValue[first + 1];
  const y2 = entryValue[first + 2];
  const y3 = entryValue[first + 3];
  const l0 = y0 * inverse;
  const l1 = y1 * inverse;
  const l2 = y2 * inverse;
  const l3 = y3 * inverse;
  entryValue[first] = l0;
  entryValue[first + 1] = l1;
  entryValue[first + 2] = l2;
  entryValue[first + 3] = l3;
  pivot[entryRow[first]] -= l0 * y0;
  pivot[entryRow[first + 1]] -= l1 * y1;
  pivot[entryRow[first + 2]] -= l2 * y2;
  pivot[entryRow[first + 3]] -= l3 * y3;
  entryValue[pairEntry[pair]] -= y1 * l0;
  entryValue[pairEntry[pair + 1]] -= y2 * l0;
  entryValue[pairEntry[pair + 2]] -= y3 * l0;
  entryValue[pairEntry[pair + 3]] -= y2 * l1;
  entryValue[pairEntry[pair + 4]] -= y3 * l1;
  entryValue[pairEntry[pair + 5]] -= y3 * l2;
}

function takeThree(
  entryRow: Int32Array,
  entryValue: Float64Array,
  pivot: Float64Array,
  pairEntry: Int32Array,
  first: number,
  pair: number,
  inverse: number,
): void {
  const y0 = entryValue[first];
  const y1 = entryValue[first + 1];
  const y2 = entryValue[first + 2];
  const l0 = y0 * inverse;
  const l1 = y1 * inverse;
  const l2 = y2 * inverse;
  entryValue[first] = l0;
  entryValue[first + 1] = l1;
  entryValue[first + 2] = l2;
  pivot[entryRow[first]] -= l0 * y0;
  pivot[entryRow[first + 1]] -= l1 * y1;
  pivot[entryRow[first + 2]] -= l2 * y2;
  entryValue[pairEntry[pair]] -= y1 * l0;
  entryValue[pairEntry[pair + 1]] -= y2 * l0;
  entryValue[pairEntry[pair + 2]] -= y2 * l1;
}
