/** What a thread for feeders runs. */
import { clear } from '../engine/clearing/clear.js';
import { NO_TIME_SECONDS } from '../engine/clearing/region.js';
import { commonClock, type FeederTask } from './feederProtocol.js';
import { shardKind } from './shardKind.js';

export const feeder = shardKind(({ theCase, options, deadline, stop }: FeederTask) => {
  const shouldStop = (): boolean => Atomics.load(stop, 0) !== 0;
  if (deadline === undefined) return clear(theCase, { ...options, shouldStop });
  const timeLimitSeconds = Math.max((deadline - commonClock()) / 1000, NO_TIME_SECONDS);
  return clear(theCase, { ...options, shouldStop, timeLimitSeconds });
});
