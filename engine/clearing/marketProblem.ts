/**
 * The clearing of the wide-area market as a search (MODEL.md sections 4 and 5): a node is a box of
 * imports, its relaxation the network program over convex envelopes, its candidate the market outcome that
 * the relaxed imports lead to, evaluated by the exact power flow. Where a community's cost lies above its
 * envelope, the box is split at a kink under the bitangent.
 */
import type { NodeOutcome, SearchProblem } from '../bnb/search.js';
import { arcAt, type CostCurves, curveValueAt } from '../market/costCurve.js';
import { importAt, isVerticalAt } from '../market/responseFunction.js';
import { createPowerFlow, type PowerFlow } from '../network/powerFlow.js';
import type { NetworkPrices } from '../program/lagrangian.js';
import type { MarketOnNetwork } from '../program/networkProgram.js';
import {
  type ImportBox,
  type MarketRelaxation,
  type RelaxedPoint,
  WHOLE_RANGE,
} from '../program/relaxation.js';
import { largestViolation } from './limits.js';
import { type MarketState, priceFor } from './marketState.js';

/** A market outcome: prices, the imports that answer them, and the free reactive amounts. */
export interface MarketPoint {
  /** By community: $/kWh and kW. */
  readonly price: Float64Array;
  readonly netImport: Float64Array;
  /** By junction, pu. */
  readonly freeReactive: Float64Array;
  /** Marginal prices by junction, $/h per pu. */
  readonly prices: NetworkPrices;
  readonly largestConeSlack: number;
  /** Largest violation of a limit in the exact power flow, in units of its tolerance. */
  readonly violation: number;
}

export class MarketProblem implements SearchProblem<ImportBox, NetworkPrices, MarketPoint> {
  readonly root = WHOLE_RANGE;
  /** The outcome that came nearest to the limits, where none keeps them. */
  nearest: MarketPoint | undefined;
  /** Why a node was left unresolved, if one was. */
  unresolved: string | undefined;

  private readonly powerFlow: PowerFlow;
  private readonly activeLoad: Float64Array;
  private readonly reactiveLoad: Float64Array;

  constructor(
    private readonly state: MarketState,
    private readonly market: MarketOnNetwork,
    private readonly relaxation: MarketRelaxation,
  ) {
    this.powerFlow = createPowerFlow(state.network);
    this.activeLoad = new Float64Array(state.network.junctionCount);
    this.reactiveLoad = new Float64Array(state.network.junctionCount);
  }

  relax(box: ImportBox): NodeOutcome<ImportBox, NetworkPrices, MarketPoint> {
    const outcome = this.relaxation.solve(box);
    if (outcome.status === 'infeasible') return { status: 'infeasible', proof: outcome.prices };
    if (outcome.status === 'unresolved') {
      this.unresolved = outcome.reason;
      return { status: 'unresolved' };
    }
    const { point } = outcome;
    return {
      status: 'bounded',
      bound: point.bound,
      proof: point.prices,
      candidate: this.candidate(point),
      children: this.split(box, point.netImport),
    };
  }

  inherit(box: ImportBox, proof: NetworkPrices): number {
    return this.relaxation.boundIn(box, proof);
  }

