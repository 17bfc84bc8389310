import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import { IdColumn, IdColumnBuilder } from '../../engine/case/idColumn.js';
import { IdIndex } from '../../engine/case/idIndex.js';
import { repeatedIds } from '../../engine/case/repeatedIds.js';
import { oddTexts } from './oddTexts.js';

const SEEDS = [1, 2, 3, 4];
const encoder = new TextEncoder();

/** By row, the first row with the same text. */
function firstRows(texts: readonly string[]): number[] {
  const first = new Map<string, number>();
  return texts.map((text, row) => {
    const earlier = first.get(text) ?? row;
    first.set(text, earlier);
    return earlier;
  });
}

describe('a column of ids', () => {
  it.each(SEEDS)('gives back any texts, in any order (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const texts = oddTexts(random, 300);
    const column = IdColumn.from(texts);
    expect(column.length).toBe(300);
    expect([...column]).toEqual(texts);
    expect(column.get(17)).toBe(texts[17]);
    expect(JSON.parse(JSON.stringify(column))).toEqual(texts);
    const order = Int32Array.from(texts, () => random.integer(0, 300));
    expect([...column.ordered(order)]).toEqual(Array.from(order, (row) => texts[row]));
  });

  it.each(SEEDS)('is the same however its ids are added (seed %i)', (seed) => {
    const texts = oddTexts(seededRandom(seed), 100);
    const expected = IdColumn.from(texts);
    const oneByOne = new IdColumnBuilder();
    for (const text of texts) {
      const bytes = encoder.encode(`<${text}>`);
      oneByOne.addBytes(bytes, 1, bytes.length - 1);
    }
    expect(oneByOne.finish()).toEqual(expected);
    const atOnce = new IdColumnBuilder(100);
    atOnce.addAll(expected.bytes, expected.offset.subarray(0, 41));
    atOnce.addAll(expected.bytes, expected.offset.subarray(40));
    expect(atOnce.finish()).toEqual(expected);
  });

  it('numbers ids as a template would', () => {
    const numbers = [0, 1, 9, 10, 99, 100, 12_300_000, 4_294_967_296];
    const builder = new IdColumnBuilder();
    for (const number of numbers) builder.addNumbered(encoder.encode('m-é-'), number);
    expect([...builder.finish()]).toEqual(numbers.map((number) => `m-é-${number}`));
  });

  it('replaces half a surrogate pair, which no file can hold', () => {
    expect([...IdColumn.from(['a\uD800b'])]).toEqual(['a\uFFFDb']);
  });

  it('may have no rows', () => {
    expect([...IdColumn.from([])]).toEqual([]);
  });
});

describe('an index of ids', () => {
  it.each(SEEDS)('finds the first row of every id, and no other (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const texts = oddTexts(random, 3000, 3);
    const index = IdIndex.of(IdColumn.from(texts));
    const first = firstRows(texts);
    texts.forEach((text, row) => {
      const bytes = encoder.encode(text);
      expect(index.find(bytes, 0, bytes.length)).toBe(first[row]);
    });
    const unknown = encoder.encode('not among them');
    expect(index.find(unknown, 0, unknown.length)).toBe(-1);
  });

  it('grows with its ids', () => {
    const ids = new IdColumnBuilder();
    const index = new IdIndex(ids);
    for (let row = 0; row < 5000; row += 1) {
      ids.addText(`p${row % 2500}`);
      expect(index.add(row)).toBe(row < 2500 ? -1 : row - 2500);
    }
  });
});

describe('repeated ids', () => {
  it.each(SEEDS)('are those of a plain map, in one part or in several (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const few = oddTexts(random, 500, 2);
    const many = Array.from({ length: 40_000 }, () => `p-${random.integer(0, 200_000)}`);
    for (const texts of [few, many]) {
      const { row, first } = repeatedIds(IdColumn.from(texts));
      const found = new Map(Array.from(row, (at, k) => [at, first[k]]));
      const expected = firstRows(texts);
      expect(found.size).toBeGreaterThan(100);
      expect(found).toEqual(
        new Map(expected.flatMap((earlier, at) => (earlier < at ? [[at, earlier]] : []))),
      );
    }
  });
});
