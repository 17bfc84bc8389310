import { describe, expect, it } from 'vitest';
import { CaseError } from '../../engine/base/errors.js';
import { seededRandom } from '../../engine/base/random.js';
import type { Case } from '../../engine/case/case.js';
import { applyChanges, branchRow, type MarketChanges } from '../../engine/case/changes.js';
import { createCase } from '../../engine/case/create.js';
import { openMarketSession } from '../../engine/session/marketSession.js';
import { randomMarket, variedShape } from '../fixtures/randomMarket.js';
import { wideChanges } from '../session/randomChanges.js';
import { bundledCase } from '../trial/day.js';
import { smallMarket } from './smallMarket.js';

const TABLES = ['buses', 'branches', 'communities', 'prosumers', 'devices'] as const;

/** The columns of a table by name. */
const columnsOf = (table: object): [string, unknown][] => Object.entries(table);

/** Rows named by their ids. */
function byId(theCase: Case, changes: MarketChanges): MarketChanges {
  const { buses, communities, prosumers, devices } = changes;
  const named = (rows: readonly string[] | Int32Array, ids: Iterable<string>): string[] => {
    const all = [...ids];
    return rows instanceof Int32Array ? Array.from(rows, (row) => all[row] as string) : [...rows];
  };
  return {
    ...changes,
    ...(buses && { buses: { ...buses, bus: named(buses.bus, theCase.buses.id) } }),
    ...(communities && {
      communities: {
        ...communities,
        community: named(communities.community, theCase.communities.id),
      },
    }),
    ...(prosumers && {
      prosumers: { ...prosumers, prosumer: named(prosumers.prosumer, theCase.prosumers.id) },
    }),
    ...(devices && { devices: { ...devices, device: named(devices.device, theCase.devices.id) } }),
  };
}

describe('changes', () => {
  it.each(Array.from({ length: 30 }, (_, k) => 900 + k))(
    'by id and by row give the same case, which shares what did not change (seed %i)',
    (seed) => {
      const before = randomMarket(seed, variedShape(seed));
      const changes = wideChanges(seededRandom(seed), before);
      const byRow = applyChanges(before, changes);
      expect(applyChanges(before, byId(before, changes))).toEqual(byRow);
      for (const table of TABLES) {
        const given = Object.keys(changes[table] ?? {});
        // The bounds of an owner are the sums of its devices'.
        if (table === 'prosumers' && changes.devices) given.push('pMinKw', 'pMaxKw');
        for (const [column, values] of columnsOf(before[table])) {
          const after = (byRow[table] as unknown as Record<string, unknown>)[column];
          if (given.includes(column)) expect(after).not.toBe(values);
          else expect(after).toBe(values);
        }
      }
    },
  );

  it('are copied: neither the caller nor an earlier case can reach into the new one', () => {
    const before = createCase(smallMarket());
    const kept = structuredClone(before.prosumers.demandKw);
    const demandKw = Float64Array.of(7);
    const closed = Uint8Array.of(0, 1);
    const branch = Int32Array.of(1, 2);
    const after = applyChanges(before, {
      prosumers: { prosumer: ['n2'], demandKw },
      branches: { branch, closed },
    });
    demandKw[0] = 8;
    closed.fill(1);
    branch.fill(0);
    const row = [...before.prosumers.id].indexOf('n2');
    expect(after.prosumers.demandKw[row]).toBe(7);
    expect(Array.from(after.branches.closed)).toEqual([1, 0, 1]);
    expect(before.prosumers.demandKw).toEqual(kept);
    expect(Array.from(before.branches.closed)).toEqual([1, 1, 0]);
  });

  it('of no rows, or of nothing, leave the case equal', () => {
    const before = createCase(smallMarket());
    expect(applyChanges(before, {})).toEqual(before);
    expect(applyChanges(before, { prosumers: { prosumer: [], demandKw: floats() } })).toEqual(
      before,
    );
    expect(applyChanges(before, { communities: { community: ['south'] } })).toEqual(before);
  });
});

const floats = (...values: number[]): Float64Array => Float64Array.from(values);
const rows = (...values: number[]): Int32Array => Int32Array.from(values);

