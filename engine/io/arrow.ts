/**
 * Tables as Arrow IPC files (Feather version 2). Read one record batch at a time: texts as Utf8 in
 * any layout, dictionary or integers; numbers as any integer or float; null means "not given".
 */
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as arrow from 'apache-arrow';
import { matchHeader } from './header.js';
import { type Column, type ReadContext, Table, type TableSchema } from './table.js';

/** @returns undefined where the file as a whole cannot be used, which is reported */
export async function readArrowTable(
  schema: TableSchema,
  context: ReadContext,
): Promise<Table | undefined> {
  const file = `${schema.name}.arrow`;
  const handle = await open(join(context.folder, file));
  try {
    const reading = new ArrowReading(schema, file, context);
    const reader = await arrow.RecordBatchReader.from(handle);
    await reader.open();
    if (!reading.header(reader.schema)) return undefined;
    for await (const batch of reader) reading.batch(batch);
    return reading.table();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const message = /compress/i.test(error.message)
      ? 'compressed record batches cannot be read; write the file without compression'
      : `not a readable Arrow file (${error.message})`;
    context.problems.add({ file, message });
    return undefined;
  } finally {
    await handle.close();
  }
}

interface Target {
  /** Column in the file. */
  readonly index: number;
  readonly name: string;
  readonly texts: string[] | undefined;
  readonly numbers: number[] | undefined;
}

class ArrowReading {
  private readonly targets: Target[] = [];
  private rowCount = 0;

  constructor(
    private readonly schema: TableSchema,
    private readonly file: string,
    private readonly context: ReadContext,
  ) {}

  /** @returns whether the columns can be used */
  header(fields: arrow.Schema): boolean {
    const names = fields.fields.map((field) => field.name);
    const positions = matchHeader(names, this.schema, this.file, this.context);
    if (positions === undefined) return false;
    const before = this.context.problems.count;
    positions.forEach((position, index) => {
      if (position < 0) return;
      const { name, kind } = this.schema.columns[position];
      const { type } = fields.fields[index];
      if (!(kind === 'text' ? holdsTexts(type) : holdsNumbers(type))) {
        const message = `a column of ${type} where ${kind}s are needed`;
        this.context.problems.add({ file: this.file, column: name, message });
      }
      this.targets.push({
        index,
        name,
        texts: kind === 'text' ? [] : undefined,
        numbers: kind === 'number' ? [] : undefined,
      });
    });
    return this.context.problems.count === before;
  }

  batch(batch: arrow.RecordBatch): void {
    for (const target of this.targets) {
      const vector = batch.getChildAt(target.index);
      for (let row = 0; row < batch.numRows; row += 1) {
        const value: unknown = vector?.get(row) ?? null;
        target.texts?.push(value === null ? '' : String(value).trim());
        target.numbers?.push(this.number(value, row, target.name));
      }
    }
    this.rowCount += batch.numRows;
  }

  /** NaN for null, and for what is not finite, which is reported. */
  private number(value: unknown, row: number, column: string): number {
    if (value === null) return Number.NaN;
    const result = Number(value);
    if (Number.isFinite(result)) return result;
    this.context.problems.add({
      file: this.file,
      row: this.rowCount + row + 2,
      column,
      value: String(value),
      message: 'not a finite number',
    });
    return Number.NaN;
  }

  table(): Table {
    const columns = new Map<string, Column>();
    for (const { name, texts, numbers } of this.targets) {
      if (texts !== undefined) columns.set(name, texts);
      if (numbers !== undefined) columns.set(name, Float64Array.from(numbers));
    }
    return new Table(this.file, this.rowCount, columns);
  }
}

function holdsTexts(type: arrow.DataType): boolean {
  if (arrow.DataType.isDictionary(type)) return holdsTexts(type.dictionary);
  return (
    arrow.DataType.isUtf8(type) ||
    arrow.DataType.isLargeUtf8(type) ||
    arrow.DataType.isUtf8View(type) ||
    arrow.DataType.isInt(type) ||
    arrow.DataType.isNull(type)
  );
}

function holdsNumbers(type: arrow.DataType): boolean {
  if (arrow.DataType.isDictionary(type)) return holdsNumbers(type.dictionary);
  return arrow.DataType.isFloat(type) || arrow.DataType.isInt(type) || arrow.DataType.isNull(type);
}

/** Writes `<table.file>.arrow`; NaN and infinities become nulls. */
export async function writeArrowTable(table: Table, folder: string): Promise<void> {
  const vectors: Record<string, arrow.Vector> = {};
  for (const [name, column] of table.columns) {
    vectors[name] = column instanceof Float64Array ? numberVector(column) : textVector(column);
  }
  const bytes = arrow.tableToIPC(new arrow.Table(vectors), 'file');
  await writeFile(join(folder, `${table.file}.arrow`), bytes);
}

function textVector(column: readonly string[]): arrow.Vector {
  return arrow.vectorFromArray(column, new arrow.Utf8());
}

function numberVector(column: Float64Array): arrow.Vector {
  // A copy: columns in shared memory are no buffers that the writer takes.
  if (column.every(Number.isFinite)) return arrow.makeVector(Float64Array.from(column));
  const values = Array.from(column, (value) => (Number.isFinite(value) ? value : null));
  return arrow.vectorFromArray(values, new arrow.Float64());
}
