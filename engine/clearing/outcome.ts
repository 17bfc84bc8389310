/** Puts an outcome together: dispatch, state of the network by the exact power flow, and the proof. */

import type { SearchNode } from '../bnb/search.js';
import { createPowerFlow, type PowerFlow } from '../network/powerFlow.js';
import { type FlowBox, FREE_FLOWS } from '../program/flowBox.js';
import type { FlowPrices } from '../program/flowPrices.js';
import type { ImportBox } from '../program/importModels.js';
import type { NetworkPrices } from '../program/lagrangian.js';
import { communityResult, type Dispatch } from './dispatch.js';
import type { MarketProof, ProofOfParts } from './marketProblem.js';
import type { MarketState } from './marketState.js';
import type { NetworkClearing } from './networkClearing.js';
import { branchResult, busVoltages } from './networkResult.js';
import type { MarketPoint } from './outcomeFinder.js';
import type { Outcome, ProofFlows, ProofLeaf, ProofPart } from './result.js';

/**
 * Undefined where the exact power flow has no solution.
 *
 * @param dispatch at the point's prices
 */
export function networkOutcome(
  state: MarketState,
  clearing: NetworkClearing,
  point: MarketPoint,
  dispatch: Dispatch,
): Outcome | undefined {
  const { network } = state;
  const reactive = reactiveByCommunity(state, clearing, point.freeReactive);
  const busPrice = Float64Array.from(
    network.busJunction,
    (junction) => point.prices.active[junction] / (network.baseKva * (1 + point.prices.revenue)),
  );
  const proof = clearing.search.leaves.flatMap((leaf) => proofLeaf(state, leaf));
  return assemble(state, dispatch, point.price, reactive, busPrice, point.largestConeSlack, proof);
}

/** Undefined where the exact power flow has no solution. */
export function baselineOutcome(
  state: MarketState,
  price: Float64Array,
  dispatch: Dispatch,
): Outcome | undefined {
  const { qMinKvar, qMaxKvar } = state.theCase.communities;
  const reactive = state.reactiveDemand.map(
    (demand, m) => demand + Math.min(Math.max(0, qMinKvar[m]), qMaxKvar[m]),
  );
  const busPrice = new Float64Array(state.network.busJunction.length).fill(Number.NaN);
  return assemble(state, dispatch, price, reactive, busPrice, Number.NaN, []);
}

function assemble(
  state: MarketState,
  dispatch: Dispatch,
  price: Float64Array,
  reactiveKvar: Float64Array,
  busPrice: Float64Array,
  largestConeSlack: number,
  proof: readonly ProofLeaf[],
): Outcome | undefined {
  const { network, theCase } = state;
  const flow = createPowerFlow(network);
  if (solveFlow(state, flow, dispatch.netImport, reactiveKvar) === 'diverged') return undefined;
  const marginalPrice = Float64Array.from(theCase.communities.bus, (bus) => busPrice[bus]);
  return {
    communities: communityResult(state, dispatch, price, reactiveKvar, marginalPrice),
    prosumers: dispatch.prosumers,
    buses: { voltagePu: busVoltages(network, flow), marginalPrice: busPrice },
    branches: branchResult(theCase, network, flow, dispatch.netImport, reactiveKvar),
    gridImportKw: flow.rootActive * network.baseKva,
    largestConeSlack,
    revenueAdequacy: state.revenueAdequacy,
    proof,
  };
}

function solveFlow(
  state: MarketState,
  flow: PowerFlow,
  importKw: Float64Array,
  reactiveKvar: Float64Array,
): ReturnType<PowerFlow['solve']> {
  const { network, junction } = state;
  const active = new Float64Array(network.junctionCount);
  const reactive = new Float64Array(network.junctionCount);
  junction.forEach((j, m) => {
    active[j] += importKw[m] / network.baseKva;
    reactive[j] += reactiveKvar[m] / network.baseKva;
  });
  return flow.solve(active, reactive);
}

/**
 * Total reactive consumption of each community, kvar. What is free at a junction is shared by its
 * communities in proportion to their ranges.
 */
function reactiveByCommunity(
  state: MarketState,
  clearing: NetworkClearing,
  freeReactive: Float64Array,
): Float64Array {
  const { qMinKvar, qMaxKvar } = state.theCase.communities;
  const { reactiveMin, reactiveMax } = clearing.market;
  return state.reactiveDemand.map((demand, m) => {
    const j = state.junction[m];
    const range = reactiveMax[j] - reactiveMin[j];
    const free = Math.min(Math.max(freeReactive[j], reactiveMin[j]), reactiveMax[j]);
    const share = range > 0 ? (free - reactiveMin[j]) / range : 0;
    return demand + qMinKvar[m] + share * (qMaxKvar[m] - qMinKvar[m]);
  });
}

