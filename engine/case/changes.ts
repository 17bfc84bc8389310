/**
 * What may change in a market between two clearings, and the case with the changes made: the columns that
 * change are copied, all others are the case's own. Changes are validated like a case, all or nothing.
 */
import { sharedCopy } from '../base/columns.js';
import { ProblemList } from '../base/errors.js';
import type { BranchTable, Case, CaseSettings, CaseTables } from './case.js';
import { IdColumn } from './idColumn.js';
import { IdIndex } from './idIndex.js';
import { checkBranches, checkSettings, checkTree } from './networkRules.js';
import {
  fileOf,
  type Provenance,
  provenanceOf,
  rowNumberOf,
  type TableName,
} from './provenance.js';
import { TableCheck } from './tableCheck.js';
import { checkBuses, checkCommunityNumbers, checkDemand, checkFlexibility } from './tableRules.js';
import { changedCaseOf } from './validate.js';

/** Which rows of a table change: by id, or by row number of the case's tables. */
export type ChangedRows = readonly string[] | Int32Array;

/** New values, one a changed row; a column that is left out stays as it is. */
type NewValues<Table, Columns extends keyof Table> = {
  readonly [Column in Columns]?: Table[Column];
};

export interface ProsumerChanges
  extends NewValues<
    CaseTables['prosumers'],
    'demandKw' | 'demandKvar' | 'pMinKw' | 'pMaxKw' | 'costQuadratic' | 'costLinear'
  > {
  readonly prosumer: ChangedRows;
}

export interface DeviceChanges
  extends NewValues<CaseTables['devices'], 'pMinKw' | 'pMaxKw' | 'costQuadratic' | 'costLinear'> {
  readonly device: ChangedRows;
}

export interface CommunityChanges
  extends NewValues<
    CaseTables['communities'],
    'priceSensitivity' | 'qMinKvar' | 'qMaxKvar' | 'priceMin' | 'priceMax'
  > {
  readonly community: ChangedRows;
}

export interface BusChanges
  extends NewValues<
    CaseTables['buses'],
    'vMinPu' | 'vMaxPu' | 'loadKw' | 'loadKvar' | 'shuntKvar'
  > {
  readonly bus: ChangedRows;
}

export interface BranchChanges extends NewValues<BranchTable, 'iMaxA' | 'ratio' | 'closed'> {
  /** Row numbers: branches have no ids. {@link branchRow} finds them by their buses. */
  readonly branch: Int32Array;
}

/** Units and meanings of all columns are those of the case's tables. */
export interface MarketChanges {
  /** Bounds and costs of prosumers that own devices are those of the devices: here NaN, which is not given. */
  readonly prosumers?: ProsumerChanges;
  readonly devices?: DeviceChanges;
  readonly communities?: CommunityChanges;
  readonly buses?: BusChanges;
  readonly branches?: BranchChanges;
  readonly settings?: Partial<
    Pick<CaseSettings, 'gridBuy' | 'gridSell' | 'gridLimitKw' | 'rootVoltagePu'>
  >;
}

/** The row of the branch between two buses (ids, in either order); −1 without one. */
export function branchRow({ buses, branches }: Case, one: string, other: string): number {
  const first = buses.id.indexOf(one);
  const second = buses.id.indexOf(other);
  return branches.from.findIndex((from, row) => {
    const to = branches.to[row];
    return (from === first && to === second) || (from === second && to === first);
  });
}

/**
 * The case with changes made.
 *
 * @throws CaseError with everything that is wrong with them; the case is as it was
 */
export function applyChanges(theCase: Case, changes: MarketChanges): Case {
  return new Changer(theCase).apply(changes);
}

class Changer {
  private readonly problems = new ProblemList();
  private readonly provenance: Provenance;

  constructor(private readonly theCase: Case) {
    this.provenance = provenanceOf(theCase);
  }

  apply(changes: MarketChanges): Case {
    const { theCase, problems } = this;
    const tables: CaseTables = {
      settings: { ...theCase.settings, ...changes.settings },
      buses: this.buses(changes.buses),
      branches: this.branches(changes.branches),
      communities: this.communities(changes.communities),
      prosumers: this.prosumers(changes.prosumers),
      devices: this.devices(changes.devices),
    };
    if (changes.settings !== undefined) checkSettings(tables, this.provenance, problems);
    if (changes.buses !== undefined) checkBuses(tables.buses, this.check('buses'));
    if (changes.communities !== undefined) {
      checkCommunityNumbers(tables.communities, this.check('communities'));
    }
    if (changes.branches !== undefined) {
      const hold = checkBranches(tables, this.check('branches'));
      if (hold) checkTree(tables, this.provenance, problems);
    }
    problems.throwIfAny();
    return changedCaseOf(theCase, tables, this.rowsOf('devices', changes.devices?.device));
  }

