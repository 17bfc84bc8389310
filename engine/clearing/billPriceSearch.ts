/**
 * Outcomes that cover the grid's bill where limits of the network bind (docs/model.md section 4). Moving the
 * imports of each community along its own curve until the bill is covered breaks such limits. At a fixed
 * price μ of the bill, sequential convex programming on the exact equations (program/localProgram.ts) keeps
 * them, and leads to a local minimum of
 *
 *     Σ_m (F_m − μ R_m)(X_m) + (1 + μ) G(P_0)
 *
 * Its surplus Σ R_m − G rises with μ, so that false position finds the μ at which the bill is just covered.
 * With a surplus s ≥ 0 the outcome costs at most μ s more than any other nearby that covers its bill. Where
 * answers leap across the bill, the search goes on with every import held to its arc, where F_m − μ R_m is
 * convex and nothing leaps.
 */
import { arcAt } from '../market/costCurve.js';
import { jumpNear, SNAP_SHARE, splitBesideJump } from '../market/revenueJump.js';
import type { PowerFlow } from '../network/powerFlow.js';
import type { ImportBox, ImportModels } from '../program/importModels.js';
import { type LocalPoint, LocalProgram } from '../program/localProgram.js';
import type { NetworkMarket } from './networkMarket.js';
import type { Candidate } from './outcomeFinder.js';
import { type SurplusAt, SurplusBracket } from './surplusBracket.js';

/** What the exact power flow makes of the imports of a solution, left as they are. */
export interface BilledOutcome {
  readonly candidate: Candidate;
  /** Σ R − G at the highest revenue that these imports allow, $/h. */
  readonly surplus: number;
  /** Largest violation of a limit of the network, in units of its tolerance. */
  readonly violation: number;
}

/** An outcome at a price of the bill, its place. */
interface Settled extends BilledOutcome, SurplusAt {}

interface Ends {
  readonly covering: Settled;
  /** Undefined where the bill is covered at no price at all. */
  readonly short: Settled | undefined;
}

/** Steps at one μ; 2 to 6 are usual, fewer the nearer the μ before. */
const STEP_LIMIT = 12;

/**
 * A step that changes the local minimum by less, relative to max(1, |objective|), is the last: errors fall
 * by a factor of 20 and more a step, and to second order in the cost.
 */
const STEP_GAIN = 1e-8;

/** A surplus that costs less, relative to max(1, |objective|), is small: a hundredth of the usual gap. */
const SURPLUS_GAIN = 1e-8;

/** Prices μ in one search; 8 to 10 are usual. */
const PRICE_LIMIT = 24;

/** Higher prices that are tried, each twice the one before: at the last, costs hardly count. */
const RAISE_LIMIT = 8;

/** What a price of 0 is raised to; about what the bill costs where limits bind. */
const FIRST_PRICE = 0.1;

export class BillPriceSearch {
  private readonly localProgram: LocalProgram;

  /**
   * @param market with revenues, for this search alone: its weights and centres are changed
   * @param powerFlow on which `outcomeOf` leaves the state of the outcome
   * @param keptViolation what a local minimum may leave of a violation, in units of the tolerance
   */
  constructor(
    private readonly market: NetworkMarket,
    private readonly powerFlow: PowerFlow,
    private readonly outcomeOf: (source: LocalPoint) => BilledOutcome | undefined,
    private readonly keptViolation: number,
    private readonly shouldStop: () => boolean,
  ) {
    this.localProgram = new LocalProgram(market.program, market.models, shouldStop);
  }

  /**
   * The cheapest outcome found that covers its bill and keeps all limits, from the state of the power flow
   * on; undefined where there is none.
   *
   * @param box imports among which to search
   * @param netImport imports near the outcome, kW
   * @param startPrice μ to begin with
   */
  find(box: ImportBox, netImport: Float64Array, startPrice: number): Candidate | undefined {
    const { models } = this.market;
    models.weigh(1, startPrice);
    models.enterBox(box);
    models.centreOn(netImport);
    const ends = this.search(box, startPrice);
    if (ends === undefined) return undefined;
    const { covering, short } = ends;
    if (short === undefined || isSmall(covering)) return covering.candidate;
    return [covering, short].reduce((best, end) => {
      const held = arcsAround(models, end.candidate.point.netImport);
      const found = this.search(held, covering.place)?.covering.candidate;
      return found !== undefined && found.objective < best.objective ? found : best;
    }, covering.candidate);
  }

