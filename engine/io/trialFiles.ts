/** A table that a trial reads, from any CSV or Arrow file; and checks on its cells. */
import { basename, dirname, extname } from 'node:path';
import { CaseError, InternalError, ProblemList } from '../base/errors.js';
import { LARGEST_MAGNITUDE, unusable } from '../case/tableCheck.js';
import { readCsvTable } from './csv.js';
import { quotedFromFiles } from './fileValues.js';
import { unreadable } from './jsonFile.js';
import type { ReadOptions } from './readCase.js';
import { reportCell } from './rowMatch.js';
import type { ReadContext, Table, TableSchema } from './table.js';

/**
 * Reads a file, which may have any name that ends in `.csv` or `.arrow`, and makes what it means.
 *
 * @throws CaseError with what is wrong and where
 */
export async function readTrialFile<Made>(
  path: string,
  schema: TableSchema,
  options: ReadOptions,
  make: (table: Table, problems: ProblemList) => Made,
): Promise<Made> {
  const folder = dirname(path);
  const file = basename(path);
  const problems = new ProblemList();
  const context: ReadContext = { folder, problems, warn: options.onWarning ?? (() => {}) };
  const ending = extname(file);
  const named = { ...schema, name: basename(file, ending) };
  const table = await readAs(ending, named, context).catch((error: unknown) => {
    problems.add({ file, message: unreadable(error, folder) });
    return undefined;
  });
  if (table === undefined) {
    problems.throwIfAny();
    throw new InternalError(`${file} cannot be used, and nothing says why`);
  }
  options.onProgress?.(file, table.rowCount);
  const made = make(table, problems);
  try {
    problems.throwIfAny();
  } catch (error) {
    throw error instanceof CaseError ? await quotedFromFiles(error, folder) : error;
  }
  return made;
}

async function readAs(
  ending: string,
  schema: TableSchema,
  context: ReadContext,
): Promise<Table | undefined> {
  if (ending === '.csv') return readCsvTable(schema, context);
  if (ending === '.arrow') {
    const { readArrowTable } = await import('./readArrow.js');
    return readArrowTable(schema, context);
  }
  const file = `${schema.name}${ending}`;
  context.problems.add({ file, message: 'the name of a table ends in .csv or .arrow' });
  return undefined;
}

/** Checks on the cells of a table, row by row. */
export class CellCheck {
  constructor(
    private readonly table: Table,
    private readonly problems: ProblemList,
  ) {}

  report(row: number, column: string, value: string | number, message: string): void {
    const shown = Number.isNaN(value) ? '' : String(value);
    reportCell(this.problems, this.table, row, column, shown, message);
  }

  reportTable(message: string): void {
    this.problems.add({ file: this.table.file, message });
  }

  /** Whether the cell holds a number of sane size. */
  number(row: number, column: string, value: number): boolean {
    if (Math.abs(value) <= LARGEST_MAGNITUDE) return true;
    this.report(row, column, value, unusable(value));
    return false;
  }

  /** Whether the cell holds the number of an interval. */
  interval(row: number, value: number): boolean {
    if (!this.number(row, 'interval', value)) return false;
    if (Number.isSafeInteger(value) && value >= 0) return true;
    this.report(row, 'interval', value, 'intervals are whole numbers from 0 on');
    return false;
  }
}

/**
 * Rows of a table by interval: each from 0 to the last is there, once.
 *
 * @param rows those to look at
 * @param what they are rows of, such as ` of class load`; empty where there is only one thing
 * @returns row of every interval; undefined where something was reported
 */
export function rowsByInterval(
  rows: readonly number[],
  intervals: Float64Array,
  check: CellCheck,
  what: string,
): Int32Array | undefined {
  const byInterval = new Map<number, number>();
  let holds = true;
  let count = 0;
  for (const row of rows) {
    const interval = intervals[row];
    if (!check.interval(row, interval)) holds = false;
    else if (byInterval.has(interval)) {
      holds = false;
      check.report(row, 'interval', interval, `there twice${what}`);
    } else {
      byInterval.set(interval, row);
      count = Math.max(count, interval + 1);
    }
  }
  if (!holds) return undefined;
  if (count > byInterval.size) {
    let missing = 0;
    while (byInterval.has(missing)) missing += 1;
    check.reportTable(`no row for interval ${missing}${what}`);
    return undefined;
  }
  return Int32Array.from({ length: count }, (_, interval) => byInterval.get(interval) ?? -1);
}
