/**
 * From a solution of a network program to a market outcome: prices, what communities answer, and the exact
 * power flow of that; and its improvement on the exact equations (docs/model.md section 5).
 */
import { curveValueAt } from '../market/costCurve.js';
import { importAt, isVerticalAt } from '../market/responseFunction.js';
import { createPowerFlow, type PowerFlow } from '../network/powerFlow.js';
import type { ImportModels } from '../program/importModels.js';
import type { NetworkPrices } from '../program/lagrangian.js';
import { type LocalPoint, LocalProgram } from '../program/localProgram.js';
import type { NetworkProgram } from '../program/networkProgram.js';
import { largestViolation } from './limits.js';
import { priceFor, type SearchMarket } from './marketState.js';
import type { NetworkMarket } from './networkMarket.js';
import { RevenueRow } from './revenue.js';

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

/** A market point and its objective, $/h. */
export interface Candidate {
  readonly objective: number;
  readonly point: MarketPoint;
}

/** A violation of limits that is rounding, in units of the tolerance. */
const ROUNDED_VIOLATION = 0.01;

/**
 * What local improvement may leave of it. A violation has a price: an outcome may be cheaper by it than any that
 * keeps the limits, and so than the bound, where that is as good as exact.
 */
export const IMPROVED_VIOLATION = 1e-4;

/**
 * An answer to a marginal price this near the import of the relaxation, relative to the range of imports, is
 * the same answer: at a knot of Φ the conic solver leaves a square root of its tolerance undecided.
 */
const ANSWER_TOLERANCE = 1e-4;

/** A bill that the revenue misses by this share of it (of 1 $/h at least) is covered: what the certificate takes. */
const SHORTFALL_TOLERANCE = 1e-6;

/** Steps of local improvement; 6 to 9 are usual. */
const LOCAL_STEP_LIMIT = 30;

/** A step that gains less, relative to max(1, |objective|), is the last. */
const LOCAL_IMPROVEMENT = 1e-9;

export class OutcomeFinder {
  /** The outcome that came nearest to the limits, where none keeps them. */
  nearest: MarketPoint | undefined;

  private readonly program: NetworkProgram;
  private readonly models: ImportModels;
  private readonly powerFlow: PowerFlow;
  private readonly activeLoad: Float64Array;
  private readonly reactiveLoad: Float64Array;
  /** Where prices must cover the grid's bill. */
  private readonly revenueRow: RevenueRow | undefined;
  private localProgram: LocalProgram | undefined;

  constructor(
    private readonly state: SearchMarket,
    { program, models }: NetworkMarket,
    private readonly shouldStop: () => boolean,
  ) {
    this.program = program;
    this.models = models;
    this.powerFlow = createPowerFlow(state.network);
    this.activeLoad = new Float64Array(state.network.junctionCount);
    this.reactiveLoad = new Float64Array(state.network.junctionCount);
    const { revenues } = models;
    this.revenueRow = revenues && new RevenueRow(state, models, revenues);
  }

  /**
   * The outcome that a solution leads to; undefined where its power flow has no solution. Where the potential
   * is minimised, that is what communities answer to the marginal prices of their buses; where limits bind so
   * that this breaks one by more than rounding, and in `welfare`, the imports themselves decide.
   */
  outcomeOf(source: LocalPoint, largestConeSlack: number): Candidate | undefined {
    if (this.state.mode !== 'welfare') {
      const answered = this.evaluate(source, largestConeSlack, 'prices');
      if (answered !== undefined && answered.point.violation <= ROUNDED_VIOLATION) return answered;
    }
    return this.evaluate(source, largestConeSlack, 'imports');
  }

  /**
   * Steps on the exact equations from the outcome found last (localProgram.ts), as long as they mend limits or
   * lower the cost. Where the relaxation is tight there is nothing to gain.
   */
  improveLocally(start: Candidate): Candidate {
    this.localProgram ??= new LocalProgram(this.program, this.models, this.shouldStop);
    let best = start;
    for (let step = 0; step < LOCAL_STEP_LIMIT && !this.shouldStop(); step += 1) {
      const local = this.localProgram.step(this.powerFlow);
      if (local === undefined) break;
      const next = this.outcomeOf(local, start.point.largestConeSlack);
      if (next === undefined) break;
      const gain = best.objective - next.objective;
      const isBroken = best.point.violation > IMPROVED_VIOLATION;
      const mends = isBroken && next.point.violation < best.point.violation;
      const lowers = next.point.violation <= IMPROVED_VIOLATION && gain > 0;
      if (mends || lowers) best = next;
      const little = LOCAL_IMPROVEMENT * Math.max(1, Math.abs(best.objective));
      if (best.point.violation <= IMPROVED_VIOLATION && !mends && gain <= little) break;
    }
    return best;
  }

