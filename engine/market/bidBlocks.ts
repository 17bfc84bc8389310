/**
 * Populations in blocks: a community's rows, cut at fixed numbers of rows from its first. Sums are formed
 * within a block and then over the blocks in their order, so that no digit depends on who works on what.
 */

/** Rows of a block: a few of them fill a processor's cache, and one takes some ten microseconds. */
export const BLOCK_ROWS = 4096;

/**
 * Rows of a loop at most: after a few loops V8 has seen what follows them, and compiles function and loop as one.
 * A single loop over a block is compiled while it runs, and thrown away at its end, time and again.
 */
export const RUN_ROWS = 1024;

/** By block: its community, and the rows from `first` to before `end`. */
export interface BidBlocks {
  readonly count: number;
  readonly community: Int32Array;
  readonly first: Int32Array;
  readonly end: Int32Array;
  /** Where the rows of each block begin, and those of the last one end. */
  readonly rowStart: Int32Array;
  /** Blocks of community m are start[m] … start[m + 1] − 1. */
  readonly start: Int32Array;
}

export function bidBlocks(prosumerStart: Int32Array): BidBlocks {
  const communities = prosumerStart.length - 1;
  const start = new Int32Array(communities + 1);
  for (let m = 0; m < communities; m += 1) {
    const rows = prosumerStart[m + 1] - prosumerStart[m];
    start[m + 1] = start[m] + Math.ceil(rows / BLOCK_ROWS);
  }
  const count = start[communities];
  const community = new Int32Array(count);
  const rowStart = new Int32Array(count + 1);
  const first = rowStart.subarray(0, count);
  const end = new Int32Array(count);
  for (let m = 0; m < communities; m += 1) {
    for (let block = start[m]; block < start[m + 1]; block += 1) {
      community[block] = m;
      first[block] = prosumerStart[m] + (block - start[m]) * BLOCK_ROWS;
      end[block] = Math.min(first[block] + BLOCK_ROWS, prosumerStart[m + 1]);
    }
  }
  rowStart[count] = prosumerStart[communities];
  return { count, community, first, end, rowStart, start };
}
