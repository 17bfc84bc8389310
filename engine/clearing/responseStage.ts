/**
 * The work on all bids: in this thread, in parts with pauses in which a caller can be heard, or in the
 * threads that the caller offers. Either can be stopped, and says how far it is.
 */
import { nextTurn } from '../base/nextTurn.js';
import { type CertifyStage, certifyAlone } from '../certify/certify.js';
import { answerBids, type BidAnswerer } from '../market/answerBlocks.js';
import { bidBlocks } from '../market/bidBlocks.js';
import { type BlockEvents, SUM_COUNT, sumBlocks } from '../market/blockSums.js';
import { type Bids, buildResponses } from '../market/buildResponses.js';
import type { PassWatch } from '../market/passWatch.js';
import type { ResponseFunctions } from '../market/responseFunction.js';
import type { BidReader } from '../market/windowedResponses.js';
import { progressOfRows } from './rowProgress.js';

/** The work on all bids, which worker threads may do: the same bytes come back. */
export interface ResponseStage {
  /** Fills the response functions of all communities. */
  readonly build: (bids: Bids, responses: ResponseFunctions, watch?: PassWatch) => Promise<void>;
  /** Reads all bids at windows of prices. */
  readonly read: BidReader;
  /** Answers one price for each community with the outputs of all its prosumers. */
  readonly answer: BidAnswerer;
  /** The readings of the certificate. */
  readonly certify: CertifyStage;
}

/** Rows between pauses: some tens of milliseconds. */
const ROWS_OF_A_TURN = 262_144;

/** The same with a bid's events sorted, which takes several times as long. */
const SORTED_ROWS_OF_A_TURN = 65_536;

export const IN_THIS_THREAD: ResponseStage = {
  build: async (bids, responses, watch) => {
    await inTurns(bids.prosumerStart, SORTED_ROWS_OF_A_TURN, watch, (first, end) =>
      buildResponses(bids, responses, first, end),
    );
  },
  read: async (bids, kappa, windows, watch) => {
    const blocks = bidBlocks(bids.prosumerStart);
    const sums = new Float64Array(SUM_COUNT * blocks.count);
    const shards: BlockEvents[] = [];
    const { rowStart } = blocks;
    await inTurns(rowStart, ROWS_OF_A_TURN, watch, (first, end) => {
      shards.push(sumBlocks(bids, kappa, windows, blocks, first, end, sums));
    });
    return { blocks, sums, shards };
  },
  answer: answerBids,
  certify: certifyAlone,
};

/**
 * Works through parts of the rows, a pause after each but the last.
 *
 * @param rowStart where groups of rows begin, and where the last one ends
 * @param work on groups `first` to before `end`
 */
async function inTurns(
  rowStart: Int32Array,
  rowsOfATurn: number,
  watch: PassWatch | undefined,
  work: (first: number, end: number) => void,
): Promise<void> {
  const groups = rowStart.length - 1;
  let first = 0;
  while (first < groups) {
    watch?.signal?.throwIfAborted();
    let end = first + 1;
    while (end < groups && rowStart[end] - rowStart[first] < rowsOfATurn) end += 1;
    work(first, end);
    watch?.onRows(rowStart[end] - rowStart[first]);
    if (end < groups) await nextTurn();
    first = end;
  }
}

/** What a clearing works with: a stage that reports to its caller, and stops when told to. */
export function watchedStage(
  stage: ResponseStage,
  signal: AbortSignal | undefined,
  report: (detail: string) => void,
): ResponseStage {
  const watch = (verb: string, { prosumerStart }: Bids): PassWatch => ({
    signal,
    onRows: progressOfRows(verb, prosumerStart[prosumerStart.length - 1], report),
  });
  return {
    ...stage,
    build: (bids, responses) => stage.build(bids, responses, watch('sorted', bids)),
    read: (bids, kappa, windows) => stage.read(bids, kappa, windows, watch('read', bids)),
  };
}
