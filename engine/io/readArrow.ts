/**
 * Tables from Arrow IPC files (Feather version 2), one record batch at a time straight into the columns:
 * texts as Utf8 in any layout, dictionary or integers; numbers as any integer or float; null means "not
 * given".
 *
 * The rows of a file are counted from the heads of its batches before any is read, so that every column is
 * allocated once; of a stream, which has no list of batches, columns grow.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import * as arrow from 'apache-arrow';
import { addNumbers, addTexts } from './arrowVectors.js';
import { type ColumnCollector, collectorFor, NumberCollector } from './collectors.js';
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
    const rows = await countRows(reader, handle);
    if (!reading.header(reader.schema, rows)) return undefined;
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

/** The head of a message begins with this mark and its length; before version 0.15 with the length alone. */
const CONTINUATION_MARK = -1;

/** @returns 0 where it cannot be known */
async function countRows(reader: arrow.RecordBatchReader, handle: FileHandle): Promise<number> {
  const { footer } = reader;
  if (footer === null) return 0;
  let rows = 0;
  for (const block of footer.recordBatches()) {
    const head = Buffer.alloc(block.metaDataLength);
    await handle.read(head, 0, head.length, block.offset);
    const prefix = head.readInt32LE(0) === CONTINUATION_MARK ? 8 : 4;
    const message = arrow.Message.decode(head.subarray(prefix));
    if (message.isRecordBatch()) rows += message.header().length;
  }
  return rows;
}

interface Target {
  /** Column in the file. */
  readonly index: number;
  readonly name: string;
  readonly collector: ColumnCollector;
}

class ArrowReading {
  private readonly targets: Target[] = [];
  private rowCount = 0;
  private expectedRows = 0;

  constructor(
    private readonly schema: TableSchema,
    private readonly file: string,
    private readonly context: ReadContext,
  ) {}

  /** @returns whether the columns can be used */
  header(fields: arrow.Schema, rows: number): boolean {
    const names = fields.fields.map((field) => field.name);
    const positions = matchHeader(names, this.schema, this.file, this.context);
    if (positions === undefined) return false;
    const before = this.context.problems.count;
    this.expectedRows = rows;
    positions.forEach((position, index) => {
      if (position < 0) return;
      const { name, kind } = this.schema.columns[position];
      const { type } = fields.fields[index];
      const isUsable = kind === 'number' ? holdsNumbers(type) : holdsTexts(type);
      if (isUsable) {
        this.targets.push({ index, name, collector: collectorFor(kind, rows) });
        return;
      }
      const message = `a column of ${type} where ${kind === 'number' ? 'numbers' : 'texts'} are needed`;
      this.context.problems.add({ file: this.file, column: name, message });
    });
    return this.context.problems.count === before;
  }

  batch(batch: arrow.RecordBatch): void {
    for (const { index, name, collector } of this.targets) {
      const data = batch.data.children[index];
      if (collector instanceof NumberCollector) {
        addNumbers(data, collector, (row, value) => this.reportNumber(row, name, value));
      } else addTexts(data, collector, this.expectedRows);
    }
    this.rowCount += batch.numRows;
  }

  private reportNumber(row: number, column: string, value: number): void {
    this.context.problems.add({
      file: this.file,
      row: this.rowCount + row + 2,
      column,
      value: String(value),
      message: 'not a finite number',
    });
  }

  table(): Table {
    const columns = new Map<string, Column>();
    for (const { name, collector } of this.targets) columns.set(name, collector.finish());
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
