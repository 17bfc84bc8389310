/**
 * Buses, branches and communities of a trial as the plots of one moment draw them: columns that stay, and
 * matrices of those that change from interval to interval.
 */
import type { Case } from '../../case/case.js';
import type { TrialRecord } from '../../trial/record.js';
import { type Columns, label, rounded } from '../columns.js';
import { type ShownBuses, shownBuses } from '../shownBuses.js';
import { type PackedMatrix, packed } from './encoding.js';
import { hostsOf } from './hosts.js';
import { extent, extentOf, type Range, withoutTails } from './range.js';
import { evenly, type TrialShare } from './trialShare.js';

/** A column of a table that changes with the interval. */
export interface MovingColumn {
  readonly matrix: PackedMatrix;
  /** Column of the matrix of every row of the table, null without one; left out where they are the same. */
  readonly places?: readonly (number | null)[];
}

export interface MovingTable {
  readonly still: Columns;
  readonly moving: Readonly<Record<string, MovingColumn>>;
}

export interface MomentTables {
  readonly buses: MovingTable;
  readonly branches: MovingTable;
  readonly communities: MovingTable;
  readonly shown: ShownBuses;
  /** Least and most of what colours of buses say of communities. */
  readonly shades: Shades;
  /** Rows of the communities shown, the dearest of the day first. */
  readonly communityRows: readonly number[];
}

interface Shades {
  /** Without the outermost: one outlier must not use up a whole scale of colours. */
  readonly price: Range;
  readonly stored: Range;
}

/** Finest steps in which values are kept: pu, $/kWh, kW and kWh. */
const VOLTAGE_STEP = 1e-5;
const PRICE_STEP = 1e-5;
const POWER_STEP = 1e-3;

/** @param rows of the intervals shown */
export function momentTables(
  theCase: Case,
  record: TrialRecord,
  rows: readonly number[],
  share: TrialShare,
): MomentTables {
  const shown = shownBuses(theCase, share.buses);
  const communityRows = rankedByDay(theCase, record, share.communities);
  return {
    shown,
    communityRows,
    ...busTable(theCase, record, rows, shown),
    branches: branchTable(theCase, record, rows, shown),
    communities: communityTable(theCase, record, rows, communityRows),
  };
}

function busTable(
  theCase: Case,
  record: TrialRecord,
  rows: readonly number[],
  shown: ShownBuses,
): Pick<MomentTables, 'buses' | 'shades'> {
  const { buses, communities, settings } = theCase;
  const voltage = matrixOf(record.voltage_pu, buses.id.length, rows, shown.rows);
  const { members, names, places } = hostsOf(theCase, shown);
  const priceOf = matrixOf(record.price_usd_per_kwh, communities.id.length, rows);
  const storedOf = matrixOf(record.stored_kwh, communities.id.length, rows);
  const price = (row: number, host: number): number =>
    total(members[host], (m) => priceOf(row, m)) / members[host].length;
  const stored = (row: number, host: number): number =>
    total(members[host], (m) => storedOf(row, m));
  const ofHosts = (valueAt: (row: number, host: number) => number): Float64Array =>
    Float64Array.from({ length: rows.length * members.length }, (_, k) =>
      valueAt(Math.floor(k / members.length), k % members.length),
    );
  const pack = (valueAt: (row: number, host: number) => number, step: number): MovingColumn => ({
    matrix: packed(rows.length, members.length, valueAt, step),
    places,
  });
  const ranges = shown.rows.map((_, place) => extent(rows.length, (row) => voltage(row, place)));
  const atRoot = (bus: number): boolean => bus === settings.rootBus;
  const still = {
    id: shown.rows.map((bus) => label(buses.id[bus])),
    x: shown.rows.map((bus) => rounded(shown.x[bus])),
    y: shown.rows.map((bus) => rounded(shown.y[bus])),
    distance: shown.rows.map((bus) => rounded(shown.distance[bus])),
    kind: shown.rows.map((bus, place) =>
      atRoot(bus) ? 'root' : names[place] === '' ? 'no community' : 'community',
    ),
    communities: names,
    // The root's voltage is given, not limited.
    low: shown.rows.map((bus) => (atRoot(bus) ? null : rounded(buses.vMinPu[bus]))),
    high: shown.rows.map((bus) => (atRoot(bus) ? null : rounded(buses.vMaxPu[bus]))),
    dayLow: ranges.map(([least]) => rounded(least)),
    dayHigh: ranges.map(([, most]) => rounded(most)),
  };
  return {
    buses: {
      still,
      moving: {
        voltage: { matrix: packed(rows.length, shown.rows.length, voltage, VOLTAGE_STEP) },
        price: pack(price, PRICE_STEP),
        stored: pack(stored, POWER_STEP),
      },
    },
    shades: {
      price: withoutTails(ofHosts(price)),
      stored: extentOf(ofHosts(stored)),
    },
  };
}

