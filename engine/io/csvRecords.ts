/**
 * The records of a CSV file (RFC 4180, UTF-8, with or without a byte-order mark), one after the
 * other, with the line on which each begins.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { type CsvParserStream, parse } from 'fast-csv';

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
 * Text that may be read without completing a record. It lies above what the streams buffer (16
 * chunks of 64 KiB); without it a missing quote at the top of a large file would make the parser
 * go over the rest again for every chunk.
 */
const LONGEST_PENDING = 2 * 1024 * 1024;
/** The same where the file is read line by line, and gone over again for every line. */
const LONGEST_PENDING_BY_LINE = 64 * 1024;

/** @throws QuoteError, or what the file system says */
export async function readCsvRecords(path: string, consume: RecordConsumer): Promise<void> {
  const end = await scan(createReadStream(path), LONGEST_PENDING, consume);
  if (end.failure === undefined) return;
  if (end.failure === 'unclosed') throw unclosedQuote(end.line);
  // The parser drops the good records of the chunk it fails in: lines find the bad one.
  const again = await scan(linesOf(path), LONGEST_PENDING_BY_LINE, () => {});
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
  longestPending: number,
  consume: RecordConsumer,
): Promise<ScanEnd> {
  let line = 1;
  let pending = 0;
  let overlong = false;
  const parser: CsvParserStream<Row, Row> = parse({ headers: false });
  parser.on('data', (cells: Row) => {
    pending = 0;
    const first = line;
    line += linesSpanned(cells);
    if (cells.some((cell) => cell.trim() !== '')) consume(cells, first);
  });
  async function* guarded(): AsyncGenerator<Buffer | string> {
    for await (const chunk of chunks) {
      pending += chunk.length;
      if (pending > longestPending) {
        overlong = true;
        return;
      }
      yield chunk;
    }
  }
  try {
    await pipeline(guarded, parser);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('Parse Error')) throw error;
    const unclosed = error.message.includes('missing closing');
    return { failure: unclosed ? 'unclosed' : 'malformed', line };
  }
  return { failure: overlong ? 'unclosed' : undefined, line };
}

/** Blank records span one line; a quoted line break adds one. */
function linesSpanned(cells: readonly string[]): number {
  let lines = 1;
  for (const cell of cells) {
    if (cell.includes('\n') || cell.includes('\r')) lines += cell.split(/\r\n|\n|\r/).length - 1;
  }
  return lines;
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  for await (const line of lines) yield `${line}\n`;
}
