/**
 * A market outcome improved on the exact equations, where the relaxation is not tight (docs/model.md
 * section 5): by steps of the local program from its state; and, where prices must cover the grid's bill, by
 * a search for the price of the bill (billPriceSearch.ts), because steps that cover it one by one break
 * limits that bind.
 */
import type { ImportBox } from '../program/importModels.js';
import { LocalProgram } from '../program/localProgram.js';
import { BillPriceSearch } from './billPriceSearch.js';
import type { SearchMarket } from './marketState.js';
import { type NetworkMarket, openNetworkMarket } from './networkMarket.js';
import type { Candidate, OutcomeFinder } from './outcomeFinder.js';

/**
 * What local improvement may leave of a violation, in units of the tolerance. A violation has a price: an
 * outcome may be cheaper by it than any that keeps the limits, and so than the bound, where that is as good
 * as exact.
 */
export const IMPROVED_VIOLATION = 1e-4;

/** Steps of local improvement; 6 to 9 are usual. */
const STEP_LIMIT = 30;

/** A step, or a search, that gains less, relative to max(1, |objective|), has found nothing better. */
const LEAST_GAIN = 1e-9;

/** Searches for the price of the bill that find nothing better: from other starts they end where they did. */
const FRUITLESS_SEARCHES = 2;

export class LocalImprovement {
  private localProgram: LocalProgram | undefined;
  private billPrices: BillPriceSearch | undefined;
  /** Of the outcome that is being improved. */
  private coneSlack = 0;
  private fruitlessSearches = 0;
  /** Objective of the best outcome of a search, $/h. */
  private leastCovered = Number.POSITIVE_INFINITY;

  /** @param market whose models say what steps may change; searches open one of their own */
  constructor(
    private readonly finder: OutcomeFinder,
    private readonly state: SearchMarket,
    private readonly market: NetworkMarket,
    private readonly shouldStop: () => boolean,
  ) {}

  /**
   * @param enough an objective that leaves nothing to gain, $/h
   * @param box imports among which prices of the bill are searched
   */
  improve(start: Candidate, enough: number, box: ImportBox): Candidate {
    const keeps = start.point.violation <= IMPROVED_VIOLATION;
    if (keeps && start.objective <= enough) return start;
    if (this.state.revenueAdequacy && this.fruitlessSearches < FRUITLESS_SEARCHES) {
      const covered = this.coverBill(start, box);
      if (covered !== undefined) {
        return keeps && start.objective <= covered.objective ? start : covered;
      }
    }
    // Steps that cover the bill each time find no more than a search that has found something.
    if (this.leastCovered < Number.POSITIVE_INFINITY) return start;
    const { netImport, freeReactive } = start.point;
    return this.finder.flow(netImport, freeReactive) ? this.step(start) : start;
  }

  /** Steps from the state of the power flow, as long as they mend limits or lower the cost. */
  private step(start: Candidate): Candidate {
    const { finder, market, shouldStop } = this;
    this.localProgram ??= new LocalProgram(market.program, market.models, shouldStop);
    let best = start;
    for (let step = 0; step < STEP_LIMIT && !shouldStop(); step += 1) {
      const local = this.localProgram.step(finder.powerFlow);
      const next = local && finder.outcomeOf(local, start.point.largestConeSlack);
      if (next === undefined) break;
      const gain = best.objective - next.objective;
      const isBroken = best.point.violation > IMPROVED_VIOLATION;
      const mends = isBroken && next.point.violation < best.point.violation;
      const lowers = next.point.violation <= IMPROVED_VIOLATION && gain > 0;
      if (mends || lowers) best = next;
      const little = LEAST_GAIN * Math.max(1, Math.abs(best.objective));
      if (best.point.violation <= IMPROVED_VIOLATION && !mends && gain <= little) break;
    }
    return best;
  }

  /** What a search near an outcome finds; counts those that find nothing better. */
  private coverBill({ point }: Candidate, box: ImportBox): Candidate | undefined {
    const { finder } = this;
    this.billPrices ??= new BillPriceSearch(
      openNetworkMarket(this.state),
      finder.powerFlow,
      (source) => finder.billedOutcome(source, this.coneSlack),
      IMPROVED_VIOLATION,
      this.shouldStop,
    );
    const { netImport, freeReactive, prices } = point;
    this.coneSlack = point.largestConeSlack;
    const hasState = finder.flow(netImport, freeReactive);
    const found = hasState ? this.billPrices.find(box, netImport, prices.revenue) : undefined;
    const objective = found?.objective ?? Number.POSITIVE_INFINITY;
    const little = LEAST_GAIN * Math.max(1, Math.abs(objective));
    if (!(objective < this.leastCovered - little)) this.fruitlessSearches += 1;
    this.leastCovered = Math.min(this.leastCovered, objective);
    return found;
  }
}
