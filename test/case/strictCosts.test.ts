import { describe, expect, it } from 'vitest';
import { CaseError } from '../../engine/base/errors.js';
import { createCase } from '../../engine/case/create.js';
import { checkStrictCosts } from '../../engine/case/strictCosts.js';
import { smallMarket, withChanges } from './smallMarket.js';

/** North has two prosumers and a slope, south is price-taking. */
describe('checkStrictCosts', () => {
  it('accepts costs above 0 anywhere', () => {
    expect(() => checkStrictCosts(createCase(smallMarket()))).not.toThrow();
  });

  it('accepts a cost of 0 where the bids of several prosumers have a slope', () => {
    const market = withChanges({ prosumers: { costQuadratic: [0, 1, 0, Number.NaN] } });
    expect(() => checkStrictCosts(createCase(market))).not.toThrow();
  });

  it('names the row of the file, not of the grouped table', () => {
    const market = withChanges({ prosumers: { costQuadratic: [0.1, 0, 0.1, Number.NaN] } });
    const theCase = createCase(market, { prosumers: { file: 'prosumers.csv' } });
    expect([...theCase.prosumers.id].indexOf('s1')).toBe(2);
    expect(() => checkStrictCosts(theCase)).toThrow(
      /^prosumers\.csv, row 3, column cost_quadratic, value "0": /,
    );
  });

  it('looks at devices in place of their owner', () => {
    const market = withChanges({ devices: { costQuadratic: [0.1, 0] } });
    expect(() => checkStrictCosts(createCase(market))).toThrow(
      /^devices, row 3, column cost_quadratic, value "0": /,
    );
  });

  it('leaves out what is fixed', () => {
    const market = withChanges({
      prosumers: { pMinKw: [0, 4, -1, 0], costQuadratic: [0.1, 0, 0.1, Number.NaN] },
    });
    expect(() => checkStrictCosts(createCase(market))).not.toThrow();
  });

  it('takes the only prosumer of a community for a price-taker', () => {
    const market = withChanges({
      communities: { priceSensitivity: [20, 30] },
      prosumers: {
        community: ['north', 'south', 'north', 'north'],
        costQuadratic: [0, 0, 0, Number.NaN],
      },
      devices: { costQuadratic: [0, 0] },
    });
    try {
      checkStrictCosts(createCase(market));
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(CaseError);
      expect(error).toHaveProperty('problems.length', 1);
      expect(error).toHaveProperty('problems.0.row', 3);
    }
  });
});