/** What is wrong, and the file, column and value that a person is told. */
const INVALID: [string, MarketChanges, string, string, string?][] = [
  [
    'an unknown prosumer',
    { prosumers: { prosumer: ['n1', 'n9'], demandKw: floats(1, 2) } },
    'prosumers',
    'prosumer',
    'n9',
  ],
  ['an unknown device', { devices: { device: [''], pMaxKw: floats(1) } }, 'devices', 'device', ''],
  [
    'an unknown community',
    { communities: { community: ['nort'], priceMax: floats(1) } },
    'communities',
    'community',
    'nort',
  ],
  ['an unknown bus', { buses: { bus: ['middle '], loadKw: floats(1) } }, 'buses', 'bus', 'middle '],
  [
    'a row after the last',
    { prosumers: { prosumer: rows(4), demandKw: floats(1) } },
    'prosumers',
    'prosumer',
    '4',
  ],
  ['a row before the first', { buses: { bus: rows(-1), loadKw: floats(1) } }, 'buses', 'bus', '-1'],
  [
    'a branch that there is not',
    { branches: { branch: rows(3), iMaxA: floats(1) } },
    'branches',
    'branch',
    '3',
  ],
  [
    'the same row twice',
    { devices: { device: rows(1, 0, 1), pMaxKw: floats(4, 4, 5) } },
    'devices',
    'device',
    '1',
  ],
  [
    'the same id twice',
    { communities: { community: ['south', 'south'], priceMax: floats(1, 1) } },
    'communities',
    'community',
    'south',
  ],
  [
    'fewer values than rows',
    { prosumers: { prosumer: ['n1', 'n2'], costLinear: floats(1) } },
    'prosumers',
    'costLinear',
  ],
  ['more values than rows', { buses: { bus: ['end'], vMaxPu: floats(1, 1) } }, 'buses', 'vMaxPu'],
  [
    'another number of switches than branches',
    { branches: { branch: rows(1, 2), closed: Uint8Array.of(0) } },
    'branches',
    'closed',
  ],
  [
    'a demand that is not a number',
    { prosumers: { prosumer: ['n2'], demandKw: floats(Number.NaN) } },
    'prosumers',
    'demand_kw',
    '',
  ],
  [
    'a reactive demand that is infinite',
    { prosumers: { prosumer: ['n2'], demandKvar: floats(Number.POSITIVE_INFINITY) } },
    'prosumers',
    'demand_kvar',
    'Infinity',
  ],
  [
    'a demand beyond all sense',
    { prosumers: { prosumer: ['n2'], demandKw: floats(1e16) } },
    'prosumers',
    'demand_kw',
    '10000000000000000',
  ],
  [
    'a bound that is not a number',
    { devices: { device: ['s2-roof'], pMinKw: floats(Number.NaN) } },
    'devices',
    'p_min_kw',
    '',
  ],
  [
    'bounds of a prosumer that cross',
    { prosumers: { prosumer: ['n2'], pMinKw: floats(1.5) } },
    'prosumers',
    'p_min_kw',
    '1.5',
  ],
  [
    'bounds of a device that cross',
    { devices: { device: ['s2-roof'], pMaxKw: floats(-0.5) } },
    'devices',
    'p_min_kw',
    '0',
  ],
  [
    'bounds of a voltage that cross',
    { buses: { bus: ['end'], vMinPu: floats(1.06) } },
    'buses',
    'v_min_pu',
    '1.06',
  ],
  [
    'a voltage of nothing',
    { buses: { bus: ['end'], vMinPu: floats(0) } },
    'buses',
    'v_min_pu',
    '0',
  ],
  [
    'price caps that cross',
    { communities: { community: ['north'], priceMax: floats(0.04) } },
    'communities',
    'price_min',
    '0.05',
  ],
  [
    'a reactive range that crosses',
    { communities: { community: ['north'], qMinKvar: floats(4) } },
    'communities',
    'q_min_kvar',
    '4',
  ],
  [
    'a slope of nothing',
    { communities: { community: ['north'], priceSensitivity: floats(0) } },
    'communities',
    'price_sensitivity',
    '0',
  ],
  [
    'a falling cost',
    { prosumers: { prosumer: ['s1'], costQuadratic: floats(-0.01) } },
    'prosumers',
    'cost_quadratic',
    '-0.01',
  ],
  [
    'a falling cost of a device',
    { devices: { device: ['s2-roof'], costQuadratic: floats(-1e-9) } },
    'devices',
    'cost_quadratic',
    '-1e-9',
  ],
  [
    'an offer of an owner of devices',
    { prosumers: { prosumer: ['s2'], pMaxKw: floats(9) } },
    'prosumers',
    'prosumer',
    's2',
  ],
  [
    'a grid that buys dearer than it sells',
    { settings: { gridBuy: 0.09 } },
    'settings',
    'grid_buy',
    '0.09',
  ],
  [
    'a tariff that is not a number',
    { settings: { gridSell: Number.NaN } },
    'settings',
    'grid_sell',
  ],
  [
    'a grid limit below nothing',
    { settings: { gridLimitKw: -1 } },
    'settings',
    'grid_limit_kw',
    '-1',
  ],
  [
    'a root without voltage',
    { settings: { rootVoltagePu: 0 } },
    'settings',
    'root_voltage_pu',
    '0',
  ],
  [
    'a current limit of nothing',
    { branches: { branch: rows(0), iMaxA: floats(0) } },
    'branches',
    'i_max_a',
    '0',
  ],
  [
    'a ratio of another kind',
    { branches: { branch: rows(0), ratio: floats(20) } },
    'branches',
    'ratio',
    '20',
  ],
  [
    'an open branch that leaves an island',
    { branches: { branch: rows(1), closed: Uint8Array.of(0) } },
    'branches',
    'to',
    'end',
  ],
  [
    'a closed branch that makes a loop',
    { branches: { branch: rows(2), closed: Uint8Array.of(1) } },
    'branches',
    'to',
  ],
  [
    'a bid without any slope, once its community has none',
    {
      communities: { community: ['north'], priceSensitivity: floats(Number.NaN) },
      prosumers: { prosumer: ['n1'], costQuadratic: floats(0) },
    },
    'prosumers',
    'cost_quadratic',
    '0',
  ],
  [
    'a device without any slope',
    { devices: { device: ['s2-roof'], costQuadratic: floats(0) } },
    'devices',
    'cost_quadratic',
    '0',
  ],
];

