import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { type PhasorPowerFlow, phasorPowerFlow } from '../../engine/certify/powerFlow.js';
import {
  networkCase,
  PUBLISHED_FIGURES,
  randomNetworkCase,
  referenceFeeder,
} from '../fixtures/cases.js';

/** Solves a case that has fixed loads only. */
function solveLoads(theCase: Case): PhasorPowerFlow {
  const none = new Float64Array(theCase.buses.id.length);
  return phasorPowerFlow(theCase, none, none);
}

describe('the power flow of the certificate', () => {
  it.each(PUBLISHED_FIGURES)(
    'meets the published figures of $name',
    ({ name, baseKv, losses, lowest, at }) => {
      const feeder = referenceFeeder(name, baseKv);
      const flow = solveLoads(feeder.case);
      expect(flow.status).toBe('converged');
      expect(flow.mismatchPu).toBeLessThan(1e-10);
      expect(flow.lossesKw).toBeCloseTo(losses, 3);
      const lowestBus = flow.voltagePu.indexOf(Math.min(...flow.voltagePu));
      expect(feeder.case.buses.id[lowestBus]).toBe(at);
      expect(flow.voltagePu[lowestBus]).toBeCloseTo(lowest, 5);
      expect([...flow.voltagePu].map((voltage) => voltage.toFixed(6))).toEqual(
        feeder.referenceVoltage,
      );
      const load = feeder.case.buses.loadKw.reduce((sum, kw) => sum + kw, 0);
      expect(flow.gridImportKw).toBeCloseTo(load + flow.lossesKw, 6);
    },
  );

  it('measures P and Q at the end nearer the root, and the current behind the regulator', () => {
    const theCase = networkCase(
      [{}, {}, { loadKw: 300, loadKvar: 90 }],
      [
        { from: 1, to: 0, ratio: 1.05 },
        { from: 2, to: 1, rOhm: 2, xOhm: 3 },
        { from: 0, to: 2, rOhm: 1, xOhm: 1, open: true },
      ],
    );
    const flow = solveLoads(theCase);
    expect(flow.voltagePu[1]).toBeCloseTo(1.05, 14);
    expect(flow.pKw[0]).toBeCloseTo(flow.pKw[1], 9);
    expect(flow.qKvar[0]).toBeCloseTo(flow.qKvar[1], 9);
    expect(flow.pKw[1]).toBeCloseTo(300 + flow.lossesKw, 8);
    expect(flow.currentA[0]).toBeCloseTo(flow.currentA[1], 12);
    const power = Math.hypot(flow.pKw[1], flow.qKvar[1]);
    expect(flow.currentA[1]).toBeCloseTo(power / (Math.sqrt(3) * 10.5), 10);
    expect(flow.branchLossesKw[1]).toBeCloseTo((3 * 2 * flow.currentA[1] ** 2) / 1000, 12);
    expect([flow.pKw[2], flow.qKvar[2], flow.currentA[2]]).toEqual([0, 0, 0]);
  });

  it('takes shunts for susceptances, also on the root and behind a regulator', () => {
    const theCase = networkCase(
      [{ shuntKvar: 10 }, { shuntKvar: 100 }],
      [{ from: 0, to: 1, ratio: 1.1 }],
      { rootVoltagePu: 1.02 },
    );
    const flow = solveLoads(theCase);
    expect(flow.qKvar[0]).toBeCloseTo(-100 * (1.02 * 1.1) ** 2, 10);
    expect(flow.gridImportKvar).toBeCloseTo(-(100 * (1.02 * 1.1) ** 2 + 10 * 1.02 ** 2), 10);
    expect(flow.gridImportKw).toBeCloseTo(0, 10);
  });

  it.each([41, 42, 43])('conserves power from the grid to losses and loads (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const theCase = randomNetworkCase(random, 120);
    const consumptionKw = Float64Array.from(theCase.buses.id, () => random.between(-20, 20));
    const consumptionKvar = Float64Array.from(theCase.buses.id, () => random.between(-9, 9));
    const flow = phasorPowerFlow(theCase, consumptionKw, consumptionKvar);
    expect(flow.status).toBe('converged');
    const { loadKw, loadKvar, shuntKvar } = theCase.buses;
    const { xOhm } = theCase.branches;
    let activeKw = flow.lossesKw;
    let reactiveKvar = 0;
    for (let bus = 0; bus < loadKw.length; bus += 1) {
      activeKw += loadKw[bus] + consumptionKw[bus];
      reactiveKvar += loadKvar[bus] + consumptionKvar[bus];
      reactiveKvar -= shuntKvar[bus] * flow.voltagePu[bus] ** 2;
    }
    for (let branch = 0; branch < xOhm.length; branch += 1) {
      reactiveKvar += (3 * xOhm[branch] * flow.currentA[branch] ** 2) / 1000;
    }
    expect(flow.gridImportKw).toBeCloseTo(activeKw, 7);
    expect(flow.gridImportKvar).toBeCloseTo(reactiveKvar, 7);
  });

  it('solves a chain of 20,000 buses', () => {
    const count = 20_000;
    const buses = Array.from({ length: count }, () => ({ loadKw: 0.05, loadKvar: 0.02 }));
    const branches = Array.from({ length: count - 1 }, (_, bus) => {
      return { from: bus, to: bus + 1, rOhm: 0.0004, xOhm: 0.0005 };
    });
    const flow = solveLoads(networkCase(buses, branches));
    expect(flow.status).toBe('converged');
    expect(flow.mismatchPu).toBeLessThan(1e-10);
  });

  it('calls a collapse diverged and leaves no figure behind', () => {
    // Without reactance the most that 10 ohm can carry at 1 pu is 2500 kW.
    const atLoad = (loadKw: number) =>
      solveLoads(networkCase([{}, { loadKw }], [{ from: 0, to: 1, rOhm: 10 }]));
    expect(atLoad(2450).status).toBe('converged');
    for (const loadKw of [2502, 2700, 5000, 1e6, 1e15, Number.NaN]) {
      const { status, ...figures } = atLoad(loadKw);
      expect(status).toBe('diverged');
      for (const figure of Object.values(figures)) {
        if (typeof figure === 'number') expect(figure).toBeNaN();
        else for (const entry of figure) expect(entry).toBeNaN();
      }
    }
  });
});
