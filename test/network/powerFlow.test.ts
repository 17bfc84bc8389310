import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { phasorPowerFlow } from '../../engine/certify/powerFlow.js';
import { buildRadialNetwork } from '../../engine/network/build.js';
import { powerFlowMismatch } from '../../engine/network/mismatch.js';
import { createPowerFlow, type PowerFlow } from '../../engine/network/powerFlow.js';
import {
  networkCase,
  PUBLISHED_FIGURES,
  randomNetworkCase,
  referenceFeeder,
} from '../fixtures/cases.js';

/** Solves a case that has fixed loads only. */
function solveLoads(theCase: Case) {
  const network = buildRadialNetwork(theCase);
  const none = new Float64Array(network.junctionCount);
  const flow = createPowerFlow(network);
  const status = flow.solve(none, none);
  const voltagePu = network.busFactor.map((factor, bus) =>
    Math.sqrt(factor * flow.squaredVoltage[network.busJunction[bus]]),
  );
  return { network, flow, status, voltagePu, none };
}

/** Every figure an answer consists of. */
function figures(flow: PowerFlow): number[] {
  return [
    ...flow.activeFlow,
    ...flow.reactiveFlow,
    ...flow.squaredCurrent,
    ...flow.squaredVoltage,
    flow.rootActive,
    flow.rootReactive,
    flow.mismatch,
  ];
}

