import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import { shownBuses } from '../../engine/page/shownBuses.js';
import { networkCase } from '../fixtures/cases.js';

/** Bus k hangs on some bus before it. */
function randomTree(seed: number, count: number) {
  const random = seededRandom(seed);
  const branches = Array.from({ length: count - 1 }, (_, k) => ({
    from: random.integer(0, k + 1),
    to: k + 1,
    rOhm: random.between(0.01, 1),
  }));
  return { branches, theCase: networkCase(new Array(count).fill({}), branches) };
}

describe('buses that a page draws', () => {
  it.each([6601, 6602])('are a tree around the root, whatever their number (seed %i)', (seed) => {
    const { branches, theCase } = randomTree(seed, 60);
    for (const limit of [1, 7, 30, 60, 1000]) {
      const { rows } = shownBuses(theCase, limit);
      expect(rows).toHaveLength(Math.min(limit, 60));
      expect(rows[0]).toBe(0);
      for (const bus of rows.slice(1)) {
        const parent = branches[bus - 1]?.from ?? -1;
        expect(rows.indexOf(parent)).toBeGreaterThanOrEqual(0);
        expect(rows.indexOf(parent)).toBeLessThan(rows.indexOf(bus));
      }
    }
  });

  it('stand by depth where there are no coordinates, no two in one place', () => {
    const { branches, theCase } = randomTree(6603, 40);
    const { isSurveyed, rows, x, y } = shownBuses(theCase, 100);
    expect(isSurveyed).toBe(false);
    expect(new Set(rows.map((bus) => `${x[bus]},${y[bus]}`)).size).toBe(40);
    for (const { from, to } of branches) expect(x[to]).toBe(x[from] + 1);
  });

  it('are as far away as the impedances on their way, or else as many branches', () => {
    const line = [
      { from: 0, to: 1, rOhm: 3, xOhm: 4 },
      { from: 2, to: 1, rOhm: 0, xOhm: 2 },
    ];
    const far = shownBuses(networkCase([{}, {}, {}], line), 3);
    expect([...far.distance]).toEqual([0, 5, 7]);
    expect(far.distanceUnit).toBe('ohm');
    const joined = line.map(({ from, to }) => ({ from, to }));
    const near = shownBuses(networkCase([{}, {}, {}], joined), 3);
    expect([...near.distance]).toEqual([0, 1, 2]);
    expect(near.distanceUnit).toBe('branches');
  });
});
