import { describe, expect, it } from 'vitest';
import { type RandomSource, seededRandom } from '../../engine/base/random.js';
import { LabelColumn, LabelColumnBuilder } from '../../engine/case/labelColumn.js';
import { oddTexts } from './oddTexts.js';

const SEEDS = [1, 2, 3, 4];
const encoder = new TextEncoder();

/** Runs of a few labels, some of them only one row long. */
function labelledRows(random: RandomSource): string[] {
  const labels = oddTexts(random, 6);
  return Array.from({ length: 60 }, () => labels[random.integer(0, 6)] as string).flatMap((label) =>
    Array.from({ length: random.integer(1, 5) }, () => label),
  );
}

function numberOfRuns(texts: readonly string[]): number {
  return texts.filter((text, row) => row === 0 || texts[row - 1] !== text).length;
}

describe('a column of labels', () => {
  it.each(SEEDS)('gives back its texts, of all rows or some, in as few runs (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const texts = labelledRows(random);
    const column = LabelColumn.from(texts);
    expect(column.length).toBe(texts.length);
    expect([...column.texts()]).toEqual(texts);
    expect(column.runs.value).toHaveLength(numberOfRuns(texts));
    expect(new Set(column.labels).size).toBe(column.labels.length);
    for (let k = 0; k < 20; k += 1) {
      const first = random.integer(0, texts.length + 1);
      const end = random.integer(first, texts.length + 1);
      expect([...column.texts(first, end)]).toEqual(texts.slice(first, end));
    }
  });

  it.each(SEEDS)('takes bytes for their text without the spaces around it (seed %i)', (seed) => {
    const texts = labelledRows(seededRandom(seed));
    const builder = new LabelColumnBuilder();
    for (const text of texts) {
      const bytes = encoder.encode(`x${text}x`);
      builder.addBytes(bytes, 1, bytes.length - 1);
    }
    const column = builder.finish();
    const trimmed = texts.map((text) => text.trim());
    expect([...column.texts()]).toEqual(trimmed);
    expect(column.runs.value).toHaveLength(numberOfRuns(trimmed));
  });

  it('knows a label again, whichever way it comes', () => {
    const builder = new LabelColumnBuilder();
    const bytes = encoder.encode(' north ');
    builder.addText('north');
    builder.addBytes(bytes, 0, bytes.length);
    builder.addNumber(builder.labelNumber('north'));
    builder.addText('south');
    builder.addText('north');
    const { labels, runs } = builder.finish();
    expect(labels).toEqual(['north', 'south']);
    expect([...runs.value]).toEqual([0, 1, 0]);
    expect([...runs.start]).toEqual([0, 3, 4, 5]);
  });

  it('passes over groups without rows', () => {
    const column = LabelColumn.ofGroups(['a', 'b', 'c', 'd'], Int32Array.of(0, 0, 2, 2, 3));
    expect([...column.texts()]).toEqual(['b', 'b', 'd']);
    expect([...column.texts(2, 3)]).toEqual(['d']);
  });

  it('may have no rows', () => {
    expect([...LabelColumn.from([]).texts()]).toEqual([]);
  });
});
