/** A fingerprint of a case: cases with the same one are the same market, to the last bit. */
import { createHash } from 'node:crypto';
import type { CaseTables } from '../case/case.js';
import { IdColumn } from '../case/idColumn.js';

/** SHA-256 over the settings and all columns, but for what only people read. */
export function caseDigest(tables: CaseTables): string {
  const hash = createHash('sha256');
  const { description: _, source: __, ...settings } = tables.settings;
  const numbers = Object.entries(settings).sort(([one], [other]) => (one < other ? -1 : 1));
  // An infinite limit is no number in JSON.
  hash.update(JSON.stringify(numbers.map(([name, value]) => [name, String(value)])));
  for (const table of ['buses', 'branches', 'communities', 'prosumers', 'devices'] as const) {
    for (const [name, column] of Object.entries<unknown>({ ...tables[table] })) {
      hash.update(`\n${table}.${name} `);
      if (column instanceof IdColumn) {
        hash.update(bytesOf(column.bytes)).update(bytesOf(column.offset));
      } else if (ArrayBuffer.isView(column)) hash.update(bytesOf(column));
      else hash.update(JSON.stringify(column));
    }
  }
  return hash.digest('hex');
}

/** In memory that is not shared. */
function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return Uint8Array.from(new Uint8Array(buffer, byteOffset, byteLength));
}
