import { expect, test } from 'vitest';
import { drawPopulation, ProsumerClass } from '../../engine/generate/population.js';
import { readFeeder, resolveFeeder } from '../../engine/generate/readFeeder.js';
import { BUNDLED_MARKETS } from '../../engine/generate/situations.js';
import { CLASS, CLASS_NAMES, inferClasses } from '../../engine/trial/classes.js';
import { bundledCase } from './day.js';

const EXPECTED: Readonly<Record<number, readonly number[]>> = {
  [ProsumerClass.solar]: [CLASS.solar],
  [ProsumerClass.battery]: [CLASS.battery],
  [ProsumerClass.household]: [CLASS.flexible],
  [ProsumerClass.flexible]: [CLASS.flexible],
  [ProsumerClass.generator]: [CLASS.generator, CLASS.flexible],
  [ProsumerClass.reserve]: [CLASS.generator, CLASS.flexible],
};

test.each(BUNDLED_MARKETS)('the classes of $name are those it was made from', async (market) => {
  const feeder = await readFeeder(resolveFeeder(market.feeder));
  const { kind: drawn } = drawPopulation(feeder, market.recipe);
  const { kind } = inferClasses(await bundledCase(market.name));
  const others = [...drawn].filter((what, i) => !EXPECTED[what].includes(kind[i]));
  expect(others).toEqual([]);
});

test('owners of devices, inflexible loads and what is neither sun nor load are told apart', async () => {
  const theCase = await bundledCase('five-bus');
  const { kind } = inferClasses(theCase);
  const ids = [...theCase.prosumers.id];
  expect(CLASS_NAMES[kind[ids.indexOf('C2')]]).toBe('devices');
  expect(CLASS_NAMES[kind[ids.indexOf('A2')]]).toBe('solar');
});
