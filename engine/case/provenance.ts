/**
 * Where the rows of a case came from, so that a problem can name the place a person has to edit.
 *
 * Row numbers count as a spreadsheet does: the header is row 1. In a CSV file it is the line on
 * which the record begins (a quoted field may run over several lines); in an Arrow file and in
 * memory it is the record number plus one.
 */
import type { Case } from './case.js';

export type TableName = 'settings' | 'buses' | 'branches' | 'communities' | 'prosumers' | 'devices';

export interface TableProvenance {
  /** File inside the case folder. */
  readonly file: string;
  /** Row number of every record; left out where record k is row k + 2. */
  readonly rowNumber?: Int32Array;
}

/** Tables without an entry were built in memory; problems then name the table. */
export type Provenance = Readonly<Partial<Record<TableName, TableProvenance>>>;

export function fileOf(provenance: Provenance, table: TableName): string {
  return provenance[table]?.file ?? table;
}

/** Row number of record `row` (0-based). */
export function rowNumberOf(provenance: Provenance, table: TableName, row: number): number {
  return provenance[table]?.rowNumber?.[row] ?? row + 2;
}

/** The provenance of a table whose record k used to be record `order[k]`. */
export function reordered(
  provenance: Provenance,
  table: TableName,
  order: Int32Array | undefined,
): TableProvenance {
  const file = fileOf(provenance, table);
  const before = provenance[table]?.rowNumber;
  if (order === undefined) return before === undefined ? { file } : { file, rowNumber: before };
  return { file, rowNumber: order.map((row) => rowNumberOf(provenance, table, row)) };
}

/** Kept beside the cases, which stay plain data that can be sent to worker threads. */
const remembered = new WeakMap<Case, Provenance>();

export function rememberProvenance(theCase: Case, provenance: Provenance): void {
  remembered.set(theCase, provenance);
}

export function provenanceOf(theCase: Case): Provenance {
  return remembered.get(theCase) ?? {};
}
