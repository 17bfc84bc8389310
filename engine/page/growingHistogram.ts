/**
 * A histogram of values whose range nobody knows beforehand, in one pass and constant memory. Bin k holds the
 * values in [k w, (k + 1) w). Where a value lies beyond the bins, the width w is doubled and neighbours are
 * joined: counts stay exact, zero stays an edge, and a value is touched once.
 */

/** Bins on either side of zero: fine enough to be joined again for any picture. */
const BINS_EACH_SIDE = 2048;

/** The width to begin with, in the unit of the values: a power of two below anything worth a picture. */
const FIRST_WIDTH = 2 ** -40;

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export class GrowingHistogram {
  private width = FIRST_WIDTH;
  private readonly counts = new Float64Array(2 * BINS_EACH_SIDE);
  private total = 0;

  add(value: number): void {
    let place = Math.floor(value / this.width);
    while (place < -BINS_EACH_SIDE || place >= BINS_EACH_SIDE) {
      this.double();
      place = Math.floor(value / this.width);
    }
    this.counts[place + BINS_EACH_SIDE] += 1;
    this.total += 1;
  }

  /**
   * At most some `most` bins of one width, from the value that a share `tail` lies below to the one that a
   * share `tail` lies above.
   *
   * @param tail in [0, 0.5)
   */
  bins(most: number, tail: number): Bin[] {
    if (this.total === 0) return [];
    const { counts } = this;
    const first = this.placeOf(tail * this.total);
    const last = this.placeOf((1 - tail) * this.total);
    const joined = Math.max(1, Math.ceil((last - first + 1) / most));
    // Zero is between two bins.
    const start = Math.floor((first - BINS_EACH_SIDE) / joined);
    const end = Math.floor((last - BINS_EACH_SIDE) / joined);
    return Array.from({ length: end - start + 1 }, (_, k) => {
      const left = (start + k) * joined;
      const own = counts.subarray(
        Math.max(left + BINS_EACH_SIDE, 0),
        Math.max(left + joined + BINS_EACH_SIDE, 0),
      );
      return {
        from: left * this.width,
        to: (left + joined) * this.width,
        count: own.reduce((sum, count) => sum + count, 0),
      };
    });
  }

  /** The bin in which the count from below passes `rank`. */
  private placeOf(rank: number): number {
    let below = 0;
    let last = 0;
    for (let place = 0; place < this.counts.length; place += 1) {
      if (this.counts[place] === 0) continue;
      below += this.counts[place];
      last = place;
      if (below > rank) return place;
    }
    return last;
  }

  /** Bins 2 k and 2 k + 1 become bin k. */
  private double(): void {
    const { counts } = this;
    const middle = BINS_EACH_SIDE;
    for (let k = 0; k < middle / 2; k += 1) {
      counts[middle + k] = counts[middle + 2 * k] + counts[middle + 2 * k + 1];
      counts[middle - 1 - k] = counts[middle - 1 - 2 * k] + counts[middle - 2 - 2 * k];
    }
    counts.fill(0, 0, middle / 2);
    counts.fill(0, middle + middle / 2);
    this.width *= 2;
  }
}
