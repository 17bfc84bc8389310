/**
 * Values in messages as they stand in the file: validation sees numbers, and `1.50` should not be
 * quoted as `1.5`. Only a case that failed is read again, so nothing is kept while reading.
 */
import { join } from 'node:path';
import { CaseError, type CaseProblem } from '../base/errors.js';
import { readCsvRecords } from './csvRecords.js';

/** The same error, with the values of CSV cells in the words of their files. */
export async function quotedFromFiles(error: CaseError, folder: string): Promise<CaseError> {
  const wanted = error.problems.filter((problem) => isCell(problem));
  const texts = new Map<string, string>();
  for (const file of new Set(wanted.map((problem) => problem.file))) {
    const ofFile = wanted.filter((problem) => problem.file === file);
    const columns = new Set(ofFile.map((problem) => problem.column));
    const rows = new Set(ofFile.map((problem) => problem.row));
    let header: readonly string[] | undefined;
    await readCsvRecords(join(folder, file), (cells, line) => {
      header ??= cells.map((cell) => cell.trim());
      if (!rows.has(line)) return;
      header.forEach((column, index) => {
        if (columns.has(column)) texts.set(`${file}:${line}:${column}`, cells[index].trim());
      });
    });
  }
  const problems = error.problems.map((problem) => {
    const text = isCell(problem)
      ? texts.get(`${problem.file}:${problem.row}:${problem.column}`)
      : undefined;
    return text === undefined ? problem : { ...problem, value: text };
  });
  return new CaseError(problems, error.omitted);
}

/** Row 1 is the header: what is reported there is a column, not a value. */
function isCell({ file, row, column, value }: CaseProblem): boolean {
  return (
    file.endsWith('.csv') &&
    row !== undefined &&
    row > 1 &&
    column !== undefined &&
    value !== undefined
  );
}
