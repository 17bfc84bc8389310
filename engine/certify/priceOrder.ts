/**
 * Sorts the prices of one community: into as many buckets of equal width as there are prices, then by
 * insertion. Prices at which prosumers meet their bounds spread over their range, so that a bucket holds few
 * and the time is linear; where they crowd, a merge sort takes over.
 */
import { sortedOrder } from '../base/order.js';

/** A bucket with more prices than this is no longer a matter for insertion. */
const CROWDED = 32;

/** Workspaces for so many prices. */
export class PriceOrder {
  /** After {@link sort}: row numbers by ascending price, ties in row order. */
  readonly order: Int32Array;
  private readonly scratch: Int32Array;
  private readonly bucketOf: Int32Array;
  private readonly bucketEnd: Int32Array;

  constructor(capacity: number) {
    this.order = new Int32Array(capacity);
    this.scratch = new Int32Array(capacity);
    this.bucketOf = new Int32Array(capacity);
    this.bucketEnd = new Int32Array(capacity + 1);
  }

  sort(price: Float64Array, count: number): void {
    const { order } = this;
    if (!this.distribute(price, count)) {
      sortedOrder(price, count, order, this.scratch);
      return;
    }
    for (let k = 1; k < count; k += 1) {
      const row = order[k];
      const value = price[row];
      let slot = k;
      while (slot > 0 && price[order[slot - 1]] > value) {
        order[slot] = order[slot - 1];
        slot -= 1;
      }
      order[slot] = row;
    }
  }

  /** Puts rows into `order` bucket by bucket; false where a bucket is crowded. */
  private distribute(price: Float64Array, count: number): boolean {
    const { order, bucketOf, bucketEnd } = this;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < count; k += 1) {
      if (price[k] < low) low = price[k];
      if (price[k] > high) high = price[k];
    }
    const perPrice = (count - 1) / (high - low);
    if (!(perPrice < Number.POSITIVE_INFINITY)) return false;
    bucketEnd.fill(0, 0, count + 1);
    for (let k = 0; k < count; k += 1) {
      const bucket = ((price[k] - low) * perPrice) | 0;
      bucketOf[k] = bucket;
      bucketEnd[bucket + 1] += 1;
    }
    for (let bucket = 0; bucket < count; bucket += 1) {
      if (bucketEnd[bucket + 1] > CROWDED) return false;
      bucketEnd[bucket + 1] += bucketEnd[bucket];
    }
    // The start of each bucket moves to its end as its rows are placed.
    for (let k = 0; k < count; k += 1) {
      const bucket = bucketOf[k];
      order[bucketEnd[bucket]] = k;
      bucketEnd[bucket] += 1;
    }
    return true;
  }
}
