import { describe, expect, it } from 'vitest';
import { type RandomSource, seededRandom } from '../../engine/base/random.js';
import { Borders } from '../../engine/correction/borders.js';

const random = (source: RandomSource): number => source.between(-1, 1);

/** A symmetric matrix far from singular, with both signs on its diagonal. */
function innerMatrix(source: RandomSource, size: number): number[][] {
  const matrix = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < row; column += 1) {
      const entry = random(source);
      (matrix[row] as number[])[column] = entry;
      (matrix[column] as number[])[row] = entry;
    }
    (matrix[row] as number[])[row] = (row % 2 === 0 ? 1 : -1) * (size + source.next());
  }
  return matrix;
}

/** Cramer-free and pivot by pivot: Gauss–Jordan on the matrix with its right-hand side. */
function solved(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, k) => [...row, right[k] as number]);
  const size = rows.length;
  for (let k = 0; k < size; k += 1) {
    const below = rows.slice(k);
    const largest = below.reduce((best, row) =>
      Math.abs(row[k] as number) > Math.abs(best[k] as number) ? row : best,
    );
    rows.splice(rows.indexOf(largest), 1);
    rows.splice(k, 0, largest);
    const scale = largest[k] as number;
    largest.forEach((entry, column) => {
      largest[column] = entry / scale;
    });
    for (const row of rows) {
      if (row === largest) continue;
      const factor = row[k] as number;
      largest.forEach((entry, column) => {
        row[column] = (row[column] as number) - factor * entry;
      });
    }
  }
  return rows.map((row) => row[size] as number);
}

/** Solves K with `count` borders through the class and as one matrix. */
function compare(borders: Borders, source: RandomSource, size: number, count: number): void {
  const inner = innerMatrix(source, size);
  const residual = Array.from({ length: size }, () => random(source));
  const whole = inner.map((row) => [...row]);
  borders.begin(count);
  for (let k = 0; k < count; k += 1) {
    const column = borders.column(k);
    expect(column.every((entry) => entry === 0)).toBe(true);
    for (let row = 0; row < size; row += 1) {
      if (source.next() < 0.5) column[row] = random(source);
    }
    whole.forEach((row, at) => {
      row.push(at < size ? (column[at] as number) : 0);
    });
    const lower = Array.from(column);
    whole.push([...lower, ...new Array<number>(k + 1).fill(0)]);
    borders.solution(k).set(solved(inner, lower));
    borders.missing[k] = random(source);
  }
  for (let row = 0; row < count; row += 1) {
    for (let other = 0; other <= row; other += 1) {
      const entry = random(source);
      borders.setCorner(row, other, entry);
      (whole[size + row] as number[])[size + other] = entry;
      (whole[size + other] as number[])[size + row] = entry;
    }
  }
  const missing = borders.missing.slice(0, count);
  const expected = solved(
    whole,
    [...residual, ...missing].map((entry) => -entry),
  );
  const step = Float64Array.from(
    solved(
      inner,
      residual.map((entry) => -entry),
    ),
  );
  expect(borders.close(step)).toBe(true);
  const found = [...step, ...borders.step.slice(0, count)];
  const scale = Math.max(1, ...expected.map(Math.abs));
  found.forEach((value, k) => {
    expect(Math.abs(value - (expected[k] as number))).toBeLessThanOrEqual(1e-7 * scale);
  });
}

describe('borders', () => {
  it.each(Array.from({ length: 20 }, (_, k) => 1100 + k))(
    'solve with the whole matrix, again and again, whatever their number (seed %i)',
    (seed) => {
      const source = seededRandom(seed);
      const size = source.integer(1, 12);
      const borders = new Borders(size);
      for (let k = 0; k < 6; k += 1) compare(borders, source, size, source.integer(0, 5));
    },
  );

  it('that are the same twice, or nothing, have no solution', () => {
    const same = new Borders(2);
    same.begin(2);
    for (const k of [0, 1]) {
      same.column(k)[0] = 1;
      same.solution(k)[0] = 0.5;
      same.missing[k] = 1;
    }
    expect(same.close(new Float64Array(2))).toBe(false);
    const nothing = new Borders(2);
    nothing.begin(1);
    nothing.solution(0).fill(0);
    nothing.missing[0] = 1;
    expect(nothing.close(new Float64Array(2))).toBe(false);
  });
});
