/**
 * What a net import costs one community, as a chain of convex arcs (docs/model.md sections 2 and 5), built
 * from its prosumers' own supplies and from nothing else: no response function enters.
 *
 * Prosumer i answers price λ along stretches on which its purchase is x_i = x_i⁰ − s_i (λ − λ_ref). With A
 * the stretches open at a price, and
 *
 *     S = Σ_A s_i,   T = Σ_A s_i x_i,   V = Σ_A s_i²
 *
 * the community's import, cost and potential move with the price by
 *
 *     dX = −S dλ,   F'(X) = −(λ + κ T / S),   F''(X) = (1 − κ V / S) / S,   W'(X) = −λ,   W''(X) = 1 / S
 *
 * F' and W' are linear in λ between events, so that cost and potential follow by the trapezoidal rule without
 * error. Where κ = 0 and c = 0 an output jumps at one price: an arc of curvature 0.
 */
import { CompensatedSum } from '../base/compensated.js';
import { sortedOrder } from '../base/order.js';
import type { Case } from '../case/case.js';
import { type OutputRange, Supply } from '../certify/supply.js';

/** `cost` is F, `potential` is W. */
export type CurveKind = 'cost' | 'potential';

/**
 * Arcs by ascending import. On arc k, with τ = X − knot_k between 0 and its width (kW, $/h, $/kWh),
 *
 *     f = value_k + slope_k τ + ½ curvature_k τ²,   λ = price_k − priceRate_k τ
 */
export interface CommunityCurve {
  readonly arcCount: number;
  /** One more than arcs; a community that cannot move has one knot and no arc. */
  readonly knot: Float64Array;
  /** At each knot, the last included. */
  readonly value: Float64Array;
  readonly slope: Float64Array;
  readonly curvature: Float64Array;
  readonly price: Float64Array;
  readonly priceRate: Float64Array;
  /** Prices that the community may be asked: at its ends the price runs up to these; ±Infinity without. */
  readonly priceFloor: number;
  readonly priceCeiling: number;
}

/** How a community is asked: κ_m of the mode, $/kWh per kW, and the prices that may be asked. */
export interface MarketTerms {
  readonly kind: CurveKind;
  readonly kappa: number;
  readonly priceFloor: number;
  readonly priceCeiling: number;
}

export function createCommunityCurve(
  theCase: Case,
  community: number,
  terms: MarketTerms,
): CommunityCurve {
  const { prosumerStart } = theCase.communities;
  const supply = new Supply(theCase);
  const stretches = new StretchList(terms.kappa);
  const netImport = new CompensatedSum();
  const value = new CompensatedSum();
  for (let i = prosumerStart[community]; i < prosumerStart[community + 1]; i += 1) {
    supply.load(i);
    const demand = theCase.prosumers.demandKw[i];
    const least = stretches.add(supply, demand);
    const purchase = demand - least;
    netImport.add(purchase);
    value.add(supply.costOf(least));
    if (terms.kind === 'potential') value.add(0.5 * terms.kappa * purchase * purchase);
  }
  return sweep(stretches, terms, new ArcChain(netImport, value));
}

/**
 * From the price `from` on an output rises at the rate s_i until `to`; at a jump (from = to) by `rate` kW.
 */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly rate: number;
  /** x_i⁰: the purchase at the reference price, were the stretch continued to it, kW. */
  readonly purchase: number;
}

/**
 * An arc of less than this share of the whole range is rounding between prices that are the same: left out,
 * it moves no import by more than the sum of so many.
 */
const SLIVER_SHARE = 1e-13;

class StretchList {
  readonly stretches: Stretch[] = [];
  /** λ_ref: a price of the community's own size, against cancellation. */
  reference = Number.NaN;
  /** By how much all outputs can rise, kW: the whole range of the import. */
  totalRise = 0;
  private readonly range: OutputRange = { low: 0, high: 0 };

  constructor(private readonly kappa: number) {}

  /** Adds the prosumer that `supply` holds, and returns its least output, kW. */
  add(supply: Supply, demand: number): number {
    const { range } = this;
    supply.outputAt(Number.NEGATIVE_INFINITY, range);
    const least = range.low;
    let output = least;
    let marginalCost = Number.NaN;
    for (const bound of supply.bounds()) {
      if (bound === marginalCost) continue;
      supply.outputAt(bound, range);
      const { low, high } = range;
      // Below the first bound nothing moves: a difference there is rounding.
      if (!Number.isNaN(marginalCost)) this.push(marginalCost, output, bound, low, demand);
      this.push(bound, low, bound, high, demand);
      marginalCost = bound;
      output = high;
    }
    return least;
  }

