/**
 * Tables as Arrow IPC files (Feather version 2), one record batch after the other: at no time is more than
 * one of them in memory. NaN and infinities become nulls.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import * as arrow from 'apache-arrow';
import { IdColumn, IdColumnBuilder } from '../case/idColumn.js';
import { LabelColumn } from '../case/labelColumn.js';
import { cellsOf } from './outputCells.js';
import { isTexts, type OutputColumn, type OutputTable } from './table.js';

/** Rows of a record batch: some megabytes of a wide table. */
const BATCH_ROWS = 65_536;

/** Writes `<table.file>.arrow`. */
export async function writeArrowTable(table: OutputTable, folder: string): Promise<void> {
  const columns = [...table.columns.values()];
  const schema = new arrow.Schema(
    [...table.columns].map(([name, column]) => new arrow.Field(name, typeOf(column), true)),
  );
  const handle = await open(join(folder, `${table.file}.arrow`), 'w');
  try {
    const sink = new ByteCollector();
    const writer = new arrow.RecordBatchFileWriter();
    writer.reset(sink, schema);
    for (let first = 0; first < table.rowCount; first += BATCH_ROWS) {
      const end = Math.min(first + BATCH_ROWS, table.rowCount);
      writer.write(recordBatch(schema, columns, first, end));
      await sink.flush(handle);
    }
    writer.finish();
    await sink.flush(handle);
  } finally {
    await handle.close();
  }
}

/** Where the writer leaves its bytes until they go to disk. */
class ByteCollector extends arrow.AsyncByteQueue {
  private pending: Uint8Array[] = [];

  override write(bytes: Uint8Array): void {
    this.pending.push(bytes);
  }

  async flush(handle: FileHandle): Promise<void> {
    await handle.appendFile(Buffer.concat(this.pending));
    this.pending = [];
  }
}

function typeOf(column: OutputColumn): arrow.DataType {
  const holdsTexts = isTexts(column) || column instanceof IdColumn || column instanceof LabelColumn;
  return holdsTexts ? new arrow.Utf8() : new arrow.Float64();
}

function recordBatch(
  schema: arrow.Schema,
  columns: readonly OutputColumn[],
  first: number,
  end: number,
): arrow.RecordBatch {
  const children = columns.map((column) => {
    if (column instanceof IdColumn) return idData(column, first, end);
    const cells = cellsOf(column, first, end);
    return cells instanceof Float64Array ? numberData(cells) : textData(cells);
  });
  const type = new arrow.Struct(schema.fields);
  return new arrow.RecordBatch(schema, arrow.makeData({ type, length: end - first, children }));
}

function numberData(cells: Float64Array): arrow.Data {
  // A copy: columns in shared memory are no buffers that the writer takes.
  const data = Float64Array.from(cells);
  const nullBitmap = new Uint8Array(Math.ceil(data.length / 8));
  let nullCount = 0;
  for (let row = 0; row < data.length; row += 1) {
    if (Number.isFinite(data[row])) nullBitmap[row >> 3] |= 1 << (row & 7);
    else {
      data[row] = 0;
      nullCount += 1;
    }
  }
  const { length } = data;
  const type = new arrow.Float64();
  if (nullCount === 0) return arrow.makeData({ type, length, data });
  return arrow.makeData({ type, length, data, nullCount, nullBitmap });
}

function idData({ bytes, offset }: IdColumn, first: number, end: number): arrow.Data {
  const start = offset[first];
  const valueOffsets = new Int32Array(end - first + 1);
  for (let row = first; row <= end; row += 1) valueOffsets[row - first] = offset[row] - start;
  const data = bytes.subarray(start, offset[end]);
  return arrow.makeData({ type: new arrow.Utf8(), length: end - first, valueOffsets, data });
}

function textData(cells: readonly string[]): arrow.Data {
  const builder = new IdColumnBuilder(cells.length);
  for (const text of cells) builder.addText(text);
  return idData(builder.finish(), 0, cells.length);
}
