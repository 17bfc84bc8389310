import { describe, expect, it } from 'vitest';
import { createFeeder } from '../../engine/certify/feeder.js';
import { networkCase } from '../fixtures/cases.js';

/** 0 – 1 = 2 = 3 – 4 and 0 = 5, where = is a link, some with a regulator. */
const theCase = networkCase(
  [
    {},
    { vMinPu: 0.9, vMaxPu: 1.1 },
    { vMinPu: 0.99, vMaxPu: 1.2 },
    { vMinPu: 0.8, vMaxPu: 1.06 },
    { vMinPu: 0.9, vMaxPu: 1.1 },
    { vMinPu: 0.9, vMaxPu: 1.1 },
  ],
  [
    { from: 0, to: 1, rOhm: 1 },
    { from: 1, to: 2, ratio: 1.05 },
    { from: 3, to: 2, ratio: 0.98 },
    { from: 3, to: 4, rOhm: 1 },
    { from: 0, to: 5, ratio: 1.02 },
  ],
  { rootVoltagePu: 1.01 },
);

describe('the feeder of the certificate', () => {
  const feeder = createFeeder(theCase);
  const limits = (bus: number): number[] =>
    [feeder.vMin[bus], feeder.vMax[bus]].map((squared) => Math.sqrt(squared));

  it('keeps all limits of buses that links join, each as it looks from there', () => {
    expect(limits(1)[0]).toBeCloseTo(0.99 / 1.05, 14);
    expect(limits(1)[1]).toBeCloseTo(1.06 / 0.98 / 1.05, 14);
    expect(limits(2)[0]).toBeCloseTo(0.99, 14);
    expect(limits(2)[1]).toBeCloseTo(1.06 / 0.98, 14);
    expect(limits(3)[0]).toBeCloseTo(0.99 * 0.98, 14);
    expect(limits(3)[1]).toBeCloseTo(1.06, 14);
    expect(limits(4)).toEqual([Math.sqrt(0.9 * 0.9), Math.sqrt(1.1 * 1.1)]);
  });

  it('knows the voltage behind a link from the root', () => {
    expect(limits(5)[0]).toBeCloseTo(1.01 * 1.02, 14);
    expect(limits(5)[1]).toBeCloseTo(1.01 * 1.02, 14);
  });

  it('finds the head of a chain of links, and subtrees as stretches of the order', () => {
    expect([...feeder.head]).toEqual([0, 1, 1, 1, 4, 0]);
    const behind = (bus: number): number[] => [
      ...feeder.order.subarray(feeder.position[bus], feeder.subtreeEnd[bus]),
    ];
    expect(behind(1)).toEqual([1, 2, 3, 4]);
    expect(behind(3)).toEqual([3, 4]);
    expect(behind(4)).toEqual([4]);
    expect(behind(0).length).toBe(6);
  });
});
