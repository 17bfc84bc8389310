import { describe, expect, it } from 'vitest';
import { createCase } from '../../engine/case/create.js';
import { validateCase } from '../../engine/case/validate.js';
import { smallMarket } from './smallMarket.js';

describe('createCase', () => {
  const market = createCase(smallMarket());

  it('resolves references to rows', () => {
    expect(market.settings.rootBus).toBe(0);
    expect([...market.branches.from]).toEqual([1, 1, 0]);
    expect([...market.communities.bus]).toEqual([1, 2]);
  });

  it('fills in the defaults of what is not given', () => {
    expect([...market.buses.vMinPu]).toEqual([0.95, 0.94, 0.95]);
    expect([...market.buses.vMaxPu]).toEqual([1.05, 1.05, 1.05]);
    expect([...market.buses.loadKw]).toEqual([0, 1.5, 0]);
    expect([...market.buses.loadKvar]).toEqual([0, 0, 0]);
    expect(market.buses.x[2]).toBeNaN();
    expect([...market.branches.iMaxA]).toEqual([Infinity, 200, Infinity]);
    expect([...market.branches.ratio]).toEqual([1.01, 1, 1]);
    expect([...market.branches.closed]).toEqual([1, 1, 0]);
    expect([...market.communities.qMaxKvar]).toEqual([3, 0]);
    expect([...market.communities.priceMin]).toEqual([0.05, -Infinity]);
    expect([...market.communities.priceMax]).toEqual([0.4, Infinity]);
    expect(market.communities.priceSensitivity[1]).toBeNaN();
    expect([...market.prosumers.demandKvar]).toEqual([1, 0.5, 0, 0]);
  });

  it('needs nothing optional', () => {
    const bare = createCase({
      settings: {
        name: 'one bus',
        baseKva: 100,
        baseKv: 0.4,
        root: 'a',
        rootVoltagePu: 1,
        vMinPu: 0.9,
        vMaxPu: 1.1,
        gridBuy: 0.2,
        gridSell: 0.2,
      },
      buses: { bus: ['a'] },
      branches: { from: [], to: [], rOhm: [], xOhm: [] },
      communities: { community: ['m'], bus: ['a'] },
      prosumers: {
        prosumer: ['p'],
        community: ['m'],
        demandKw: [1],
        pMinKw: [0],
        pMaxKw: [1],
        costQuadratic: [1],
        costLinear: [0],
      },
    });
    expect(bare.settings.gridLimitKw).toBe(Infinity);
    expect(bare.settings.intervalMinutes).toBe(60);
    expect([...bare.prosumers.deviceStart]).toEqual([]);
    expect([...bare.devices.id]).toEqual([]);
  });

  it('groups prosumers by community, in the order of the file inside one', () => {
    expect([...market.prosumers.id]).toEqual(['n1', 'n2', 's1', 's2']);
    expect([...market.communities.prosumerStart]).toEqual([0, 2, 4]);
    expect([...market.prosumers.demandKw]).toEqual([3, 2, -1.25, 0.1]);
  });

  it('groups devices by prosumer after the prosumers have moved', () => {
    const columns = smallMarket();
    const grouped = createCase({
      ...columns,
      devices: {
        device: ['s2-a', 'n1-a', 's2-b', 'n1-b'],
        prosumer: ['s2', 'n1', 's2', 'n1'],
        pMinKw: [-1, -2, -3, -4],
        pMaxKw: [1, 2, 3, 4],
        costQuadratic: [1, 2, 3, 4],
        costLinear: [0, 0, 0, 0],
      },
    });
    expect([...grouped.devices.id]).toEqual(['n1-a', 'n1-b', 's2-a', 's2-b']);
    expect([...grouped.devices.prosumer]).toEqual([0, 0, 3, 3]);
    expect([...grouped.devices.pMaxKw]).toEqual([2, 4, 1, 3]);
    expect([...grouped.prosumers.deviceStart]).toEqual([0, 2, 2, 2, 4]);
  });

  it('gives device owners the summed bounds of their devices and no costs of their own', () => {
    const owner = [...market.prosumers.id].indexOf('s2');
    expect(market.prosumers.pMinKw[owner]).toBe(-2);
    expect(market.prosumers.pMaxKw[owner]).toBe(5.5);
    expect(market.prosumers.costQuadratic[owner]).toBeNaN();
    expect(market.prosumers.costLinear[owner]).toBeNaN();
  });

  it('keeps numeric columns of prosumers and devices in shared memory', () => {
    for (const column of [...numeric(market.prosumers), ...numeric(market.devices)]) {
      expect(column.buffer).toBeInstanceOf(SharedArrayBuffer);
    }
  });

  it('does not change shared columns that it is given', () => {
    const pMinKw = new Float64Array(new SharedArrayBuffer(32));
    pMinKw.set([0, 0, 0, 1]);
    const again = validateCase({ ...market, prosumers: { ...market.prosumers, pMinKw } });
    expect(again.prosumers.pMinKw[3]).toBe(-2);
    expect([...pMinKw]).toEqual([0, 0, 0, 1]);
  });

  it('is the identity on the tables of a case', () => {
    expect(validateCase(market)).toEqual(market);
  });

  it('refuses a column of another length than its table', () => {
    const columns = smallMarket();
    const buses = { ...columns.buses, loadKw: [1, 2] };
    expect(() => createCase({ ...columns, buses })).toThrow(
      'buses, column load_kw: 2 entries where the table has 3 rows',
    );
  });
});

function numeric(table: object): ArrayBufferView[] {
  return Object.values(table).filter((column) => ArrayBuffer.isView(column));
}
