/**
 * The state of a market beside the case that it opened with: the columns that have changed since. A case and
 * these columns give the changed case again, bit by bit.
 */
import { sharedCopy } from '../base/columns.js';
import { InternalError } from '../base/errors.js';
import type { Case, CaseTables } from './case.js';
import { changedCaseOf } from './validate.js';

/** Columns by table and name, such as `prosumers.demandKw`; settings as columns of one number. */
export type StateColumns = Readonly<Record<string, Float64Array>>;

/** What may change in a case (changes.ts). */
const TABLES = {
  prosumers: ['demandKw', 'demandKvar', 'pMinKw', 'pMaxKw', 'costQuadratic', 'costLinear'],
  devices: ['pMinKw', 'pMaxKw', 'costQuadratic', 'costLinear'],
  communities: ['priceSensitivity', 'qMinKvar', 'qMaxKvar', 'priceMin', 'priceMax'],
  buses: ['vMinPu', 'vMaxPu', 'loadKw', 'loadKvar', 'shuntKvar'],
  branches: ['iMaxA', 'ratio', 'closed'],
} as const;

const SETTINGS = ['gridBuy', 'gridSell', 'gridLimitKw', 'rootVoltagePu'] as const;

type Columns = Readonly<Record<string, unknown>>;
type Numbers = Float64Array | Uint8Array;

/** @param after `before` with changes made */
export function changedColumns(before: Case, after: Case): StateColumns {
  const changed: Record<string, Float64Array> = {};
  for (const [table, names] of Object.entries(TABLES)) {
    for (const name of names) {
      const one = columnOf(before, table, name);
      const other = columnOf(after, table, name);
      if (one === other || haveSameBits(one, other)) continue;
      changed[`${table}.${name}`] = Float64Array.from(other);
    }
  }
  for (const name of SETTINGS) {
    const value = after.settings[name];
    if (value !== before.settings[name]) changed[`settings.${name}`] = Float64Array.of(value);
  }
  return changed;
}

/**
 * @param before what the market opened with
 * @param columns of {@link changedColumns}; nothing is validated again
 */
export function withColumns(before: Case, columns: StateColumns): Case {
  const tables = { ...before } as unknown as Record<string, Columns>;
  for (const [key, values] of Object.entries(columns)) {
    const [table = '', name = ''] = key.split('.');
    tables[table] = { ...tables[table], [name]: restored(before, table, name, values) };
  }
  return changedCaseOf(before, tables as unknown as CaseTables, new Int32Array(0));
}

function restored(before: Case, table: string, name: string, values: Float64Array): unknown {
  if (table === 'settings' && SETTINGS.some((known) => known === name)) return values[0];
  const names: readonly string[] = TABLES[table as keyof typeof TABLES] ?? [];
  if (!names.includes(name)) throw new InternalError(`a case has no column ${table}.${name}`);
  if (columnOf(before, table, name).length !== values.length) {
    throw new InternalError(`${table}.${name} has another number of rows`);
  }
  return name === 'closed' ? Uint8Array.from(values) : sharedCopy(values);
}

function columnOf(theCase: Case, table: string, name: string): Numbers {
  const columns = theCase[table as keyof typeof TABLES] as unknown as Columns;
  return columns[name] as Numbers;
}

/** Not the same values: a NaN is the same as itself, and −0 is not 0. */
function haveSameBits(one: Numbers, other: Numbers): boolean {
  for (let row = 0; row < one.length; row += 1) {
    if (!Object.is(one[row], other[row])) return false;
  }
  return true;
}
