/** A case or a region from its folder: the same tables, a region having several roots in `case.json`. */
import type { Case } from '../case/case.js';
import { createCaseOrRegion, type Region } from '../case/region.js';
import { type ReadOptions, readWith } from './readCase.js';

/**
 * Reads and validates a case, or a region where `root` is a list.
 * @throws CaseError with what is wrong and where
 */
export async function readCaseOrRegion(
  folder: string,
  options: ReadOptions = {},
): Promise<Case | Region> {
  return readWith(folder, options, createCaseOrRegion);
}