/** A leaf and the leaves of its parts; none for a node that nothing was proved about. */
function proofLeaf(state: MarketState, leaf: SearchNode<ImportBox, MarketProof>): ProofLeaf[] {
  const { proof, box, bound } = leaf;
  if (proof === undefined) return [];
  const kind = bound === Number.POSITIVE_INFINITY && !proof.parts ? 'infeasible' : 'bound';
  const own = boxAndPrices(state, kind, box, proof.prices);
  return [{ ...own, parts: proof.parts === undefined ? [] : proofParts(state, proof.parts) }];
}

function proofParts(state: MarketState, { separation, leaves }: ProofOfParts): ProofPart[] {
  const { network, theCase } = state;
  return leaves.map((ofPart, part) => {
    const e = separation.headBranch[part];
    const row = network.branchRow[e];
    const ends = [theCase.branches.from[row], theCase.branches.to[row]] as const;
    const [head, sender] =
      network.busJunction[ends[0]] === e + 1 ? ends : ([ends[1], ends[0]] as const);
    return {
      bus: head,
      senderVoltagePrice: separation.senderCoefficient[part] / network.busFactor[sender],
      leaves: ofPart.map(({ box, proof, kind }) =>
        boxAndPrices(state, kind === 'excluded' ? 'infeasible' : 'bound', box, proof),
      ),
    };
  });
}

/** The branches whose flows a leaf restricts or prices, by the buses that they feed. */
function proofFlows(state: MarketState, box: FlowBox, { flows }: NetworkPrices): ProofFlows {
  const { baseKva, branchRow, busJunction } = state.network;
  const { from, to } = state.theCase.branches;
  const priced = Array.from(branchRow.keys()).filter((e) => isPriced(flows, e));
  const branches = [...new Set([...box.branch, ...priced])];
  const limits = (values: readonly number[], open: number): Float64Array =>
    Float64Array.from(branches, (e) => {
      const place = box.branch.indexOf(e);
      return place < 0 ? open : (values[place] ?? open) * baseKva;
    });
  const prices = (values: Float64Array | undefined, unit: number): Float64Array =>
    Float64Array.from(branches, (e) => (values?.[e] ?? 0) / unit);
  return {
    bus: Int32Array.from(branches, (e) => {
      const row = branchRow[e];
      return busJunction[from[row]] === e + 1 ? from[row] : to[row];
    }),
    minKw: limits(box.minActive, Number.NEGATIVE_INFINITY),
    maxKw: limits(box.maxActive, Number.POSITIVE_INFINITY),
    minKvar: limits(box.minReactive, Number.NEGATIVE_INFINITY),
    maxKvar: limits(box.maxReactive, Number.POSITIVE_INFINITY),
    minKwPrice: prices(flows?.minActive, baseKva),
    maxKwPrice: prices(flows?.maxActive, baseKva),
    minKvarPrice: prices(flows?.minReactive, baseKva),
    maxKvarPrice: prices(flows?.maxReactive, baseKva),
    lowVoltageCutPrice: prices(flows?.lowCut, 1),
    highVoltageCutPrice: prices(flows?.highCut, 1),
  };
}

function isPriced(flows: FlowPrices | undefined, e: number): boolean {
  if (flows === undefined) return false;
  const { minActive, maxActive, minReactive, maxReactive, lowCut, highCut } = flows;
  return [minActive, maxActive, minReactive, maxReactive, lowCut, highCut].some(
    (price) => price[e] > 0,
  );
}

/** A leaf's box in kW, open where it ends with the community's range, and its prices by bus. */
function boxAndPrices(
  state: MarketState,
  kind: ProofLeaf['kind'],
  box: ImportBox,
  prices: NetworkPrices,
): ProofLeaf {
  const { baseKva, busJunction } = state.network;
  const byBus = (values: (junction: number) => number): Float64Array =>
    Float64Array.from(busJunction, values);
  return {
    kind,
    community: Int32Array.from(box.community),
    importMinKw: Float64Array.from(box.low, (low, k) => {
      const community = box.community[k] as number;
      return low > state.importMin[community] ? low : Number.NEGATIVE_INFINITY;
    }),
    importMaxKw: Float64Array.from(box.high, (high, k) => {
      const community = box.community[k] as number;
      return high < state.importMax[community] ? high : Number.POSITIVE_INFINITY;
    }),
    activePrice: byBus((junction) => prices.active[junction] / baseKva),
    reactivePrice: byBus((junction) => prices.reactive[junction] / baseKva),
    voltagePrice: byBus((junction) => (junction === 0 ? 0 : prices.voltageDrop[junction - 1])),
    revenuePrice: prices.revenue,
    flows: proofFlows(state, box.flows ?? FREE_FLOWS, prices),
    parts: [],
  };
}
