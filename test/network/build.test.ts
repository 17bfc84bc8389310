import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import { buildRadialNetwork } from '../../engine/network/build.js';
import { networkCase, randomNetworkCase } from '../fixtures/cases.js';

/** Base 1000 kVA and 10 kV: 100 ohm, 100/√3 A. */
const BASE_OHM = 100;
const BASE_AMPERE = 100 / Math.sqrt(3);

describe('buildRadialNetwork', () => {
  it('puts a line into per unit, whichever end the table names first', () => {
    const line = { rOhm: 2, xOhm: 5, iMaxA: 80, ratio: 1.05 };
    for (const [from, to] of [
      [0, 1],
      [1, 0],
    ]) {
      const network = buildRadialNetwork(
        networkCase([{}, { loadKw: 50 }], [{ from, to, ...line }]),
      );
      expect(network.junctionCount).toBe(2);
      expect(network.parent).toEqual(Int32Array.of(0));
      expect(network.r[0]).toBeCloseTo(2 / BASE_OHM, 15);
      expect(network.x[0]).toBeCloseTo(5 / BASE_OHM, 15);
      expect(network.senderFactor[0]).toBeCloseTo(1.05 ** 2, 15);
      expect(network.currentLimit[0]).toBeCloseTo((80 / BASE_AMPERE) ** 2, 12);
      expect(network.loadP).toEqual(Float64Array.of(0, 0.05));
    }
  });

  it('joins buses across links and regulators, and carries the factor on to the next branch', () => {
    // 0 –line– 1 –link– 2 –regulator 1.1– 3 –line with 0.9– 4
    const theCase = networkCase(
      [
        {},
        { loadKw: 10, vMinPu: 0.95, vMaxPu: 1.05 },
        { loadKvar: 20, shuntKvar: 30, vMinPu: 0.9, vMaxPu: 1.2 },
        { loadKw: 30, shuntKvar: 40, vMinPu: 0.99, vMaxPu: 1.06 },
        {},
      ],
      [
        { from: 0, to: 1, rOhm: 1, xOhm: 1 },
        { from: 2, to: 1 },
        { from: 2, to: 3, ratio: 1.1 },
        { from: 4, to: 3, rOhm: 1, xOhm: 0, ratio: 0.9 },
      ],
    );
    const network = buildRadialNetwork(theCase);
    const factor = 1.1 ** 2;
    expect(network.junctionCount).toBe(3);
    expect(network.busJunction).toEqual(Int32Array.of(0, 1, 1, 1, 2));
    expect(network.branchRow).toEqual(Int32Array.of(0, 3));
    expect(network.busFactor[3]).toBeCloseTo(factor, 14);
    expect(network.senderFactor[1]).toBeCloseTo(0.9 ** 2 * factor, 14);
    expect(network.loadP[1]).toBeCloseTo(0.04, 15);
    expect(network.loadQ[1]).toBeCloseTo(0.02, 15);
    expect(network.shunt[1]).toBeCloseTo(0.03 + 0.04 * factor, 14);
    // Bus 1 holds the lower limit, bus 3 the upper: 1.06² / 1.1² < 1.05².
    expect(network.vMin[1]).toBeCloseTo(0.95 ** 2, 14);
    expect(network.vMinBus[1]).toBe(1);
    expect(network.vMax[1]).toBeCloseTo(1.06 ** 2 / factor, 14);
    expect(network.vMaxBus[1]).toBe(3);
  });

  it('takes no limit from the root bus, but those of buses joined to it', () => {
    const alone = buildRadialNetwork(networkCase([{ vMinPu: 0.99 }], []));
    expect([alone.vMin[0], alone.vMax[0], alone.vMinBus[0], alone.vMaxBus[0]]).toEqual([
      0,
      Infinity,
      -1,
      -1,
    ]);
    const joined = buildRadialNetwork(
      networkCase(
        [{ vMinPu: 0.99 }, { vMinPu: 0.5, vMaxPu: 1.04 }],
        [{ from: 0, to: 1, ratio: 1.02 }],
      ),
    );
    expect(joined.vMin[0]).toBeCloseTo(0.25 / 1.02 ** 2, 14);
    expect(joined.vMax[0]).toBeCloseTo((1.04 / 1.02) ** 2, 14);
    expect([joined.vMinBus[0], joined.vMaxBus[0]]).toEqual([1, 1]);
  });

  it('keeps a link with a current limit as a branch', () => {
    const network = buildRadialNetwork(networkCase([{}, {}], [{ from: 0, to: 1, iMaxA: 50 }]));
    expect(network.junctionCount).toBe(2);
    expect([network.r[0], network.x[0]]).toEqual([0, 0]);
    expect(network.currentLimit[0]).toBeCloseTo((50 / BASE_AMPERE) ** 2, 12);
  });

  it.each([1, 2, 3])('numbers junctions in depth-first preorder (seed %i)', (seed) => {
    const network = buildRadialNetwork(randomNetworkCase(seededRandom(seed), 150));
    const ancestors = [0];
    for (let branch = 0; branch < network.parent.length; branch += 1) {
      while (ancestors.at(-1) !== network.parent[branch]) {
        expect(ancestors.length).toBeGreaterThan(1);
        ancestors.pop();
      }
      ancestors.push(branch + 1);
    }
  });

  it('loses no load and no branch with an impedance', () => {
    const theCase = randomNetworkCase(seededRandom(5), 300);
    const network = buildRadialNetwork(theCase);
    const total = theCase.buses.loadKw.reduce((sum, load) => sum + load, 0);
    expect(network.loadP.reduce((sum, load) => sum + load, 0) * 1000).toBeCloseTo(total, 9);
    const { rOhm, xOhm, iMaxA, closed } = theCase.branches;
    const kept = rOhm.reduce(
      (count, r, row) =>
        count + (closed[row] === 1 && (r > 0 || xOhm[row] > 0 || iMaxA[row] < Infinity) ? 1 : 0),
      0,
    );
    expect(network.junctionCount).toBe(kept + 1);
  });
});
