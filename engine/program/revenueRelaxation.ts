/**
 * The relaxation of a market whose prices must cover the grid's bill, Σ R_m(X_m) ≥ G(P_0) (docs/model.md
 * section 4). The row stands in no program but in the objective, with a multiplier μ ≥ 0:
 *
 *     q(μ) = min Σ env(F_m − μ R_m)(X_m) + (1 + μ) G(P_0)   over the relaxed network
 *
 * and the bound is the greatest q(μ). q is concave, its derivative the deficit G − Σ R of the solution. μ = 0
 * comes first: where it leaves a surplus, nothing else is to be done. Else every solution foretells the next
 * μ (revenueForecast.ts), within the bracket of those that have been tried (revenueTrail.ts).
 *
 * Inside, μ is a share t = μ / (1 + μ) of the weight of the tariff. t = 1 leaves the costs out: if even that
 * solution runs a deficit, no outcome covers the bill.
 */
import type { ImportBox, ImportModels } from './importModels.js';
import type { NetworkProgram } from './networkProgram.js';
import type { MarketRelaxation, RelaxationOutcome, RelaxedPoint } from './relaxation.js';
import { RevenueAccount } from './revenueAccount.js';
import { type Crossing, RevenueForecast } from './revenueForecast.js';
import { PriceTrail, priceOf, shareOf } from './revenueTrail.js';

/**
 * A solution at the best μ that was found. Where the row binds and answers leap there, `netImport` is the
 * mixture of both sides that just covers the bill, and so off some envelope.
 */
export interface AdequatePoint extends RelaxedPoint {
  /**
   * Other imports (kW) that cover the bill or nearly do: on both sides of the leap; none where no row binds.
   */
  readonly nearby: readonly Float64Array[];
  /** Imports between both sides of the leap, kW: where they lie off an envelope, a box is to be split. */
  readonly undecided: Float64Array;
  /**
   * The last two solutions, where there were two: on the line through them limits of the network all but
   * hold.
   */
  readonly line?: readonly [Float64Array, Float64Array] | undefined;
  /** Conic programs that were solved for it. */
  readonly solves: number;
}

export type AdequateOutcome =
  | { readonly status: 'solved'; readonly point: AdequatePoint }
  | Exclude<RelaxationOutcome, { readonly status: 'solved' }>;

/** Solves in search of μ; two are usual where the row binds. */
const SOLVE_LIMIT = 24;

/**
 * What another μ could still add to the bound is not worth a solve below this share of the gap to be closed.
 */
const GAIN_SHARE = 0.01;

/** The usual gap. */
const DEFAULT_GAP = 1e-6;

/** A forecast is computed to this share of such a gain. */
const FORECAST_SHARE = 0.1;

/** A rough solution with a deficit below this share of the bill may have a surplus. */
const ROUGH_DEFICIT = 1e-3;

/** What a rough solution leaves undecided of an import, as a share of the community's range. */
const ROUGH_SNAP_SHARE = 1e-3;

/** A deficit without any costs counts as proven beyond this share of the bill: far above rounding. */
const INFEASIBILITY_MARGIN = 1e-9;

/** The most that can be earned covers the bill if it falls short by less than this share of it. */
const COVERED_DEFICIT = 1e-8;

export class RevenueRelaxation {
  /**
   * Verified bound of a box without a start (the whole market) without the row, $/h: a market that may lose
   * money costs at least that.
   */
  subsidisedBound = Number.NEGATIVE_INFINITY;

  private readonly account: RevenueAccount;
  private readonly forecast: RevenueForecast;
  /** p of the forecasts, by community, $/kWh. */
  private readonly price: Float64Array;

  /**
   * @param models with revenues
   * @param relaxation of the same models, which it leaves with other weights
   * @param gapTolerance relative gap that the search wants to close
   */
  constructor(
    private readonly program: NetworkProgram,
    private readonly models: ImportModels,
    private readonly relaxation: MarketRelaxation,
    private readonly gapTolerance = DEFAULT_GAP,
  ) {
    this.account = new RevenueAccount(program, models);
    this.forecast = new RevenueForecast(models, this.account.revenues);
    this.price = new Float64Array(program.layout.communityCount);
  }

  /**
   * Leaves the models on the box, with the weights of the point.
   *
   * @param startPrice μ to begin with: best that of the box which this one is a part of
   */
  solve(box: ImportBox, startPrice = box.start?.revenuePrice ?? 0): AdequateOutcome {
    const trail = new PriceTrail();
    const outcome = this.searchPrice(box, shareOf(startPrice), trail);
    if (outcome.status !== 'solved') return outcome;
    const { point, crossing } = outcome;
    this.models.weigh(1, point.prices.revenue);
    this.relaxation.enter(box);
    return { status: 'solved', point: this.adequatePoint(point, crossing, trail) };
  }

  /** The relaxation at one μ: for parts of a market, which share the μ of the whole. */
  solveAtPrice(box: ImportBox, price: number): RelaxationOutcome {
    this.models.weigh(1, price);
    return this.relaxation.solve(box);
  }

  /**
   * An upper bound on Σ R − G over a box, $/h: what the operator can earn at most. −Infinity where the
   * network allows nothing, Infinity where no bound was found.
   */
  largestSurplus(box: ImportBox): number {
    this.models.weigh(0, 1);
    const outcome = this.relaxation.solve(box);
    if (outcome.status === 'infeasible') return Number.NEGATIVE_INFINITY;
    return outcome.status === 'solved' ? -outcome.point.bound : Number.POSITIVE_INFINITY;
  }

