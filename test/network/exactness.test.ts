import { describe, expect, it } from 'vitest';
import { type RandomSource, seededRandom } from '../../engine/base/random.js';
import { buildRadialNetwork } from '../../engine/network/build.js';
import { type ConsumptionRanges, checkExactness } from '../../engine/network/exactness.js';
import { createPowerFlow } from '../../engine/network/powerFlow.js';
import type { RadialNetwork } from '../../engine/network/radial.js';
import { networkCase, randomNetworkCase } from '../fixtures/cases.js';

/** Least and most consumption of each junction the same. */
function fixedConsumption(
  active: readonly number[],
  reactive: readonly number[],
): ConsumptionRanges {
  return {
    activeLeast: Float64Array.from(active),
    activeMost: Float64Array.from(active),
    reactiveLeast: Float64Array.from(reactive),
    reactiveMost: Float64Array.from(reactive),
  };
}

function randomRanges(
  network: RadialNetwork,
  random: RandomSource,
  size: number,
): ConsumptionRanges {
  const { junctionCount } = network;
  const column = (draw: () => number): Float64Array =>
    Float64Array.from({ length: junctionCount }, draw);
  const activeLeast = column(() => random.between(-size, 0.5 * size));
  const reactiveLeast = column(() => random.between(-size, 0.5 * size));
  return {
    activeLeast,
    activeMost: activeLeast.map((least) => least + random.between(0, size)),
    reactiveLeast,
    reactiveMost: reactiveLeast.map((least) => least + random.between(0, size)),
  };
}

/** A root and a chain of two lines, 10 kV and 1000 kVA: z_base 100 ohm. */
const chain = (
  first: readonly [number, number],
  second: readonly [number, number],
): RadialNetwork =>
  buildRadialNetwork(
    networkCase(
      [{}, { vMinPu: 0.9 }, { vMinPu: 0.95 }],
      [
        { from: 0, to: 1, rOhm: 100 * first[0], xOhm: 100 * first[1] },
        { from: 1, to: 2, rOhm: 100 * second[0], xOhm: 100 * second[1] },
      ],
    ),
  );

describe('the condition C1', () => {
  it('holds for any export on a single line', () => {
    const network = buildRadialNetwork(
      networkCase([{}, {}], [{ from: 0, to: 1, rOhm: 1, xOhm: 2 }]),
    );
    expect(checkExactness(network, fixedConsumption([0, -9], [0, -9]))).toMatchObject({
      margin: Number.POSITIVE_INFINITY,
      upstreamBranch: -1,
      downstreamBranch: -1,
    });
  });

  it('has a closed form on a chain of two', () => {
    // u_2 − (2 φ / v_min,1) (P r_2 + Q x_2) u_1 > 0 with all of P and Q through the first line.
    const [r1, x1, r2, x2] = [0.02, 0.05, 0.03, 0.01];
    const network = chain([r1, x1], [r2, x2]);
    const check = checkExactness(network, fixedConsumption([0, -1, -2], [0, -0.5, -1]));
    const missed = (2 / 0.9 ** 2) * (3 * r2 + 1.5 * x2);
    expect(check.margin).toBeCloseTo(Math.min(r2 / r1, x2 / x1) / missed, 9);
    expect([check.upstreamBranch, check.downstreamBranch]).toEqual([0, 1]);
    expect([...check.activeExport]).toEqual([3, 2]);
    expect(check.rootExport).toBe(3);
  });

  it('holds for any export where nobody exports', () => {
    const check = checkExactness(chain([1, 1], [1, 1]), fixedConsumption([0, 1, 1], [0, 0, 1]));
    expect(check.margin).toBe(Number.POSITIVE_INFINITY);
  });

  it('fails on a line without resistance, whose invented losses nobody pays', () => {
    const check = checkExactness(chain([1, 1], [0, 1]), fixedConsumption([0, 0, 0], [0, 0, 0]));
    expect(check.margin).toBe(0);
    expect([check.upstreamBranch, check.downstreamBranch]).toEqual([1, 1]);
  });

  it('does not mind lines without reactance, nor links', () => {
    const withLink = networkCase(
      [{}, {}, {}],
      [
        { from: 0, to: 1, rOhm: 1, xOhm: 0 },
        { from: 1, to: 2, iMaxA: 50 },
      ],
    );
    const check = checkExactness(
      buildRadialNetwork(withLink),
      fixedConsumption([0, -0.1, -0.1], [0, 0, 0]),
    );
    expect(check.margin).toBe(Number.POSITIVE_INFINITY);
  });

  it('does not change with the ratios of regulators whose limits are referred with them', () => {
    const at = (ratio: number): RadialNetwork =>
      buildRadialNetwork(
        networkCase(
          [{}, { vMinPu: 0.9 }, { vMinPu: 0.9 * ratio }],
          [
            { from: 0, to: 1, rOhm: 2, xOhm: 3 },
            { from: 1, to: 2, rOhm: 2 * ratio ** 2, xOhm: 1 * ratio ** 2, ratio },
          ],
        ),
      );
    const consumption = fixedConsumption([0, -1, -2], [0, -1, -2]);
    const plain = checkExactness(at(1), consumption);
    expect(checkExactness(at(1.05), consumption).margin / plain.margin).toBeCloseTo(1, 9);
  });

  it('is what the products of its definition say, on random trees', () => {
    const random = seededRandom(31);
    let bounded = 0;
    for (let trial = 0; trial < 40; trial += 1) {
      const network = buildRadialNetwork(randomNetworkCase(random, random.integer(2, 20)));
      const { margin, activeExport, reactiveExport } = checkExactness(
        network,
        randomRanges(network, random, 0.5),
      );
      const holds = (factor: number): boolean =>
        everyProductIsPositive(network, activeExport, reactiveExport, factor);
      if (margin < Number.POSITIVE_INFINITY) {
        bounded += 1;
        expect(holds(margin * (1 - 1e-9)), `trial ${trial}`).toBe(true);
        expect(holds(margin * (1 + 1e-9)), `trial ${trial}`).toBe(false);
      } else expect(holds(1e6), `trial ${trial}`).toBe(true);
    }
    expect(bounded).toBeGreaterThan(20);
  });
});

