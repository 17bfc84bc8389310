/**
 * Outcomes of a market by direct means, and what a Lagrangian makes of them: what any bound has to stay
 * below.
 */
import type { RandomSource } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { traceTree } from '../../engine/case/topology.js';
import { priceCaps } from '../../engine/certify/allowedPrices.js';
import { boxOf } from '../../engine/certify/box.js';
import { CommunityTerms } from '../../engine/certify/communityTerms.js';
import { createFeeder } from '../../engine/certify/feeder.js';
import { phasorPowerFlow } from '../../engine/certify/powerFlow.js';
import { RangeFinder, type Ranges } from '../../engine/certify/ranges.js';
import type { ProofLeaf } from '../../engine/clearing/result.js';
import { equilibriumAt, kappaOf, membersOf, unitsOf } from '../fixtures/directMarket.js';
import { communityOfProsumers } from '../fixtures/prosumers.js';

/** An outcome of `welfare` whose exact power flow keeps every limit. */
export interface SampledOutcome {
  readonly importKw: Float64Array;
  readonly voltagePu: Float64Array;
  /** By bus: what arrives over the branch that feeds it. */
  readonly arrivingKw: Float64Array;
  readonly arrivingKvar: Float64Array;
  /** Σ C_i, G, and Σ λ X, $/h. */
  readonly cost: number;
  readonly gridCost: number;
  readonly revenue: number;
}

/** The lowest and highest price to post to a community that is bound to revenue adequacy. */
export function postablePrices(theCase: Case, community: number): readonly [number, number] {
  const { priceMin, priceMax } = theCase.communities;
  const { gridBuy, gridSell } = theCase.settings;
  const moving = movingPrices(theCase, community);
  const low = Math.min(gridSell, ...moving);
  const high = Math.max(gridBuy, ...moving);
  return [
    Number.isFinite(priceMin[community]) ? priceMin[community] : Math.min(low, priceMax[community]),
    Number.isFinite(priceMax[community])
      ? priceMax[community]
      : Math.max(high, priceMin[community]),
  ];
}

/**
 * Prices of the prosumers' first and last move: all units at one bound, one of those that can move leaves
 * it.
 */
function movingPrices(theCase: Case, community: number): number[] {
  const kappa = kappaOf(theCase, community, 'welfare');
  return membersOf(theCase, community).flatMap((i) => {
    const units = unitsOf(theCase, i);
    const moving = units.filter(({ low, high }) => high > low);
    const demand = theCase.prosumers.demandKw[i];
    return (['low', 'high'] as const).flatMap((end) => {
      const output = units.reduce((sum, unit) => sum + unit[end], 0);
      const costs = moving.map((unit) => unit.linear + unit.quadratic * unit[end]);
      const first = end === 'low' ? Math.min(...costs) : Math.max(...costs);
      return moving.length === 0 ? [] : [first + kappa * (output - demand)];
    });
  });
}

/** Outcomes at random prices, every community drawn towards one end or the other. */
export function sampleOutcomes(
  theCase: Case,
  random: RandomSource,
  count: number,
): SampledOutcome[] {
  const { communities } = theCase;
  const ranges = communities.id.map((_, m) => postablePrices(theCase, m));
  const outcomes: SampledOutcome[] = [];
  for (let sample = 0; sample < count; sample += 1) {
    const lean = random.next();
    const price = Float64Array.from(ranges, ([low, high]) => {
      const share = random.next() < 0.1 ? random.integer(0, 2) : 0.5 * (lean + random.next());
      return low + share * (high - low);
    });
    const outcome = outcomeAt(theCase, price, random);
    if (outcome !== undefined) outcomes.push(outcome);
  }
  return outcomes;
}

