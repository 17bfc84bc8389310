/**
 * From a solution of a network program to a market outcome: prices, what communities answer, and the exact
 * power flow of that (docs/model.md section 5).
 */
import { curveValueAt } from '../market/costCurve.js';
import { importAt, isVerticalAt } from '../market/responseFunction.js';
import type { PowerFlow } from '../network/powerFlow.js';
import { type ImportBox, WHOLE_RANGE } from '../program/importModels.js';
import type { NetworkPrices } from '../program/lagrangian.js';
import type { LocalPoint } from '../program/localProgram.js';
import { MarketFlow } from '../program/marketFlow.js';
import type { MarketFrame } from '../program/networkProgram.js';
import type { BilledOutcome } from './billPriceSearch.js';
import { largestViolation } from './limits.js';
import { LocalImprovement } from './localImprovement.js';
import { priceFor, type SearchMarket } from './marketState.js';
import type { MarketCurves, NetworkMarket } from './networkMarket.js';
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
export const ROUNDED_VIOLATION = 0.01;

/**
 * An answer to a marginal price this near the import of the relaxation, relative to the range of imports, is
 * the same answer: at a knot of Φ the conic solver leaves a square root of its tolerance undecided.
 */
const ANSWER_TOLERANCE = 1e-4;

/**
 * A bill that the revenue misses by this share of it (of 1 $/h at least) is covered: what the certificate
 * takes.
 */
const SHORTFALL_TOLERANCE = 1e-6;

/** How a solution becomes prices: by its marginal prices, by its imports, or by its imports as they are. */
type DecidedBy = 'prices' | 'imports' | 'imports as they are';

export class OutcomeFinder {
  /** The outcome that came nearest to the limits, where none keeps them. */
  nearest: MarketPoint | undefined;

  /** With the state of the outcome evaluated last. */
  readonly powerFlow: PowerFlow;
  private readonly marketFlow: MarketFlow;
  /** Where prices must cover the grid's bill. */
  private readonly revenueRow: RevenueRow | undefined;
  private improvement: LocalImprovement | undefined;

  /** @param openMarket the network program, for local improvement */
  constructor(
    private readonly state: SearchMarket,
    private readonly frame: MarketFrame,
    private readonly curves: MarketCurves,
    private readonly openMarket: () => NetworkMarket,
    private readonly shouldStop: () => boolean,
  ) {
    this.marketFlow = new MarketFlow(frame);
    this.powerFlow = this.marketFlow.state;
    const { costs, revenues } = curves;
    this.revenueRow = revenues && new RevenueRow(state, costs, revenues);
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
   * The outcome found last, improved on the exact equations (localImprovement.ts).
   *
   * @param enough an objective that leaves nothing to gain, $/h
   * @param box imports among which prices of the bill are searched
   */
  improveLocally(
    start: Candidate,
    enough = Number.NEGATIVE_INFINITY,
    box: ImportBox = WHOLE_RANGE,
  ): Candidate {
    this.improvement ??= new LocalImprovement(this, this.state, this.openMarket(), this.shouldStop);
    return this.improvement.improve(start, enough, box);
  }

  /** What a solution leads to if its imports are left as they are, whether or not they cover the bill. */
  billedOutcome(source: LocalPoint, largestConeSlack: number): BilledOutcome | undefined {
    const candidate = this.evaluate(source, largestConeSlack, 'imports as they are');
    if (candidate === undefined || this.revenueRow === undefined) return undefined;
    const surplus = this.revenueRow.surplusOf(candidate.point.netImport, this.gridBill());
    return { candidate, surplus, violation: this.limitViolation() };
  }

  /**
   * The outcome by the exact power flow, whose state is kept; undefined where the power flow has no solution.
   */
  private evaluate(
    source: LocalPoint,
    largestConeSlack: number,
    decidedBy: DecidedBy,
  ): Candidate | undefined {
    const price = this.revenueRow
      ? this.coveringPrices(source, this.revenueRow, decidedBy)
      : this.pricesFor(source, decidedBy);
    const netImport = price.map((value, m) => this.answeredImport(m, value, source.netImport[m]));
    if (!this.flow(netImport, source.freeReactive)) return undefined;
    const point: MarketPoint = {
      price,
      netImport,
      freeReactive: source.freeReactive,
      prices: source.prices,
      largestConeSlack,
      violation: Math.max(
        this.limitViolation(),
        this.shortfall(price, netImport, source.prices.revenue),
      ),
    };
    if (point.violation < (this.nearest?.violation ?? Number.POSITIVE_INFINITY)) {
      this.nearest = point;
    }
    return { objective: this.objective(netImport), point };
  }

  /** In the power flow solved last, in units of the tolerance. */
  private limitViolation(): number {
    return largestViolation(this.state.network, this.powerFlow, this.frame.market.gridLimit);
  }

  /** Prices that the imports of a solution answer, $/kWh. */
  private pricesFor({ netImport, prices }: LocalPoint, decidedBy: DecidedBy): Float64Array {
    return netImport.map((at, m) => {
      const marginal = this.marginalPrice(prices, m);
      const answered = decidedBy === 'prices' ? this.cappedIfAnswered(m, at, marginal) : Number.NaN;
      return Number.isNaN(answered) ? priceFor(this.state, m, at, marginal) : answered;
    });
  }

  /** Prices near the solution that cover the grid's bill; those of the solution where none are found. */
  private coveringPrices(source: LocalPoint, row: RevenueRow, decidedBy: DecidedBy): Float64Array {
    const { freeReactive, prices } = source;
    const billOf = (netImport: Float64Array): number =>
      this.flow(netImport, freeReactive) ? this.gridBill() : Number.NaN;
    const netImport =
      decidedBy === 'imports as they are'
        ? source.netImport
        : row.coverBill(source.netImport, prices, billOf, source.line);
    if (netImport === undefined) return this.pricesFor(source, 'imports');
    const marginal = netImport.map((_, m) => this.marginalPrice(prices, m));
    return row.pricesFor(netImport, marginal, billOf(netImport));
  }

  /** What the grid's bill exceeds the revenue by, in units of its tolerance; 0 where it may. */
  private shortfall(price: Float64Array, netImport: Float64Array, revenuePrice: number): number {
    if (this.revenueRow === undefined) return 0;
    const bill = this.gridBill();
    const revenue = price.reduce((sum, value, m) => sum + value * netImport[m], 0);
    // At the price μ a shortfall is worth μ times itself; no outcome must be cheaper than the bound by it.
    return (
      ((1 + revenuePrice) * (bill - revenue)) / (SHORTFALL_TOLERANCE * Math.max(1, Math.abs(bill)))
    );
  }

  /** Of a community's bus, $/kWh, by the tariff: a solution's prices count 1 + μ times, as its bill does. */
  private marginalPrice({ active, revenue }: NetworkPrices, community: number): number {
    const { junction, network } = this.state;
    return active[junction[community]] / (network.baseKva * (1 + revenue));
  }

  /** Solves the exact power flow; false where it has no solution. */
  flow(netImport: Float64Array, freeReactive: Float64Array): boolean {
    return this.marketFlow.solve(netImport, freeReactive);
  }

  /** G(P_0) of the power flow solved last, $/h. */
  private gridBill(): number {
    const { gridBuy, gridSell } = this.frame.market;
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
      objective += curveValueAt(this.curves.costs, m, netImport[m]);
    }
    return objective;
  }
}
