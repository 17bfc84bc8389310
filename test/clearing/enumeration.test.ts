import { describe, expect, it } from 'vitest';
import type { Case } from '../../engine/case/case.js';
import { clear } from '../../engine/clearing/clear.js';
import type { ClearingResult } from '../../engine/clearing/result.js';
import { breakPrices, equilibriumAt, kappaOf } from '../fixtures/directMarket.js';
import { FullProgram } from '../fixtures/fullProgram.js';
import { networkOnly } from '../fixtures/networkOnly.js';
import { type MarketShape, randomMarket } from '../fixtures/randomMarket.js';

/** F_m = ½ h X² + g X + f for imports (kW) between `low` and `high`. */
interface Segment {
  readonly low: number;
  readonly high: number;
  readonly h: number;
  readonly g: number;
  readonly f: number;
}

type Equilibrium = ReturnType<typeof equilibriumAt>;

/** The segments of F_m between the price caps, fitted to three equilibria each. */
function segmentsOf(theCase: Case, m: number): Segment[] {
  const kappa = kappaOf(theCase, m, 'welfare');
  const { priceMin, priceMax } = theCase.communities;
  const clip = (price: number): number => Math.min(Math.max(price, priceMin[m]), priceMax[m]);
  const prices = [-1e3, ...breakPrices(theCase, m, kappa), 1e3].map(clip);
  const segments: Segment[] = [];
  for (let k = 1; k < prices.length; k += 1) {
    const [from, to] = [prices[k - 1] as number, prices[k] as number];
    const [a, middle, b] = [from, 0.5 * (from + to), to].map((price) =>
      equilibriumAt(theCase, m, kappa, price),
    ) as [Equilibrium, Equilibrium, Equilibrium];
    const width = a.netImport - b.netImport;
    if (width < 1e-7) continue;
    const h = Math.max((4 * (a.cost - 2 * middle.cost + b.cost)) / (width * width), 0);
    const slopeAtB = (a.cost - b.cost) / width - 0.5 * h * width;
    const g = slopeAtB - h * b.netImport;
    const f = b.cost - slopeAtB * b.netImport + 0.5 * h * b.netImport * b.netImport;
    segments.push({ low: b.netImport, high: a.netImport, h, g, f });
  }
  if (segments.length > 0) return segments;
  const { netImport, cost } = equilibriumAt(theCase, m, kappa, clip(0));
  return [{ low: netImport, high: netImport, h: 0, g: 0, f: cost }];
}

/** One segment per community in every possible way. */
function combinations(choices: readonly (readonly Segment[])[]): Segment[][] {
  return choices.reduce<Segment[][]>(
    (combined, next) => combined.flatMap((some) => next.map((segment) => [...some, segment])),
    [[]],
  );
}

/** Least cost over all combinations of segments; Infinity when none is possible. */
function enumerate(theCase: Case): number {
  const choices = theCase.communities.id.map((_, m) => segmentsOf(theCase, m));
  return combinations(choices).reduce((least, combination) => {
    const program = new FullProgram(theCase);
    combination.forEach(({ low, high, h, g, f }, m) => {
      program.setImport(m, low, high, h, g, f);
    });
    const { status, objective, bound } = program.solve();
    if (status === 'primal-infeasible') return least;
    if (status !== 'optimal') {
      // On the very edge of infeasibility: at any price no part of the best outcome.
      expect(bound).toBeGreaterThan(1e3);
      return least;
    }
    return Math.min(least, objective);
  }, Number.POSITIVE_INFINITY);
}

function expectOptimum(result: ClearingResult, least: number): void {
  if (result.outcome === undefined) {
    expect(result.status).toBe('infeasible');
    expect(least).toBe(Number.POSITIVE_INFINITY);
    return;
  }
  const tolerance = 1e-6 * Math.max(1, Math.abs(least));
  // A tenth of it is what the solver's tolerance on the limits is worth at the prices seen here.
  expect(result.lowerBound).toBeLessThanOrEqual(least + 0.1 * tolerance);
  if (result.status === 'optimal') {
    expect(Math.abs(result.objective - least)).toBeLessThan(tolerance);
  } else {
    expect(result.explanation).toContain('not tight');
  }
}

const TINY: MarketShape = {
  buses: 4,
  communities: 3,
  prosumers: [2, 3],
  kappaPowers: [-1.5, 0.5],
  impedance: 1.5,
  fixedShare: 0.1,
};

const FAMILIES: Record<string, MarketShape> = {
  'free trade': TINY,
  'devices and price caps': { ...TINY, communities: 2, deviceShare: 0.4, cappedShare: 0.7 },
  'a tight grid limit': { ...TINY, settings: { gridLimitKw: 4 } },
  'tight currents': { ...TINY, limitedShare: 0.8, limitA: 0.6 },
  'tight voltages': { ...TINY, impedance: 8, settings: { vMinPu: 0.994, vMaxPu: 1.02 } },
  'four communities on a star of limits': {
    ...TINY,
    communities: 4,
    prosumers: [2, 2],
    limitedShare: 0.8,
    limitA: 0.5,
  },
};

describe.each(Object.keys(FAMILIES))('welfare with %s', (family) => {
  const shape = FAMILIES[family] as MarketShape;
  it.each([1, 2, 3, 4, 5, 6])(
    'is the best of all combinations of segments (seed %i)',
    async (seed) => {
      const theCase = randomMarket(3000 + seed, shape);
      const result = await clear(theCase, networkOnly('welfare'));
      expectOptimum(result, enumerate(theCase));
    },
  );
});
