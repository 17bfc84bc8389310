/** A case from its folder (docs: the case format). */
import { stat } from 'node:fs/promises';
import { CaseError, InternalError, ProblemList } from '../base/errors.js';
import type { Case } from '../case/case.js';
import { type CaseColumns, createCase, type SettingsInput } from '../case/create.js';
import type { Provenance, TableName } from '../case/provenance.js';
import type { Region } from '../case/region.js';
import {
  branchColumns,
  busColumns,
  communityColumns,
  deviceColumns,
  prosumerColumns,
} from './caseTables.js';
import { quotedFromFiles } from './fileValues.js';
import { readOptionalTable, readTable } from './readTable.js';
import { BRANCHES, BUSES, COMMUNITIES, DEVICES, PROSUMERS } from './schema.js';
import { readSettings, SETTINGS_FILE } from './settingsFile.js';
import type { ReadContext, Table, TableSchema } from './table.js';

export interface ReadOptions {
  /** Unknown columns, a file that is passed over. */
  readonly onWarning?: (message: string) => void;
  /** Called when a table has been read. */
  readonly onProgress?: (file: string, rows: number) => void;
}

/**
 * Reads and validates a case.
 * @throws CaseError with what is wrong and where
 */
export async function readCase(folder: string, options: ReadOptions = {}): Promise<Case> {
  return readWith(folder, options, (columns, provenance, problems) => {
    refuseSeveralRoots(columns.settings, problems);
    return createCase(columns, provenance, problems);
  });
}

/** A region is cleared and verified; whatever takes one feeder refuses its list of roots. */
export function refuseSeveralRoots({ otherRoots }: SettingsInput, problems: ProblemList): void {
  if (otherRoots === undefined) return;
  problems.add({
    file: SETTINGS_FILE,
    column: 'root',
    message: 'a list of roots makes a region, and one feeder is needed here',
  });
  problems.throwIfAny();
}

/**
 * Reads the tables of a case, and has `create` check them and make what it will.
 * @throws CaseError with what is wrong and where
 */
export async function readWith<Made extends Case | Region>(
  folder: string,
  options: ReadOptions,
  create: (columns: CaseColumns, provenance: Provenance, problems: ProblemList) => Made,
): Promise<Made> {
  await expectFolder(folder);
  const problems = new ProblemList();
  const context: ReadContext = { folder, problems, warn: options.onWarning ?? (() => {}) };
  const read = async (schema: TableSchema): Promise<Table | undefined> => {
    const table = await readTable(schema, context);
    if (table !== undefined) options.onProgress?.(table.file, table.rowCount);
    return table;
  };
  const settings = await readSettings(context);
  const buses = await read(BUSES);
  const branches = await read(BRANCHES);
  const communities = await read(COMMUNITIES);
  const prosumers = await read(PROSUMERS);
  const devices = await readOptionalTable(DEVICES, context);
  if (
    buses === undefined ||
    branches === undefined ||
    communities === undefined ||
    prosumers === undefined ||
    devices === undefined
  ) {
    // A table that could not be used was reported; without it the others cannot be checked.
    problems.throwIfAny();
    throw new InternalError('a table that cannot be used was not reported');
  }
  const tables = { buses, branches, communities, prosumers };
  try {
    const made = create(
      {
        settings,
        buses: busColumns(buses),
        branches: branchColumns(branches),
        communities: communityColumns(communities),
        prosumers: prosumerColumns(prosumers),
        devices: devices === 'absent' ? undefined : deviceColumns(devices),
      },
      provenanceOf(devices === 'absent' ? tables : { ...tables, devices }),
      problems,
    );
    if (communities.optionalTexts('zone')?.some((zone) => zone !== '')) {
      context.warn(
        `${communities.file}: zones are kept but not used, every community has its own price`,
      );
    }
    return made;
  } catch (error) {
    throw error instanceof CaseError ? await quotedFromFiles(error, folder) : error;
  }
}

async function expectFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return;
  const message = found === undefined ? 'there is no such folder' : 'not a folder';
  throw new CaseError([{ file: folder, message }]);
}

function provenanceOf(tables: Readonly<Partial<Record<TableName, Table>>>): Provenance {
  const provenance = Object.entries(tables).map(([name, { file, rowNumber }]) => [
    name,
    rowNumber === undefined ? { file } : { file, rowNumber },
  ]);
  return { settings: { file: SETTINGS_FILE }, ...Object.fromEntries(provenance) };
}
