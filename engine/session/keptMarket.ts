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
import { allowedIn, costKind, marketOnNetwork } from '../clearing/networkMarket.js';
import type { ResolvedOptions } from '../clearing/options.js';
import { type StationaryPlaces, stationaryPlaces } from '../correction/stationaryPlaces.js';
import { type AnswerCurves, allocateAnswers, loadAnswers } from '../market/answerCurves.js';
import { buildResponses, countKnotCapacity } from '../market/buildResponses.js';
import { allocateCurves, type CostCurves, loadCurve } from '../market/costCurve.js';
import { allocateResponses, type ResponseFunctions } from '../market/responseFunction.js';
import { type AllowedPrices, allocateRevenues, loadRevenue } from '../market/revenueCurve.js';
import type { RadialNetwork } from '../network/radial.js';
import type { MarketFrame } from '../program/networkProgram.js';
import { changedCommunities } from './changedCommunities.js';

/** A market as it is cleared now. */
export interface PresentMarket {
  readonly state: MarketState;
  readonly curves: AnswerCurves;
  readonly frame: MarketFrame;
  readonly places: StationaryPlaces;
}

export class KeptMarket {
  private built: Case | undefined;
  private readonly responses: ResponseFunctions;
  private readonly costs: CostCurves;
  private curves: AnswerCurves | undefined;
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
    const curves = this.renewCurves(state, changed);
    this.built = theCase;
    return {
      state,
      curves,
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

  /** Revenues of communities that changed or whose allowed prices did, and the slopes of both. */
  private renewCurves(state: MarketState, changed: Uint8Array): AnswerCurves {
    const { responses, costs } = this;
    const allowed = state.revenueAdequacy ? allowedIn(state) : undefined;
    this.curves ??= allocateAnswers(costs, allowed && allocateRevenues(costs, copyOf(allowed)));
    const { revenues } = this.curves;
    for (let m = 0; m < changed.length; m += 1) {
      const hasMoved = revenues && allowed ? takeAllowed(revenues.allowed, allowed, m) : false;
      if (changed[m] === 0 && !hasMoved) continue;
      if (revenues) loadRevenue(responses, costs, m, revenues);
      loadAnswers(this.curves, m);
    }
    return this.curves;
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

function copyOf({ low, high }: AllowedPrices): AllowedPrices {
  return { low: low.slice(), high: high.slice() };
}

/** Takes over where the allowed prices of a community end, which depends on the tariff too; whether that moved. */
function takeAllowed(
  known: AllowedPrices,
  { low, high }: AllowedPrices,
  community: number,
): boolean {
  const hasMoved =
    known.low[community] !== low[community] || known.high[community] !== high[community];
  known.low[community] = low[community];
  known.high[community] = high[community];
  return hasMoved;
}
