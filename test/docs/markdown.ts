/** Tables of a Markdown file, for tests that hold what a document says against the sources. */
import { readFileSync } from 'node:fs';

/** Cells of the rows of every table whose first heading is `heading`. */
export function readTable(file: string, heading: string): string[][] {
  const rows: string[][] = [];
  let inside = false;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (!line.startsWith('|')) {
      inside = false;
      continue;
    }
    const cells = line
      .slice(1, line.lastIndexOf('|'))
      .split('|')
      .map((cell) => cell.trim());
    if (inside && !cells.every((cell) => /^-+:?$/.test(cell))) rows.push(cells);
    if (cells[0] === heading) inside = true;
  }
  return rows;
}
