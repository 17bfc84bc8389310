/**
 * Threads that clear the feeders of a region, one feeder a thread at a time. A feeder's answer does not depend
 * on the others, so neither on who did what.
 */
import { UsageError } from '../engine/base/errors.js';
import type { Case } from '../engine/case/case.js';
import { IdColumn } from '../engine/case/idColumn.js';
import type { ClearOptions } from '../engine/clearing/options.js';
import type { FeederStage } from '../engine/clearing/region.js';
import type { ClearingResult } from '../engine/clearing/result.js';
import { commonClock, type FeederTask } from './feederProtocol.js';
import { ShardPool } from './shardPool.js';
import { withStopFlag } from './stopFlag.js';

export interface FeederPool {
  /** Give it to `clearRegion` as `feederStage`. */
  readonly feederStage: FeederStage;
  /** Ends all threads. */
  close(): Promise<void>;
}

/** What the threads can do. */
type Kinds = typeof import('./feederEntry.js');

/** @throws UsageError when the number of threads is not a positive whole number */
export function openFeederPool({ threads }: { readonly threads: number }): FeederPool {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new UsageError(`${threads} workers: a positive whole number is needed`);
  }
  const pool = new ShardPool<Kinds>(threads, new URL('./feederEntry.js', import.meta.url));
  return {
    feederStage: (feeder, options) => runFeeder(pool, feeder, options),
    close: () => pool.close(),
  };
}

async function runFeeder(
  pool: ShardPool<Kinds>,
  feeder: Case,
  options: ClearOptions,
): Promise<ClearingResult> {
  return withStopFlag(options.signal, async (stop) => {
    // A feeder that is asked to stop still has an answer to give: no signal ends its thread.
    const task = taskOf(feeder, options, stop);
    return { ...(await pool.runShard('feeder', task, feeder.settings.name)), case: feeder };
  });
}

function taskOf(feeder: Case, options: ClearOptions, stop: Int32Array): FeederTask {
  const { elastic, gap, mode, nodeLimit, solver, subsidised, timeLimitSeconds } = options;
  return {
    theCase: withoutIds(feeder),
    options: {
      ...(elastic === undefined ? {} : { elastic }),
      ...(gap === undefined ? {} : { gap }),
      ...(mode === undefined ? {} : { mode }),
      ...(nodeLimit === undefined ? {} : { nodeLimit }),
      ...(solver === undefined ? {} : { solver }),
      ...(subsidised === undefined ? {} : { subsidised }),
    },
    deadline: timeLimitSeconds === undefined ? undefined : commonClock() + 1000 * timeLimitSeconds,
    stop,
  };
}

/** No clearing asks who a prosumer or a device is; millions of ids would be copied. */
export function withoutIds(feeder: Case): Case {
  return {
    ...feeder,
    prosumers: { ...feeder.prosumers, id: IdColumn.from([]) },
    devices: { ...feeder.devices, id: IdColumn.from([]) },
  };
}
