/**
 * The table `relaxed` of a result with elastic limits: which limits of the case were widened for it, and to
 * what. A result without the table was cleared within the case's own limits.
 */
import type { Case } from '../case/case.js';
import { rowsById } from '../case/columnReader.js';
import {
  LIMIT_KINDS,
  LIMIT_UNIT,
  type LimitChange,
  type LimitKind,
  limitValue,
} from '../case/limits.js';
import { readOptionalTable } from './readTable.js';
import { reportCell } from './rowMatch.js';
import { RELAXED_LIMITS } from './schema.js';
import { type OutputTable, type ReadContext, type Table, tableOf } from './table.js';

export function relaxedFile(theCase: Case, changes: readonly LimitChange[]): OutputTable {
  const places = changes.map((change) => placeOf(theCase, change));
  return tableOf(RELAXED_LIMITS.name, changes.length, {
    limit: changes.map(({ kind }) => kind),
    place: places.map(([place]) => place),
    other_place: places.map(([, other]) => other),
    from: Float64Array.from(changes, ({ from }) => from),
    to: Float64Array.from(changes, ({ to }) => to),
    unit: changes.map(({ kind }) => LIMIT_UNIT[kind]),
  });
}

function placeOf(
  { branches, buses, communities }: Case,
  { kind, row }: LimitChange,
): readonly [string, string] {
  switch (kind) {
    case 'voltage-min':
    case 'voltage-max':
      return [buses.id[row], ''];
    case 'current':
      return [buses.id[branches.from[row]], buses.id[branches.to[row]]];
    case 'grid-import':
    case 'grid-export':
      return ['', ''];
    case 'price-min':
    case 'price-max':
      return [communities.id[row], ''];
  }
}

/** Empty where the result has no such table; what is wrong with it goes to the context's problems. */
export async function readRelaxedLimits(
  context: ReadContext,
  theCase: Case,
): Promise<LimitChange[]> {
  const table = await readOptionalTable(RELAXED_LIMITS, context);
  if (table === 'absent' || table === undefined) return [];
  const { problems } = context;
  const from = table.numbers('from');
  const to = table.numbers('to');
  const rowOf = placeReader(theCase, table);
  return table.texts('limit').flatMap((name, row): LimitChange[] => {
    const kind = LIMIT_KINDS.find((known) => known === name);
    if (kind === undefined) {
      reportCell(problems, table, row, 'limit', name, `one of ${LIMIT_KINDS.join(', ')} is needed`);
      return [];
    }
    const place = rowOf(kind, row);
    if (place === undefined) {
      reportCell(problems, table, row, 'place', table.texts('place')[row], 'not in the case');
      return [];
    }
    const change = { kind, row: place, from: from[row], to: to[row] };
    checkAmounts(theCase, change, (column, message) =>
      reportCell(problems, table, row, column, String(change[column]), message),
    );
    return [change];
  });
}

/** Row of the bus, branch or community that a row of the table names; undefined where the case has none. */
function placeReader(
  { branches, buses, communities }: Case,
  table: Table,
): (kind: LimitKind, row: number) => number | undefined {
  const place = table.texts('place');
  const other = table.texts('other_place');
  const busRow = rowsById(buses.id);
  const communityRow = rowsById(communities.id);
  const ends = (from: string, to: string): string => JSON.stringify([from, to]);
  const branchRow = new Map<string, number>();
  branches.from.forEach((from, row) => {
    const key = ends(buses.id[from], buses.id[branches.to[row]]);
    if (branches.closed[row] === 1) branchRow.set(key, row);
  });
  return (kind, row) => {
    switch (kind) {
      case 'voltage-min':
      case 'voltage-max':
        return busRow.get(place[row]);
      case 'current':
        return branchRow.get(ends(place[row], other[row]));
      case 'grid-import':
      case 'grid-export':
        return -1;
      case 'price-min':
      case 'price-max':
        return communityRow.get(place[row]);
    }
  };
}

/** A change starts at the limit of the case, and widens it. */
function checkAmounts(
  theCase: Case,
  change: LimitChange,
  report: (column: 'from' | 'to', message: string) => void,
): void {
  const limit = limitValue(theCase, change);
  if (change.from !== limit) report('from', `in the case it is ${limit}`);
  const isLower = change.kind === 'voltage-min' || change.kind === 'price-min';
  const widens = isLower ? change.to < limit : change.to > limit;
  if (!widens) report('to', `does not widen the limit of ${limit}`);
}
