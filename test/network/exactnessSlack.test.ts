import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import { buildRadialNetwork } from '../../engine/network/build.js';
import { relaxationSlack } from '../../engine/network/exactnessSlack.js';
import { createPowerFlow, type NetworkState } from '../../engine/network/powerFlow.js';
import type { RadialNetwork } from '../../engine/network/radial.js';
import { networkCase, randomNetworkCase } from '../fixtures/cases.js';

function exactState(network: RadialNetwork): NetworkState {
  const none = new Float64Array(network.junctionCount);
  const flow = createPowerFlow(network);
  expect(flow.solve(none, none)).toBe('converged');
  return flow;
}

/**
 * The relaxed state in which branch `invented` carries a squared current δ too much and all others are
 * exact, by fixed-point iteration: an independent route to what the effect is.
 */
function withInvented(network: RadialNetwork, invented: number, delta: number): NetworkState {
  const count = network.parent.length;
  const voltage = Float64Array.from(exactState(network).squaredVoltage);
  const activeFlow = new Float64Array(count);
  const reactiveFlow = new Float64Array(count);
  const squaredCurrent = new Float64Array(count);
  for (let round = 0; round < 200; round += 1) {
    const active = Float64Array.from(network.loadP);
    const reactive = network.loadQ.map((load, j) => load - network.shunt[j] * voltage[j]);
    for (let e = count - 1; e >= 0; e -= 1) {
      const j = e + 1;
      const needed = (active[j] ** 2 + reactive[j] ** 2) / voltage[j];
      squaredCurrent[e] = needed + (e === invented ? delta : 0);
      activeFlow[e] = active[j] + network.r[e] * squaredCurrent[e];
      reactiveFlow[e] = reactive[j] + network.x[e] * squaredCurrent[e];
      active[network.parent[e]] += activeFlow[e];
      reactive[network.parent[e]] += reactiveFlow[e];
    }
    for (let e = 0; e < count; e += 1) {
      const [r, x] = [network.r[e], network.x[e]];
      voltage[e + 1] =
        network.senderFactor[e] * voltage[network.parent[e]] -
        2 * (r * activeFlow[e] + x * reactiveFlow[e]) +
        (r * r + x * x) * squaredCurrent[e];
    }
  }
  return { activeFlow, reactiveFlow, squaredCurrent, squaredVoltage: voltage };
}

describe('the slack of a relaxed solution', () => {
  it('is none in an exact power flow', () => {
    const random = seededRandom(41);
    for (let trial = 0; trial < 10; trial += 1) {
      const network = buildRadialNetwork(randomNetworkCase(random, 12));
      const { slack, inventedLossesKw, voltageEffect } = relaxationSlack(
        network,
        exactState(network),
      );
      for (const column of [slack, inventedLossesKw, voltageEffect]) {
        expect(Math.max(...column.map(Math.abs)), `trial ${trial}`).toBeLessThan(1e-9);
      }
    }
  });

  it('is what was invented, in pu and in kW, on the branch where it was', () => {
    const theCase = networkCase(
      [{}, { loadKw: 200 }, { loadKw: 300, loadKvar: 100 }],
      [
        { from: 0, to: 1, rOhm: 2, xOhm: 3 },
        { from: 1, to: 2, rOhm: 4, xOhm: 5, ratio: 1.02 },
      ],
    );
    const network = buildRadialNetwork(theCase);
    const delta = 1e-6;
    const state = withInvented(network, 1, delta);
    const found = relaxationSlack(network, state);
    // At the receiving end δ is all of ℓ − |S'|²/v_j; (6.2) is the same product at either end.
    const invented = (delta * state.squaredVoltage[2]) / (1.02 ** 2 * state.squaredVoltage[1]);
    expect(found.inventedLossesKw[1] / (0.04 * invented * 1000)).toBeCloseTo(1, 6);
    const slack = Math.hypot(0.04, 0.05) * delta * state.squaredVoltage[2];
    expect(found.slack[1] / slack).toBeCloseTo(1, 6);
    expect(Math.abs(found.inventedLossesKw[0])).toBeLessThan(1e-9);
  });

  it('tells what the voltage would gain without it, to first order', () => {
    const random = seededRandom(42);
    for (let trial = 0; trial < 10; trial += 1) {
      const network = buildRadialNetwork(randomNetworkCase(random, 10));
      const invented = network.r.reduce((best, r, e) => (r > network.r[best] ? e : best), 0);
      const exact = exactState(network).squaredVoltage[invented + 1];
      const state = withInvented(network, invented, 1e-4);
      const gain = Math.sqrt(exact) - Math.sqrt(state.squaredVoltage[invented + 1]);
      const { voltageEffect } = relaxationSlack(network, state);
      expect(voltageEffect[invented] / gain, `trial ${trial}`).toBeGreaterThan(0.8);
      expect(voltageEffect[invented] / gain, `trial ${trial}`).toBeLessThan(1.2);
    }
  });
});
