/** Some rows of a column about to be written. */
import { IdColumn } from '../case/idColumn.js';
import { LabelColumn } from '../case/labelColumn.js';
import { isTexts, type OutputColumn } from './table.js';

/** The entries of rows first … end − 1. */
export function cellsOf(
  column: OutputColumn,
  first: number,
  end: number,
): readonly string[] | Float64Array {
  if (isTexts(column)) return column.slice(first, end);
  if (column instanceof Float64Array) return column.subarray(first, end);
  if (column instanceof LabelColumn) return [...column.texts(first, end)];
  if (column instanceof IdColumn) {
    return Array.from({ length: end - first }, (_, k) => column.get(first + k));
  }
  const values = new Float64Array(end - first);
  column.fill(first, end, values);
  return values;
}
