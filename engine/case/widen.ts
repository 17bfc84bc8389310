/** A case with some of its limits widened, as elastic limits leave it. */
import type { Case } from './case.js';
import type { LimitChange, LimitKind } from './limits.js';
import { validateCase } from './validate.js';

/** The union of two lists: of a limit in both, the wider change. */
export function mergeChanges(
  first: readonly LimitChange[],
  second: readonly LimitChange[],
): LimitChange[] {
  const merged = new Map<string, LimitChange>();
  for (const change of [...first, ...second]) {
    const key = `${change.kind} ${change.row}`;
    const known = merged.get(key);
    if (known === undefined) merged.set(key, change);
    else merged.set(key, { ...known, to: wider(change.kind, known.to, change.to) });
  }
  return [...merged.values()];
}

function wider(kind: LimitKind, one: number, other: number): number {
  const isLower = kind === 'voltage-min' || kind === 'price-min';
  return isLower ? Math.min(one, other) : Math.max(one, other);
}

/**
 * The case with some limits widened; the others, and all else, are the case's own.
 * @throws CaseError where a change leaves no valid case
 */
export function widenLimits(theCase: Case, changes: readonly LimitChange[]): Case {
  if (changes.length === 0) return theCase;
  const buses = {
    ...theCase.buses,
    vMinPu: Float64Array.from(theCase.buses.vMinPu),
    vMaxPu: Float64Array.from(theCase.buses.vMaxPu),
  };
  const branches = { ...theCase.branches, iMaxA: Float64Array.from(theCase.branches.iMaxA) };
  const communities = {
    ...theCase.communities,
    priceMin: Float64Array.from(theCase.communities.priceMin),
    priceMax: Float64Array.from(theCase.communities.priceMax),
  };
  let { gridLimitKw } = theCase.settings;
  for (const { kind, row, to } of changes) {
    if (kind === 'voltage-min') buses.vMinPu[row] = to;
    if (kind === 'voltage-max') buses.vMaxPu[row] = to;
    if (kind === 'current') branches.iMaxA[row] = to;
    if (kind === 'grid-import' || kind === 'grid-export') gridLimitKw = Math.max(gridLimitKw, to);
    if (kind === 'price-min') communities.priceMin[row] = to;
    if (kind === 'price-max') communities.priceMax[row] = to;
  }
  const settings = { ...theCase.settings, gridLimitKw };
  return validateCase({ ...theCase, settings, buses, branches, communities });
}
