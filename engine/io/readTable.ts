/** A table from its folder, whichever format it is there in. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { readCsvTable } from './csv.js';
import { unreadable } from './jsonFile.js';
import type { ReadContext, Table, TableSchema } from './table.js';

/**
 * Arrow is preferred, with a warning where both are there.
 * @returns undefined where the table is missing or cannot be used, which is reported
 */
export async function readTable(
  schema: TableSchema,
  context: ReadContext,
): Promise<Table | undefined> {
  const table = await readOptionalTable(schema, context);
  if (table !== 'absent') return table;
  const file = `${schema.name}.csv`;
  const message = `there is neither this file nor ${schema.name}.arrow in ${context.folder}`;
  context.problems.add({ file, message });
  return undefined;
}

/** As {@link readTable}, but the table may be absent. */
export async function readOptionalTable(
  schema: TableSchema,
  context: ReadContext,
): Promise<Table | undefined | 'absent'> {
  const [arrow, csv] = await Promise.all([
    exists(join(context.folder, `${schema.name}.arrow`)),
    exists(join(context.folder, `${schema.name}.csv`)),
  ]);
  if (!arrow && !csv) return 'absent';
  if (arrow && csv) {
    context.warn(`${schema.name}.arrow is read, ${schema.name}.csv beside it is not`);
  }
  try {
    if (!arrow) return await readCsvTable(schema, context);
    // Loading apache-arrow takes longer than reading most cases of CSV: only where it is needed.
    const { readArrowTable } = await import('./readArrow.js');
    return await readArrowTable(schema, context);
  } catch (error) {
    const file = `${schema.name}.${arrow ? 'arrow' : 'csv'}`;
    context.problems.add({ file, message: unreadable(error, context.folder) });
    return undefined;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
