import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { applyChanges, type MarketChanges } from '../../engine/case/changes.js';
import { resolveOptions } from '../../engine/clearing/options.js';
import { KeptMarket, type PresentMarket } from '../../engine/session/keptMarket.js';
import type { MarketOptions } from '../../engine/session/market.js';
import { randomMarket, variedShape } from '../fixtures/randomMarket.js';
import { wideChanges } from './randomChanges.js';
import { textOf } from './resultBytes.js';

const PROGRAMS: readonly (readonly [string, MarketOptions])[] = [
  ['welfare', {}],
  ['dlmp', { mode: 'dlmp' }],
  ['social', { mode: 'social' }],
];

/** Everything that a clearing reads of it; what lies beyond the last knot of a community is room. */
function readOf({ state, curves, frame, places }: PresentMarket): string {
  const { costs, revenues } = curves;
  const { responses } = state;
  const communities = state.importMin.length;
  const perCommunity = Array.from({ length: communities }, (_, m) => {
    const start = costs.start[m];
    const arcs = costs.arcCount[m];
    const first = responses.knotStart[m];
    const knots = responses.knotCount[m];
    const arcsOf = (column: Float64Array): Float64Array => column.slice(start, start + arcs);
    const knotsOf = (column: Float64Array): Float64Array => column.slice(start, start + arcs + 1);
    const answersOf = (column: Float64Array): Float64Array => column.slice(first, first + knots);
    return [
      ...[costs.knot, costs.value, costs.least].map(knotsOf),
      ...[costs.slope, costs.curvature].map(arcsOf),
      ...(revenues === undefined
        ? []
        : [
            knotsOf(revenues.most),
            ...[revenues.value, revenues.slope, revenues.curvature].map(arcsOf),
            revenues.allowed.low[m],
            revenues.allowed.high[m],
          ]),
      ...[responses.netImport, responses.price].map(answersOf),
      responses.kappa[m],
      responses.smallestImport[m],
      responses.largestImport[m],
    ];
  });
  const { importMin, importMax, priceMin, priceMax } = state;
  return textOf({ perCommunity, importMin, importMax, priceMin, priceMax, frame, places });
}

/** The changes of one table at a time, so that nothing else has them noticed. */
function partsOf(changes: MarketChanges): MarketChanges[] {
  return Object.entries(changes).map(([table, values]) => ({ [table]: values }));
}

describe.each(PROGRAMS)('what is kept of a market in %s', (_, options) => {
  const resolved = resolveOptions(options);
  const fresh = (theCase: Case): string =>
    readOf(new KeptMarket(theCase, resolved.mode).renew(theCase, resolved));

  it.each(Array.from({ length: 25 }, (_, k) => 1600 + k))(
    'is what the changed case alone would give (seed %i)',
    (seed) => {
      const random = seededRandom(seed);
      let theCase = randomMarket(seed, variedShape(seed));
      const kept = new KeptMarket(theCase, resolved.mode);
      expect(readOf(kept.renew(theCase, resolved))).toBe(fresh(theCase));
      for (let k = 0; k < 4; k += 1) {
        for (const part of partsOf(wideChanges(random, theCase))) {
          theCase = applyChanges(theCase, part);
          expect(readOf(kept.renew(theCase, resolved))).toBe(fresh(theCase));
        }
      }
    },
  );
});