  /** The best bound over the shares, from `firstShare` on. */
  private searchPrice(box: ImportBox, firstShare: number, trail: PriceTrail): PriceOutcome {
    let best: RelaxedPoint | undefined;
    let share = firstShare;
    let crossing: Crossing | undefined;
    while (trail.solves < SOLVE_LIMIT) {
      // Of the whole market a rough solution may show that the row binds, and costs half of a full one.
      const isRough = trail.solves === 0 && share === 0 && box.start === undefined;
      const outcome = this.solveShare(box, share, crossing?.after, isRough);
      if (outcome.status !== 'solved') {
        if (best === undefined || outcome.status === 'infeasible') return outcome;
        break;
      }
      const { point } = outcome;
      const scale = this.account.scaleOf(point);
      let deficit = this.account.deficitOf(point);
      if (share === 1) {
        if (point.bound > INFEASIBILITY_MARGIN * scale) {
          return { status: 'infeasible', prices: point.prices };
        }
        if (deficit > COVERED_DEFICIT * scale) break;
        // Nothing earns more: this covers the bill if anything does.
        deficit = Math.min(deficit, 0);
      } else if (best === undefined || point.bound > best.bound) best = point;
      if (share === 0 && deficit <= 0) return { status: 'solved', point, crossing: undefined };

      this.note(point, share, deficit, trail);
      crossing = this.foretell(point, share, deficit, trail);
      const next = trail.next(crossing?.share);
      if (best !== undefined) {
        if (trail.isSettled(best.bound, next, this.leastGain(best), scale)) break;
      }
      share = next;
    }
    if (best !== undefined) return { status: 'solved', point: best, crossing };
    return { status: 'unresolved', reason: 'no price of revenue was found' };
  }

  /** @param isRough whether a rough solve will do where its deficit is plain to see */
  private solveShare(
    box: ImportBox,
    share: number,
    centre: Float64Array | undefined,
    isRough: boolean,
  ): RelaxationOutcome {
    if (share === 1) this.models.weigh(0, 1, centre);
    else this.models.weigh(1, priceOf(share), centre);
    const outcome = this.relaxation.solve(box, isRough ? 'rough' : 'full');
    if (!isRough || outcome.status !== 'solved') return outcome;
    const { point } = outcome;
    this.subsidisedBound = point.bound;
    const deficit = this.account.deficitOf(point, ROUGH_SNAP_SHARE);
    if (deficit > ROUGH_DEFICIT * this.account.scaleOf(point)) return outcome;
    const refined = this.relaxation.refine();
    if (refined.status === 'solved') this.subsidisedBound = refined.point.bound;
    return refined;
  }

  /** Adds a solution to the trail. */
  private note(point: RelaxedPoint, share: number, deficit: number, trail: PriceTrail): void {
    const { account } = this;
    const cost = share === 1 ? account.costOf(point) : point.bound - priceOf(share) * deficit;
    const { netImport } = point;
    trail.add({ share, deficit, cost, netImport, isAtJump: account.isAtJump.slice() });
  }

  private foretell(
    point: RelaxedPoint,
    share: number,
    deficit: number,
    trail: PriceTrail,
  ): Crossing | undefined {
    const { market, network, weights } = this.program;
    const { forecast, price } = this;
    const scale = network.baseKva * (weights.cost + weights.revenue);
    for (let m = 0; m < price.length; m += 1) {
      price[m] = point.prices.active[market.junction[m]] / scale;
    }
    const worth = FORECAST_SHARE * this.leastGain(point);
    for (const isAnchored of [true, false]) {
      const { revenue } = this.account;
      forecast.load(share, price, point.netImport, revenue, deficit, isAnchored);
      const crossing = forecast.crossing(trail.low, trail.high, worth);
      if (crossing !== undefined) return crossing;
    }
    return undefined;
  }

  /** A gain of the bound that is worth another solve, $/h. */
  private leastGain({ bound }: RelaxedPoint): number {
    return GAIN_SHARE * this.gapTolerance * Math.max(1, Math.abs(bound));
  }

  /** The point with what lies around it, on the envelopes of its own weights. */
  private adequatePoint(
    point: RelaxedPoint,
    foretold: Crossing | undefined,
    trail: PriceTrail,
  ): AdequatePoint {
    const { solves, line } = trail;
    const nearby = trail.coveringImports();
    const crossing = foretold ?? trail.crossing();
    if (crossing === undefined)
      return { ...point, nearby, line, undecided: point.netImport, solves };
    const { before, after, deficitBefore, deficitAfter } = crossing;
    const leap = deficitBefore - deficitAfter;
    const weight = leap > 0 ? deficitBefore / leap : 0;
    const between = (share: number): Float64Array =>
      before.map((value, m) => value + share * (after[m] - value));
    const netImport = between(weight);
    const undecided = this.widestOff([point.netImport, netImport, between(0.5)]);
    return { ...point, netImport, nearby: [before, after, ...nearby], line, undecided, solves };
  }

  /** By community, which of several imports is furthest off its envelope. */
  private widestOff(choices: readonly Float64Array[]): Float64Array {
    const gaps = choices.map((imports) => imports.map((at, m) => this.models.gapAt(m, at)));
    return Float64Array.from(this.price, (_, m) => {
      const widest = Math.max(...gaps.map((gap) => gap[m]));
      return choices[gaps.findIndex((gap) => gap[m] === widest)]?.[m] ?? Number.NaN;
    });
  }
}

type PriceOutcome =
  | {
      readonly status: 'solved';
      readonly point: RelaxedPoint;
      readonly crossing: Crossing | undefined;
    }
  | Exclude<RelaxationOutcome, { readonly status: 'solved' }>;
