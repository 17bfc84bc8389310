import { describe, expect, it } from 'vitest';
import { clear } from '../../engine/clearing/clear.js';
import type { ClearingResult, Mode } from '../../engine/clearing/result.js';
import { importAtPrice, kappaOf } from '../fixtures/directMarket.js';
import { FullProgram, type FullSolution } from '../fixtures/fullProgram.js';
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
    expect(Math.abs(netImport - (full.imports[m] as number))).toBeLessThan(0.05);
    expect(Math.abs(marginalPrice[m] - (full.prices[bus[m]] as number))).toBeLessThan(1e-3);
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