  /** The outcome that the relaxed imports lead to, if it keeps the limits of the network. */
  private candidate(
    relaxed: RelaxedPoint,
  ): { readonly objective: number; readonly point: MarketPoint } | undefined {
    const { state } = this;
    const { baseKva } = state.network;
    const price = relaxed.netImport.map((netImport, m) => {
      const marginal = relaxed.prices.active[state.junction[m]] / baseKva;
      return priceFor(state, m, netImport, marginal);
    });
    const netImport = price.map((value, m) => this.answeredImport(m, value, relaxed.netImport[m]));
    this.activeLoad.fill(0);
    for (let m = 0; m < price.length; m += 1) {
      this.activeLoad[state.junction[m]] += netImport[m] / baseKva;
    }
    for (let j = 0; j < this.reactiveLoad.length; j += 1) {
      this.reactiveLoad[j] = this.market.reactiveDemand[j] + relaxed.freeReactive[j];
    }
    const flow = this.powerFlow.solve(this.activeLoad, this.reactiveLoad);
    const violation =
      flow === 'converged'
        ? largestViolation(state.network, this.powerFlow, this.market.gridLimit)
        : Number.POSITIVE_INFINITY;
    const point: MarketPoint = {
      price,
      netImport,
      freeReactive: relaxed.freeReactive,
      prices: relaxed.prices,
      largestConeSlack: relaxed.largestConeSlack,
      violation,
    };
    if (violation < (this.nearest?.violation ?? Number.POSITIVE_INFINITY)) this.nearest = point;
    if (violation > 1) return undefined;
    return { objective: this.objective(netImport), point };
  }

  /** Φ_m(λ); on a vertical stretch (`social` with c = 0) the relaxed import itself. */
  private answeredImport(community: number, price: number, relaxedImport: number): number {
    const { responses } = this.state;
    const answered = importAt(responses, community, price);
    const open = isVerticalAt(responses, community, price);
    return open ? Math.min(relaxedImport, answered) : answered;
  }

  /** Σ f_m(X_m) + G(P_0) with P_0 of the exact power flow, $/h. */
  private objective(netImport: Float64Array): number {
    const { gridBuy, gridSell } = this.market;
    const exchange = this.powerFlow.rootActive;
    let objective = exchange > 0 ? gridBuy * exchange : gridSell * exchange;
    for (let m = 0; m < netImport.length; m += 1) {
      objective += curveValueAt(this.relaxation.curves, m, netImport[m]);
    }
    return objective;
  }

  /** Boxes on both sides of a kink under the widest gap between cost and envelope; none without a gap. */
  private split(box: ImportBox, netImport: Float64Array): ImportBox[] {
    const { curves, envelopes } = this.relaxation;
    let widest = 0;
    let community = -1;
    let kink = 0;
    for (let m = 0; m < netImport.length; m += 1) {
      const gap = curveValueAt(curves, m, netImport[m]) - curveValueAt(envelopes, m, netImport[m]);
      if (gap <= widest) continue;
      const nearest = kinkUnderBitangent(curves, envelopes, m, netImport[m]);
      if (Number.isNaN(nearest)) continue;
      widest = gap;
      community = m;
      kink = nearest;
    }
    if (community < 0) return [];
    const start = envelopes.start[community];
    const low = envelopes.knot[start];
    const high = envelopes.knot[start + envelopes.arcCount[community]];
    return [restrict(box, community, low, kink), restrict(box, community, kink, high)];
  }
}

/** The kink of the curve nearest to X strictly inside the envelope's arc around X; NaN without one. */
function kinkUnderBitangent(
  curves: CostCurves,
  envelopes: CostCurves,
  community: number,
  netImport: number,
): number {
  const arc = arcAt(envelopes, community, netImport);
  if (arc < 0) return Number.NaN;
  const left = envelopes.knot[arc];
  const right = envelopes.knot[arc + 1];
  const below = arcAt(curves, community, netImport);
  const end = curves.start[community] + curves.arcCount[community];
  let nearest = Number.NaN;
  for (const knot of [below, Math.min(below + 1, end)]) {
    const kink = curves.knot[knot];
    if (!(kink > left && kink < right)) continue;
    if (!(Math.abs(kink - netImport) >= Math.abs(nearest - netImport))) nearest = kink;
  }
  return nearest;
}

function restrict(box: ImportBox, community: number, low: number, high: number): ImportBox {
  const place = box.community.indexOf(community);
  if (place < 0) {
    return {
      community: [...box.community, community],
      low: [...box.low, low],
      high: [...box.high, high],
    };
  }
  return {
    community: box.community,
    low: box.low.with(place, low),
    high: box.high.with(place, high),
  };
}
