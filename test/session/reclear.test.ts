import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { clear } from '../../engine/clearing/clear.js';
import type { ClearingResult } from '../../engine/clearing/result.js';
import { resolveCase } from '../../engine/io/package.js';
import { readCase } from '../../engine/io/readCase.js';
import type { MarketOptions } from '../../engine/session/market.js';
import { openMarketSession } from '../../engine/session/marketSession.js';
import { randomMarket, variedShape } from '../fixtures/randomMarket.js';
import { randomChanges, wideChanges } from './randomChanges.js';

const PROGRAMS: readonly (readonly [string, MarketOptions])[] = [
  ['welfare', {}],
  ['welfare, subsidised', { subsidised: true }],
  ['dlmp', { mode: 'dlmp' }],
  ['social', { mode: 'social' }],
];

const CHANGES = 6;

/** What rounding and the tolerances of limits may be worth, relative to the objective. */
const ROUNDING = 2e-7;

/** Both prove bounds of one program: neither bound is above the other's outcome. */
function expectAgreement(again: ClearingResult, cold: ClearingResult): void {
  if (again.status === 'infeasible' || cold.status === 'infeasible') {
    const other = again.status === 'infeasible' ? cold : again;
    expect(['infeasible', 'limit']).toContain(other.status);
    return;
  }
  if (cold.status === 'optimal') expect(again.status).toBe('optimal');
  if (again.outcome === undefined || cold.outcome === undefined) return;
  const slack = ROUNDING * Math.max(1, Math.abs(cold.objective));
  if (again.status !== 'limit') {
    expect(cold.lowerBound).toBeLessThanOrEqual(again.objective + slack);
    expect(again.certificate.equilibriumHolds && again.certificate.physicsHolds).toBe(true);
  }
  if (cold.status !== 'limit') {
    expect(again.lowerBound).toBeLessThanOrEqual(cold.objective + slack);
  }
  if (again.status === 'optimal') expect(again.gap).toBeLessThanOrEqual(1e-6);
}

async function followed(
  theCase: Case,
  options: MarketOptions,
  seed: number,
  changesOf: typeof randomChanges = randomChanges,
): Promise<number> {
  const random = seededRandom(seed);
  const market = await openMarketSession(theCase, options);
  let corrected = 0;
  for (let k = 0; k < CHANGES; k += 1) {
    if (k > 0) await market.update(changesOf(random, market.case));
    const { result, route } = await market.clear();
    if (route === 'corrected') corrected += 1;
    expect(result.case).toBe(market.case);
    expectAgreement(result, await clear(market.case, options));
  }
  await market.close();
  return corrected;
}

describe.each(PROGRAMS)('clearing %s again after random changes', (_, options) => {
  it.each(Array.from({ length: 24 }, (_, k) => 300 + k))(
    'agrees with clearing the changed case from nothing (seed %i)',
    async (seed) => {
      await followed(randomMarket(seed, variedShape(seed)), options, seed);
    },
  );
});

describe.each(PROGRAMS)('clearing %s again after changes of everything', (_, options) => {
  it.each(Array.from({ length: 6 }, (_, k) => 340 + k))(
    'agrees with clearing the changed case from nothing (seed %i)',
    async (seed) => {
      await followed(randomMarket(seed, variedShape(seed)), options, seed, wideChanges);
    },
  );
});

describe.each(['ieee123', 'ieee123-noon', 'case33bw', 'five-bus'])('clearing %s again', (name) => {
  it.each(PROGRAMS)('in %s agrees, and mostly corrects the answer before', async (_, options) => {
    const theCase = await readCase(resolveCase(name));
    expect(await followed(theCase, options, 7)).toBeGreaterThanOrEqual(CHANGES - 3);
  });
});
