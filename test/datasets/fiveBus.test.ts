/** The hand calculation in datasets/five-bus/README.md. */
import { describe, expect, test } from 'vitest';
import { resolveCase } from '../../engine/io/package.js';
import { readCase } from '../../engine/io/readCase.js';
import { buildResponses, countKnotCapacity } from '../../engine/market/buildResponses.js';
import { marketKappa } from '../../engine/market/kappa.js';
import {
  allocateResponses,
  costAt,
  importAt,
  marginalCostAt,
} from '../../engine/market/responseFunction.js';

const [A, B, C] = [0, 1, 2];

async function responses() {
  const { communities, prosumers, devices } = await readCase(resolveCase('five-bus'));
  const bids = { prosumerStart: communities.prosumerStart, prosumers, devices };
  const built = allocateResponses(countKnotCapacity(bids), marketKappa(communities));
  buildResponses(bids, built, 0, communities.id.length);
  return built;
}

describe('the five-bus case', () => {
  test('has κ = 0.1 in A and B, and price-takers in C', async () => {
    const { kappa } = await responses();
    expect(kappa[A]).toBeCloseTo(0.1, 12);
    expect(kappa[B]).toBeCloseTo(0.1, 12);
    expect(kappa[C]).toBe(0);
  });

  test.each([-0.1, 0, 0.2, 0.3, 0.5])('community A imports 3 − 10 λ at λ = %d', async (price) => {
    expect(importAt(await responses(), A, price)).toBeCloseTo(3 - 10 * price, 12);
  });

  test.each([-2, -1, 0, 0.5, 1, 2, 3])(
    'community A costs 0.95 − 0.3 X + 0.025 X² at X = %d',
    async (netImport) => {
      const built = await responses();
      const expected = 0.95 - 0.3 * netImport + 0.025 * netImport ** 2;
      expect(costAt(built, A, netImport)).toBeCloseTo(expected, 12);
    },
  );

  test('community A saves 0.3 $/kWh on its first import', async () => {
    expect(marginalCostAt(await responses(), A, 0)).toBeCloseTo(-0.3, 12);
  });

  test('without losses A, B and C import 0, 2 and 0.5 kW at the grid price', async () => {
    const built = await responses();
    expect(importAt(built, A, 0.3)).toBeCloseTo(0, 12);
    expect(importAt(built, B, 0.3)).toBeCloseTo(2, 12);
    expect(importAt(built, C, 0.3)).toBeCloseTo(0.5, 12);
  });
});
