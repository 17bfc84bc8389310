/**
 * What stays of a market from one clearing to the next: response functions, costs and revenues of the
 * communities whose bids are as they were, and the symbolic work of a network whose shape is as it was.
 */
import type { Case } from '../case/case.js';
import {
  bidsOf,
  importRangesOf,
  kappaFor,
  type MarketState,
  marketStateOf,
} from '../clearing/marketState.js';
import {
  allowedIn,
  costKind,
  type MarketCurves,
  marketOnNetwork,
} from '../clearing/networkMarket.js';
import type { ResolvedOptions } from '../clearing/options.js';
import { type StationaryPlaces, stationaryPlaces } from '../correction/stationaryPlaces.js';
import { buildResponses, countKnotCapacity } from '../market/buildResponses.js';
import { allocateCurves, type CostCurves, loadCurve } from '../market/costCurve.js';
import { allocateResponses, type ResponseFunctions } from '../market/responseFunction.js';
import { allocateRevenues, loadRevenue, type RevenueCurves } from '../market/revenueCurve.js';
import type { RadialNetwork } from '../network/radial.js';
import type { MarketFrame } from '../program/networkProgram.js';
import { changedCommunities } from './changedCommunities.js';

/** A market as it is cleared now. */
export interface PresentMarket {
  readonly state: MarketState;
  readonly curves: MarketCurves;
  readonly frame: MarketFrame;
  readonly places: StationaryPlaces;
}

export class KeptMarket {
  private built: Case | undefined;
  private readonly responses: ResponseFunctions;
  private readonly costs: CostCurves;
  private revenues: RevenueCurves | undefined;
  private network: RadialNetwork | undefined;
  private places: StationaryPlaces | undefined;

  constructor(
    theCase: Case,
    private readonly mode: ResolvedOptions['mode'],
  ) {
    const capacity = countKnotCapacity(bidsOf(theCase), 'ever');
    this.responses = allocateResponses(capacity, kappaFor(mode, theCase));
    this.costs = allocateCurves(capacity.map((knots) => Math.max(knots - 1, 0)));
  }

  /** Brings everything up to date with a case that differs from the one before by changes (case/changes.ts). */
  renew(theCase: Case, options: ResolvedOptions): PresentMarket {
    const { built, responses } = this;
    const changed = built
      ? changedCommunities(built, theCase)
      : new Uint8Array(theCase.communities.id.length).fill(1);
    responses.kappa.set(kappaFor(this.mode, theCase));
    this.buildChanged(theCase, changed);
    const ranges = importRangesOf(theCase, options, responses);
    const state = marketStateOf(theCase, options, responses, ranges);
    const kind = costKind(state);
    changed.forEach((isChanged, m) => {
      if (isChanged === 0) return;
      loadCurve(responses, m, kind, state.importMin[m], state.importMax[m], this.costs);
    });
    if (state.revenueAdequacy) this.renewRevenues(state, changed);
    this.built = theCase;
    return {
      state,
      curves: { costs: this.costs, revenues: this.revenues },
      frame: { network: state.network, market: marketOnNetwork(state) },
      places: this.placesOf(state.network),
    };
  }

  private buildChanged(theCase: Case, changed: Uint8Array): void {
    const bids = bidsOf(theCase);
    for (let first = changed.indexOf(1); first >= 0; ) {
      let end = first + 1;
      while (changed[end] === 1) end += 1;
      buildResponses(bids, this.responses, first, end);
      first = changed.indexOf(1, end);
    }
  }

  /** Where the allowed prices end depends on the tariff too. */
  private renewRevenues(state: MarketState, changed: Uint8Array): void {
    const { responses, costs } = this;
    const { low, high } = allowedIn(state);
    this.revenues ??= allocateRevenues(costs, { low: low.slice(), high: high.slice() });
    const { allowed } = this.revenues;
    for (let m = 0; m < changed.length; m += 1) {
      if (changed[m] === 0 && allowed.low[m] === low[m] && allowed.high[m] === high[m]) continue;
      allowed.low[m] = low[m];
      allowed.high[m] = high[m];
      loadRevenue(responses, costs, m, this.revenues);
    }
  }

  private placesOf(network: RadialNetwork): StationaryPlaces {
    if (
      this.places === undefined ||
      this.network === undefined ||
      !haveOneShape(this.network, network)
    ) {
      this.places = stationaryPlaces(network);
    }
    this.network = network;
    return this.places;
  }
}

/** Whether two networks have the same branches in the same places, with limits on the same ones. */
function haveOneShape(one: RadialNetwork, other: RadialNetwork): boolean {
  return (
    one.junctionCount === other.junctionCount &&
    one.parent.every((sender, e) => sender === other.parent[e]) &&
    one.currentLimit.every(
      (limit, e) => Number.isFinite(limit) === Number.isFinite(other.currentLimit[e]),
    )
  );
}
