/** The result of a region to its folder: `summary.json`, and a result of its own for every feeder. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RegionResult } from '../clearing/region.js';
import { writeJsonObject } from './jsonFile.js';
import { replaceFolder } from './outputFolder.js';
import { feederFolder, summariseRegion } from './regionSummary.js';
import { SUMMARY_FILE } from './summary.js';
import type { Format } from './writeCase.js';
import { fillResultFolder, RESULT_FOLDER } from './writeResult.js';

/**
 * Writes all feeders or nothing. A folder that holds an earlier result is replaced.
 * @throws UsageError where the folder holds anything else
 */
export async function writeRegionResult(
  result: RegionResult,
  folder: string,
  format: Format,
): Promise<void> {
  await replaceFolder(folder, RESULT_FOLDER, async (temporary) => {
    await writeJsonObject(temporary, SUMMARY_FILE, summariseRegion(result));
    for (const [place, feeder] of result.feeders.entries()) {
      const own = join(temporary, feederFolder(place));
      await mkdir(own);
      await fillResultFolder(feeder, own, format);
    }
  });
}
