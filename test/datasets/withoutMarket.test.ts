/**
 * What the bundled situations are for: trade that does not see the network keeps the voltage limits
 * on the mild day and breaks them at peak and at noon. The answers are worked out here by bisection
 * and by sorting nothing: straight from the formulas of the model.
 */
import { describe, expect, test } from 'vitest';
import type { Case } from '../../engine/case/case.js';
import { resolveCase } from '../../engine/io/package.js';
import { readCase } from '../../engine/io/readCase.js';
import { buildRadialNetwork } from '../../engine/network/build.js';
import { createPowerFlow } from '../../engine/network/powerFlow.js';
import { communityOfProsumers } from '../fixtures/prosumers.js';

/** p(λ) = clip((λ + κ D − b) / (c + κ)); bounds alone where nothing can move. */
function output({ prosumers }: Case, row: number, price: number, kappa: number): number {
  const [low, high] = [prosumers.pMinKw[row], prosumers.pMaxKw[row]];
  if (low === high) return low;
  const free =
    (price + kappa * prosumers.demandKw[row] - prosumers.costLinear[row]) /
    (prosumers.costQuadratic[row] + kappa);
  return Math.min(high, Math.max(low, free));
}

/** Imports of the communities when all of them face one price. */
function importsAt(theCase: Case, price: number): Float64Array {
  const { communities, prosumers } = theCase;
  return Float64Array.from(communities.id, (_, community) => {
    const start = communities.prosumerStart[community];
    const end = communities.prosumerStart[community + 1];
    const kappa = 1 / (communities.priceSensitivity[community] * (end - start - 1));
    let sum = 0;
    for (let row = start; row < end; row += 1) {
      sum += prosumers.demandKw[row] - output(theCase, row, price, kappa);
    }
    return sum;
  });
}

const total = (column: Float64Array) => column.reduce((sum, value) => sum + value, 0);

/** All trade at one price: the grid's, or the one between its two that balances them. */
function copperPlateImports(theCase: Case): Float64Array {
  let { gridSell: low, gridBuy: high } = theCase.settings;
  if (total(importsAt(theCase, high)) >= 0) return importsAt(theCase, high);
  if (total(importsAt(theCase, low)) <= 0) return importsAt(theCase, low);
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (total(importsAt(theCase, middle)) > 0) low = middle;
    else high = middle;
  }
  return importsAt(theCase, high);
}

/** Every prosumer alone at the retail tariff: it buys at one price, sells at the other, or neither. */
function isolatedImports(theCase: Case): Float64Array {
  const { communities, prosumers, settings } = theCase;
  const imports = new Float64Array(communities.id.length);
  const community = communityOfProsumers(theCase);
  for (let row = 0; row < prosumers.id.length; row += 1) {
    const buying = prosumers.demandKw[row] - output(theCase, row, settings.gridBuy, 0);
    const selling = prosumers.demandKw[row] - output(theCase, row, settings.gridSell, 0);
    imports[community[row]] += Math.max(0, buying) + Math.min(0, selling);
  }
  return imports;
}

/** Lowest and highest voltage of the power flow with these imports. */
function voltageRange(theCase: Case, imports: Float64Array): { lowest: number; highest: number } {
  const { communities, prosumers, buses, settings } = theCase;
  const network = buildRadialNetwork(theCase);
  const active = new Float64Array(network.junctionCount);
  const reactive = new Float64Array(network.junctionCount);
  communities.bus.forEach((bus, community) => {
    active[network.busJunction[bus]] += imports[community] / network.baseKva;
  });
  communityOfProsumers(theCase).forEach((community, row) => {
    const junction = network.busJunction[communities.bus[community]];
    reactive[junction] += prosumers.demandKvar[row] / network.baseKva;
  });
  const flow = createPowerFlow(network);
  expect(flow.solve(active, reactive)).toBe('converged');
  const voltages = buses.id
    .map((_, bus) =>
      Math.sqrt(flow.squaredVoltage[network.busJunction[bus]] * network.busFactor[bus]),
    )
    .filter((_, bus) => bus !== settings.rootBus);
  return { lowest: Math.min(...voltages), highest: Math.max(...voltages) };
}

describe('without the market', () => {
  test('the mild day of ieee123 keeps all limits', async () => {
    const theCase = await readCase(resolveCase('ieee123'));
    for (const imports of [copperPlateImports(theCase), isolatedImports(theCase)]) {
      const { lowest, highest } = voltageRange(theCase, imports);
      expect(lowest).toBeGreaterThan(0.95);
      expect(highest).toBeLessThan(1.05);
    }
  });

  test.each([
    ['ieee123-peak', 0.95, 0.005, 0.02],
    ['case33bw', 0.93, 0.0005, 0.02],
  ])('%s falls below %d pu, by %d to %d', async (name, limit, least, most) => {
    const theCase = await readCase(resolveCase(name));
    for (const imports of [copperPlateImports(theCase), isolatedImports(theCase)]) {
      const { lowest } = voltageRange(theCase, imports);
      expect(lowest).toBeLessThan(limit - least);
      expect(lowest).toBeGreaterThan(limit - most);
    }
  });

  test.each(['ieee123-noon', 'ieee123-noon-unity'])('%s rises above 1.05 pu', async (name) => {
    const theCase = await readCase(resolveCase(name));
    const nothing = new Float64Array(theCase.communities.id.length);
    for (const imports of [copperPlateImports(theCase), isolatedImports(theCase), nothing]) {
      const { highest } = voltageRange(theCase, imports);
      expect(highest).toBeGreaterThan(1.053);
      expect(highest).toBeLessThan(1.075);
    }
  });

  test('one price for all can keep the limits of the peak and of both noons', async () => {
    const peak = await readCase(resolveCase('ieee123-peak'));
    expect(voltageRange(peak, importsAt(peak, 0.42)).lowest).toBeGreaterThan(0.95);
    const noon = await readCase(resolveCase('ieee123-noon-unity'));
    const { lowest, highest } = voltageRange(noon, importsAt(noon, 0.01));
    expect(highest).toBeLessThan(1.05);
    expect(lowest).toBeGreaterThan(0.95);
  });
});
