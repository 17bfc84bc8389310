/** The header of a table against its schema. */
import type { ReadContext, TableSchema } from './table.js';

/**
 * For every column of the file the position in the schema, −1 for a column to ignore; undefined
 * where the header cannot be used, which is reported.
 */
export function matchHeader(
  names: readonly string[],
  schema: TableSchema,
  file: string,
  context: ReadContext,
): Int32Array | undefined {
  const { problems } = context;
  const before = problems.count;
  const seen = new Set<string>();
  const unknown: string[] = [];
  const positions = Int32Array.from(names, (name) => {
    const position = schema.columns.findIndex((column) => column.name === name);
    if (name !== '' && seen.has(name)) {
      problems.add({ file, row: 1, column: name, message: 'the column is there twice' });
    }
    seen.add(name);
    if (position < 0) unknown.push(name === '' ? '(without a name)' : name);
    return position;
  });
  for (const column of schema.columns) {
    if (!column.required || seen.has(column.name)) continue;
    const message = `a required column is missing${separatorHint(names) || unknownHint(unknown)}`;
    problems.add({ file, row: 1, column: column.name, message });
  }
  if (problems.count > before) return undefined;
  if (unknown.length > 0) {
    const noun = unknown.length === 1 ? 'column' : 'columns';
    context.warn(`${file}: ignored unknown ${noun} ${unknown.join(', ')}`);
  }
  return positions;
}

/** A missing column is often there under another spelling. */
function unknownHint(unknown: readonly string[]): string {
  if (unknown.length === 0) return '';
  const noun = unknown.length === 1 ? 'column' : 'columns';
  return ` (unknown ${noun}: ${unknown.join(', ')})`;
}

/** Spreadsheets of some countries separate columns by something else. */
function separatorHint(names: readonly string[]): string {
  if (names.length !== 1) return '';
  if (names[0].includes(';')) return ' (columns are separated by commas, not semicolons)';
  return names[0].includes('\t') ? ' (columns are separated by commas, not tabs)' : '';
}
