import { describe, expect, it } from 'vitest';
import type { Case } from '../../engine/case/case.js';
import { clear } from '../../engine/clearing/clear.js';
import { prosumerFigures } from '../../engine/clearing/prosumerFigures.js';
import type { Mode, Outcome } from '../../engine/clearing/result.js';
import {
  answerTo,
  costOfOutput,
  importAtPrice,
  kappaOf,
  leastOn,
  membersOf,
  unitsOf,
} from '../fixtures/directMarket.js';
import { communityOfProsumers } from '../fixtures/prosumers.js';
import { QuadraticProgram } from '../fixtures/quadraticProgram.js';
import { randomMarket, variedShape } from '../fixtures/randomMarket.js';

const MODES_WITH_PRICES: readonly Mode[] = ['welfare', 'dlmp', 'social', 'local'];

async function outcomeOf(theCase: Case, mode: Mode): Promise<Outcome | undefined> {
  return (await clear(theCase, { mode, nodeLimit: 200 })).outcome;
}

const seeds = Array.from({ length: 12 }, (_, k) => 2000 + k);

describe('a cleared market', () => {
  it.each(seeds)('leaves no prosumer a better answer to the others (seed %i)', async (seed) => {
    const theCase = randomMarket(seed, { ...variedShape(seed), communities: 3 });
    const { demandKw, pMinKw, pMaxKw } = theCase.prosumers;
    for (const mode of MODES_WITH_PRICES) {
      const outcome = await outcomeOf(theCase, mode);
      if (outcome === undefined) continue;
      theCase.communities.id.forEach((_, m) => {
        const kappa = kappaOf(theCase, m, mode);
        for (const i of membersOf(theCase, m)) {
          const output = outcome.prosumers.outputKw[i];
          const purchase = demandKw[i] - output;
          const price = outcome.communities.price[m];
          const spending = (p: number): number => {
            const x = demandKw[i] - p;
            return costOfOutput(theCase, i, p) + (price + kappa * (x - purchase)) * x;
          };
          expect(output).toBeGreaterThanOrEqual(pMinKw[i] - 1e-12);
          expect(output).toBeLessThanOrEqual(pMaxKw[i] + 1e-12);
          const best = leastOn(pMinKw[i], pMaxKw[i], spending);
          expect(spending(output) - best).toBeLessThan(1e-9 * Math.max(1, Math.abs(best)));
        }
      });
    }
  });

  it.each(seeds)('answers its prices as section 2 says (seed %i)', async (seed) => {
    const theCase = randomMarket(seed, variedShape(seed));
    const outcome = await outcomeOf(theCase, 'dlmp');
    theCase.communities.id.forEach((_, m) => {
      if (outcome === undefined) return;
      const kappa = kappaOf(theCase, m, 'dlmp');
      const price = outcome.communities.price[m];
      for (const i of membersOf(theCase, m)) {
        const answer = answerTo(theCase, i, kappa, price);
        expect(outcome.prosumers.outputKw[i]).toBeCloseTo(answer, 8);
      }
    });
  });

  it.each(seeds)('is the equilibrium that HiGHS finds given X_m (seed %i)', async (seed) => {
    const theCase = randomMarket(seed, { ...variedShape(seed), communities: 4 });
    for (const mode of ['welfare', 'social'] as const) {
      const outcome = await outcomeOf(theCase, mode);
      if (outcome === undefined) continue;
      theCase.communities.id.forEach((_, m) => {
        expectEquilibrium(theCase, m, kappaOf(theCase, m, mode), outcome);
      });
    }
  });

  it.each(seeds)('has bids on one line of slope −a per community (seed %i)', async (seed) => {
    const theCase = randomMarket(seed, variedShape(seed));
    const outcome = await outcomeOf(theCase, 'welfare');
    if (outcome === undefined) return;
    const { bidKw, purchaseKw, price } = prosumerFigures(theCase, outcome);
    communityOfProsumers(theCase).forEach((m, i) => {
      const sensitivity = theCase.communities.priceSensitivity[m];
      expect(price[i]).toBe(outcome.communities.price[m]);
      if (Number.isNaN(sensitivity)) expect(bidKw[i]).toBeNaN();
      else expect(bidKw[i] - sensitivity * price[i]).toBeCloseTo(purchaseKw[i], 9);
    });
  });
});

/** min Σ C_i + ½ κ Σ x_i²  subject to  Σ x_i = X_m: the same point, and λ_m is its multiplier. */
function expectEquilibrium(theCase: Case, m: number, kappa: number, outcome: Outcome): void {
  const { demandKw } = theCase.prosumers;
  const { outputKw } = outcome.prosumers;
  const { purchaseKw } = prosumerFigures(theCase, outcome);
  const netImport = outcome.communities.importKw[m];
  const price = outcome.communities.price[m];
  const program = new QuadraticProgram();
  const clearing = program.row(netImport);
  const members = membersOf(theCase, m);
  let potential = 0;
  const purchases = members.map((i) => {
    potential += costOfOutput(theCase, i, outputKw[i]) + 0.5 * kappa * purchaseKw[i] ** 2;
    const purchase = program.column(-1e4, 1e4, 0, kappa);
    const balance = program.row(demandKw[i]);
    program.set(clearing, purchase, 1);
    program.set(balance, purchase, 1);
    for (const unit of unitsOf(theCase, i)) {
      program.set(balance, program.column(unit.low, unit.high, unit.linear, unit.quadratic), 1);
    }
    return purchase;
  });
  const answer = program.solve();
  expect(Math.abs(answer.objective - potential)).toBeLessThan(
    1e-6 * Math.max(1, Math.abs(potential)),
  );
  members.forEach((i, k) => {
    expect(Math.abs(answer.values[purchases[k] as number] - purchaseKw[i])).toBeLessThan(2e-3);
  });
  // Where everyone is at a bound the multiplier is an interval; the reported price need only lie in it.
  const isInside = (at: number): boolean =>
    Math.abs(importAtPrice(theCase, m, kappa, at) - netImport) < 1e-9;
  const isFlat = isInside(price - 1e-4) || isInside(price + 1e-4);
  if (!isFlat) expect(Math.abs(-answer.rowPrices[clearing] - price)).toBeLessThan(1e-4);
}
