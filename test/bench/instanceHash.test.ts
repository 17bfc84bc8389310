import { expect, test } from 'vitest';
import { instanceHash } from '../../bench/instanceHash.js';
import { readCase, resolveCase } from '../../engine/index.js';

const fiveBus = await readCase(resolveCase('five-bus'), { onWarning: () => {} });

test('the same numbers have the same hash, whatever the case is called', async () => {
  const again = await readCase(resolveCase('five-bus'), { onWarning: () => {} });
  const renamed = { ...again, settings: { ...again.settings, name: 'other', source: 'elsewhere' } };
  expect(instanceHash(renamed)).toBe(instanceHash(fiveBus));
});

test('one number, one id or one limit more makes another hash', () => {
  const { settings, buses, prosumers } = fiveBus;
  const changed = [
    { ...fiveBus, settings: { ...settings, gridBuy: settings.gridBuy + 1e-12 } },
    { ...fiveBus, settings: { ...settings, gridLimitKw: 1e9 } },
    { ...fiveBus, buses: { ...buses, id: buses.id.map((id, k) => (k === 0 ? `${id}x` : id)) } },
    { ...fiveBus, prosumers: { ...prosumers, demandKw: prosumers.demandKw.map((d) => -d) } },
  ];
  const hashes = new Set([fiveBus, ...changed].map(instanceHash));
  expect(hashes.size).toBe(changed.length + 1);
});
