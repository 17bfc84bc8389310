/**
 * `welfare`, `dlmp` and `social` by the second route: the search is that of engine/outer, and its points become
 * prices, dispatch and proof as those of the native search do.
 */
import { InternalError } from '../base/errors.js';
import type { SearchNode, SearchResult } from '../bnb/search.js';
import type { RadialNetwork } from '../network/radial.js';
import type { OuterPoint, OuterPrices, OuterResult } from '../outer/solveOuter.js';
import type { ImportBox } from '../program/importModels.js';
import type { NetworkPrices } from '../program/lagrangian.js';
import type { LocalPoint } from '../program/localProgram.js';
import type { MarketProof } from './marketProblem.js';
import type { MarketState } from './marketState.js';
import type { NetworkClearing } from './networkClearing.js';
import { openNetworkMarket } from './networkMarket.js';
import type { ResolvedOptions } from './options.js';
import { type Candidate, type MarketPoint, OutcomeFinder } from './outcomeFinder.js';

/** The certificate's bound may differ from the search's in the last digits: aim a little below the gap. */
const GAP_SHARE = 0.9;

/** Boxes that may try local improvement: where it fails at the first few it fails at all. */
const LOCAL_ATTEMPTS = 3;

/** A violation of limits that is rounding, in units of the tolerance. */
const ROUNDED_VIOLATION = 0.01;

export async function clearOuter(
  state: MarketState,
  options: ResolvedOptions,
): Promise<NetworkClearing> {
  const { mode, theCase, network } = state;
  if (mode === 'local' || mode === 'isolated') {
    throw new InternalError(`${mode} has no network program`);
  }
  // HiGHS is loaded by those alone who ask for it.
  const { solveOuter } = await import('../outer/solveOuter.js');
  const networkMarket = openNetworkMarket(state);
  const finder = new OutcomeFinder(state, networkMarket, options.shouldStop);
  const headBus = headBuses(state);
  let best: Candidate | undefined;
  let localAttempts = 0;
  const sourceOf = (point: OuterPoint): LocalPoint => ({
    netImport: point.netImport,
    freeReactive: freeReactiveOf(network, point),
    prices: pricesByJunction(network, headBus, point.prices, point.squaredVoltage),
  });
  const take = (candidate: Candidate | undefined): number => {
    if (candidate === undefined || candidate.point.violation > 1) return Number.POSITIVE_INFINITY;
    if (best === undefined || candidate.objective < best.objective) best = candidate;
    return candidate.objective;
  };
  const outer = await solveOuter(
    theCase,
    { mode, keepsRevenue: options.revenueAdequacy },
    {
      gapTolerance: GAP_SHARE * options.gap,
      nodeLimit: options.nodeLimit,
      shouldStop: options.shouldStop,
      evaluate: (point) => {
        const candidate = finder.outcomeOf(sourceOf(point), point.largestConeSlack);
        const allowed = point.decidedBy === 'imports' ? 1 : ROUNDED_VIOLATION;
        return candidate && candidate.point.violation > allowed
          ? Number.POSITIVE_INFINITY
          : take(candidate);
      },
      improve: (point) => {
        const start = finder.outcomeOf(sourceOf(point), point.largestConeSlack);
        if (start === undefined || localAttempts >= LOCAL_ATTEMPTS) return take(start);
        localAttempts += 1;
        return take(finder.improveLocally(start));
      },
      pause: async ({ nodes, rounds, bound, incumbent }) => {
        const found = `bound ${bound.toFixed(4)} $/h, best ${incumbent.toFixed(4)} $/h`;
        const detail = `node ${nodes}, round ${rounds}, ${found}`;
        options.onProgress({ stage: 'search', detail });
        await nextTurn();
      },
    },
  );
  const squaredVoltage = new Float64Array(theCase.buses.id.length).fill(1);
  const leaves = outer.leaves.map((leaf): SearchNode<ImportBox, MarketProof> => {
    const prices = leaf.prices && pricesByJunction(network, headBus, leaf.prices, squaredVoltage);
    return {
      box: restrictions(outer, leaf.box),
      bound: leaf.bound,
      proof: prices && { prices, parts: undefined },
    };
  });
  const search: SearchResult<ImportBox, MarketProof, MarketPoint> = {
    status: outer.status === 'open' ? 'exhausted' : outer.status,
    incumbent: best,
    bound: outer.bound,
    nodes: outer.nodes,
    leaves,
  };
  return {
    search,
    point: best?.point ?? finder.nearest,
    market: networkMarket.program.market,
    reason: reasonOf(outer),
  };
}

function reasonOf({ status, unresolved }: OuterResult): string {
  if (status === 'proven' || status === 'infeasible') return '';
  if (status === 'stopped') return 'stopped by a limit before the gap closed';
  return unresolved ?? 'the relaxation of the power flow is not tight here';
}

/** Lets timers and signals be served. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
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
