/** What the thread of a market runs (openMarket.ts). */
import type { MarketClearing, MarketMemory } from '../engine/session/market.js';
import { MarketClearer } from '../engine/session/marketClearer.js';
import { commonClock } from './feederProtocol.js';
import type { MarketTask, WarmUpTask } from './marketProtocol.js';
import { shardKind } from './shardKind.js';

/** A clearing and what the next one starts from. */
export interface MarketReply {
  readonly clearing: MarketClearing;
  readonly memory: MarketMemory | undefined;
}

let clearer: MarketClearer | undefined;

/** The clearer of this thread; a thread that took the place of another begins with what that remembered. */
function clearerOf({ theCase, options, memory }: MarketTask): MarketClearer {
  clearer ??= new MarketClearer(theCase, options);
  clearer.memory = memory;
  return clearer;
}

export const warmUp = shardKind(async (task: WarmUpTask): Promise<MarketMemory | undefined> => {
  const present = clearerOf(task);
  await present.warmUp(task.theCase, task.how);
  return present.memory;
});

export const clear = shardKind(async (task: MarketTask): Promise<MarketReply> => {
  const present = clearerOf(task);
  const clearing = await present.clear(task.theCase, {
    milliseconds: task.deadline - commonClock(),
    isAborted: () => Atomics.load(task.stop, 0) !== 0,
  });
  return { clearing, memory: present.memory };
});
