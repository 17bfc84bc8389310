import { expect, it } from 'vitest';
import { type RandomSource, seededRandom } from '../../engine/base/random.js';
import { createConicSolver } from '../../engine/conic/solver.js';
import { buildRadialNetwork } from '../../engine/network/build.js';
import { relaxationSlack } from '../../engine/network/exactnessSlack.js';
import { createPowerFlow } from '../../engine/network/powerFlow.js';
import { relaxedState } from '../../engine/program/exactnessState.js';
import { createNetworkProgram } from '../../engine/program/networkProgram.js';
import { networkCase } from '../fixtures/cases.js';

/** What effects of the second order may make of a first-order figure here. */
const FIRST_ORDER = 0.15;

const NOBODY = { junction: new Int32Array(0), gridBuy: 1, gridSell: 0.5, gridLimit: Infinity };

function programOf(theCase: ReturnType<typeof networkCase>) {
  const network = buildRadialNetwork(theCase);
  const none = new Float64Array(network.junctionCount);
  const market = { ...NOBODY, reactiveDemand: none, reactiveMin: none, reactiveMax: none };
  return createNetworkProgram(network, market, 1);
}

it('is the exact power flow where the relaxation is tight', () => {
  const random = seededRandom(71);
  for (let trial = 0; trial < 5; trial += 1) {
    const { buses, branches } = randomFeeder(random);
    const program = programOf(networkCase(buses, branches));
    const { network } = program;
    const state = relaxedState(program, createConicSolver(program.problem).solve().x);
    const flow = createPowerFlow(network);
    const none = new Float64Array(network.junctionCount);
    expect(flow.solve(none, none)).toBe('converged');
    flow.squaredVoltage.forEach((voltage, j) => {
      expect(state.squaredVoltage[j], `trial ${trial}`).toBeCloseTo(voltage, 7);
    });
    expect(Math.max(...relaxationSlack(network, state).voltageEffect)).toBeLessThan(1e-7);
  }
});

it('names the branch that invents losses, in kW, where an upper voltage limit asks for them', () => {
  // What is sold behind the second line would lift its bus beyond the limit; only losses keep it down.
  const theCase = networkCase(
    [{}, {}, { loadKw: -900, vMaxPu: 1.03 }],
    [
      { from: 0, to: 1, rOhm: 2, xOhm: 2 },
      { from: 1, to: 2, rOhm: 4, xOhm: 1 },
    ],
  );
  const program = programOf(theCase);
  const state = relaxedState(program, createConicSolver(program.problem).solve().x);
  const { inventedLossesKw, slack, voltageEffect } = relaxationSlack(program.network, state);
  expect(slack[1]).toBeGreaterThan(1e-3);
  expect(inventedLossesKw[1]).toBeGreaterThan(1);
  const flow = createPowerFlow(program.network);
  const none = new Float64Array(3);
  flow.solve(none, none);
  const difference = Math.sqrt(flow.squaredVoltage[2]) - Math.sqrt(state.squaredVoltage[2]);
  expect(Math.abs(voltageEffect[1] / difference - 1)).toBeLessThan(FIRST_ORDER);
  // All that is missing at the root was invented.
  const missing = state.activeFlow[0] - flow.activeFlow[0];
  const invented = inventedLossesKw.reduce((sum, value) => sum + value, 0) / 1000;
  expect(Math.abs(invented / missing - 1)).toBeLessThan(FIRST_ORDER);
});

/** A tree of loads that leaves every voltage limit far away. */
function randomFeeder(random: RandomSource) {
  const buses = Array.from({ length: 8 }, () => ({
    loadKw: random.between(0, 60),
    loadKvar: random.between(-10, 30),
  }));
  const branches = buses.slice(1).map((_, bus) => ({
    from: random.integer(Math.max(0, bus - 2), bus + 1),
    to: bus + 1,
    rOhm: random.between(0.05, 0.8),
    xOhm: random.between(0, 0.8),
  }));
  return { buses, branches };
}
