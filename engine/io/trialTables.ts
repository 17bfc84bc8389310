/** Profiles of classes and tariffs of a trial from files (docs/trial.md). */
import type { ProblemList } from '../base/errors.js';
import { CLASS_NAMES, type ClassName } from '../trial/classes.js';
import type { ProfileTable, TariffTable } from '../trial/tables.js';
import type { ReadOptions } from './readCase.js';
import { PROFILES, TARIFF } from './schema.js';
import type { Table } from './table.js';
import { CellCheck, readTrialFile, rowsByInterval } from './trialFiles.js';

/** @throws CaseError with what is wrong and where */
export function readProfiles(path: string, options: ReadOptions = {}): Promise<ProfileTable> {
  return readTrialFile(path, PROFILES, options, profileTable);
}

/** @throws CaseError with what is wrong and where */
export function readTariff(path: string, options: ReadOptions = {}): Promise<TariffTable> {
  return readTrialFile(path, TARIFF, options, tariffTable);
}

function profileTable(table: Table, problems: ProblemList): ProfileTable {
  const check = new CellCheck(table, problems);
  const rowsOf = new Map<ClassName, number[]>();
  table.texts('class').forEach((text, row) => {
    const name = CLASS_NAMES.find((candidate) => candidate === text);
    if (name === undefined) {
      check.report(row, 'class', text, `not a class; there are ${CLASS_NAMES.join(', ')}`);
    } else rowsOf.set(name, [...(rowsOf.get(name) ?? []), row]);
  });
  if (table.rowCount === 0) check.reportTable('no rows; at least one is needed');
  const load = new Map<ClassName, Float64Array>();
  const solar = new Map<ClassName, Float64Array>();
  for (const [name, rows] of rowsOf) {
    const byInterval = rowsByInterval(rows, table.numbers('interval'), check, ` of class ${name}`);
    if (byInterval === undefined) continue;
    const ofLoad = factors(table, 'load', byInterval, check);
    const ofSolar = factors(table, 'solar', byInterval, check);
    if (ofLoad !== undefined) load.set(name, ofLoad);
    if (ofSolar !== undefined) solar.set(name, ofSolar);
  }
  return { load, solar };
}

/** A column of a class; undefined where it is empty throughout. */
function factors(
  table: Table,
  column: string,
  byInterval: Int32Array,
  check: CellCheck,
): Float64Array | undefined {
  const values = table.optionalNumbers(column);
  if (values === undefined || byInterval.every((row) => Number.isNaN(values[row])))
    return undefined;
  return Float64Array.from(byInterval, (row) => {
    if (check.number(row, column, values[row]) && values[row] < 0) {
      check.report(row, column, values[row], 'must not be negative');
    }
    return values[row];
  });
}

function tariffTable(table: Table, problems: ProblemList): TariffTable {
  const check = new CellCheck(table, problems);
  const buy = table.numbers('grid_buy');
  const sell = table.numbers('grid_sell');
  const rows = Array.from(buy.keys());
  if (table.rowCount === 0) check.reportTable('no rows; at least one is needed');
  for (const row of rows) {
    const areNumbers = [
      check.number(row, 'grid_buy', buy[row]),
      check.number(row, 'grid_sell', sell[row]),
    ].every(Boolean);
    if (areNumbers && buy[row] < sell[row]) {
      check.report(row, 'grid_buy', buy[row], `below grid_sell, which is ${sell[row]}`);
    }
  }
  const byInterval =
    rowsByInterval(rows, table.numbers('interval'), check, '') ?? new Int32Array(0);
  return {
    gridBuy: Float64Array.from(byInterval, (row) => buy[row]),
    gridSell: Float64Array.from(byInterval, (row) => sell[row]),
  };
}
