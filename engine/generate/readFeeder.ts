/**
 * A feeder from its folder: `case.json`, `buses` and `branches` of the case format, without a market.
 * Other tables of the folder are passed over, so any case will do.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CaseError, ProblemList, UsageError } from '../base/errors.js';
import { assembleTables } from '../case/assemble.js';
import type { CaseTables } from '../case/case.js';
import { checkBranches, checkSettings, checkTree } from '../case/networkRules.js';
import type { Provenance } from '../case/provenance.js';
import { TableCheck } from '../case/tableCheck.js';
import { checkBuses } from '../case/tableRules.js';
import { branchColumns, busColumns } from '../io/caseTables.js';
import { quotedFromFiles } from '../io/fileValues.js';
import { packageFolder } from '../io/package.js';
import { refuseSeveralRoots } from '../io/readCase.js';
import { readTable } from '../io/readTable.js';
import { BRANCHES, BUSES } from '../io/schema.js';
import { readSettings, SETTINGS_FILE } from '../io/settingsFile.js';
import type { ReadContext, Table } from '../io/table.js';

const NO_COMMUNITIES = { community: [], bus: [] };
const NO_PROSUMERS = { prosumer: [], community: [], demandKw: [] };

/** Names of the bundled feeders, sorted. */
export function listBundledFeeders(): string[] {
  const feeders = feedersFolder();
  return readdirSync(feeders)
    .filter((name) => existsSync(join(feeders, name, SETTINGS_FILE)))
    .sort();
}

/**
 * Folder of a feeder given by folder or by the name of a bundled one.
 * @throws UsageError where it is neither
 */
export function resolveFeeder(nameOrFolder: string): string {
  if (existsSync(join(nameOrFolder, SETTINGS_FILE))) return nameOrFolder;
  const names = listBundledFeeders();
  if (names.includes(nameOrFolder)) return join(feedersFolder(), nameOrFolder);
  throw new UsageError(
    `${nameOrFolder} is neither a folder with a ${SETTINGS_FILE} nor a bundled feeder (bundled: ${names.join(', ')})`,
  );
}

/**
 * Reads and checks a feeder; its tables of communities, prosumers and devices have no rows.
 * @throws CaseError with what is wrong and where
 */
export async function readFeeder(
  folder: string,
  onWarning: (message: string) => void = () => {},
): Promise<CaseTables> {
  const problems = new ProblemList();
  const context: ReadContext = { folder, problems, warn: onWarning };
  const settings = await readSettings(context);
  refuseSeveralRoots(settings, problems);
  const buses = await readTable(BUSES, context);
  const branches = await readTable(BRANCHES, context);
  if (buses === undefined || branches === undefined) {
    // A table that could not be used was reported; without it the other cannot be checked.
    problems.throwIfAny();
    throw new UsageError(`${folder} cannot be read`);
  }
  const provenance: Provenance = {
    settings: { file: SETTINGS_FILE },
    buses: provenanceOf(buses),
    branches: provenanceOf(branches),
  };
  try {
    const tables = assembleTables(
      {
        settings,
        buses: busColumns(buses),
        branches: branchColumns(branches),
        communities: NO_COMMUNITIES,
        prosumers: NO_PROSUMERS,
      },
      provenance,
      problems,
    );
    checkFeeder(tables, provenance, problems);
    return tables;
  } catch (error) {
    throw error instanceof CaseError ? await quotedFromFiles(error, folder) : error;
  }
}

/** The rules of the case format for the tables that a feeder has. */
function checkFeeder(tables: CaseTables, provenance: Provenance, problems: ProblemList): void {
  const rootHolds = checkSettings(tables, provenance, problems);
  checkBuses(tables.buses, new TableCheck(problems, provenance, 'buses'));
  const branchesHold = checkBranches(tables, new TableCheck(problems, provenance, 'branches'));
  if (rootHolds && branchesHold) checkTree(tables, provenance, problems);
  problems.throwIfAny();
}

function provenanceOf({ file, rowNumber }: Table): { file: string; rowNumber?: Int32Array } {
  return rowNumber === undefined ? { file } : { file, rowNumber };
}

function feedersFolder(): string {
  return join(packageFolder(), 'datasets', 'feeders');
}
