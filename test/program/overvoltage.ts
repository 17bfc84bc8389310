/**
 * Markets whose upper voltage limits bind while export is worth little, so that the relaxation is often not
 * tight, and samples of their outcomes by the exact power flow.
 */
import { type RandomSource, seededRandom } from '../../engine/base/random.js';
import { createCase } from '../../engine/case/create.js';
import { largestViolation } from '../../engine/clearing/limits.js';
import { type MarketState, openMarketState } from '../../engine/clearing/marketState.js';
import { type NetworkMarket, openNetworkMarket } from '../../engine/clearing/networkMarket.js';
import { resolveOptions } from '../../engine/clearing/options.js';
import type { Mode } from '../../engine/clearing/result.js';
import { curveValueAt } from '../../engine/market/costCurve.js';
import { createPowerFlow } from '../../engine/network/powerFlow.js';
import { type FlowBox, FREE_FLOWS, restrictFlow } from '../../engine/program/flowBox.js';
import type { FlowRanges } from '../../engine/program/flowRanges.js';
import type { ImportBox } from '../../engine/program/importModels.js';
import { MarketRelaxation } from '../../engine/program/relaxation.js';
import { networkOnly } from '../fixtures/networkOnly.js';
import { randomColumns, variedShape } from '../fixtures/randomMarket.js';

/** Households that sell more than they use, narrow voltage limits above the root, cheap export. */
export function overvoltageMarket(seed: number) {
  const random = seededRandom(seed + 77);
  const shape = variedShape(seed);
  const rootVoltagePu = random.between(0.98, 1.03);
  const columns = randomColumns(seed, {
    ...shape,
    buses: Math.max(3, shape.buses),
    reactiveShare: seed % 2,
    impedance: random.between(0.3, 3),
    settings: {
      ...shape.settings,
      vMinPu: 0.8,
      vMaxPu: rootVoltagePu + random.between(0.002, 0.03),
      rootVoltagePu,
      gridSell: random.between(-0.1, 0.2),
      gridLimitKw: undefined,
    },
  });
  const demandKw = Array.from(columns.prosumers.demandKw, (demand) =>
    random.next() < 0.5 ? (demand ?? 0) - random.between(0, 6) : demand,
  );
  return createCase({ ...columns, prosumers: { ...columns.prosumers, demandKw } });
}

/** A market with its relaxations, without and with flow rows. */
export interface FlowMarket extends NetworkMarket {
  readonly state: MarketState;
  readonly plain: MarketRelaxation;
  readonly relaxation: MarketRelaxation;
}

export async function openFlowMarket(
  theCase: Parameters<typeof openMarketState>[0],
  mode: Mode,
): Promise<FlowMarket> {
  const state = await openMarketState(theCase, resolveOptions(networkOnly(mode)));
  const plain = openNetworkMarket(state);
  const market = openNetworkMarket(state, 'with flows');
  const never = (): boolean => false;
  return {
    ...market,
    state,
    plain: new MarketRelaxation(plain.program, plain.models, never),
    relaxation: new MarketRelaxation(market.program, market.models, never),
  };
}

/** An outcome whose power flow keeps every limit; flows arrive over branches, pu. */
export interface SampledFlow {
  readonly netImport: Float64Array;
  readonly active: Float64Array;
  readonly reactive: Float64Array;
  readonly current: Float64Array;
  readonly voltage: Float64Array;
  /** $/h. */
  readonly objective: number;
}

