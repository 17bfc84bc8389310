/**
 * `welfare`, `dlmp` and `social` by the second route: the search is that of engine/outer, and its points
 * become prices, dispatch and proof as those of the native search do.
 */
import { InternalError } from '../base/errors.js';
import { nextTurn } from '../base/nextTurn.js';
import type { SearchNode, SearchResult } from '../bnb/search.js';
import type { RadialNetwork } from '../network/radial.js';
import type { OuterProgress } from '../outer/search.js';
import type { OuterPoint, OuterPrices, OuterResult } from '../outer/solveOuter.js';
import type { ImportBox } from '../program/importModels.js';
import type { NetworkPrices } from '../program/lagrangian.js';
import type { LocalPoint } from '../program/localProgram.js';
import { LOCAL_ATTEMPTS, type MarketProof } from './marketProblem.js';
import type { MarketState } from './marketState.js';
import { explainGap, GAP_SHARE, type NetworkClearing } from './networkClearing.js';
import { openNetworkMarket } from './networkMarket.js';
import type { ResolvedOptions } from './options.js';
import {
  type Candidate,
  type MarketPoint,
  OutcomeFinder,
  ROUNDED_VIOLATION,
} from './outcomeFinder.js';
import { SearchTrace } from './searchTrace.js';

/**
 * @returns what the native search returns, with the bound and the leaves of the outer approximation
 * @throws InternalError for the modes without a network program
 */
export async function clearOuter(
  state: MarketState,
  options: ResolvedOptions,
): Promise<NetworkClearing> {
  const { mode, theCase } = state;
  if (mode === 'local' || mode === 'isolated') {
    throw new InternalError(`${mode} has no network program`);
  }
  // HiGHS is loaded by those alone who ask for it.
  const { solveOuter } = await import('../outer/solveOuter.js');
  const networkMarket = openNetworkMarket(state);
  const { program, curves } = networkMarket;
  const finder = new OutcomeFinder(state, program, curves, () => networkMarket, options.shouldStop);
  const headBus = headBuses(state);
  const gapTolerance = GAP_SHARE * options.gap;
  const trace = new SearchTrace();
  const outcomes = new OuterOutcomes(state.network, headBus, finder, gapTolerance);
  const choice = { mode, keepsRevenue: options.revenueAdequacy };
  const outer = await solveOuter(theCase, choice, {
    gapTolerance,
    nodeLimit: options.nodeLimit,
    shouldStop: options.shouldStop,
    evaluate: (point) => outcomes.evaluate(point),
    improve: (point) => outcomes.improve(point),
    pause: (progress) => {
      trace.add(progress);
      return report(progress, options);
    },
  });
  const search: SearchResult<ImportBox, MarketProof, MarketPoint> = {
    status: outer.status === 'open' ? 'exhausted' : outer.status,
    incumbent: outcomes.best,
    bound: outer.bound,
    nodes: outer.nodes,
    leaves: provenLeaves(state, headBus, outer),
  };
  return {
    search,
    point: outcomes.best?.point ?? finder.nearest,
    market: networkMarket.program.market,
    reason: explainGap(search.status, outer.unresolved),
    trace: trace.moments,
  };
}

/** The market outcomes that points of the search lead to, and the best of them. */
class OuterOutcomes {
  best: Candidate | undefined;
  private localAttempts = 0;

  constructor(
    private readonly network: RadialNetwork,
    private readonly headBus: Int32Array,
    private readonly finder: OutcomeFinder,
    private readonly gapTolerance: number,
  ) {}

  /** Its objective, $/h; Infinity where it breaks a limit, be it by little where prices alone decided. */
  evaluate(point: OuterPoint): number {
    const candidate = this.outcomeOf(point);
    const allowed = point.decidedBy === 'imports' ? 1 : ROUNDED_VIOLATION;
    if (candidate === undefined || candidate.point.violation > allowed) {
      return Number.POSITIVE_INFINITY;
    }
    return this.take(candidate);
  }