describe('the DistFlow sweep', () => {
  it.each(PUBLISHED_FIGURES)(
    'meets the published figures of $name',
    ({ name, baseKv, losses, lowest, at }) => {
      const feeder = referenceFeeder(name, baseKv);
      const { network, flow, status, voltagePu } = solveLoads(feeder.case);
      expect(status).toBe('converged');
      const lossesPu = network.r.reduce(
        (sum, r, branch) => sum + r * flow.squaredCurrent[branch],
        0,
      );
      expect(lossesPu * network.baseKva).toBeCloseTo(losses, 3);
      const lowestBus = voltagePu.indexOf(Math.min(...voltagePu));
      expect(feeder.case.buses.id[lowestBus]).toBe(at);
      expect(voltagePu[lowestBus]).toBeCloseTo(lowest, 5);
      expect([...voltagePu].map((voltage) => voltage.toFixed(6))).toEqual(feeder.referenceVoltage);
      // What the root draws is what is consumed and lost.
      const load = feeder.case.buses.loadKw.reduce((sum, kw) => sum + kw, 0);
      expect(flow.rootActive * network.baseKva).toBeCloseTo(load + losses, 2);
    },
  );

  it('solves two buses to the closed form', () => {
    // v² + (2(rP + xQ) − t) v + (r² + x²)(P² + Q²) = 0 at the receiving end, upper root.
    const [r, x, p, q, t] = [0.03, 0.05, 0.9, 0.4, 1.02 ** 2];
    const { flow, status } = solveLoads(
      networkCase(
        [{}, { loadKw: 1000 * p, loadKvar: 1000 * q }],
        [{ from: 0, to: 1, rOhm: 100 * r, xOhm: 100 * x, ratio: 1.02 }],
      ),
    );
    expect(status).toBe('converged');
    const half = t / 2 - (r * p + x * q);
    const voltage = half + Math.sqrt(half ** 2 - (r ** 2 + x ** 2) * (p ** 2 + q ** 2));
    expect(flow.squaredVoltage[1]).toBeCloseTo(voltage, 12);
    expect(flow.squaredCurrent[0]).toBeCloseTo((p ** 2 + q ** 2) / voltage, 12);
    expect(flow.rootActive).toBeCloseTo(p + (r * (p ** 2 + q ** 2)) / voltage, 12);
  });

  it('reports a mismatch that is the residual of the equations: any figure moved shows', () => {
    const { network, flow, none } = solveLoads(randomNetworkCase(seededRandom(21), 60));
    expect(flow.mismatch).toBeLessThanOrEqual(1e-11);
    expect(powerFlowMismatch(network, flow, none, none)).toBe(flow.mismatch);
    const random = seededRandom(22);
    const step = 1e-6;
    for (const column of [
      flow.activeFlow,
      flow.reactiveFlow,
      flow.squaredVoltage,
      flow.squaredCurrent,
    ]) {
      const entry = random.integer(0, column.length);
      column[entry] += step;
      // (1) to (3) hold P, Q and v with coefficient 1, so the residual is the step; ℓ enters with v in (4).
      const mismatch = powerFlowMismatch(network, flow, none, none);
      expect(mismatch).toBeGreaterThan(0.8 * step);
      expect(mismatch).toBeLessThan(10 * step);
      column[entry] -= step;
    }
    flow.squaredVoltage[3] = Number.NaN;
    expect(powerFlowMismatch(network, flow, none, none)).toBeNaN();
  });

  it('adds what the communities import to the fixed loads', () => {
    const line = { from: 0, to: 1, rOhm: 1, xOhm: 1 };
    const loaded = solveLoads(networkCase([{}, { loadKw: 500, loadKvar: 100 }], [line]));
    const network = buildRadialNetwork(networkCase([{}, { loadKw: 200, loadKvar: 300 }], [line]));
    const flow = createPowerFlow(network);
    flow.solve(Float64Array.of(0.1, 0.3), Float64Array.of(0.05, -0.2));
    expect(flow.squaredVoltage[1]).toBeCloseTo(loaded.flow.squaredVoltage[1], 14);
    expect(flow.rootActive).toBeCloseTo(loaded.flow.rootActive + 0.1, 14);
    expect(flow.rootReactive).toBeCloseTo(loaded.flow.rootReactive + 0.05, 14);
  });

  it.each(Array.from({ length: 25 }, (_, seed) => seed))(
    'agrees with the phasors of the certificate on a random network (seed %i)',
    (seed) => {
      const theCase = randomNetworkCase(seededRandom(seed), 4 + 5 * seed);
      const { network, flow, status, voltagePu } = solveLoads(theCase);
      const none = new Float64Array(theCase.buses.id.length);
      const phasors = phasorPowerFlow(theCase, none, none);
      expect([status, phasors.status]).toEqual(['converged', 'converged']);
      for (let bus = 0; bus < voltagePu.length; bus += 1) {
        expect(Math.abs(voltagePu[bus] - phasors.voltagePu[bus])).toBeLessThan(1e-10);
      }
      const { baseKva, baseKv } = network;
      const baseAmpere = baseKva / (Math.sqrt(3) * baseKv);
      for (let branch = 0; branch < network.branchRow.length; branch += 1) {
        const row = network.branchRow[branch];
        expect(Math.abs(flow.activeFlow[branch] - phasors.pKw[row] / baseKva)).toBeLessThan(1e-10);
        expect(Math.abs(flow.reactiveFlow[branch] - phasors.qKvar[row] / baseKva)).toBeLessThan(
          1e-10,
        );
        const current = Math.sqrt(flow.squaredCurrent[branch]);
        expect(Math.abs(current - phasors.currentA[row] / baseAmpere)).toBeLessThan(1e-10);
      }
      expect(Math.abs(flow.rootActive - phasors.gridImportKw / baseKva)).toBeLessThan(1e-10);
      expect(Math.abs(flow.rootReactive - phasors.gridImportKvar / baseKva)).toBeLessThan(1e-10);
    },
  );

  it('answers the same after any other solve', () => {
    const { network, flow, none } = solveLoads(randomNetworkCase(seededRandom(31), 80));
    const first = figures(flow);
    const random = seededRandom(32);
    const other = Float64Array.from(none, () => random.between(-0.05, 0.05));
    expect(flow.solve(other, none)).toBe('converged');
    expect(flow.squaredVoltage[network.junctionCount - 1]).not.toBe(first.at(-4));
    flow.solve(none, none);
    expect(figures(flow)).toEqual(first);
  });

  it('solves a chain of 20,000 buses, and a root alone', () => {
    const count = 20_000;
    const buses = Array.from({ length: count }, () => ({ loadKw: 0.05, loadKvar: 0.02 }));
    const branches = Array.from({ length: count - 1 }, (_, bus) => {
      return { from: bus, to: bus + 1, rOhm: 0.0004, xOhm: 0.0005 };
    });
    const { flow, status, voltagePu } = solveLoads(networkCase(buses, branches));
    expect(status).toBe('converged');
    expect(flow.mismatch).toBeLessThanOrEqual(1e-11);
    expect(voltagePu[count - 1]).toBeLessThan(voltagePu[count - 2]);

    const alone = solveLoads(
      networkCase([{ loadKw: 70, shuntKvar: 20 }], [], { rootVoltagePu: 1.1 }),
    );
    expect(alone.status).toBe('converged');
    expect(alone.flow.rootActive).toBeCloseTo(0.07, 15);
    expect(alone.flow.rootReactive).toBeCloseTo(-0.02 * 1.21, 15);
  });

  it('finds the answer just below the collapse, and calls anything above diverged', () => {
    // Without reactance and reactive load: v² + (2 r p − 1) v + r² p² = 0 has roots up to r p = 1/4.
    const atLoad = (share: number) =>
      solveLoads(
        networkCase([{}, { loadKw: (1000 * share) / (4 * 0.1) }], [{ from: 0, to: 1, rOhm: 10 }]),
      );
    const below = atLoad(0.98);
    expect(below.status).toBe('converged');
    expect(below.flow.mismatch).toBeLessThanOrEqual(1e-11);
    const half = 0.5 - 0.98 / 4;
    expect(below.flow.squaredVoltage[1]).toBeCloseTo(
      half + Math.sqrt(half ** 2 - (0.98 / 4) ** 2),
      9,
    );
    for (const share of [1.001, 1.1, 2, 50, 1e9]) {
      const { flow, status } = atLoad(share);
      expect(status).toBe('diverged');
      for (const figure of figures(flow)) expect(figure).toBeNaN();
    }
  });

  it('solves again after a collapse', () => {
    const { network, flow, none } = solveLoads(
      networkCase([{}, { loadKw: 100 }], [{ from: 0, to: 1, rOhm: 10 }]),
    );
    const first = figures(flow);
    expect(flow.solve(Float64Array.of(0, 100), none)).toBe('diverged');
    expect(flow.solve(Float64Array.of(0, Number.NaN), none)).toBe('diverged');
    expect(flow.solve(none, none)).toBe('converged');
    expect(figures(flow)).toEqual(first);
    expect(network.junctionCount).toBe(2);
  });
});