  /** Outcomes at the least price that covers the bill, and at the greatest that does not. */
  private search(box: ImportBox, startPrice: number): Ends | undefined {
    const first = this.settle(box, startPrice);
    if (first === undefined) return undefined;
    if (first.surplus < 0) {
      const covering = this.raise(box, startPrice);
      return covering && this.narrow(box, first, covering);
    }
    // The bill may be covered at no price at all.
    const short = startPrice > 0 ? this.settle(box, 0) : undefined;
    if (short === undefined) return { covering: first, short };
    return short.surplus < 0
      ? this.narrow(box, short, first)
      : { covering: short, short: undefined };
  }

  /** An outcome at a higher price that covers its bill. */
  private raise(box: ImportBox, price: number): Settled | undefined {
    let raised = price;
    for (let round = 0; round < RAISE_LIMIT; round += 1) {
      raised = Math.max(2 * raised, FIRST_PRICE);
      const settled = this.settle(box, raised);
      if (settled === undefined || settled.surplus >= 0) return settled;
    }
    return undefined;
  }

  /** The ends drawn together until little of the surplus is left. */
  private narrow(box: ImportBox, low: Settled, high: Settled): Ends {
    let short = low;
    let covering = high;
    const bracket = new SurplusBracket(short, covering);
    for (let round = 0; round < PRICE_LIMIT && !isSmall(covering); round += 1) {
      const settled = this.settle(box, bracket.next);
      if (settled === undefined) break;
      bracket.narrow(settled);
      if (settled.surplus < 0) short = settled;
      else covering = settled;
    }
    return { covering, short };
  }

  /** The local minimum at a price; undefined where there is none that keeps all limits. */
  private settle(box: ImportBox, price: number): Settled | undefined {
    this.market.models.weigh(1, price);
    this.market.models.enterBox(box);
    let before = Number.POSITIVE_INFINITY;
    for (let step = 0; step < STEP_LIMIT && !this.shouldStop(); step += 1) {
      const local = this.localProgram.step(this.powerFlow);
      const outcome = local && this.outcomeOf(local);
      if (outcome === undefined) return undefined;
      const { objective } = outcome.candidate;
      const weighted = objective - price * outcome.surplus;
      const keeps = outcome.violation <= this.keptViolation;
      const little = STEP_GAIN * Math.max(1, Math.abs(objective));
      if (keeps && Math.abs(weighted - before) <= little) return { ...outcome, place: price };
      before = weighted;
    }
    return undefined;
  }
}

/** The arc of every import; the knot alone where the revenue jumps there. */
function arcsAround({ curves, revenues }: ImportModels, netImport: Float64Array): ImportBox {
  const community = Array.from(netImport, (_, m) => m);
  const ends = community.map((m): readonly [number, number] => {
    const arc = arcAt(curves, m, netImport[m]);
    const jump = revenues ? jumpNear(curves, revenues, m, netImport[m], SNAP_SHARE) : -1;
    if (arc < 0 || jump >= 0) {
      const knot = curves.knot[Math.max(jump, curves.start[m])];
      return [knot, knot];
    }
    const [left, right] = [curves.knot[arc], curves.knot[arc + 1]];
    if (revenues === undefined) return [left, right];
    return [
      Math.max(left, splitBesideJump(curves, revenues, m, arc)),
      Math.min(right, splitBesideJump(curves, revenues, m, arc + 1)),
    ];
  });
  return { community, low: ends.map(([low]) => low), high: ends.map(([, high]) => high) };
}

function isSmall({ place, surplus, candidate }: Settled): boolean {
  return place * surplus <= SURPLUS_GAIN * Math.max(1, Math.abs(candidate.objective));
}
