/** Plain text in two columns: labels, and what is to be said about each, over one or more lines. */

export interface Entry {
  readonly label: string;
  readonly lines: readonly string[];
}

export function entry(label: string, ...lines: readonly string[]): Entry {
  return { label, lines };
}

/** Labels padded to the longest; further lines of an entry stand under its first. */
export function renderEntries(entries: readonly Entry[]): string {
  const width = Math.max(...entries.map(({ label }) => label.length));
  return entries
    .flatMap(({ label, lines }) =>
      lines.map((line, place) => `  ${(place === 0 ? label : '').padEnd(width)}  ${line}`),
    )
    .join('\n');
}
