/**
 * What a case is, in one line: SHA-256 over all its columns, so that a reader of a result knows whether it is
 * about the same numbers. The name and description of a case, and where it comes from, do not count.
 */
import { createHash, type Hash } from 'node:crypto';
import type { CaseTables } from '../engine/case/case.js';
import { IdColumn } from '../engine/case/idColumn.js';

/** Enough of the 64 hexadecimal digits to tell instances apart. */
const DIGITS = 16;

const TITLES = new Set(['name', 'description', 'source']);

export function instanceHash(tables: CaseTables): string {
  const { settings, buses, branches, communities, prosumers, devices } = tables;
  const hash = createHash('sha256');
  const parts = { settings, buses, branches, communities, prosumers, devices };
  for (const [part, columns] of Object.entries(parts)) {
    for (const [name, column] of Object.entries(columns).sort(byName)) {
      if (part === 'settings' && TITLES.has(name)) continue;
      hash.update(`\n${part}.${name}\n`);
      addColumn(hash, column);
    }
  }
  return hash.digest('hex').slice(0, DIGITS);
}

function byName([first]: [string, unknown], [second]: [string, unknown]): number {
  return first < second ? -1 : 1;
}

/** Numbers by their bytes, texts as JSON, which keeps neighbours apart. */
function addColumn(hash: Hash, column: unknown): void {
  if (column instanceof IdColumn) {
    hash.update(asBytes(column.offset)).update(column.bytes);
  } else if (ArrayBuffer.isView(column)) {
    hash.update(asBytes(column));
  } else {
    // JSON knows no infinity, which a limit may be.
    hash.update(typeof column === 'number' ? String(column) : JSON.stringify(column));
  }
}

function asBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
