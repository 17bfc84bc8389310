/** Kinds of shards: what a thread can be asked to do, each a function of one shard. */

/** A shard that throws would throw again, and says so; a thread that dies says nothing at all. */
export type ShardReply<Result> =
  | { readonly status: 'done'; readonly result: Result }
  | { readonly status: 'failed'; readonly reason: string };

/** What the module of a thread exports for each kind. */
export type ShardKind<Shard, Result> = (shard: Shard) => Promise<ShardReply<Result>>;

export function shardKind<Shard, Result>(
  work: (shard: Shard) => Promise<Result> | Result,
): ShardKind<Shard, Result> {
  return async (shard) => {
    try {
      return { status: 'done', result: await work(shard) };
    } catch (cause) {
      return { status: 'failed', reason: cause instanceof Error ? cause.message : String(cause) };
    }
  };
}

export type ShardOf<Kind> = Kind extends ShardKind<infer Shard, unknown> ? Shard : never;
export type ResultOf<Kind> = Kind extends ShardKind<never, infer Result> ? Result : never;