/** Outcomes at random imports: drawn towards one end of their ranges, or near given ones. */
export function sampleFlows(
  { state, program, models }: FlowMarket,
  random: RandomSource,
  count: number,
  near?: Float64Array,
): SampledFlow[] {
  const { network, junction, importMin, importMax } = state;
  const { market } = program;
  const flow = createPowerFlow(network);
  const samples: SampledFlow[] = [];
  for (let sample = 0; sample < count; sample += 1) {
    const lean = random.next();
    const spread = 10 ** random.between(-4, -1);
    const netImport = importMin.map((least, m) => {
      const width = importMax[m] - least;
      const drawn =
        near === undefined
          ? least + 0.5 * (lean + random.next()) * width
          : near[m] + spread * random.normal() * width;
      return Math.min(Math.max(drawn, least), importMax[m]);
    });
    const active = new Float64Array(network.junctionCount);
    let objective = 0;
    netImport.forEach((value, m) => {
      active[junction[m]] += value / network.baseKva;
      objective += curveValueAt(models.curves, m, value);
    });
    const reactive = market.reactiveDemand.map(
      (demand, j) => demand + random.between(market.reactiveMin[j], market.reactiveMax[j]),
    );
    if (flow.solve(active, reactive) !== 'converged') continue;
    if (largestViolation(network, flow, market.gridLimit) > 0) continue;
    const exchange = flow.rootActive;
    samples.push({
      netImport,
      active: flow.activeFlow.map((sent, e) => sent - network.r[e] * flow.squaredCurrent[e]),
      reactive: flow.reactiveFlow.map((sent, e) => sent - network.x[e] * flow.squaredCurrent[e]),
      current: Float64Array.from(flow.squaredCurrent),
      voltage: Float64Array.from(flow.squaredVoltage),
      objective: objective + (exchange > 0 ? market.gridBuy : market.gridSell) * exchange,
    });
  }
  return samples;
}

/** A box around an outcome: some flows and imports kept near it, on one side or both. */
export function boxAround(
  { state }: FlowMarket,
  { netImport, active, reactive }: SampledFlow,
  random: RandomSource,
): ImportBox {
  let flows: FlowBox = FREE_FLOWS;
  for (let e = 0; e < active.length; e += 1) {
    if (random.next() < 0.6) continue;
    const kind = random.next() < 0.7 ? 'active' : 'reactive';
    const at = kind === 'active' ? active[e] : reactive[e];
    const reach = (): number =>
      random.next() < 0.3 ? Number.POSITIVE_INFINITY : 10 ** random.between(-4, -1);
    flows = restrictFlow(flows, e, kind, at - reach(), at + reach());
  }
  const community = Array.from(netImport.keys()).filter(() => random.next() < 0.3);
  const side = (m: number, end: Float64Array): number =>
    netImport[m] + random.next() * (end[m] - netImport[m]);
  return {
    community,
    low: community.map((m) => side(m, state.importMin)),
    high: community.map((m) => side(m, state.importMax)),
    flows,
  };
}

/** Whether an outcome lies in a box; beyond its ends by rounding counts. */
export function isInside({ community, low, high, flows }: ImportBox, at: SampledFlow): boolean {
  const within = (value: number, least: number, most: number): boolean =>
    value >= least - ROUNDING && value <= most + ROUNDING;
  const keepsImports = community.every((m, k) => within(at.netImport[m], low[k], high[k]));
  if (flows === undefined) return keepsImports;
  const { branch, minActive, maxActive, minReactive, maxReactive } = flows;
  return (
    keepsImports &&
    branch.every(
      (e, k) =>
        within(at.active[e], minActive[k], maxActive[k]) &&
        within(at.reactive[e], minReactive[k], maxReactive[k]),
    )
  );
}

/** Sums of a few dozen flows of at most some units. */
const ROUNDING = 1e-12;

/** How far an outcome leaves the ranges, pu. */
export function distanceFrom(ranges: FlowRanges, at: SampledFlow): number {
  let distance = 0;
  const measure = (value: Float64Array, low: Float64Array, high: Float64Array): void => {
    value.forEach((v, k) => {
      distance = Math.max(distance, low[k] - v, v - high[k]);
    });
  };
  measure(at.active, ranges.minActive, ranges.maxActive);
  measure(at.reactive, ranges.minReactive, ranges.maxReactive);
  measure(at.current, ranges.minCurrent, ranges.maxCurrent);
  measure(at.voltage, ranges.minVoltage, ranges.maxVoltage);
  return distance;
}
