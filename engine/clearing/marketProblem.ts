/**
 * The clearing of the wide-area market as a search (docs/model.md sections 4 and 5): a node is a box of
 * imports, its relaxation the network program over convex envelopes, its candidate the market outcome that
 * the relaxed imports lead to, evaluated by the exact power flow. Where a community's cost lies above its
 * envelope, the box is split (splitting.ts).
 */
import { isGapClosed, type NodeOutcome, type SearchProblem } from '../bnb/search.js';
import { curveValueAt } from '../market/costCurve.js';
import { importAt, isVerticalAt } from '../market/responseFunction.js';
import { createPowerFlow, type PowerFlow } from '../network/powerFlow.js';
import { type ImportBox, type ImportModels, WHOLE_RANGE } from '../program/importModels.js';
import type { NetworkPrices } from '../program/lagrangian.js';
import { type LocalPoint, LocalProgram } from '../program/localProgram.js';
import type { NetworkProgram } from '../program/networkProgram.js';
import { MarketRelaxation, type RelaxedPoint } from '../program/relaxation.js';
import { largestViolation } from './limits.js';
import { type MarketState, priceFor } from './marketState.js';
import type { NetworkMarket } from './networkMarket.js';
import { envelopeGap, splitBox } from './splitting.js';

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

/** A violation of limits that is rounding, in units of the tolerance. */
const ROUNDED_VIOLATION = 0.01;

/** A market point and its objective, $/h. */
interface Candidate {
  readonly objective: number;
  readonly point: MarketPoint;
}

/**
 * An answer to a marginal price this near the import of the relaxation, relative to the range of imports, is
 * the same answer: at a knot of Φ the conic solver leaves a square root of its tolerance undecided.
 */
const ANSWER_TOLERANCE = 1e-4;

/** Nodes that may try local improvement: where it fails at the first few it fails at all. */
const LOCAL_ATTEMPTS = 3;

/**
 * A gap that comes from the power flow is not closed by splitting imports: nodes are split as long as the
 * envelopes hold at least this share of it.
 */
const SPLITTING_SHARE = 0.01;

/** Steps of local improvement; 6 to 9 are usual. */
const LOCAL_STEP_LIMIT = 30;

/** A step that gains less, relative to max(1, |objective|), is the last. */
const LOCAL_IMPROVEMENT = 1e-9;

export class MarketProblem implements SearchProblem<ImportBox, NetworkPrices, MarketPoint> {
  readonly root = WHOLE_RANGE;
  /** The outcome that came nearest to the limits, where none keeps them. */
  nearest: MarketPoint | undefined;
  /** Why a node was left without a bound of its own, or with a weak one, if one was. */
  unresolved: string | undefined;

  private readonly program: NetworkProgram;
  private readonly models: ImportModels;
  private readonly relaxation: MarketRelaxation;
  private readonly powerFlow: PowerFlow;
  private readonly activeLoad: Float64Array;
  private readonly reactiveLoad: Float64Array;
  private localProgram: LocalProgram | undefined;
  private localAttempts = 0;

  /** @param gapTolerance relative gap between a node's outcome and bound that counts as none */
  constructor(
    private readonly state: MarketState,
    { program, models }: NetworkMarket,
    private readonly gapTolerance: number,
    private readonly shouldStop: () => boolean,
  ) {
    this.program = program;
    this.models = models;
    this.relaxation = new MarketRelaxation(program, models, shouldStop);
    this.powerFlow = createPowerFlow(state.network);
    this.activeLoad = new Float64Array(state.network.junctionCount);
    this.reactiveLoad = new Float64Array(state.network.junctionCount);
  }

  async relax(
    boxes: readonly ImportBox[],
  ): Promise<NodeOutcome<ImportBox, NetworkPrices, MarketPoint>[]> {
    return boxes.map((box) => this.relaxOne(box));
  }

  private relaxOne(box: ImportBox): NodeOutcome<ImportBox, NetworkPrices, MarketPoint> {
    const outcome = this.relaxation.solve(box);
    if (outcome.status === 'infeasible') return { status: 'infeasible', proof: outcome.prices };
    if (outcome.status === 'unresolved') {
      this.unresolved = `a relaxation could not be solved (conic solver: ${outcome.reason})`;
      return { status: 'unresolved' };
    }
    const { point } = outcome;
    if (!point.settled) {
      this.unresolved = 'the models of the imports did not settle in a relaxation';
    }
    const relaxed = this.outcomeOf(point, point.largestConeSlack);
    const candidate = this.improved(relaxed, point);
    return {
      status: 'bounded',
      box,
      cutOff: [],
      solves: 1,
      bound: point.bound,
      proof: point.prices,
      candidate: candidate !== undefined && candidate.point.violation <= 1 ? candidate : undefined,
      children: this.isWorthSplitting(point, candidate)
        ? splitBox(this.models, box, point.netImport)
        : [],
    };
  }

