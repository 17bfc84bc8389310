/** What a worker thread runs: one function a kind of task. */
import { buildResponses } from '../engine/market/buildResponses.js';
import type { ResponseShard } from './protocol.js';

export { relaxNode } from '../engine/clearing/nodeStage.js';

export function fillShard({ bids, responses, first, end }: ResponseShard): void {
  buildResponses(bids, responses, first, end);
}