/**
 * Branches between buses that are drawn; `from` and `to` are places in the table of buses. An open branch has no
 * flow.
 */
function branchTable(
  { branches, buses }: Case,
  record: TrialRecord,
  rows: readonly number[],
  shown: ShownBuses,
): MovingTable {
  const place = new Map(shown.rows.map((bus, k) => [bus, k]));
  const drawn = [...branches.closed.keys()].filter(
    (branch) => place.has(branches.from[branch]) && place.has(branches.to[branch]),
  );
  const kw = matrixOf(record.p_kw, branches.from.length, rows, drawn);
  // The record has 0 where a branch is open. One that never carries anything may be without load as well.
  const carries = drawn.map((_, k) => rows.some((_, row) => Math.abs(kw(row, k)) > 0));
  const isOpen = (row: number, k: number): boolean =>
    kw(row, k) === 0 && (carries[k] || branches.closed[drawn[k]] === 0);
  // From the end nearer the root, by which the record counts flows, as far as the case's own tree goes.
  const isTurned = (branch: number): boolean =>
    shown.parentBranch[branches.from[branch]] === branch;
  const end = (branch: number, far: boolean): number | null =>
    place.get(isTurned(branch) === far ? branches.from[branch] : branches.to[branch]) ?? null;
  return {
    still: {
      from: drawn.map((branch) => end(branch, false)),
      to: drawn.map((branch) => end(branch, true)),
      name: drawn.map(
        (branch) =>
          `${label(buses.id[branches.from[branch]])} – ${label(buses.id[branches.to[branch]])}`,
      ),
    },
    moving: {
      flow: {
        matrix: packed(
          rows.length,
          drawn.length,
          (row, k) => (isOpen(row, k) ? Number.NaN : kw(row, k)),
          POWER_STEP,
        ),
      },
    },
  };
}

function communityTable(
  { buses, communities }: Case,
  record: TrialRecord,
  rows: readonly number[],
  shown: readonly number[],
): MovingTable {
  const count = communities.id.length;
  const price = matrixOf(record.price_usd_per_kwh, count, rows, shown);
  const netImport = matrixOf(record.import_kw, count, rows, shown);
  const stored = matrixOf(record.stored_kwh, count, rows, shown);
  const pack = (valueAt: (row: number, column: number) => number, step: number): MovingColumn => ({
    matrix: packed(rows.length, shown.length, valueAt, step),
  });
  const ofDay = (valueAt: (row: number, column: number) => number): [number, number][] =>
    shown.map((_, k) => extent(rows.length, (row) => valueAt(row, k)));
  const prices = ofDay(price);
  const imports = ofDay(netImport);
  const storage = ofDay(stored);
  return {
    still: {
      id: shown.map((m) => label(communities.id[m])),
      bus: shown.map((m) => label(buses.id[communities.bus[m]])),
      rank: shown.map((_, k) => k + 1),
      left: shown.map((_, k) => k + 0.5),
      right: shown.map((_, k) => k + 1.5),
      dayLowPrice: prices.map(([least]) => rounded(least)),
      dayHighPrice: prices.map(([, most]) => rounded(most)),
      dayLowImport: imports.map(([least]) => rounded(least)),
      dayHighImport: imports.map(([, most]) => rounded(most)),
      dayHighStored: storage.map(([, most]) => rounded(most)),
    },
    moving: {
      price: pack(price, PRICE_STEP),
      netImport: pack(netImport, POWER_STEP),
      stored: pack(stored, POWER_STEP),
    },
  };
}

/** By the mean price over the day, or where there are none the mean import. */
function rankedByDay({ communities }: Case, record: TrialRecord, limit: number): number[] {
  const count = communities.id.length;
  const mean = (values: Float64Array): Float64Array => {
    const sums = new Float64Array(count);
    const counts = new Float64Array(count);
    values.forEach((value, at) => {
      if (!Number.isFinite(value)) return;
      sums[at % count] += value;
      counts[at % count] += 1;
    });
    return sums.map((sum, m) => sum / counts[m]);
  };
  const prices = mean(record.price_usd_per_kwh);
  const key = prices.some(Number.isFinite) ? prices : mean(record.import_kw);
  const rank = (m: number): number => (Number.isFinite(key[m]) ? key[m] : Number.NEGATIVE_INFINITY);
  const ranked = [...key.keys()].sort((one, other) =>
    rank(one) === rank(other) ? one - other : rank(other) - rank(one),
  );
  return evenly(ranked, limit);
}

/** Some rows and columns of a matrix of a record. */
function matrixOf(
  values: Float64Array,
  width: number,
  rows: readonly number[],
  columns?: readonly number[],
): (row: number, column: number) => number {
  if (columns === undefined) return (row, column) => values[rows[row] * width + column];
  return (row, column) => values[rows[row] * width + columns[column]];
}

function total(items: readonly number[], valueAt: (item: number) => number): number {
  return items.reduce((sum, item) => sum + valueAt(item), 0);
}