  /** The candidate, or a better one where limits are broken or the envelopes do not explain the gap. */
  private improved(candidate: Candidate | undefined, point: RelaxedPoint): Candidate | undefined {
    if (candidate === undefined || this.localAttempts >= LOCAL_ATTEMPTS) return candidate;
    const explained = candidate.objective - envelopeGap(this.models, point.netImport);
    const isTight = isGapClosed(explained, point.bound, this.gapTolerance);
    if (candidate.point.violation <= 1 && isTight) return candidate;
    this.localAttempts += 1;
    return this.improveLocally(candidate);
  }

  /** Whether the envelopes hold a share of the node's gap that matters. */
  private isWorthSplitting(point: RelaxedPoint, candidate: Candidate | undefined): boolean {
    const ofEnvelopes = envelopeGap(this.models, point.netImport);
    if (candidate === undefined || candidate.point.violation > 1) {
      return ofEnvelopes > 0 && this.localAttempts < LOCAL_ATTEMPTS;
    }
    return ofEnvelopes > SPLITTING_SHARE * (candidate.objective - point.bound);
  }

  inherit(box: ImportBox, proof: NetworkPrices): number {
    return this.relaxation.boundIn(box, proof);
  }

  /**
   * The outcome that a solution leads to. Where the potential is minimised, that is what communities answer to
   * the marginal prices of their buses; where limits bind so that this breaks one by more than rounding, and
   * in `welfare`, the imports themselves decide.
   */
  private outcomeOf(source: LocalPoint, largestConeSlack: number): Candidate | undefined {
    if (this.state.mode !== 'welfare') {
      const answered = this.evaluate(source, largestConeSlack, 'prices');
      if (answered !== undefined && answered.point.violation <= ROUNDED_VIOLATION) return answered;
    }
    return this.evaluate(source, largestConeSlack, 'imports');
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
    const { baseKva } = state.network;
    const price = source.netImport.map((netImport, m) => {
      const marginal = source.prices.active[state.junction[m]] / baseKva;
      const answered =
        decidedBy === 'prices' ? this.cappedIfAnswered(m, netImport, marginal) : Number.NaN;
      return Number.isNaN(answered) ? priceFor(state, m, netImport, marginal) : answered;
    });
    const netImport = price.map((value, m) => this.answeredImport(m, value, source.netImport[m]));
    this.activeLoad.fill(0);
    for (let m = 0; m < price.length; m += 1) {
      this.activeLoad[state.junction[m]] += netImport[m] / baseKva;
    }
    for (let j = 0; j < this.reactiveLoad.length; j += 1) {
      this.reactiveLoad[j] = program.market.reactiveDemand[j] + source.freeReactive[j];
    }
    if (this.powerFlow.solve(this.activeLoad, this.reactiveLoad) === 'diverged') return undefined;
    const point: MarketPoint = {
      price,
      netImport,
      freeReactive: source.freeReactive,
      prices: source.prices,
      largestConeSlack,
      violation: largestViolation(state.network, this.powerFlow, program.market.gridLimit),
    };
    if (point.violation < (this.nearest?.violation ?? Number.POSITIVE_INFINITY)) {
      this.nearest = point;
    }
    return { objective: this.objective(netImport), point };
  }

  /**
   * Steps on the exact equations from the present state of the power flow (localProgram.ts), as long as they
   * mend limits or lower the cost. Where the relaxation is tight there is nothing to gain.
   */
  private improveLocally(start: Candidate): Candidate {
    this.localProgram ??= new LocalProgram(this.program, this.models, this.shouldStop);
    let best = start;
    for (let step = 0; step < LOCAL_STEP_LIMIT && !this.shouldStop(); step += 1) {
      const local = this.localProgram.step(this.powerFlow);
      if (local === undefined) break;
      const next = this.outcomeOf(local, start.point.largestConeSlack);
      if (next === undefined) break;
      const gain = best.objective - next.objective;
      const mends = best.point.violation > 1 && next.point.violation < best.point.violation;
      const lowers = next.point.violation <= 1 && gain > 0;
      if (mends || lowers) best = next;
      const little = LOCAL_IMPROVEMENT * Math.max(1, Math.abs(best.objective));
      if (best.point.violation <= 1 && !mends && gain <= little) break;
    }
    return best;
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
    const { gridBuy, gridSell } = this.program.market;
    const exchange = this.powerFlow.rootActive;
    let objective = exchange > 0 ? gridBuy * exchange : gridSell * exchange;
    for (let m = 0; m < netImport.length; m += 1) {
      objective += curveValueAt(this.models.curves, m, netImport[m]);
    }
    return objective;
  }
}
