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
import type { Case } from '../case/case.js';
import type { Region } from '../case/region.js';
import { checkCosts, clear } from './clear.js';
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
export const NO_TIME_SECONDS = 1e-6;

/** Clears one feeder somewhere else; its answer must be that of `clear` with the same options. */
export type FeederStage = (feeder: Case, options: ClearOptions) => Promise<ClearingResult>;

export interface RegionOptions extends ClearOptions {
  /** Clears all feeders at once, with what it is given; without it they are cleared here, in turn. */
  readonly feederStage?: FeederStage | undefined;
}

/**
 * Clears the feeders of a region. The limit on nodes is one a feeder, that on time is one for all.
 *
 * @throws as `clear` does, before any feeder is cleared
 */
export async function clearRegion(
  region: Region,
  { feederStage, ...options }: RegionOptions = {},
): Promise<RegionResult> {
  const { mode } = resolveOptions(options);
  for (const feeder of region.feeders) checkCosts(feeder, mode);
  const feeders =
    feederStage === undefined
      ? await clearInTurn(region, options)
      : await clearAtOnce(region, options, feederStage);
  return joinResults(region, mode, feeders);
}

async function clearInTurn(region: Region, options: ClearOptions): Promise<ClearingResult[]> {
  const started = performance.now();
  const results: ClearingResult[] = [];
  for (const [place, feeder] of region.feeders.entries()) {
    const root = region.roots[place];
    results.push(
      await clear(feeder, {
        ...options,
        ...timeLeft(options.timeLimitSeconds, started),
        onProgress: ({ stage, detail }) =>
          options.onProgress?.({ stage, detail: `feeder ${root}: ${detail}` }),
      }),
    );
  }
  return results;
}

async function clearAtOnce(
  { feeders }: Region,
  options: ClearOptions,
  feederStage: FeederStage,
): Promise<ClearingResult[]> {
  let done = 0;
  const say = () =>
    options.onProgress?.({ stage: 'feeders', detail: `${done} of ${feeders.length} cleared` });
  say();
  return Promise.all(
    feeders.map(async (feeder) => {
      const result = await feederStage(feeder, options);
      done += 1;
      say();
      return result;
    }),
  );
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
