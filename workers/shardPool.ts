/**
 * Threads that work on shards. Results come in the order of the shards. A thread that dies is replaced and
 * its shard done again; a shard that throws fails the whole run, with its place. A run is cancelled by a
 * signal, which ends the threads that work on it.
 */
import { Piscina } from 'piscina';
import { InternalError } from '../engine/base/errors.js';
import type { ResultOf, ShardOf, ShardReply } from './shardKind.js';

export interface ShardRun {
  /** How messages call a shard. */
  readonly place: (shard: number) => string;
  /** Ends the run, which then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called once a shard is done, in any order. */
  readonly onProgress?: (shard: number) => void;
}

/** Threads in which a shard may die, before it counts as what kills them. */
const ATTEMPTS = 3;

/** @typeParam Kinds what the module of the threads exports */
export class ShardPool<Kinds extends object> {
  private readonly pool: Piscina;
  /** Shards that are waiting for a thread or in one. */
  private readonly attempts = new Set<AbortController>();

  /** @param entry module that the threads load */
  constructor(
    readonly threads: number,
    entry: URL,
  ) {
    this.pool = new Piscina({
      filename: entry.href,
      minThreads: threads,
      maxThreads: threads,
      recordTiming: false,
    });
    // A thread that cannot even be started is not replaced: shards would wait for ever.
    this.pool.on('workerDestroy', () => queueMicrotask(() => this.giveUpIfDeserted()));
    // The death of a thread that had nothing to do, which would else end the process.
    this.pool.on('error', () => {});
  }

  /** Does shards of one kind. */
  async runShards<Kind extends keyof Kinds & string>(
    kind: Kind,
    shards: readonly ShardOf<Kinds[Kind]>[],
    run: ShardRun,
  ): Promise<ResultOf<Kinds[Kind]>[]> {
    const results: ResultOf<Kinds[Kind]>[] = [];
    let next = 0;
    // As many shards are under way as there are threads: the rest can be given up without a word.
    const lane = async (): Promise<void> => {
      while (next < shards.length) {
        const k = next;
        next += 1;
        results[k] = await this.runShard(kind, shards[k], run.place(k), run.signal);
        run.onProgress?.(k);
      }
    };
    const giveUp = (reason: unknown): never => {
      next = shards.length;
      throw reason;
    };
    // Nothing of a failed run may still write to its arrays.
    const lanes = await Promise.allSettled(
      Array.from({ length: this.threads }, () => lane().catch(giveUp)),
    );
    const failed = lanes.find((ended) => ended.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return results;
  }

  /** Does one shard, as soon as a thread is free. */
  async runShard<Kind extends keyof Kinds & string>(
    kind: Kind,
    shard: ShardOf<Kinds[Kind]>,
    place: string,
    signal?: AbortSignal,
  ): Promise<ResultOf<Kinds[Kind]>> {
    let death: unknown;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      let reply: ShardReply<ResultOf<Kinds[Kind]>>;
      try {
        reply = await this.attempt(kind, shard, signal);
      } catch (cause) {
        signal?.throwIfAborted();
        death = cause;
        continue;
      }
      if (reply.status === 'done') return reply.result;
      throw new InternalError(
        `a worker failed on ${place}: ${reply.reason}; try again with --workers 1`,
      );
    }
    const last = death instanceof Error ? death.message : String(death);
    throw new InternalError(
      `${ATTEMPTS} workers died on ${place}, the last because: ${last}; try again with --workers 1`,
    );
  }

  /** Rejects where the thread died, or was ended by the signal. */
  private async attempt(kind: string, shard: unknown, signal?: AbortSignal) {
    signal?.throwIfAborted();
    const attempt = new AbortController();
    const cancel = (): void => attempt.abort(signal?.reason);
    signal?.addEventListener('abort', cancel, { once: true });
    this.attempts.add(attempt);
    try {
      return await this.pool.run(shard, { name: kind, signal: attempt.signal });
    } catch (cause) {
      throw attempt.signal.aborted ? attempt.signal.reason : cause;
    } finally {
      this.attempts.delete(attempt);
      signal?.removeEventListener('abort', cancel);
    }
  }

  private giveUpIfDeserted(): void {
    if (this.pool.threads.length > 0) return;
    for (const attempt of this.attempts) attempt.abort(new Error('no thread could be started'));
  }

  /** Ends all threads. */
  close(): Promise<void> {
    return this.pool.destroy();
  }
}
