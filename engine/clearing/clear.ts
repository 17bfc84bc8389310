/**
 * How a bid becomes a price. The story of one clearing:
 *
 *   bids → response functions     what each community imports at each price        market/
 *        → network program        what the network allows                           network/, program/
 *        → branch and bound       the cheapest outcome, with a proof                bnb/, conic/
 *        → prices → dispatch      what every prosumer does and pays
 *        → certificate            the same, checked from the case alone              certify/
 */
import type { Case } from '../case/case.js';
import { checkStrictCosts } from '../case/strictCosts.js';
import { certifyInStages } from '../certify/certify.js';
import type { BoxStart } from '../program/importModels.js';
import { balancingPrices, dispatchBaseline, noPrices } from './baseline.js';
import { certifiedResult } from './certifiedResult.js';
import { dispatchAtPrices } from './dispatch.js';
import { clearElastic } from './elastic.js';
import { analyseInfeasibility, fixedVoltageConflict } from './infeasible.js';
import { type MarketState, openMarketState } from './marketState.js';
import { clearNetwork, type NetworkClearing } from './networkClearing.js';
import { openNetworkMarket } from './networkMarket.js';
import { type ClearOptions, type ResolvedOptions, resolveOptions } from './options.js';
import { baselineOutcome, networkOutcome } from './outcome.js';
import type { MarketPoint } from './outcomeFinder.js';
import { clearOuter } from './outerClearing.js';
import type { ClearingResult, Infeasibility, Mode, Outcome, SearchMoment } from './result.js';
import { explainShortfall } from './revenueShortfall.js';
import { Stopwatch } from './stopwatch.js';
import { hasLargeCommunities, WindowSearch } from './windowSearch.js';

/**
 * Clears one case.
 *
 * @throws UsageError for options out of range, CaseError for a case that the mode cannot clear
 *   (c + κ = 0 outside `social` and `isolated`)
 */
export async function clear(theCase: Case, options: ClearOptions = {}): Promise<ClearingResult> {
  const resolved = resolveOptions(options);
  checkCosts(theCase, resolved.mode);
  const { elasticPrice, mode } = resolved;
  const { signal } = options;
  const stopwatch = new Stopwatch(() => {});
  try {
    if (elasticPrice === undefined) return await clearWithinLimits(theCase, resolved);
    return await clearElastic(theCase, resolved, elasticPrice, clearWithinLimits);
  } catch (reason) {
    if (signal?.aborted !== true || reason !== signal.reason) throw reason;
    const explanation = 'stopped by its caller while bids were read';
    const timing = stopwatch.stop();
    return {
      case: theCase,
      mode,
      status: 'limit',
      outcome: undefined,
      explanation,
      nodes: 0,
      timing,
    };
  }
}

/** @throws CaseError where the mode needs costs that rise, or a slope of the market, and there is neither */
export function checkCosts(theCase: Case, mode: Mode): void {
  if (mode !== 'social' && mode !== 'isolated') checkStrictCosts(theCase);
}

async function clearWithinLimits(
  theCase: Case,
  resolved: ResolvedOptions,
): Promise<ClearingResult> {
  const stopwatch = new Stopwatch(resolved.onProgress);
  stopwatch.enter('responses', `${theCase.prosumers.demandKw.length} prosumers`);
  const { state, cleared } = hasLargeCommunities(theCase)
    ? await clearInWindows(theCase, resolved, stopwatch)
    : await clearWhole(theCase, resolved, stopwatch);
  return report(state, resolved, cleared, stopwatch);
}

interface ClearedState {
  readonly state: MarketState;
  readonly cleared: Cleared;
}

async function clearWhole(
  theCase: Case,
  options: ResolvedOptions,
  stopwatch: Stopwatch,
): Promise<ClearedState> {
  const state = await openMarketState(theCase, options);
  stopwatch.enter('search', `${state.network.junctionCount} junctions`);
  return { state, cleared: await clearMode(state, options, stopwatch) };
}

/** A sample is a few per cent off: its clearing need not be nearer. */
const SAMPLE_GAP = 1e-3;

/** Clears with response functions that are exact near the prices of the answer (windowSearch.ts). */
async function clearInWindows(
  theCase: Case,
  options: ResolvedOptions,
  stopwatch: Stopwatch,
): Promise<ClearedState> {
  const windows = new WindowSearch(theCase, options);
  const rough = { ...options, gap: Math.max(options.gap, SAMPLE_GAP) };
  let state = await windows.open((sample) => pricesOf(sample, rough));
  while (state !== undefined) {
    stopwatch.enter('search', `${state.network.junctionCount} junctions`);
    const cleared = await clearMode(state, options, stopwatch);
    const price = cleared.outcome?.communities.price;
    if (price === undefined) return { state, cleared };
    stopwatch.enter('responses', 'windows of prices');
    const next = await windows.follow(state, price);
    if (next === undefined) return { state, cleared };
    state = next;
  }
  return clearWhole(theCase, options, stopwatch);
}

