/** Whose bids differ between two states of one market, found by comparing what is not the same column. */
import type { Case } from '../case/case.js';

type Columns = Readonly<Record<string, unknown>>;

const BID_COLUMNS = ['demandKw', 'pMinKw', 'pMaxKw', 'costQuadratic', 'costLinear'] as const;
const DEVICE_COLUMNS = ['pMinKw', 'pMaxKw', 'costQuadratic', 'costLinear'] as const;
const COMMUNITY_COLUMNS = ['priceSensitivity', 'priceMin', 'priceMax'] as const;

/** By community: 1 where bids, slope or price caps differ. */
export function changedCommunities(before: Case, after: Case): Uint8Array {
  const { prosumerStart } = after.communities;
  const changed = new Uint8Array(after.communities.id.length);
  for (const [one, other] of differing(before.communities, after.communities, COMMUNITY_COLUMNS)) {
    for (let m = 0; m < changed.length; m += 1) if (differs(one, other, m)) changed[m] = 1;
  }
  for (const [one, other] of differing(before.prosumers, after.prosumers, BID_COLUMNS)) {
    for (let m = 0; m < changed.length; m += 1) {
      if (changed[m] === 1) continue;
      changed[m] = differAmong(one, other, prosumerStart[m], prosumerStart[m + 1]);
    }
  }
  const { deviceStart } = after.prosumers;
  for (const [one, other] of differing(before.devices, after.devices, DEVICE_COLUMNS)) {
    for (let m = 0; m < changed.length; m += 1) {
      if (changed[m] === 1) continue;
      const first = deviceStart[prosumerStart[m]];
      changed[m] = differAmong(one, other, first, deviceStart[prosumerStart[m + 1]]);
    }
  }
  return changed;
}

/** Pairs of columns that are not one and the same. */
function differing(
  before: object,
  after: object,
  names: readonly string[],
): [Float64Array, Float64Array][] {
  return names.flatMap((name): [Float64Array, Float64Array][] => {
    const one = (before as Columns)[name];
    const other = (after as Columns)[name];
    if (one === other || !(one instanceof Float64Array && other instanceof Float64Array)) return [];
    return [[one, other]];
  });
}

function differAmong(one: Float64Array, other: Float64Array, first: number, end: number): number {
  for (let row = first; row < end; row += 1) if (differs(one, other, row)) return 1;
  return 0;
}

/** NaN stands for "not given", and equals itself. */
function differs(one: Float64Array, other: Float64Array, row: number): boolean {
  return one[row] !== other[row] && !(Number.isNaN(one[row]) && Number.isNaN(other[row]));
}
