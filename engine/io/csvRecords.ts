/**
 * The records of a CSV file (RFC 4180, UTF-8, with or without a byte-order mark), one after the
 * other, with the line on which each begins.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { parse } from 'fast-csv';

type Row = string[];

/** Receives the cells of a record as they stand in the file, and its line. */
export type RecordConsumer = (cells: readonly string[], line: number) => void;

/** The quotes of a file do not match up. */
export class QuoteError extends Error {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
    this.name = 'QuoteError';
  }
}

/**
 * Text that may be read without completing a record. Without a limit a missing quote at the top of
 * a large file would make the parser go over the rest of it again for every chunk.
 */
const LONGEST_RECORD = 512 * 1024;
/** The same where the file is read line by line, and gone over again for every line. */
const LONGEST_RECORD_BY_LINE = 16 * 1024;

/**
 * @param bytes how much of the file is read; all of it unless given
 * @throws QuoteError, or what the file system says
 */
export async function readCsvRecords(
  path: string,
  consume: RecordConsumer,
  bytes = Number.POSITIVE_INFINITY,
): Promise<void> {
  const part = { end: bytes - 1 };
  const end = await scan(createReadStream(path, part), LONGEST_RECORD, consume);
  if (end.failure === undefined) return;
  if (end.failure === 'unclosed') throw unclosedQuote(end.line);
  // The parser drops the good records of the chunk it fails in: lines find the bad one.
  const again = await scan(linesOf(path, part), LONGEST_RECORD_BY_LINE, () => {});
  if (again.failure === 'malformed') {
    throw new QuoteError(again.line, 'text follows the closing quote of a field');
  }
  throw unclosedQuote(again.line);
}

function unclosedQuote(line: number): QuoteError {
  return new QuoteError(line, 'a quoted field of this row is never closed');
}

interface ScanEnd {
  readonly failure: undefined | 'unclosed' | 'malformed';
  /** Line after the last complete record. */
  readonly line: number;
}

async function scan(
  chunks: AsyncIterable<Buffer | string>,
  longest: number,
  consume: RecordConsumer,
): Promise<ScanEnd> {
  let line = 1;
  let pending = 0;
  // Records are taken where they are transformed: nothing is left to the stream's own buffer.
  const parser = parse<Row, Row>({ headers: false }).transform((cells: Row) => {
    pending = 0;
    const first = line;
    line += linesSpanned(cells);
    if (cells.some((cell) => cell.trim() !== '')) consume(cells, first);
    return null;
  });
  parser.resume();
  try {
    const ended = finished(parser);
    // A failure reaches this promise too, but the write that caused it reports it first.
    ended.catch(() => {});
    for await (const chunk of chunks) {
      pending += chunk.length;
      if (pending > longest) return { failure: 'unclosed', line };
      await written(parser, chunk);
    }
    parser.end();
    await ended;
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('Parse Error')) throw error;
    const unclosed = error.message.includes('missing closing');
    return { failure: unclosed ? 'unclosed' : 'malformed', line };
  } finally {
    parser.destroy();
  }
  return { failure: undefined, line };
}

/** Settles when the parser has gone over the chunk. */
function written(parser: Writable, chunk: Buffer | string): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}

/** Blank records span one line; a quoted line break adds one. */
function linesSpanned(cells: readonly string[]): number {
  let lines = 1;
  for (const cell of cells) {
    if (cell.includes('\n') || cell.includes('\r')) lines += cell.split(/\r\n|\n|\r/).length - 1;
  }
  return lines;
}

async function* linesOf(path: string, part: { readonly end: number }): AsyncGenerator<string> {
  const input = createReadStream(path, part);
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) yield `${line}\n`;
  } finally {
    input.destroy();
  }
}
