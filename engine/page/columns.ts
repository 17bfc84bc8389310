/** Tables of a page: columns by name, as they go into its JSON. Missing values are null, as JSON has no NaN. */

export type Cell = number | string | null;
export type Columns = Readonly<Record<string, readonly Cell[]>>;

/** A number in as few digits as a picture needs; null where there is none. */
export function rounded(value: number, digits = 6): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : null;
}

/** Ids may be of any length; a picture has room for so many characters. */
const LONGEST_LABEL = 40;

/** An id as a label. */
export function label(id: string): string {
  return id.length > LONGEST_LABEL ? `${id.slice(0, LONGEST_LABEL - 1)}…` : id;
}

/** Whether a column has any value. */
export function hasValues(column: readonly Cell[] | undefined): boolean {
  return column?.some((cell) => cell !== null) === true;
}