  /** The same after steps on the exact equations, as long as attempts are left. */
  improve(point: OuterPoint): number {
    const start = this.outcomeOf(point);
    if (start === undefined || this.localAttempts >= LOCAL_ATTEMPTS) return this.take(start);
    this.localAttempts += 1;
    const enough = point.bound + this.gapTolerance * Math.max(1, Math.abs(point.bound));
    return this.take(this.finder.improveLocally(start, enough));
  }

  private outcomeOf(point: OuterPoint): Candidate | undefined {
    const { network, headBus } = this;
    const source: LocalPoint = {
      netImport: point.netImport,
      freeReactive: freeReactiveOf(network, point),
      prices: pricesByJunction(network, headBus, point.prices, point.squaredVoltage),
    };
    return this.finder.outcomeOf(source, point.largestConeSlack);
  }

  private take(candidate: Candidate | undefined): number {
    if (candidate === undefined || candidate.point.violation > 1) return Number.POSITIVE_INFINITY;
    if (this.best === undefined || candidate.objective < this.best.objective) this.best = candidate;
    return candidate.objective;
  }
}

async function report(
  { nodes, rounds, bound, incumbent }: OuterProgress,
  { onProgress }: ResolvedOptions,
): Promise<void> {
  const found = `bound ${bound.toFixed(4)} $/h, best ${incumbent.toFixed(4)} $/h`;
  onProgress({ stage: 'search', detail: `node ${nodes}, round ${rounds}, ${found}` });
  await nextTurn();
}

/** With prices by junction; voltages, which only help to choose σ (docs/model.md section 5), are 1. */
function provenLeaves(
  { network, theCase }: MarketState,
  headBus: Int32Array,
  outer: OuterResult,
): SearchNode<ImportBox, MarketProof>[] {
  const squaredVoltage = new Float64Array(theCase.buses.id.length).fill(1);
  return outer.leaves.map((leaf) => {
    const prices = leaf.prices && pricesByJunction(network, headBus, leaf.prices, squaredVoltage);
    return {
      box: restrictions(outer, leaf.box),
      bound: leaf.bound,
      proof: prices && { prices, parts: undefined },
    };
  });
}

/** By junction: the bus at which the branch that feeds it arrives, or the root. */
function headBuses({ network, theCase }: MarketState): Int32Array {
  const { branches, settings } = theCase;
  const head = new Int32Array(network.junctionCount);
  head[0] = settings.rootBus;
  network.branchRow.forEach((row, e) => {
    const to = branches.to[row];
    head[e + 1] = network.busJunction[to] === e + 1 ? to : branches.from[row];
  });
  return head;
}

function pricesByJunction(
  { branchRow }: RadialNetwork,
  headBus: Int32Array,
  prices: OuterPrices,
  squaredVoltage: Float64Array,
): NetworkPrices {
  return {
    active: Float64Array.from(headBus, (bus) => prices.active[bus]),
    reactive: Float64Array.from(headBus, (bus) => prices.reactive[bus]),
    voltageDrop: Float64Array.from(branchRow, (_, e) => prices.voltageDrop[headBus[e + 1]]),
    squaredVoltage: Float64Array.from(headBus, (bus) => squaredVoltage[bus]),
    revenue: prices.revenue,
  };
}

function freeReactiveOf(
  { junctionCount, busJunction }: RadialNetwork,
  { freeReactive }: OuterPoint,
): Float64Array {
  const byJunction = new Float64Array(junctionCount);
  freeReactive.forEach((amount, bus) => {
    byJunction[busJunction[bus]] += amount;
  });
  return byJunction;
}

/** The communities whose interval is not the whole one, open where it ends with that. */
function restrictions({ root }: OuterResult, box: OuterResult['root']): ImportBox {
  const community = box.flatMap((interval, m) => (interval === root[m] ? [] : [m]));
  return {
    community,
    low: community.map((m) => openAt(box[m]?.low, root[m]?.low, Number.NEGATIVE_INFINITY)),
    high: community.map((m) => openAt(box[m]?.high, root[m]?.high, Number.POSITIVE_INFINITY)),
  };
}

function openAt(end: number | undefined, whole: number | undefined, open: number): number {
  return end === undefined || end === whole ? open : end;
}
