/** What a worker thread runs. */
import { buildResponses } from '../engine/market/buildResponses.js';
import type { ResponseShard } from './protocol.js';

export default function fillShard({ bids, responses, first, end }: ResponseShard): void {
  buildResponses(bids, responses, first, end);
}
