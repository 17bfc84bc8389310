/** Limits of a case by name, and changes of them: what infeasible and elastic markets are told in. */
import type { Case } from './case.js';

/**
 * `voltage-min`, `voltage-max`: of a bus, pu. `current`: of a branch, A. `grid-import`, `grid-export`: the
 * two sides of `grid_limit_kw`. `price-min`, `price-max`: caps of a community, $/kWh.
 */
export const LIMIT_KINDS = [
  'voltage-min',
  'voltage-max',
  'current',
  'grid-import',
  'grid-export',
  'price-min',
  'price-max',
] as const;
export type LimitKind = (typeof LIMIT_KINDS)[number];

/** One limit of a case. */
export interface LimitReference {
  readonly kind: LimitKind;
  /** Row of the bus, branch or community; −1 for the exchange with the grid. */
  readonly row: number;
}

/** A limit and what it is widened to, in the units of {@link LIMIT_UNIT}. */
export interface LimitChange extends LimitReference {
  readonly from: number;
  readonly to: number;
}

export const LIMIT_UNIT: Readonly<Record<LimitKind, string>> = {
  'voltage-min': 'pu',
  'voltage-max': 'pu',
  current: 'A',
  'grid-import': 'kW',
  'grid-export': 'kW',
  'price-min': '$/kWh',
  'price-max': '$/kWh',
};

/** The value of a limit, in its unit. */
export function limitValue(
  { branches, buses, communities, settings }: Case,
  { kind, row }: LimitReference,
): number {
  switch (kind) {
    case 'voltage-min':
      return buses.vMinPu[row];
    case 'voltage-max':
      return buses.vMaxPu[row];
    case 'current':
      return branches.iMaxA[row];
    case 'grid-import':
    case 'grid-export':
      return settings.gridLimitKw;
    case 'price-min':
      return communities.priceMin[row];
    case 'price-max':
      return communities.priceMax[row];
  }
}

/** The id of the bus or community, both ends of the branch, or `grid`. */
export function limitPlace(theCase: Case, { kind, row }: LimitReference): string {
  const { branches, buses, communities } = theCase;
  switch (kind) {
    case 'voltage-min':
    case 'voltage-max':
      return buses.id[row];
    case 'current':
      return `${buses.id[branches.from[row]]}-${buses.id[branches.to[row]]}`;
    case 'grid-import':
    case 'grid-export':
      return 'grid';
    case 'price-min':
    case 'price-max':
      return communities.id[row];
  }
}

interface LimitWords {
  readonly one: string;
  readonly many: string;
}

const LIMIT_WORDS: Readonly<Record<LimitKind, LimitWords>> = {
  'voltage-min': { one: 'lower voltage limit of bus', many: 'lower voltage limits of buses' },
  'voltage-max': { one: 'upper voltage limit of bus', many: 'upper voltage limits of buses' },
  current: { one: 'current limit of branch', many: 'current limits of branches' },
  'grid-import': { one: 'limit on import from the', many: 'limits on import from the' },
  'grid-export': { one: 'limit on export to the', many: 'limits on export to the' },
  'price-min': { one: 'lower price cap of community', many: 'lower price caps of communities' },
  'price-max': { one: 'upper price cap of community', many: 'upper price caps of communities' },
};

/** Digits after the point in texts, by unit: as fine as the certificate looks. */
const DIGITS: Readonly<Record<string, number>> = { pu: 6, A: 3, kW: 3, '$/kWh': 6 };

function rounded(kind: LimitKind, value: number): number {
  return Number(value.toFixed(DIGITS[LIMIT_UNIT[kind]]));
}

/** `lower voltage limits of buses 65 (0.95 pu), 66 (0.95 pu)`: a text a kind, at most `most` limits in each. */
export function nameLimits(
  theCase: Case,
  limits: readonly LimitReference[],
  most: number,
): string[] {
  return byKind(limits, most, (limit) => {
    const value = rounded(limit.kind, limitValue(theCase, limit));
    return `${limitPlace(theCase, limit)} (${value} ${LIMIT_UNIT[limit.kind]})`;
  });
}

/** `lower voltage limit of bus 65 from 0.95 to 0.9441 pu`, likewise. */
export function describeChanges(
  theCase: Case,
  changes: readonly LimitChange[],
  most: number,
): string[] {
  return byKind(changes, most, (change) => {
    const { from, kind, to } = change;
    const amounts = `from ${rounded(kind, from)} to ${rounded(kind, to)} ${LIMIT_UNIT[kind]}`;
    return `${limitPlace(theCase, change)} ${amounts}`;
  });
}

function byKind<Limit extends LimitReference>(
  limits: readonly Limit[],
  most: number,
  describe: (limit: Limit) => string,
): string[] {
  return LIMIT_KINDS.flatMap((kind) => {
    const ofKind = limits.filter((limit) => limit.kind === kind);
    if (ofKind.length === 0) return [];
    const words = ofKind.length === 1 ? LIMIT_WORDS[kind].one : LIMIT_WORDS[kind].many;
    const named = ofKind.slice(0, most).map(describe).join(', ');
    const omitted = ofKind.length - most;
    return [`${words} ${named}${omitted > 0 ? ` and ${omitted} more` : ''}`];
  });
}
