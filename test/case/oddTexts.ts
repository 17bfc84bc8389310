/** Texts with characters of one to four bytes, spaces of every kind, and nothing at all. */
import type { RandomSource } from '../../engine/base/random.js';

const PIECES = [
  'a',
  'B',
  '7',
  '-',
  ' ',
  '\t',
  '\n',
  '"',
  ',',
  'é',
  'ß',
  '\u00A0',
  '\u2003',
  '\u3000',
  '\uFEFF',
  '日',
  '本',
  'e\u0301',
  '😀',
  '👩‍🔬',
  '𐍈',
] as const;

export function oddText(random: RandomSource, longest = 6): string {
  const pieces = Array.from({ length: random.integer(0, longest + 1) }, () => {
    return PIECES[random.integer(0, PIECES.length)] as string;
  });
  return pieces.join('');
}

export function oddTexts(random: RandomSource, count: number, longest = 6): string[] {
  return Array.from({ length: count }, () => oddText(random, longest));
}
