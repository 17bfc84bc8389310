/** A case to its folder. */
import type { CaseTables } from '../case/case.js';
import { caseFiles } from './caseTables.js';
import { writeCsvTable } from './csv.js';
import { writeJsonObject } from './jsonFile.js';
import { type OutputKind, replaceFolder } from './outputFolder.js';
import { SETTINGS_FILE, settingsContent } from './settingsFile.js';
import type { OutputTable } from './table.js';

export const FORMATS = ['csv', 'arrow'] as const;
export type Format = (typeof FORMATS)[number];

const CASE_FOLDER: OutputKind = {
  name: 'case',
  marker: SETTINGS_FILE,
  tables: ['buses', 'branches', 'communities', 'prosumers', 'devices'],
};

/**
 * Writes the tables so that reading them gives the same numbers to the last bit. References have
 * to hold. A folder that holds an earlier case is replaced.
 * @throws UsageError where the folder holds anything else
 */
export async function writeCase(tables: CaseTables, folder: string, format: Format): Promise<void> {
  await replaceFolder(folder, CASE_FOLDER, async (temporary) => {
    await writeJsonObject(temporary, SETTINGS_FILE, settingsContent(tables));
    await writeTables(caseFiles(tables), temporary, format);
  });
}

export async function writeTables(
  tables: readonly OutputTable[],
  folder: string,
  format: Format,
): Promise<void> {
  const write =
    format === 'arrow' ? (await import('./writeArrow.js')).writeArrowTable : writeCsvTable;
  for (const table of tables) await write(table, folder);
}
