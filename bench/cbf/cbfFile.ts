/**
 * The text of a file in the Conic Benchmark Format (H. Friberg, CBLIB 2014; versions 1 to 4) as numbers:
 *
 *     minimise or maximise   costs x + constant
 *     subject to             coefficients x + constants in the cones of rows,   x in those of variables,
 *                            x whole for integers
 *
 * Of its cones F, L=, L+, L-, Q and QR are read; what else the format knows (semidefinite, power and
 * exponential cones, changes of an instance) is an error that names the line.
 */
import { CbfLines } from './cbfLines.js';

const CONES = ['F', 'L=', 'L+', 'L-', 'Q', 'QR'] as const;
export type CbfCone = (typeof CONES)[number];

/** So many neighbours are in this cone. */
export interface CbfDomain {
  readonly cone: CbfCone;
  readonly size: number;
}

export interface CbfEntry {
  readonly index: number;
  readonly value: number;
}

export interface CbfCoefficient {
  readonly row: number;
  readonly column: number;
  readonly value: number;
}

export interface CbfFile {
  maximise: boolean;
  variables: readonly CbfDomain[];
  variableCount: number;
  rows: readonly CbfDomain[];
  rowCount: number;
  integers: readonly number[];
  costs: readonly CbfEntry[];
  constant: number;
  coefficients: readonly CbfCoefficient[];
  constants: readonly CbfEntry[];
}

/** @throws UsageError with the line of what is wrong */
export function parseCbf(text: string): Readonly<CbfFile> {
  const lines = new CbfLines(text);
  const file: CbfFile = {
    maximise: false,
    variables: [],
    variableCount: 0,
    rows: [],
    rowCount: 0,
    integers: [],
    costs: [],
    constant: 0,
    coefficients: [],
    constants: [],
  };
  const seen = new Set<string>();
  for (let words = lines.next(); words !== undefined; words = lines.next()) {
    const keyword = words.join(' ');
    if (seen.size === 0 && keyword !== 'VER') throw lines.error('the first section must be VER');
    if (seen.has(keyword)) throw lines.error(`section ${keyword} stands twice`);
    seen.add(keyword);
    readSection(keyword, lines, file);
  }
  for (const needed of ['VER', 'OBJSENSE', 'VAR']) {
    if (!seen.has(needed)) throw lines.error(`section ${needed} is missing`);
  }
  return file;
}

/** Sections refer to variables and rows of sections before them. */
function readSection(keyword: string, lines: CbfLines, file: CbfFile): void {
  switch (keyword) {
    case 'VER':
      expectVersion(lines);
      break;
    case 'OBJSENSE':
      file.maximise = readSense(lines) === 'MAX';
      break;
    case 'VAR':
      file.variables = readDomains(lines);
      file.variableCount = sizeOf(file.variables);
      break;
    case 'CON':
      file.rows = readDomains(lines);
      file.rowCount = sizeOf(file.rows);
      break;
    case 'INT':
      file.integers = readList(lines, 1, ([index]) => indexBelow(lines, index, file.variableCount));
      break;
    case 'OBJACOORD':
      file.costs = readEntries(lines, file.variableCount);
      break;
    case 'OBJBCOORD':
      file.constant = lines.number(lines.words(1)[0]);
      break;
    case 'ACOORD':
      file.coefficients = readCoefficients(lines, file);
      break;
    case 'BCOORD':
      file.constants = readEntries(lines, file.rowCount);
      break;
    default:
      throw lines.error(`section ${keyword} is not read`);
  }
}

function expectVersion(lines: CbfLines): void {
  const version = lines.count(lines.words(1)[0]);
  if (version < 1 || version > 4) throw lines.error(`version ${version} is not read; 1 to 4 are`);
}

function readSense(lines: CbfLines): string {
  const [sense] = lines.words(1);
  if (sense === 'MIN' || sense === 'MAX') return sense;
  throw lines.error(`"${sense}" is neither MIN nor MAX`);
}

function readDomains(lines: CbfLines): CbfDomain[] {
  const [total, count] = lines.words(2).map((word) => lines.count(word));
  const domains: CbfDomain[] = [];
  for (let k = 0; k < count; k += 1) {
    const [name, sizeWord] = lines.words(2);
    const cone = CONES.find((known) => known === name);
    if (cone === undefined) throw lines.error(`cone ${name} is not read; ${CONES.join(', ')} are`);
    const size = lines.count(sizeWord);
    if (cone === 'QR' && size === 1) throw lines.error('a cone QR has two entries at least');
    if (size > 0) domains.push({ cone, size });
  }
  if (sizeOf(domains) === total) return domains;
  throw lines.error(`the cones have ${sizeOf(domains)} entries in all, not ${total}`);
}

function sizeOf(domains: readonly CbfDomain[]): number {
  return domains.reduce((sum, { size }) => sum + size, 0);
}

/** A line with the number of items, then a line an item. */
function readList<Item>(
  lines: CbfLines,
  width: number,
  read: (words: readonly string[]) => Item,
): Item[] {
  const [countWord] = lines.words(1);
  return Array.from({ length: lines.count(countWord) }, () => read(lines.words(width)));
}

function readEntries(lines: CbfLines, end: number): CbfEntry[] {
  const seen = new Set<number>();
  return readList(lines, 2, ([indexWord, value]) => {
    const index = indexBelow(lines, indexWord, end);
    if (seen.has(index)) throw lines.error(`${index} stands twice in this section`);
    seen.add(index);
    return { index, value: lines.number(value) };
  });
}

function readCoefficients(
  lines: CbfLines,
  { rowCount, variableCount }: Readonly<CbfFile>,
): CbfCoefficient[] {
  const seen = new Set<number>();
  return readList(lines, 3, ([rowWord, columnWord, value]) => {
    const row = indexBelow(lines, rowWord, rowCount);
    const column = indexBelow(lines, columnWord, variableCount);
    const place = row * variableCount + column;
    if (seen.has(place)) throw lines.error(`${row} ${column} stands twice in this section`);
    seen.add(place);
    return { row, column, value: lines.number(value) };
  });
}

function indexBelow(lines: CbfLines, word: string, end: number): number {
  const index = lines.count(word);
  if (index < end) return index;
  throw lines.error(`${index} is beyond the last of ${end} numbered from 0`);
}
