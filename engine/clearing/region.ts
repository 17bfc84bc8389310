/**
 * A region is cleared feeder by feeder, side by side: nothing couples them, so that its answer is exactly
 * theirs.
 *
 *     cost = Σ_f cost_f,   objective = Σ_f objective_f,   bound = Σ_f bound_f
 *
 * are valid as sums; the status is the worst of the feeders', every one of which is certified by itself.
 * Where prices must cover the grid's bill they do at every root: the operator of one feeder does not
 * pay for another.
 */
import type { Region } from '../case/region.js';
import { clear } from './clear.js';
import { type ClearOptions, resolveOptions } from './options.js';
import type { ClearingResult, Mode, Status } from './result.js';

/** Totals over the feeders, where every one has an outcome. */
export interface RegionTotals {
  /** $/h. */
  readonly objective: number;
  readonly cost: number;
  readonly lowerBound: number;
  /** (objective − bound) / max(1, |objective|). */
  readonly gap: number;
  /** Over all roots; negative: export. */
  readonly gridImportKw: number;
  readonly lossesKw: number;
  readonly vMinPu: number;
  readonly vMaxPu: number;
  readonly operatorSurplus: number;
}

export interface RegionResult {
  readonly region: Region;
  readonly mode: Mode;
  /** The worst of the feeders': one infeasible feeder makes the region infeasible. */
  readonly status: Status;
  /** By feeder, in the order of the roots. */
  readonly feeders: readonly ClearingResult[];
  /** Undefined where a feeder has no outcome. */
  readonly totals: RegionTotals | undefined;
  readonly nodes: number;
}

/** From the best to the worst. */
const STATUS_ORDER: readonly Status[] = ['optimal', 'feasible', 'limit', 'infeasible'];

/** A limit on time that has run out: the engine wants a positive one, and stops at its first look. */
const NO_TIME_SECONDS = 1e-6;

/**
 * Clears the feeders of a region one after the other. The limit on nodes is one a feeder, that on time is one
 * for all; stages on worker threads serve every feeder.
 *
 * @throws as `clear` does
 */
export async function clearRegion(
  region: Region,
  options: ClearOptions = {},
): Promise<RegionResult> {
  const { mode } = resolveOptions(options);
  const started = performance.now();
  const feeders: ClearingResult[] = [];
  for (const [place, feeder] of region.feeders.entries()) {
    const root = region.roots[place];
    feeders.push(
      await clear(feeder, {
        ...options,
        ...timeLeft(options.timeLimitSeconds, started),
        onProgress: ({ stage, detail }) =>
          options.onProgress?.({ stage, detail: `feeder ${root}: ${detail}` }),
      }),
    );
  }
  return joinResults(region, mode, feeders);
}

function timeLeft(seconds: number | undefined, started: number): ClearOptions {
  if (seconds === undefined) return {};
  const spent = (performance.now() - started) / 1000;
  return { timeLimitSeconds: Math.max(seconds - spent, NO_TIME_SECONDS) };
}

/** @param feeders results of the region's feeders, in their order */
export function joinResults(
  region: Region,
  mode: Mode,
  feeders: readonly ClearingResult[],
): RegionResult {
  return {
    region,
    mode,
    status: worstStatus(feeders.map(({ status }) => status)),
    feeders,
    totals: totalsOf(feeders),
    nodes: feeders.reduce((sum, { nodes }) => sum + nodes, 0),
  };
}

/** @param statuses at least one */
export function worstStatus(statuses: readonly Status[]): Status {
  return STATUS_ORDER[Math.max(...statuses.map((status) => STATUS_ORDER.indexOf(status)))];
}

function totalsOf(feeders: readonly ClearingResult[]): RegionTotals | undefined {
  const totals = {
    objective: 0,
    cost: 0,
    lowerBound: 0,
    gridImportKw: 0,
    lossesKw: 0,
    vMinPu: Number.POSITIVE_INFINITY,
    vMaxPu: Number.NEGATIVE_INFINITY,
    operatorSurplus: 0,
  };
  for (const result of feeders) {
    if (result.outcome === undefined) return undefined;
    totals.objective += result.objective;
    totals.cost += result.cost;
    totals.lowerBound += result.lowerBound;
    totals.gridImportKw += result.outcome.gridImportKw;
    totals.lossesKw += result.lossesKw;
    totals.vMinPu = Math.min(totals.vMinPu, result.vMinPu);
    totals.vMaxPu = Math.max(totals.vMaxPu, result.vMaxPu);
    totals.operatorSurplus += result.operatorSurplus;
  }
  const { objective, lowerBound } = totals;
  return { ...totals, gap: (objective - lowerBound) / Math.max(1, Math.abs(objective)) };
}
