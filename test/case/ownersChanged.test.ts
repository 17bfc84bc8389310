import { expect, test } from 'vitest';
import { CaseError } from '../../engine/base/errors.js';
import { applyChanges } from '../../engine/case/changes.js';
import { bundledCase } from '../trial/day.js';

const theCase = await bundledCase('five-bus');
const owner = [...theCase.prosumers.id].indexOf('C2');
const all = Int32Array.from(theCase.prosumers.demandKw.keys());

test('offers of all prosumers may change at once: those of owners of devices are not given', () => {
  const pMaxKw = theCase.prosumers.pMaxKw.map((high, row) =>
    row === owner ? Number.NaN : high + 1,
  );
  const costLinear = theCase.prosumers.costLinear.map((cost, row) =>
    row === owner ? Number.NaN : cost,
  );
  const changed = applyChanges(theCase, { prosumers: { prosumer: all, pMaxKw, costLinear } });
  changed.prosumers.pMaxKw.forEach((high, row) => {
    expect(high).toBe(theCase.prosumers.pMaxKw[row] + (row === owner ? 0 : 1));
  });
  expect(changed.prosumers.costLinear).toEqual(theCase.prosumers.costLinear);
});

test('an offer of an owner of devices is refused, and so is one that others leave out', () => {
  const ofOwner = Float64Array.from(theCase.prosumers.pMaxKw);
  const change = (pMaxKw: Float64Array) => () =>
    applyChanges(theCase, { prosumers: { prosumer: all, pMaxKw } });
  expect(change(ofOwner)).toThrow(CaseError);
  expect(change(ofOwner)).toThrow('C2": its bounds and costs are those of its devices');
  const without = ofOwner.map((high, row) => (row === owner || row === 0 ? Number.NaN : high));
  expect(change(without)).toThrow('row 2, column p_max_kw, value "": a number is needed');
});
