/**
 * Large communities: their response functions are wanted near the prices of the answer alone, and built there.
 *
 *   1. a sample of every community, scaled to its size, is cleared: prices that are nearly right;
 *   2. all bids are read at these prices, which corrects the sample, and it is cleared again;
 *   3. all bids are read once more, in windows around the prices; what is inside is exact.
 *
 * An answer whose price leaves its window is no answer yet: the window moves there and the bids are read again.
 * That the answer is right does not rest on any of this: inside a window everything is exact, outside costs are
 * bounded from below (market/sweep.ts), and the certificate is found from the case alone.
 */
import type { Case } from '../case/case.js';
import { type Bids, buildResponses, countKnotCapacity } from '../market/buildResponses.js';
import type { PriceWindows } from '../market/priceWindow.js';
import {
  allocateResponses,
  importAt,
  isVerticalAt,
  type ResponseFunctions,
} from '../market/responseFunction.js';
import { sampleBids, scaleResponses, shiftResponses } from '../market/sample.js';
import { newSweepStart } from '../market/sweep.js';
import { type BidReader, responsesOf, startAt } from '../market/windowedResponses.js';
import {
  bidsOf,
  type ImportRanges,
  importRangesOf,
  kappaFor,
  type MarketState,
  marketStateOf,
  priceCapsFor,
} from './marketState.js';
import type { ResolvedOptions } from './options.js';

/** Communities with more prosumers than this are built in windows: below, sorting all is as fast. */
export const LARGE_COMMUNITY = 4096;

/** Prosumers of a sample: their mean is a few per cent off, and clearing them is quick. */
const SAMPLE_ROWS = 256;

/** Half the width of a window at least, $/kWh: holds a per cent of the bids of a usual market. */
const LEAST_HALF_WIDTH = 1e-3;

/** Of what the correction moved a price by, this much more is expected at most. */
const MOVE_SHARE = 0.5;

/**
 * A price differs from what an import is worth on the margin by κ times a purchase; a window holds this many
 * times the range of that.
 */
const STRATEGIC_SHARE = 4;

/** By how much a window that was too narrow grows. */
const GROWTH = 8;

/** The prices of a clearing by community, $/kWh; undefined where there is none. */
export type PriceFinder = (state: MarketState) => Promise<Float64Array | undefined>;

export function hasLargeCommunities({ communities }: Case): boolean {
  const { prosumerStart } = communities;
  return communities.id.some((_, m) => prosumerStart[m + 1] - prosumerStart[m] > LARGE_COMMUNITY);
}

/** Opens the state of a case in windows that move and grow until they hold the answer. */
export class WindowSearch {
  private readonly bids: Bids;
  private readonly kappa: Float64Array;
  private readonly read: BidReader;
  /** The state of the first sample: the others differ from it in their response functions alone. */
  private first: MarketState | undefined;
  /** Imports between price caps, once they are known. */
  private ranges: ImportRanges | undefined;

  constructor(
    private readonly theCase: Case,
    private readonly options: ResolvedOptions,
  ) {
    this.bids = bidsOf(theCase);
    this.kappa = kappaFor(options.mode, theCase);
    this.read = options.responseStage.read;
  }

  /** The state in windows around prices that a sample leads to; undefined where it leads to none. */
  async open(findPrices: PriceFinder): Promise<MarketState | undefined> {
    const { bids, kappa } = this;
    const sample = sampleBids(bids, SAMPLE_ROWS);
    const responses = allocateResponses(countKnotCapacity(sample.bids), kappa);
    buildResponses(sample.bids, responses, 0, kappa.length);
    scaleResponses(responses, sample.weight);
    const first = await findPrices(this.sampleState(responses));
    if (first === undefined) return undefined;
    const exact = await this.answersAt(first);
    shiftResponses(
      responses,
      exact.netImport.map((netImport, m) => netImport - importAt(responses, m, first[m])),
    );
    const second = await findPrices(this.sampleState(responses));
    if (second === undefined) return undefined;
    const halfWidth = second.map((price, m) =>
      sample.weight[m] === 1
        ? Number.POSITIVE_INFINITY
        : Math.max(
            MOVE_SHARE * Math.abs(price - first[m]),
            STRATEGIC_SHARE * kappa[m] * exact.purchaseRange[m],
            LEAST_HALF_WIDTH,
          ),
    );
    return this.openWindows({
      low: second.map((price, m) => price - halfWidth[m]),
      high: second.map((price, m) => price + halfWidth[m]),
    });
  }

  /**
   * The state in larger windows where prices left theirs; undefined where none has.
   *
   * @param price by community, $/kWh
   */
  async follow(state: MarketState, price: Float64Array): Promise<MarketState | undefined> {
    const { windows, responses } = state;
    if (windows === undefined) return undefined;
    const low = windows.low.slice();
    const high = windows.high.slice();
    let left = false;
    price.forEach((value, m) => {
      const isBelow = value <= low[m] && isVerticalAt(responses, m, low[m]);
      const isAbove = value >= high[m] && isVerticalAt(responses, m, high[m]);
      if (!isBelow && !isAbove) return;
      const halfWidth = 0.5 * GROWTH * (high[m] - low[m]);
      low[m] = value - halfWidth;
      high[m] = value + halfWidth;
      left = true;
    });
    return left ? this.openWindows({ low, high }) : undefined;
  }

  private async openWindows(windows: PriceWindows): Promise<MarketState> {
    const { theCase, options, kappa, bids } = this;
    const responses = responsesOf(await this.read(bids, kappa, windows), kappa, windows);
    if (this.ranges === undefined) {
      const caps = priceCapsFor(options.mode, theCase);
      this.ranges = {
        importMin: await this.importsAtCaps(caps.high, responses.smallestImport),
        importMax: await this.importsAtCaps(caps.low, responses.largestImport),
      };
    }
    return { ...this.stateOf(responses, this.ranges), windows };
  }

  /** The market in which samples stand for their communities. */
  private sampleState(responses: ResponseFunctions): MarketState {
    return this.stateOf(responses, importRangesOf(this.theCase, this.options, responses));
  }

  private stateOf(responses: ResponseFunctions, ranges: ImportRanges): MarketState {
    this.first ??= marketStateOf(this.theCase, this.options, responses, ranges);
    return { ...this.first, responses, ...ranges };
  }

  private async importsAtCaps(cap: Float64Array, uncapped: Float64Array): Promise<Float64Array> {
    if (!cap.some((price) => Number.isFinite(price))) return uncapped.slice();
    return (await this.answersAt(cap)).netImport;
  }

  /** What every community imports at one price, kW, and the range that its prosumers' purchases can have. */
  private async answersAt(price: Float64Array) {
    const { bids, kappa } = this;
    const window = { low: price, high: price };
    const { blocks, sums } = await this.read(bids, kappa, window);
    const netImport = new Float64Array(price.length);
    const purchaseRange = new Float64Array(price.length);
    const at = newSweepStart();
    for (let m = 0; m < price.length; m += 1) {
      startAt(blocks, sums, m, window, at);
      netImport[m] = at.netImport;
      purchaseRange[m] = Math.max(at.greatestPurchase - at.leastPurchase, 0);
    }
    return { netImport, purchaseRange };
  }
}