function outcomeAt(
  theCase: Case,
  price: Float64Array,
  random: RandomSource,
): SampledOutcome | undefined {
  const { settings, buses, branches, communities, prosumers } = theCase;
  const activeKw = new Float64Array(buses.id.length);
  const reactiveKvar = new Float64Array(buses.id.length);
  const importKw = new Float64Array(price.length);
  let cost = 0;
  let revenue = 0;
  communities.bus.forEach((bus, m) => {
    const answer = equilibriumAt(theCase, m, kappaOf(theCase, m, 'welfare'), price[m]);
    importKw[m] = answer.netImport;
    activeKw[bus] += answer.netImport;
    reactiveKvar[bus] += random.between(communities.qMinKvar[m], communities.qMaxKvar[m]);
    cost += answer.cost;
    revenue += price[m] * answer.netImport;
  });
  communityOfProsumers(theCase).forEach((m, i) => {
    reactiveKvar[communities.bus[m]] += prosumers.demandKvar[i];
  });
  const flow = phasorPowerFlow(theCase, activeKw, reactiveKvar);
  if (flow.status !== 'converged' || Math.abs(flow.gridImportKw) > settings.gridLimitKw) return;
  const trace = traceTree(buses.id.length, branches, settings.rootBus);
  if (trace.status !== 'tree') throw new Error('a case is a tree');
  const arrivingKw = new Float64Array(buses.id.length);
  const arrivingKvar = new Float64Array(buses.id.length);
  for (const bus of trace.order.subarray(1)) {
    const row = trace.parentBranch[bus];
    const voltage = flow.voltagePu[bus];
    if (voltage < buses.vMinPu[bus] || voltage > buses.vMaxPu[bus]) return undefined;
    if (flow.currentA[row] > branches.iMaxA[row]) return undefined;
    arrivingKw[bus] = flow.pKw[row] - flow.branchLossesKw[row];
    arrivingKvar[bus] = flow.qKvar[row] - (3 * branches.xOhm[row] * flow.currentA[row] ** 2) / 1000;
  }
  const tariff = flow.gridImportKw > 0 ? settings.gridBuy : settings.gridSell;
  return {
    importKw,
    voltagePu: flow.voltagePu,
    arrivingKw,
    arrivingKvar,
    cost,
    gridCost: tariff * flow.gridImportKw,
    revenue,
  };
}

export function isInBox(leaf: ProofLeaf, outcome: SampledOutcome): boolean {
  const { bus, minKw, maxKw, minKvar, maxKvar } = leaf.flows;
  const isWithin = (value: number, low: number, high: number): boolean =>
    value >= low && value <= high;
  return (
    leaf.community.every((m, k) =>
      isWithin(outcome.importKw[m], leaf.importMinKw[k], leaf.importMaxKw[k]),
    ) &&
    bus.every(
      (to, k) =>
        isWithin(outcome.arrivingKw[to], minKw[k], maxKw[k]) &&
        isWithin(outcome.arrivingKvar[to], minKvar[k], maxKvar[k]),
    )
  );
}

/**
 * Costs and the rows that the leaf gives a multiplier, at an outcome of its box: at most the outcome's cost
 * where it keeps them. Balances hold.
 *
 * @param ranges those of the leaf's box, for which cuts are written
 */
export function lagrangianAt(
  theCase: Case,
  leaf: ProofLeaf,
  outcome: SampledOutcome,
  ranges: Ranges,
): number {
  const base = theCase.settings.baseKva;
  const costs = leaf.kind === 'bound' ? outcome.cost + outcome.gridCost : 0;
  let value = costs + leaf.revenuePrice * (outcome.gridCost - outcome.revenue);
  const { flows } = leaf;
  flows.bus.forEach((bus, k) => {
    const active = outcome.arrivingKw[bus] / base;
    const reactive = outcome.arrivingKvar[bus] / base;
    const voltage = outcome.voltagePu[bus] ** 2;
    const current = (active ** 2 + reactive ** 2) / voltage;
    const [a, b] = [ranges.active.low[bus], ranges.active.high[bus]];
    const [c, d] = [ranges.reactive.low[bus], ranges.reactive.high[bus]];
    const [least, most] = [ranges.current.low[bus], ranges.current.high[bus]];
    const [low, high] = [ranges.voltage.low[bus], ranges.voltage.high[bus]];
    const secants = (a + b) * active - a * b + (c + d) * reactive - c * d;
    value += base * flows.minKwPrice[k] * (a - active);
    value += base * flows.maxKwPrice[k] * (active - b);
    value += base * flows.minKvarPrice[k] * (c - reactive);
    value += base * flows.maxKvarPrice[k] * (reactive - d);
    value +=
      flows.lowVoltageCutPrice[k] * (current * low + least * voltage - least * low - secants);
    value +=
      flows.highVoltageCutPrice[k] * (current * high + most * voltage - most * high - secants);
  });
  return value;
}

/** Ranges of flows, currents and voltages in the box of a leaf of `welfare`. */
export function rangesOf(theCase: Case, leaf: ProofLeaf): RangeFinder {
  const kappa = Float64Array.from(theCase.communities.id, (_, m) => kappaOf(theCase, m, 'welfare'));
  const { imports } = new CommunityTerms(theCase, 'welfare', kappa, priceCaps(theCase, 'welfare'));
  const finder = new RangeFinder(theCase, createFeeder(theCase), imports);
  finder.load(boxOf(leaf));
  return finder;
}
