/** Tables as CSV. */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { format, writeToString } from 'fast-csv';
import { GrowingColumn } from '../base/growing.js';
import { type ColumnCollector, collectorFor, NumberCollector } from './collectors.js';
import { QuoteError, readCsvRecords } from './csvRecords.js';
import { formatDecimal, notANumber, parseDecimal } from './decimal.js';
import { matchHeader } from './header.js';
import { cellsOf } from './outputCells.js';
import {
  type Column,
  type OutputTable,
  type ReadContext,
  Table,
  type TableSchema,
} from './table.js';

/** @returns undefined where the file as a whole cannot be used, which is reported */
export async function readCsvTable(
  schema: TableSchema,
  context: ReadContext,
): Promise<Table | undefined> {
  const file = `${schema.name}.csv`;
  const reading = new CsvReading(schema, file, context);
  try {
    await readCsvRecords(
      join(context.folder, file),
      (cells, line) => reading.record(cells, line),
      context.bytes?.[schema.name],
    );
  } catch (error) {
    if (!(error instanceof QuoteError)) throw error;
    context.problems.add({ file, row: error.line, message: error.message });
    return undefined;
  }
  return reading.table();
}

/** One pass over the records of a file: the first is the header, the others go into columns. */
class CsvReading {
  private hasHeader = false;
  /** Schema position of every column of the file. */
  private positions: Int32Array | undefined;
  private width = 0;
  private isUsable = true;
  /** By schema position; undefined where the file lacks the column. */
  private readonly collectors: (ColumnCollector | undefined)[] = [];
  private readonly lines = new GrowingColumn((length) => new Int32Array(length));
  /** Whether record k has stood on line k + 2 so far. */
  private areLinesRegular = true;

  constructor(
    private readonly schema: TableSchema,
    private readonly file: string,
    private readonly context: ReadContext,
  ) {}

  record(cells: readonly string[], line: number): void {
    if (!this.hasHeader) this.header(cells);
    else if (this.positions !== undefined) this.row(cells, line, this.positions);
  }

  private header(cells: readonly string[]): void {
    this.hasHeader = true;
    this.width = cells.length;
    const names = cells.map((cell) => cell.trim());
    this.positions = matchHeader(names, this.schema, this.file, this.context);
    for (const position of this.positions ?? []) {
      if (position < 0) continue;
      this.collectors[position] = collectorFor(this.schema.columns[position].kind);
    }
  }

  private row(cells: readonly string[], line: number, positions: Int32Array): void {
    if (cells.length !== this.width) {
      this.isUsable = false;
      const message = `${cells.length} fields where the header has ${this.width}`;
      this.context.problems.add({ file: this.file, row: line, message });
      return;
    }
    this.areLinesRegular &&= line === this.lines.length + 2;
    this.lines.push(line);
    for (let index = 0; index < cells.length; index += 1) {
      const position = positions[index];
      if (position < 0) continue;
      const cell = cells[index].trim();
      const collector = this.collectors[position];
      if (collector instanceof NumberCollector) {
        collector.addNumber(this.number(cell, line, position));
      } else collector?.addText(cell);
    }
  }

  /** NaN for an empty cell, and for one that is no number, which is reported. */
  private number(cell: string, line: number, position: number): number {
    if (cell === '') return Number.NaN;
    const value = parseDecimal(cell);
    if (value !== undefined && Number.isFinite(value)) return value;
    this.context.problems.add({
      file: this.file,
      row: line,
      column: this.schema.columns[position].name,
      value: cell,
      message: value === undefined ? notANumber(cell) : 'beyond the range of numbers',
    });
    return Number.NaN;
  }

  table(): Table | undefined {
    if (!this.hasHeader) {
      this.context.problems.add({ file: this.file, message: 'empty; a header row is needed' });
    }
    if (this.positions === undefined || !this.isUsable) return undefined;
    const columns = new Map<string, Column>();
    this.schema.columns.forEach(({ name }, position) => {
      const collector = this.collectors[position];
      if (collector !== undefined) columns.set(name, collector.finish());
    });
    const rowNumber = this.areLinesRegular ? [] : [this.lines.finish()];
    return new Table(this.file, this.lines.length, columns, ...rowNumber);
  }
}

/** Rows that are turned into texts at a time. */
const BLOCK_ROWS = 4096;

/** Writes `<table.file>.csv`; NaN and infinities become empty cells. */
export async function writeCsvTable(table: OutputTable, folder: string): Promise<void> {
  function* records(): Generator<readonly string[]> {
    yield [...table.columns.keys()];
    yield* recordsOf(table);
  }
  await pipeline(
    Readable.from(records()),
    format({ headers: false, includeEndRowDelimiter: true }),
    createWriteStream(join(folder, `${table.file}.csv`)),
  );
}

/** What {@link writeCsvTable} writes below the header: for tables that grow. */
export async function csvRows(table: OutputTable): Promise<string> {
  return csvText(Array.from(recordsOf(table)));
}

/** The same, and the header alone. */
export async function csvHeader(names: readonly string[]): Promise<string> {
  return csvText([names]);
}

function csvText(records: readonly (readonly string[])[]): Promise<string> {
  return writeToString(
    records.map((cells) => [...cells]),
    { headers: false, includeEndRowDelimiter: true },
  );
}

function* recordsOf(table: OutputTable): Generator<readonly string[]> {
  const columns = [...table.columns.values()];
  for (let first = 0; first < table.rowCount; first += BLOCK_ROWS) {
    const end = Math.min(first + BLOCK_ROWS, table.rowCount);
    const cells = columns.map((column) => cellsOf(column, first, end));
    for (let row = 0; row < end - first; row += 1) {
      yield cells.map((column) =>
        column instanceof Float64Array ? formatDecimal(column[row]) : column[row],
      );
    }
  }
}