  private prosumers(changes: ProsumerChanges | undefined): CaseTables['prosumers'] {
    const table = this.theCase.prosumers;
    if (changes === undefined) return table;
    const { prosumer, ...columns } = changes;
    const rows = this.rowsOf('prosumers', prosumer);
    const { demandKw, demandKvar, ...offer } = columns;
    const hasOffer = Object.values(offer).some((column) => column !== undefined);
    const check = this.checkOf('prosumers', rows);
    const isOwner = ownersAmong(rows, table.deviceStart);
    const changed = this.replaced('prosumers', table, rows, {
      ...columns,
      ...this.withoutOwners(table, rows, isOwner, offer, check),
    });
    const own = picked(changed, rows, ['demandKw', 'demandKvar']);
    checkDemand(own, check);
    if (hasOffer) checkFlexibility(picked(changed, rows, OFFER), check, isOwner);
    return changed;
  }

  /** The offers with those of owners of devices as they were; owners that are given one are problems. */
  private withoutOwners(
    table: CaseTables['prosumers'],
    rows: Int32Array,
    isOwner: Uint8Array,
    offer: Readonly<Partial<Record<Offer, Float64Array>>>,
    check: TableCheck,
  ): Partial<Record<Offer, Float64Array>> {
    if (isOwner.length === 0) return offer;
    const result: Partial<Record<Offer, Float64Array>> = {};
    for (const column of OFFER) {
      const values = offer[column];
      if (values === undefined) continue;
      const kept = Float64Array.from(values);
      for (let k = 0; k < kept.length; k += 1) {
        if (isOwner[k] !== 1) continue;
        if (!Number.isNaN(values[k])) {
          const id = table.id.get(rows[k]);
          check.report(k, 'prosumer', id, 'its bounds and costs are those of its devices');
        }
        kept[k] = table[column][rows[k]];
      }
      result[column] = kept;
    }
    return result;
  }

  private devices(changes: DeviceChanges | undefined): CaseTables['devices'] {
    const table = this.theCase.devices;
    if (changes === undefined) return table;
    const { device, ...columns } = changes;
    const rows = this.rowsOf('devices', device);
    const changed = this.replaced('devices', table, rows, columns);
    checkFlexibility(picked(changed, rows, OFFER), this.checkOf('devices', rows));
    return changed;
  }

  private communities(changes: CommunityChanges | undefined): CaseTables['communities'] {
    const table = this.theCase.communities;
    if (changes === undefined) return table;
    const { community, ...columns } = changes;
    return this.replaced('communities', table, this.rowsOf('communities', community), columns);
  }

  private buses(changes: BusChanges | undefined): CaseTables['buses'] {
    const table = this.theCase.buses;
    if (changes === undefined) return table;
    const { bus, ...columns } = changes;
    return this.replaced('buses', table, this.rowsOf('buses', bus), columns);
  }

  private branches(changes: BranchChanges | undefined): CaseTables['branches'] {
    const table = this.theCase.branches;
    if (changes === undefined) return table;
    const { branch, closed, ...columns } = changes;
    const rows = this.rowsOf('branches', branch);
    const changed = this.replaced('branches', table, rows, columns);
    if (closed === undefined) return changed;
    this.expectLength('branches', 'closed', closed.length, rows.length);
    const status = Uint8Array.from(table.closed);
    rows.forEach((row, k) => {
      status[row] = closed[k] === 0 ? 0 : 1;
    });
    return { ...changed, closed: status };
  }

  /** The table with new values in some rows of some columns. */
  private replaced<Table extends object>(
    name: TableName,
    table: Table,
    rows: Int32Array,
    columns: Readonly<Record<string, Float64Array | undefined>>,
  ): Table {
    const copies: Record<string, Float64Array> = {};
    for (const [column, values] of Object.entries(columns)) {
      if (values === undefined) continue;
      this.expectLength(name, column, values.length, rows.length);
      const before = (table as Readonly<Record<string, unknown>>)[column];
      if (!(before instanceof Float64Array)) continue;
      const copy = sharedCopy(before);
      for (let k = 0; k < rows.length; k += 1) copy[rows[k]] = values[k];
      copies[column] = copy;
    }
    return { ...table, ...copies };
  }

