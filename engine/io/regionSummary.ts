/** `summary.json` of a region: totals, and the summary of every feeder. */
import { CaseError } from '../base/errors.js';
import type { RegionResult } from '../clearing/region.js';
import { type JsonObject, readJsonObject } from './jsonFile.js';
import { packageVersion } from './package.js';
import { finiteFields, SUMMARY_FILE, type Summary, summarise } from './summary.js';

/**
 * The status is the worst of the feeders', totals are sums over them; those are left out where a feeder has no
 * outcome.
 */
export interface RegionSummary
  extends Pick<
    Summary,
    | 'case'
    | 'mode'
    | 'status'
    | 'objective_usd_per_h'
    | 'cost_usd_per_h'
    | 'lower_bound_usd_per_h'
    | 'gap'
    | 'nodes'
    | 'grid_import_kw'
    | 'losses_kw'
    | 'v_min_pu'
    | 'v_max_pu'
    | 'operator_surplus_usd_per_h'
    | 'versions'
  > {
  readonly feeders: readonly FeederSummary[];
}

export interface FeederSummary extends Summary {
  /** Id of the root bus. */
  readonly root: string;
  /** Of its own result, beside the summary. */
  readonly folder: string;
}

/** @param place from 0, in the order of the roots */
export function feederFolder(place: number): string {
  return `feeder-${place + 1}`;
}

export function summariseRegion(result: RegionResult): RegionSummary {
  const { feeders, mode, nodes, region, status, totals } = result;
  return {
    case: region.name,
    mode,
    status,
    ...(totals === undefined
      ? {}
      : finiteFields({
          objective_usd_per_h: totals.objective,
          cost_usd_per_h: totals.cost,
          lower_bound_usd_per_h: totals.lowerBound,
          gap: totals.gap,
          grid_import_kw: totals.gridImportKw,
          losses_kw: totals.lossesKw,
          v_min_pu: totals.vMinPu,
          v_max_pu: totals.vMaxPu,
          operator_surplus_usd_per_h: totals.operatorSurplus,
        })),
    nodes,
    feeders: feeders.map((feeder, place) => ({
      root: region.roots[place],
      folder: feederFolder(place),
      ...summarise(feeder),
    })),
    versions: { wattshare: packageVersion(), node: process.versions.node },
  };
}

/**
 * Reads `summary.json` of a region's result; the feeders' own are in their folders.
 * @throws CaseError where it is not one of this region
 */
export async function readRegionSummary(
  folder: string,
  name: string,
  roots: readonly string[],
): Promise<RegionSummary> {
  const content = await readJsonObject(folder, SUMMARY_FILE);
  const fault = (column: string, message: string): CaseError =>
    new CaseError([{ file: SUMMARY_FILE, column, message }]);
  if (content.case !== name) throw fault('case', `the result of another case, not of ${name}`);
  const { feeders } = content;
  if (!Array.isArray(feeders))
    throw fault('feeders', 'a list of the feeders of a region is needed');
  const theirs = feeders.map((feeder: { readonly root?: unknown } | null) => feeder?.root);
  if (theirs.length !== roots.length || theirs.some((root, place) => root !== roots[place])) {
    throw fault('feeders', `other roots than those of the case, ${roots.join(', ')}`);
  }
  return asRegionSummary(content);
}

/** Only after the checks of {@link readRegionSummary}. */
function asRegionSummary(content: JsonObject): RegionSummary {
  return content as unknown as RegionSummary;
}
