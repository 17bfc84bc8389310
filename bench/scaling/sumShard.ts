/** What a thread of {@link ./threadedSum.js} runs: the sum of some rows of the columns. */
export interface SumShard {
  readonly columns: readonly Float64Array[];
  readonly first: number;
  readonly end: number;
}

export default function sumShard({ columns, first, end }: SumShard): number {
  const [a, b, c, d, e, f] = columns;
  let total = 0;
  for (let i = first; i < end; i += 1) total += a[i] + b[i] + c[i] + d[i] + (e[i] + f[i]);
  return total;
}
