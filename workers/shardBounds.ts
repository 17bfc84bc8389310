/** Balanced shards: contiguous groups of rows with about equally many rows in each. */

/**
 * @param rowStart where each group begins, and where the last one ends
 * @param shards at most so many
 * @returns groups at which shards begin and end: 0 first, the number of groups last
 */
export function shardBounds(rowStart: Int32Array, shards: number): number[] {
  const groups = rowStart.length - 1;
  const rows = rowStart[groups];
  const bounds = [0];
  let group = 0;
  for (let shard = 1; shard < shards; shard += 1) {
    const target = (shard * rows) / shards;
    const before = group;
    while (group < groups && rowStart[group] < target) group += 1;
    if (group > before) bounds.push(group);
  }
  if (group < groups) bounds.push(groups);
  return bounds;
}

/**
 * Rows of a shard at most: some milliseconds of reading, of which handing one out takes some per cent, and
 * few enough that progress can be told.
 */
const SHARD_ROWS = 262_144;

/** Shards for each thread at least: one that falls behind leaves the rest to the others. */
const SHARDS_PER_THREAD = 2;

/** Shards of rows for so many threads: groups from `first` to before `end`, and how many rows. */
export function balancedShards(rowStart: Int32Array, threads: number): ShardRange[] {
  const rows = rowStart[rowStart.length - 1];
  const perThread = Math.max(SHARDS_PER_THREAD, Math.ceil(rows / (threads * SHARD_ROWS)));
  const bounds = shardBounds(rowStart, threads * perThread);
  return bounds.slice(1).map((end, k) => {
    const first = bounds[k] ?? 0;
    return { first, end, rows: rowStart[end] - rowStart[first] };
  });
}

export interface ShardRange {
  readonly first: number;
  readonly end: number;
  readonly rows: number;
}
