/** A result to its folder. */
import type { ClearingResult } from '../clearing/result.js';
import { writeJsonObject } from './jsonFile.js';
import { expectReplaceable, type OutputKind, replaceFolder } from './outputFolder.js';
import { relaxedFile } from './relaxedLimits.js';
import { resultFiles } from './resultTables.js';
import { SUMMARY_FILE, summarise } from './summary.js';
import { type Format, writeTables } from './writeCase.js';

/** What a region's result has beside its summary: a result a feeder, numbered in the order of the roots. */
export const FEEDER_FOLDER = /^feeder-\d+$/;

/** A result, of one feeder or of a region (writeRegionResult.ts). */
export const RESULT_FOLDER: OutputKind = {
  name: 'result',
  marker: SUMMARY_FILE,
  tables: [
    'communities',
    'prosumers',
    'buses',
    'branches',
    'relaxed',
    'proof_leaves',
    'proof_prices',
    'proof_boxes',
    'proof_flows',
  ],
  folders: FEEDER_FOLDER,
};

/**
 * Writes `summary.json` and, where there is an outcome, the tables. A folder that holds an earlier
 * result is replaced.
 * @throws UsageError where the folder holds anything else
 */
export async function writeResult(
  result: ClearingResult,
  folder: string,
  format: Format,
): Promise<void> {
  await replaceFolder(folder, RESULT_FOLDER, (temporary) =>
    fillResultFolder(result, temporary, format),
  );
}

/** Writes into a folder that is there already. */
export async function fillResultFolder(
  result: ClearingResult,
  folder: string,
  format: Format,
): Promise<void> {
  await writeJsonObject(folder, SUMMARY_FILE, summarise(result));
  if (result.outcome === undefined) return;
  const relaxed = result.relaxation?.limits ?? [];
  await writeTables(
    [
      ...resultFiles(result.case, result.outcome),
      ...(relaxed.length > 0 ? [relaxedFile(result.case, relaxed)] : []),
    ],
    folder,
    format,
  );
}

/**
 * For before a long run: whether a result may be written there.
 * @throws UsageError where it may not
 */
export async function expectResultFolder(folder: string): Promise<void> {
  await expectReplaceable(folder, RESULT_FOLDER);
}
