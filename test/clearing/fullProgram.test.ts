import { describe, expect, it } from 'vitest';
import { clear } from '../../engine/clearing/clear.js';
import type { ClearingResult, Mode } from '../../engine/clearing/result.js';
import { importAtPrice, kappaOf, membersOf, unitsOf } from '../fixtures/directMarket.js';
import { FullProgram, type FullSolution } from '../fixtures/fullProgram.js';
import { QuadraticProgram } from '../fixtures/quadraticProgram.js';
import { randomMarket, variedShape } from '../fixtures/randomMarket.js';

/** The mode's convex program with every prosumer and device as its own variable. */
function solveInFull(theCase: ClearingResult['case'], mode: Mode): FullSolution {
  const program = new FullProgram(theCase);
  const { priceMin, priceMax } = theCase.communities;
  theCase.communities.id.forEach((_, m) => {
    const kappa = kappaOf(theCase, m, mode);
    program.addProsumers(m, kappa);
    if (mode === 'social' || (priceMin[m] === -Infinity && priceMax[m] === Infinity)) return;
    const least = importAtPrice(theCase, m, kappa, priceMax[m]);
    const most = importAtPrice(theCase, m, kappa, priceMin[m]);
    program.boundImport(m, least - 1e-9, most + 1e-9);
  });
  return program.solve();
}

function expectAgreement(result: ClearingResult, full: FullSolution): void {
  if (full.status === 'primal-infeasible') {
    expect(result.status).toBe('infeasible');
    return;
  }
  expect(full.status).toBe('optimal');
  if (result.outcome === undefined) throw new Error(`no outcome: ${result.explanation}`);
  const scale = Math.max(1, Math.abs(full.objective));
  expect(Math.abs(result.lowerBound - full.objective) / scale).toBeLessThan(1e-7);
  // Where the relaxation is not tight, it is a bound and no more.
  if (result.status !== 'optimal') {
    expect(result.explanation).toContain('not tight');
    return;
  }
  expect(Math.abs(result.objective - full.objective) / scale).toBeLessThan(1e-6);
  const { importKw, marginalPrice } = result.outcome.communities;
  const { bus } = result.case.communities;
  importKw.forEach((netImport, m) => {
    // An optimum within the gap may be √gap away where the cost is flat.
    expect(Math.abs(netImport - (full.imports[m] as number))).toBeLessThan(0.02);
    expect(Math.abs(marginalPrice[m] - (full.prices[bus[m]] as number))).toBeLessThan(1e-5);
  });
}

const seeds = Array.from({ length: 60 }, (_, k) => 1000 + k);

describe.each(['social', 'dlmp'] as const)('%s with every prosumer as a variable', (mode) => {
  it.each(seeds)('has the objective, imports and prices of the engine (seed %i)', async (seed) => {
    const theCase = randomMarket(seed, variedShape(seed));
    const result = await clear(theCase, { mode });
    expectAgreement(result, solveInFull(theCase, mode));
  });
});

describe.each(['social', 'dlmp'] as const)('%s on a network without impedances', (mode) => {
  it.each(seeds.slice(0, 25))('is the quadratic program of HiGHS (seed %i)', async (seed) => {
    const theCase = randomMarket(seed, {
      ...variedShape(seed),
      impedance: 0,
      limitedShare: 0,
      ratioShare: 0,
      shuntShare: 0,
      cappedShare: 0,
      settings: {
        gridSell: seed % 3 === 0 ? 0.3 : 0.12,
        gridLimitKw: seed % 4 === 0 ? 10 : undefined,
      },
    });
    const { gridBuy, gridSell, gridLimitKw } = theCase.settings;
    const program = new QuadraticProgram();
    const balance = program.row(-theCase.buses.loadKw.reduce((sum, load) => sum + load, 0));
    program.set(balance, program.column(0, Math.min(gridLimitKw, 1e4), gridBuy), -1);
    program.set(balance, program.column(0, Math.min(gridLimitKw, 1e4), -gridSell), 1);
    theCase.communities.id.forEach((_, m) => {
      for (const i of membersOf(theCase, m)) {
        const purchase = program.column(-1e3, 1e3, 0, kappaOf(theCase, m, mode));
        const own = program.row(theCase.prosumers.demandKw[i]);
        program.set(balance, purchase, 1);
        program.set(own, purchase, 1);
        for (const { low, high, linear, quadratic } of unitsOf(theCase, i)) {
          program.set(own, program.column(low, high, linear, quadratic), 1);
        }
      }
    });
    const result = await clear(theCase, { mode });
    if (result.outcome === undefined) {
      expect(result.status).toBe('infeasible');
      expect(() => program.solve()).toThrow('infeasible');
      return;
    }
    const answer = program.solve();
    expect(result.status).toBe('optimal');
    const scale = Math.max(1, Math.abs(answer.objective));
    expect(Math.abs(result.objective - answer.objective)).toBeLessThan(1e-6 * scale);
    const grid = answer.values[0] - answer.values[1];
    expect(Math.abs(result.outcome.gridImportKw - grid)).toBeLessThan(0.02);
  });
});
