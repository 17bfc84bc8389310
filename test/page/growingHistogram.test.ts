import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import { GrowingHistogram } from '../../engine/page/growingHistogram.js';

const SEEDS = [4401, 4402, 4403, 4404];

function histogramOf(values: readonly number[]): GrowingHistogram {
  const histogram = new GrowingHistogram();
  for (const value of values) histogram.add(value);
  return histogram;
}

describe('a histogram that grows', () => {
  it.each(SEEDS)('counts every value where it belongs, in any order (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const values = Array.from({ length: 2000 }, () => {
      const size = 10 ** random.between(-9, 4);
      return random.between(-1, 1) * size;
    });
    const bins = histogramOf(values).bins(50, 0);
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
    for (const { count, from, to } of bins) {
      expect(count).toBe(values.filter((value) => value >= from && value < to).length);
    }
    expect(histogramOf(values.toReversed()).bins(50, 0)).toEqual(bins);
  });

  it('never puts losses and gains into one bin', () => {
    const bins = histogramOf([-3, -1e-6, 0, 1e-6, 700]).bins(10, 0);
    expect(bins.every(({ from, to }) => to <= 0 || from >= 0)).toBe(true);
    const below = bins.filter(({ to }) => to <= 0).reduce((sum, { count }) => sum + count, 0);
    expect(below).toBe(2);
  });

  it('leaves out the tails that it is asked to, and no more', () => {
    const values = Array.from({ length: 1000 }, (_, k) => k);
    const bins = histogramOf([...values, 1e9, -1e9]).bins(40, 0.005);
    const count = bins.reduce((sum, bin) => sum + bin.count, 0);
    expect(count).toBeGreaterThanOrEqual(990);
    // The far values widen the bins; these have been cut off again.
    expect(bins.length).toBeLessThanOrEqual(41);
  });

  it('of nothing has no bins, and of one value has one', () => {
    expect(new GrowingHistogram().bins(10, 0)).toEqual([]);
    expect(
      histogramOf([0.25])
        .bins(10, 0.01)
        .map(({ count }) => count),
    ).toEqual([1]);
  });
});
