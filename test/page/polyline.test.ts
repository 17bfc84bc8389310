import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import { thinnedPolyline } from '../../engine/page/polyline.js';

describe('a thinned polyline', () => {
  it('keeps its ends and every corner, and nothing on a straight stretch', () => {
    const x = Float64Array.of(0, 1, 2, 3, 4, 5, 6);
    const y = Float64Array.of(0, 1, 2, 3, 2, 1, 0);
    expect(thinnedPolyline(x, y, 10)).toEqual([0, 3, 6]);
  });

  it.each([5501, 5502, 5503])('keeps as many points as it may, ascending (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const x = Float64Array.from({ length: 300 }, (_, k) => k);
    const y = x.map(() => random.between(-1, 1));
    for (const most of [2, 3, 17, 299]) {
      const kept = thinnedPolyline(x, y, most);
      expect(kept).toHaveLength(most);
      expect(kept).toEqual([...new Set(kept)].sort((one, other) => one - other));
      expect([kept[0], kept.at(-1)]).toEqual([0, 299]);
    }
  });

  it('has nothing to add between points that are all the same', () => {
    const same = new Float64Array(5).fill(3);
    expect(thinnedPolyline(same, same, 4)).toEqual([0, 4]);
  });
});