  /**
   * The outcome by the exact power flow, whose state is kept; undefined where the power flow has no solution.
   */
  private evaluate(
    source: LocalPoint,
    largestConeSlack: number,
    decidedBy: 'prices' | 'imports',
  ): Candidate | undefined {
    const { state, program } = this;
    const price = this.revenueRow
      ? this.coveringPrices(source, this.revenueRow)
      : this.pricesFor(source, decidedBy);
    const netImport = price.map((value, m) => this.answeredImport(m, value, source.netImport[m]));
    if (!this.flow(netImport, source.freeReactive)) return undefined;
    const ofLimits = largestViolation(state.network, this.powerFlow, program.market.gridLimit);
    const point: MarketPoint = {
      price,
      netImport,
      freeReactive: source.freeReactive,
      prices: source.prices,
      largestConeSlack,
      violation: Math.max(ofLimits, this.shortfall(price, netImport, source.prices.revenue)),
    };
    if (point.violation < (this.nearest?.violation ?? Number.POSITIVE_INFINITY)) {
      this.nearest = point;
    }
    return { objective: this.objective(netImport), point };
  }

  /** Prices that the imports of a solution answer, $/kWh. */
  private pricesFor(
    { netImport, prices }: LocalPoint,
    decidedBy: 'prices' | 'imports',
  ): Float64Array {
    return netImport.map((at, m) => {
      const marginal = this.marginalPrice(prices, m);
      const answered = decidedBy === 'prices' ? this.cappedIfAnswered(m, at, marginal) : Number.NaN;
      return Number.isNaN(answered) ? priceFor(this.state, m, at, marginal) : answered;
    });
  }

  /** Prices near the solution that cover the grid's bill; those of the solution where none are found. */
  private coveringPrices(source: LocalPoint, row: RevenueRow): Float64Array {
    const { freeReactive, prices } = source;
    const billOf = (netImport: Float64Array): number =>
      this.flow(netImport, freeReactive) ? this.gridBill() : Number.NaN;
    const netImport = row.coverBill(source.netImport, prices, billOf, source.line);
    if (netImport === undefined) return this.pricesFor(source, 'imports');
    const marginal = netImport.map((_, m) => this.marginalPrice(prices, m));
    return row.pricesFor(netImport, marginal, billOf(netImport));
  }

  /** What the grid's bill exceeds the revenue by, in units of its tolerance; 0 where it may. */
  private shortfall(price: Float64Array, netImport: Float64Array, revenuePrice: number): number {
    if (this.revenueRow === undefined) return 0;
    const bill = this.gridBill();
    const revenue = price.reduce((sum, value, m) => sum + value * netImport[m], 0);
    // At the price μ a shortfall is worth μ times itself, and must not make an outcome cheaper than the bound.
    return (
      ((1 + revenuePrice) * (bill - revenue)) / (SHORTFALL_TOLERANCE * Math.max(1, Math.abs(bill)))
    );
  }

  /** Of a community's bus, $/kWh, by the tariff: where the bill counts 1 + μ times, so do the solution's prices. */
  private marginalPrice({ active, revenue }: NetworkPrices, community: number): number {
    const { junction, network } = this.state;
    return active[junction[community]] / (network.baseKva * (1 + revenue));
  }

  /** Solves the exact power flow; false where it has no solution. */
  private flow(netImport: Float64Array, freeReactive: Float64Array): boolean {
    const { junction, network } = this.state;
    this.activeLoad.fill(0);
    for (let m = 0; m < netImport.length; m += 1) {
      this.activeLoad[junction[m]] += netImport[m] / network.baseKva;
    }
    for (let j = 0; j < this.reactiveLoad.length; j += 1) {
      this.reactiveLoad[j] = this.program.market.reactiveDemand[j] + freeReactive[j];
    }
    return this.powerFlow.solve(this.activeLoad, this.reactiveLoad) !== 'diverged';
  }

  /** G(P_0) of the power flow solved last, $/h. */
  private gridBill(): number {
    const { gridBuy, gridSell } = this.program.market;
    const exchange = this.powerFlow.rootActive;
    return exchange > 0 ? gridBuy * exchange : gridSell * exchange;
  }

  /** The marginal price within the caps, if the community answers it with about this import; else NaN. */
  private cappedIfAnswered(community: number, netImport: number, marginalPrice: number): number {
    const { responses, priceMin, priceMax } = this.state;
    const capped = Math.min(Math.max(marginalPrice, priceMin[community]), priceMax[community]);
    const difference = Math.abs(importAt(responses, community, capped) - netImport);
    const range = responses.largestImport[community] - responses.smallestImport[community];
    return difference <= ANSWER_TOLERANCE * range ? capped : Number.NaN;
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
    let objective = this.gridBill();
    for (let m = 0; m < netImport.length; m += 1) {
      objective += curveValueAt(this.models.curves, m, netImport[m]);
    }
    return objective;
  }
}
