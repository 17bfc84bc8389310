/**
 * Where a trial can go on from, as bytes: the state after an interval, bit by bit, and how long every table was
 * then. What tables hold beyond was written by an interval that did not end.
 *
 *     magic (8 bytes), length of the header (8), header (JSON, padded to a multiple of 8),
 *     columns of doubles, SHA-256 of all before (32)
 *
 * Numbers are little-endian, as on every machine that Node runs on here.
 */
import { createHash } from 'node:crypto';
import { CaseError } from '../base/errors.js';
import type { TrialState } from '../trial/trial.js';
import { isJsonObject, type JsonObject } from './jsonFile.js';

export const CHECKPOINT_FILE = 'checkpoint';

export interface Checkpoint {
  readonly state: TrialState;
  /** Of every table's file, by the table's name. */
  readonly bytes: Readonly<Record<string, number>>;
}

const MAGIC = Buffer.from('WSTRIAL1', 'latin1');
const WORD = 8;
const DIGEST_BYTES = 32;
const GROUPS = ['scenario', 'memory', 'market', 'alone'] as const;

interface ColumnEntry {
  readonly group: (typeof GROUPS)[number];
  readonly name: string;
  readonly length: number;
}

export function encodeCheckpoint({ state, bytes }: Checkpoint): Buffer {
  const { interval, storedKwh } = state;
  const columns: ColumnEntry[] = [];
  const values: Buffer[] = [];
  for (const group of GROUPS) {
    for (const [name, column] of Object.entries(state[group])) {
      columns.push({ group, name, length: column.length });
      values.push(Buffer.from(column.buffer, column.byteOffset, column.byteLength));
    }
  }
  const text = JSON.stringify({ interval, storedKwh, bytes, columns });
  const header = Buffer.alloc(WORD * Math.ceil(Buffer.byteLength(text) / WORD), ' ');
  header.write(text);
  const length = Buffer.alloc(WORD);
  length.writeUInt32LE(header.length);
  const content = Buffer.concat([MAGIC, length, header, ...values]);
  return Buffer.concat([content, digestOf(content)]);
}

/** @throws CaseError where it is damaged, or no checkpoint at all */
export function decodeCheckpoint(file: Buffer): Checkpoint {
  const end = file.length - DIGEST_BYTES;
  if (end < 2 * WORD || !file.subarray(0, WORD).equals(MAGIC)) throw fault('no checkpoint');
  const content = file.subarray(0, end);
  if (!digestOf(content).equals(file.subarray(end))) throw fault('damaged');
  const start = 2 * WORD + content.readUInt32LE(WORD);
  const header = headerOf(JSON.parse(content.toString('utf8', 2 * WORD, start)));
  const groups: Record<ColumnEntry['group'], Record<string, Float64Array>> = {
    scenario: {},
    memory: {},
    market: {},
    alone: {},
  };
  let at = start;
  for (const { group, name, length } of header.columns) {
    const column = new Float64Array(length);
    new Uint8Array(column.buffer).set(content.subarray(at, at + column.byteLength));
    groups[group][name] = column;
    at += column.byteLength;
  }
  const { interval, storedKwh, bytes } = header;
  return { state: { interval, storedKwh, ...groups }, bytes };
}

interface Header {
  readonly interval: number;
  readonly storedKwh: number;
  readonly bytes: Readonly<Record<string, number>>;
  readonly columns: readonly ColumnEntry[];
}

/** What the digest vouches for is as it was written; a program may have written something else. */
function headerOf(content: unknown): Header {
  if (isJsonObject(content) && isHeader(content)) return content;
  throw fault('of another version of wattshare');
}

function isHeader(content: JsonObject): content is JsonObject & Header {
  const { interval, storedKwh, bytes, columns } = content;
  const areNumbers = Number.isSafeInteger(interval) && Number.isFinite(storedKwh);
  return areNumbers && isJsonObject(bytes) && Array.isArray(columns);
}

function digestOf(content: Buffer): Buffer {
  return createHash('sha256').update(content).digest();
}

function fault(message: string): CaseError {
  return new CaseError([{ file: CHECKPOINT_FILE, message }]);
}