/** The prices that clear a market, by community; undefined where none do. */
async function pricesOf(
  state: MarketState,
  options: ResolvedOptions,
): Promise<Float64Array | undefined> {
  if (state.mode === 'isolated') return new Float64Array(state.junction.length);
  if (state.mode === 'local') {
    const local = balancingPrices(state);
    return local.status === 'cleared' ? local.price : undefined;
  }
  return (await clearNetwork(state, options)).point?.price;
}

/** What a mode produced, before it has been checked. */
export type Cleared =
  | {
      readonly outcome: Outcome;
      /** Where the market was cleared over the network. */
      readonly point?: MarketPoint;
      readonly nodes: number;
      readonly explanation: string;
      readonly subsidisedBound?: number | undefined;
      readonly trace?: readonly SearchMoment[];
    }
  | {
      readonly outcome: undefined;
      readonly status: 'infeasible' | 'limit';
      readonly nodes: number;
      readonly explanation: string;
      readonly infeasibility?: Infeasibility;
      readonly trace?: readonly SearchMoment[];
    };

/** @param start see clearNetwork */
export async function clearMode(
  state: MarketState,
  options: ResolvedOptions,
  stopwatch: Stopwatch,
  start?: BoxStart,
): Promise<Cleared> {
  if (state.mode === 'local' || state.mode === 'isolated') {
    const baseline = state.mode === 'local' ? balancingPrices(state) : noPrices(state);
    if (baseline.status === 'infeasible') return { ...baseline, outcome: undefined, nodes: 0 };
    stopwatch.enter('dispatch', 'power flow');
    const dispatch = await dispatchBaseline(state, baseline.price, options.responseStage.answer);
    const outcome = baselineOutcome(state, baseline.price, dispatch);
    if (outcome === undefined) return { ...COLLAPSED, outcome, nodes: 0 };
    return { outcome, nodes: 0, explanation: '' };
  }
  const conflict = fixedVoltageConflict(state);
  if (conflict !== undefined) {
    return { outcome: undefined, status: 'infeasible', nodes: 0, ...conflict };
  }
  const route = options.solver === 'highs' ? clearOuter : clearNetwork;
  const clearing = await route(state, options, start);
  if (clearing.search.status === 'infeasible') {
    stopwatch.enter('explain', 'which limits conflict');
    const market = openNetworkMarket(state);
    const shortfall = explainShortfall(market, options.shouldStop);
    const explained =
      shortfall === undefined
        ? analyseInfeasibility(state, market, clearing.point, options.shouldStop)
        : { explanation: shortfall };
    const { nodes } = clearing.search;
    const { trace } = clearing;
    return { outcome: undefined, status: 'infeasible', nodes, trace, ...explained };
  }
  return settleClearing(state, options, stopwatch, clearing);
}

/** From the prices of a search to what every prosumer does and what the network carries. */
export async function settleClearing(
  state: MarketState,
  options: ResolvedOptions,
  stopwatch: Stopwatch,
  clearing: NetworkClearing,
): Promise<Cleared> {
  stopwatch.enter('dispatch', 'prices and power flow');
  const { point, trace, reason, subsidisedBound } = clearing;
  const { nodes } = clearing.search;
  if (point === undefined) {
    return { outcome: undefined, status: 'limit', nodes, trace, explanation: reason };
  }
  const { price, netImport } = point;
  const { answer } = options.responseStage;
  const dispatch = await dispatchAtPrices(state, price, netImport, answer);
  const outcome = networkOutcome(state, clearing, point, dispatch);
  if (outcome === undefined) return { ...COLLAPSED, outcome, nodes, trace };
  return { outcome, point, nodes, trace, explanation: reason, subsidisedBound };
}

const COLLAPSED = {
  status: 'limit',
  explanation: 'the power flow of the outcome has no solution: voltages collapse',
} as const;

/** Checks what was produced, and says what came of it. */
export async function report(
  state: MarketState,
  options: ResolvedOptions,
  cleared: Cleared,
  stopwatch: Stopwatch,
): Promise<ClearingResult> {
  const { theCase, mode } = state;
  const { outcome, nodes } = cleared;
  const trace = cleared.trace === undefined ? {} : { trace: cleared.trace };
  if (outcome === undefined) {
    const { status, explanation, infeasibility } = cleared;
    return {
      case: theCase,
      mode,
      status,
      outcome,
      explanation,
      ...(infeasibility === undefined ? {} : { infeasibility }),
      ...trace,
      nodes,
      timing: stopwatch.stop(),
    };
  }
  stopwatch.enter('certify', 'independent check');
  const stage = options.responseStage.certify;
  const certificate = await certifyInStages(theCase, mode, outcome, options.gap, stage);
  const certified = certifiedResult(theCase, mode, outcome, certificate, cleared.explanation);
  return {
    ...certified,
    ...(cleared.subsidisedBound === undefined ? {} : { subsidisedBound: cleared.subsidisedBound }),
    ...trace,
    nodes,
    timing: stopwatch.stop(),
  };
}
