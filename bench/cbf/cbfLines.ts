/** The lines of a CBF file that are neither empty nor comments, as words, with the place of what is wrong. */
import { UsageError } from '../../engine/base/errors.js';

export class CbfLines {
  private readonly lines: readonly string[];
  /** Lines read so far: the number of the present one. */
  private position = 0;

  constructor(text: string) {
    this.lines = text.split(/\r?\n/);
  }

  /** The next line as words; undefined at the end of the file. */
  next(): readonly string[] | undefined {
    while (this.position < this.lines.length) {
      const line = this.lines[this.position].trim();
      this.position += 1;
      if (line !== '' && !line.startsWith('#')) return line.split(/\s+/);
    }
    return undefined;
  }

  /** The next line, which must hold so many words. */
  words(count: number): readonly string[] {
    const words = this.next();
    if (words === undefined) throw this.error('the file ends in the middle of a section');
    if (words.length === count) return words;
    throw this.error(`"${words.join(' ')}" should be ${count} word${count === 1 ? '' : 's'}`);
  }

  /** A whole number, 0 or more. */
  count(word: string): number {
    const value = this.number(word);
    if (Number.isSafeInteger(value) && value >= 0) return value;
    throw this.error(`"${word}" is no whole number of 0 or more`);
  }

  number(word: string): number {
    const value = /^[+-]?[\d.]/.test(word) ? Number(word) : Number.NaN;
    if (Number.isFinite(value)) return value;
    throw this.error(`"${word}" is no number`);
  }

  error(message: string): UsageError {
    return new UsageError(`line ${this.position}: ${message}`);
  }
}
