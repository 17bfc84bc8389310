import { describe, expect, it } from 'vitest';
import { CaseError, type CaseProblem, ProblemList } from '../../engine/base/errors.js';
import { seededRandom } from '../../engine/base/random.js';
import { IdColumn } from '../../engine/case/idColumn.js';
import { TableCheck } from '../../engine/case/tableCheck.js';
import { oddText } from './oddTexts.js';

function problemsOf(check: (table: TableCheck) => void): CaseProblem[] {
  const list = new ProblemList();
  check(new TableCheck(list, {}, 'prosumers'));
  try {
    list.throwIfAny();
  } catch (error) {
    if (!(error instanceof CaseError)) throw error;
    return [...error.problems].sort((a, b) => (a.row ?? 0) - (b.row ?? 0));
  }
  return [];
}

describe('a check of ids', () => {
  it('finds the same in bytes as in texts (300 short columns, seed 5)', () => {
    const random = seededRandom(5);
    let found = 0;
    for (let trial = 0; trial < 300; trial += 1) {
      const ids = Array.from({ length: 12 }, () => {
        const text = oddText(random, 3);
        return random.next() < 0.1 ? `${text}\0` : random.next() < 0.1 ? `\uFFFD${text}` : text;
      });
      const inTexts = problemsOf((check) => check.ids('prosumer', ids));
      expect(problemsOf((check) => check.idColumn('prosumer', IdColumn.from(ids)))).toEqual(
        inTexts,
      );
      found += inTexts.length;
    }
    expect(found).toBeGreaterThan(500);
  });

  it('finds bytes that are no UTF-8, wherever they are', () => {
    for (const bytes of [[0xc3], [0x61, 0xff, 0x62], [0xed, 0xa0, 0x80]]) {
      const ids = new IdColumn(Uint8Array.from(bytes), Uint32Array.of(0, bytes.length));
      const [problem] = problemsOf((check) => check.idColumn('prosumer', ids));
      expect(problem?.message).toMatch(/not valid text/);
      expect(problem?.row).toBe(2);
    }
  });
});