  /** From output p_a at marginal cost μ_a to p_b at μ_b; the market sees λ = μ + κ (p − D). */
  private push(
    costFrom: number,
    outputFrom: number,
    costTo: number,
    outputTo: number,
    demand: number,
  ): void {
    const rise = outputTo - outputFrom;
    if (!(rise > 0)) return;
    const from = costFrom + this.kappa * (outputFrom - demand);
    const to = costTo + this.kappa * (outputTo - demand);
    if (Number.isNaN(this.reference)) this.reference = from;
    this.totalRise += rise;
    const isJump = !(to > from);
    const rate = isJump ? rise : rise / (to - from);
    const purchase = isJump ? 0 : demand - outputFrom + rate * (from - this.reference);
    this.stretches.push({ from, to: isJump ? from : to, rate, purchase });
  }
}

/** Walks up the prices: stretches open and close, and between two events the import falls along an arc. */
function sweep(
  { stretches, reference, totalRise }: StretchList,
  terms: MarketTerms,
  chain: ArcChain,
): CommunityCurve {
  const { kind, kappa, priceFloor, priceCeiling } = terms;
  const price = Float64Array.from([
    ...stretches.map(({ from }) => from),
    ...stretches.map(({ to }) => to),
  ]);
  const order = new Int32Array(price.length);
  sortedOrder(price, price.length, order, new Int32Array(price.length));
  const rate = new CompensatedSum();
  const moment = new CompensatedSum();
  const squares = new CompensatedSum();
  let openCount = 0;

  const slopeAt = (at: number): number => {
    if (kind === 'potential') return -at;
    const moved = moment.value - squares.value * (at - reference);
    return -(at + (kappa * moved) / rate.value);
  };
  const sliver = SLIVER_SHARE * totalRise;
  const descend = (from: number, to: number, isKept: boolean): void => {
    if (!(rate.value * (to - from) > sliver)) return;
    const spread = 1 / rate.value;
    const curvature = kind === 'potential' ? spread : spread * (1 - kappa * squares.value * spread);
    const arc = { slope: slopeAt(to), curvature, price: to, priceRate: spread };
    chain.descend(rate.value * (to - from), slopeAt(from), arc, isKept);
  };

  let present = Number.NEGATIVE_INFINITY;
  for (const event of order) {
    const at = price[event];
    if (openCount > 0) {
      descend(present, Math.min(at, priceFloor), false);
      descend(Math.max(present, priceFloor), Math.min(at, priceCeiling), true);
    }
    if (at > priceCeiling) break;
    present = at;
    const opens = event < stretches.length;
    const stretch = stretches[opens ? event : event - stretches.length] as Stretch;
    if (stretch.from === stretch.to) {
      const arc = { slope: -at, curvature: 0, price: at, priceRate: 0 };
      if (opens) chain.descend(stretch.rate, -at, arc, at >= priceFloor);
      continue;
    }
    const sign = opens ? 1 : -1;
    openCount += sign;
    rate.add(sign * stretch.rate);
    moment.add(sign * stretch.rate * stretch.purchase);
    squares.add(sign * stretch.rate * stretch.rate);
  }
  return chain.curve(terms);
}

/** An arc as its left end sees it. */
interface Arc {
  readonly slope: number;
  readonly curvature: number;
  readonly price: number;
  readonly priceRate: number;
}

/** Arcs from the largest import downwards, turned round at the end. */
class ArcChain {
  private readonly arcs: Arc[] = [];
  /** From the right end of the first arc kept. */
  private readonly imports: number[];
  private readonly values: number[];

  constructor(
    private readonly netImport: CompensatedSum,
    private readonly value: CompensatedSum,
  ) {
    this.imports = [netImport.value];
    this.values = [value.value];
  }

  /** @param isKept false moves the right end of the curve itself: the arc lies above the cap */
  descend(width: number, slopeAtRight: number, arc: Arc, isKept: boolean): void {
    this.netImport.add(-width);
    this.value.add(-0.5 * (slopeAtRight + arc.slope) * width);
    if (isKept) this.arcs.push(arc);
    else this.imports.length = this.values.length = 0;
    this.imports.push(this.netImport.value);
    this.values.push(this.value.value);
  }

  curve({ priceFloor, priceCeiling }: MarketTerms): CommunityCurve {
    const { arcs } = this;
    arcs.reverse();
    return {
      arcCount: arcs.length,
      knot: Float64Array.from(this.imports.reverse()),
      value: Float64Array.from(this.values.reverse()),
      slope: Float64Array.from(arcs, ({ slope }) => slope),
      // A prosumer alone has κ s ≤ 1: below 0 there is rounding only.
      curvature: Float64Array.from(arcs, ({ curvature }) => Math.max(curvature, 0)),
      price: Float64Array.from(arcs, ({ price }) => price),
      priceRate: Float64Array.from(arcs, ({ priceRate }) => priceRate),
      priceFloor,
      priceCeiling,
    };
  }
}