/** Good changes of every table. */
const GOOD: MarketChanges = {
  prosumers: { prosumer: ['s1'], demandKw: floats(2) },
  devices: { device: ['s2-battery'], pMaxKw: floats(3) },
  communities: { community: ['south'], priceMax: floats(0.5) },
  buses: { bus: ['middle'], loadKw: floats(2) },
  branches: { branch: rows(2), ratio: floats(1.01) },
  settings: { gridLimitKw: 400 },
};

describe('a change that is wrong', () => {
  it.each(INVALID)(
    'by %s names its place, and changes nothing',
    async (_, changes, file, column, value) => {
      const market = await openMarketSession(createCase(smallMarket()));
      const before = market.case;
      const copy = structuredClone({ ...before, prosumers: { ...before.prosumers, id: null } });
      // Alone, and as the only wrong one among many.
      for (const tried of [changes, { ...GOOD, ...changes }]) {
        const error = await market.update(tried).then(
          () => undefined,
          (cause: unknown) => cause,
        );
        expect(error).toBeInstanceOf(CaseError);
        const { problems } = error as CaseError;
        expect(problems).toContainEqual(
          expect.objectContaining({ file, column, ...(value === undefined ? {} : { value }) }),
        );
        expect(market.case).toBe(before);
      }
      expect({ ...before, prosumers: { ...before.prosumers, id: null } }).toEqual(copy);
      await market.update(GOOD);
      expect(market.case.settings.gridLimitKw).toBe(400);
    },
  );

  it('lists what is wrong in all of the tables', () => {
    const before = createCase(smallMarket());
    const change = (): Case =>
      applyChanges(before, {
        prosumers: { prosumer: ['n2'], demandKw: floats(Number.NaN) },
        buses: { bus: ['end'], vMinPu: floats(-1) },
        settings: { gridBuy: 0 },
      });
    expect(change).toThrow(CaseError);
    for (const column of ['demand_kw', 'v_min_pu', 'grid_buy']) expect(change).toThrow(column);
  });
});

describe('the switches of ieee123', () => {
  it.each([
    ['60', '160', '54', '94'],
    ['97', '197', '151', '300'],
  ])('take the branch %s–%s from service once the tie %s–%s is closed', async (...ends) => {
    const theCase = await bundledCase('ieee123');
    const [from, to, one, other] = ends;
    const branch = branchRow(theCase, from, to);
    const tie = branchRow(theCase, one, other);
    expect(branchRow(theCase, to, from)).toBe(branch);
    expect([theCase.branches.closed[branch], theCase.branches.closed[tie]]).toEqual([1, 0]);
    const switched = (closed: readonly number[]): Case =>
      applyChanges(theCase, {
        branches: { branch: rows(branch, tie), closed: Uint8Array.from(closed) },
      });
    const after = switched([0, 1]);
    expect([after.branches.closed[branch], after.branches.closed[tie]]).toEqual([0, 1]);
    expect(after.prosumers).toEqual(theCase.prosumers);
    expect(() => switched([0, 0])).toThrow(/an island/);
    expect(() => switched([1, 1])).toThrow(/a loop/);
    // There and back again.
    const back = { branch: rows(tie, branch), closed: Uint8Array.of(0, 1) };
    expect(applyChanges(after, { branches: back })).toEqual(theCase);
  });

  it('have no row between buses that no branch joins', async () => {
    const theCase = await bundledCase('ieee123');
    expect(branchRow(theCase, '1', '300')).toBe(-1);
    expect(branchRow(theCase, 'nowhere', '300')).toBe(-1);
  });
});
