/** What a soak found, and its table. */
import { printTable } from './harness.js';

/** Seeds first to first + count − 1. */
export interface SoakRange {
  readonly first: number;
  readonly count: number;
}

/** Runs of one kind. */
export interface SoakFamily {
  readonly name: string;
  /** How often runs ended in each way. */
  readonly statuses: ReadonlyMap<string, number>;
  /** Further columns of the table, the same for every family. */
  readonly figures: Readonly<Record<string, string>>;
  /** What looks wrong: sentences that begin with the seed. */
  readonly faults: readonly string[];
}

/** Prints the families, then what looks wrong; tells whether nothing does. */
export function printSoak(name: string, families: readonly SoakFamily[]): boolean {
  const statuses = [...new Set(families.flatMap((family) => [...family.statuses.keys()]))];
  const figures = Object.keys(families[0]?.figures ?? {});
  printTable(
    [name, ...statuses, ...figures, 'faults'],
    families.map((family) => [
      family.name,
      ...statuses.map((status) => String(family.statuses.get(status) ?? 0)),
      ...figures.map((figure) => family.figures[figure] ?? ''),
      String(family.faults.length),
    ]),
  );
  console.log('');
  const faults = families.flatMap((family) =>
    family.faults.map((fault) => `${family.name}, ${fault}`),
  );
  for (const fault of faults) console.log(fault);
  return faults.length === 0;
}
