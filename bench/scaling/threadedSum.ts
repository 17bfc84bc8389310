/**
 * Adding up the bids in several threads: what that gains over one thread is what the machine has to give, at
 * that moment, to work that does no more than read.
 */
import { Piscina } from 'piscina';
import type { ProsumerTable } from '../../engine/case/case.js';
import type { SumShard } from './sumShard.js';

export class ThreadedSum {
  private readonly pool: Piscina<SumShard, number>;
  private readonly shards: readonly SumShard[];

  constructor(
    { demandKw, demandKvar, pMinKw, pMaxKw, costQuadratic, costLinear }: ProsumerTable,
    threads: number,
  ) {
    this.pool = new Piscina({
      filename: new URL('./sumShard.js', import.meta.url).href,
      minThreads: threads,
      maxThreads: threads,
    });
    const columns = [demandKw, demandKvar, pMinKw, pMaxKw, costQuadratic, costLinear];
    const boundAt = (shard: number) => Math.round((shard * demandKw.length) / threads);
    this.shards = Array.from({ length: threads }, (_, shard) => ({
      columns,
      first: boundAt(shard),
      end: boundAt(shard + 1),
    }));
  }

  /** The sum of all numbers of the bids. */
  async pass(): Promise<number> {
    const sums = await Promise.all(this.shards.map((shard) => this.pool.run(shard)));
    return sums.reduce((total, sum) => total + sum, 0);
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }
}