  private expectLength(name: TableName, column: string, length: number, rows: number): void {
    if (length === rows) return;
    this.problems.add({
      file: fileOf(this.provenance, name),
      column,
      message: `${length} new values for ${rows} rows`,
    });
    this.problems.throwIfAny();
  }

  /** Row numbers; unknown and repeated rows are problems, and end the change. */
  private rowsOf(
    name: Exclude<TableName, 'settings'>,
    references: ChangedRows | undefined,
  ): Int32Array {
    if (references === undefined) return new Int32Array(0);
    const file = fileOf(this.provenance, name);
    const count = rowCountOf(this.theCase, name);
    const rows = references instanceof Int32Array ? references : this.findRows(name, references);
    const seen = new Uint8Array(count);
    const report = (k: number, message: string): void => {
      this.problems.add({ file, column: COLUMN_OF[name], value: String(references[k]), message });
    };
    for (let k = 0; k < rows.length; k += 1) {
      const row = rows[k];
      if (!(row >= 0 && row < count)) report(k, 'there is no such row');
      else if (seen[row] === 1) report(k, 'changed twice at once');
      else seen[row] = 1;
    }
    this.problems.throwIfAny();
    return rows;
  }

  private findRows(name: Exclude<TableName, 'settings'>, ids: readonly string[]): Int32Array {
    const index = indexOf(name === 'branches' ? [] : this.theCase[name].id);
    const wanted = IdColumn.from(ids);
    return Int32Array.from(ids, (_, k) =>
      index.find(wanted.bytes, wanted.offset[k], wanted.offset[k + 1]),
    );
  }

  private check(name: TableName): TableCheck {
    return new TableCheck(this.problems, this.provenance, name);
  }

  /** A check on columns that hold some rows of the table alone. */
  private checkOf(name: TableName, rows: Int32Array): TableCheck {
    const { provenance } = this;
    const rowNumber = rows.map((row) => rowNumberOf(provenance, name, row));
    const ofRows = { [name]: { file: fileOf(provenance, name), rowNumber } };
    return new TableCheck(this.problems, ofRows, name);
  }
}

const OFFER = ['pMinKw', 'pMaxKw', 'costQuadratic', 'costLinear'] as const;

type Offer = (typeof OFFER)[number];

/** 1 where a row is that of an owner of devices; without entries where the case has no devices. */
function ownersAmong(rows: Int32Array, deviceStart: Int32Array): Uint8Array {
  if (deviceStart.length === 0) return new Uint8Array(0);
  const isOwner = new Uint8Array(rows.length);
  for (let k = 0; k < rows.length; k += 1) {
    if (deviceStart[rows[k]] < deviceStart[rows[k] + 1]) isOwner[k] = 1;
  }
  return isOwner;
}

const COLUMN_OF = {
  buses: 'bus',
  branches: 'branch',
  communities: 'community',
  prosumers: 'prosumer',
  devices: 'device',
} as const;

function rowCountOf(theCase: Case, name: Exclude<TableName, 'settings'>): number {
  return name === 'branches' ? theCase.branches.from.length : theCase[name].id.length;
}

/** Indexes of id columns that were looked up before. */
const indexes = new WeakMap<object, IdIndex>();

function indexOf(ids: IdColumn | readonly string[]): IdIndex {
  const known = indexes.get(ids);
  if (known !== undefined) return known;
  const index = IdIndex.of(IdColumn.from(ids));
  indexes.set(ids, index);
  return index;
}

/** Some rows of some columns of numbers. */
function picked<Column extends string>(
  table: Readonly<Record<Column, Float64Array>>,
  rows: Int32Array,
  columns: readonly Column[],
): Record<Column, Float64Array> {
  const entries = columns.map((column): [Column, Float64Array] => [
    column,
    someOf(table[column], rows),
  ]);
  return Object.fromEntries(entries) as Record<Column, Float64Array>;
}

function someOf(values: Float64Array, rows: Int32Array): Float64Array {
  const some = new Float64Array(rows.length);
  for (let k = 0; k < some.length; k += 1) some[k] = values[rows[k]];
  return some;
}
