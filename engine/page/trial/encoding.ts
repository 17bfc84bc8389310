/**
 * Matrices of a day as a page carries them: one value an interval and column, as 16-bit multiples of a step, in
 * base64. A value is (lowest + code) · step, so that 0 stays 0; code 65,535 means that there is none.
 */

export interface PackedMatrix {
  /** Columns of a row. */
  readonly width: number;
  readonly step: number;
  /** What code 0 stands for, in steps. */
  readonly lowest: number;
  /** Row by row, low byte first. */
  readonly codes: string;
}

const MISSING = 65_535;
/** A little below: both ends are rounded to the step. */
const MOST_STEPS = MISSING - 5;

/**
 * @param valueAt the value of a row and column, counted from 0; without a value where it is not finite
 * @param finest step of the values; where they spread too far, the least multiple of it that is enough
 */
export function packed(
  rows: number,
  width: number,
  valueAt: (row: number, column: number) => number,
  finest: number,
): PackedMatrix {
  const { least, most } = extentOf(rows, width, valueAt);
  const step = finest * Math.max(1, Math.ceil((most - least) / (finest * MOST_STEPS)));
  const lowest = Math.floor(least / step);
  const bytes = Buffer.alloc(2 * rows * width);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const value = valueAt(row, column);
      const code = Number.isFinite(value) ? Math.round(value / step) - lowest : MISSING;
      bytes.writeUInt16LE(code, 2 * (row * width + column));
    }
  }
  return { width, step, lowest, codes: bytes.toString('base64') };
}

/** Of the finite values; 0 to 0 without any. */
function extentOf(
  rows: number,
  width: number,
  valueAt: (row: number, column: number) => number,
): { least: number; most: number } {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const value = valueAt(row, column);
      if (!Number.isFinite(value)) continue;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  return least <= most ? { least, most } : { least: 0, most: 0 };
}
