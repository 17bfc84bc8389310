import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { changedColumns, withColumns } from '../../engine/case/changedColumns.js';
import { applyChanges, type MarketChanges } from '../../engine/case/changes.js';
import { createCase } from '../../engine/case/create.js';
import { smallMarket } from './smallMarket.js';

const SEEDS = Array.from({ length: 20 }, (_, k) => 700 + k);

describe('the columns that changed', () => {
  it.each(SEEDS)('make the changed case out of the first again, bit by bit (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const before = createCase(smallMarket());
    let after = before;
    for (let k = 0; k < 3; k += 1)
      after = applyChanges(
        after,
        someChanges(() => random.next(), seed + k),
      );
    const rebuilt = withColumns(before, changedColumns(before, after));
    expect(rebuilt).toEqual(after);
    expect(changedColumns(after, rebuilt)).toEqual({});
    expect(changedColumns(before, before)).toEqual({});
  });

  it('are those that differ, and no others', () => {
    const before = createCase(smallMarket());
    const after = applyChanges(before, {
      prosumers: { prosumer: ['s1'], demandKw: Float64Array.of(2) },
      settings: { gridLimitKw: Number.POSITIVE_INFINITY },
    });
    expect(Object.keys(changedColumns(before, after)).sort()).toEqual([
      'prosumers.demandKw',
      'settings.gridLimitKw',
    ]);
    expect(after.settings.gridLimitKw).toBe(Number.POSITIVE_INFINITY);
  });

  it('keep the sums over devices', () => {
    const before = createCase(smallMarket());
    const device = before.devices.id.get(0);
    const high = before.devices.pMaxKw[0] + 1.5;
    const after = applyChanges(before, {
      devices: { device: [device], pMaxKw: Float64Array.of(high) },
    });
    const rebuilt: Case = withColumns(before, changedColumns(before, after));
    expect(rebuilt.prosumers.pMaxKw).toEqual(after.prosumers.pMaxKw);
    expect(rebuilt.prosumers.pMaxKw).not.toEqual(before.prosumers.pMaxKw);
  });

  it('of another case are refused', () => {
    const before = createCase(smallMarket());
    expect(() => withColumns(before, { 'prosumers.demandKw': new Float64Array(1) })).toThrow(
      'another number of rows',
    );
    expect(() => withColumns(before, { 'prosumers.id': new Float64Array(1) })).toThrow('no column');
    expect(() => withColumns(before, { 'settings.name': new Float64Array(1) })).toThrow();
  });
});

function someChanges(next: () => number, turn: number): MarketChanges {
  const choices: MarketChanges[] = [
    { prosumers: { prosumer: ['n1', 's1'], demandKw: Float64Array.of(next(), -0) } },
    { prosumers: { prosumer: ['n2'], pMaxKw: Float64Array.of(1 + next()) } },
    { buses: { bus: ['middle'], vMaxPu: Float64Array.of(1.04 + next() / 100) } },
    { communities: { community: ['south'], priceMax: Float64Array.of(0.3 + next()) } },
    { branches: { branch: Int32Array.of(1, 2), closed: Uint8Array.of(0, 1) } },
    { settings: { gridBuy: 0.3 + next(), rootVoltagePu: 1.01 } },
  ];
  return Object.assign({}, ...choices.filter((_, k) => k === turn % 6 || next() < 0.3));
}