/** By definition: A_s … A_{t−1} u_t for every branch t and every s on its way to the root. */
function everyProductIsPositive(
  network: RadialNetwork,
  activeExport: Float64Array,
  reactiveExport: Float64Array,
  factor: number,
): boolean {
  for (let t = 0; t < network.parent.length; t += 1) {
    let [r, x] = [network.r[t], network.x[t]];
    if (r === 0 && x === 0) continue;
    for (let s = network.parent[t] - 1; s >= 0; s = network.parent[s] - 1) {
      const missed =
        (2 * factor * (Math.max(activeExport[s], 0) * r + Math.max(reactiveExport[s], 0) * x)) /
        network.vMin[s + 1];
      [r, x] = [r - missed * network.r[s], x - missed * network.x[s]];
      if (!(r > 0 && x >= 0)) return false;
    }
  }
  return true;
}

describe('the bounds beside C1', () => {
  it('hold for the exact power flow of any consumption within its ranges', () => {
    const random = seededRandom(32);
    let flows = 0;
    for (let trial = 0; trial < 60; trial += 1) {
      const network = buildRadialNetwork(randomNetworkCase(random, random.integer(2, 15)));
      const ranges = randomRanges(network, random, 0.05);
      const check = checkExactness(network, ranges);
      const flow = createPowerFlow(network);
      const pick = (least: Float64Array, most: Float64Array, load: Float64Array): Float64Array =>
        least.map((low, j) => random.between(low, most[j]) - load[j]);
      const status = flow.solve(
        pick(ranges.activeLeast, ranges.activeMost, network.loadP),
        pick(ranges.reactiveLeast, ranges.reactiveMost, network.loadQ),
      );
      const keepsLimits = flow.squaredVoltage.every(
        (voltage, j) => j === 0 || (voltage >= network.vMin[j] && voltage <= network.vMax[j]),
      );
      if (status !== 'converged' || !keepsLimits) continue;
      flows += 1;
      const message = `trial ${trial}`;
      flow.squaredVoltage.forEach((voltage, j) => {
        expect(voltage, message).toBeLessThanOrEqual(check.highestVoltage[j] + 1e-12);
      });
      flow.squaredCurrent.forEach((current, e) => {
        expect(current, message).toBeLessThanOrEqual(check.highestCurrent[e] + 1e-12);
      });
      expect(-flow.rootActive, message).toBeLessThanOrEqual(check.rootExport + 1e-12);
    }
    expect(flows).toBeGreaterThan(30);
  });
});
