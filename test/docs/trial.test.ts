import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as schemas from '../../engine/io/schema.js';
import { CLASS_NAMES } from '../../engine/trial/classes.js';
import { SCENARIO_DEFAULTS } from '../../engine/trial/options.js';
import { PRICE_FACTORS } from '../../engine/trial/tariff.js';
import { readTable } from './markdown.js';

const file = join(import.meta.dirname, '..', '..', 'docs', 'trial.md');
const text = readFileSync(file, 'utf8');

test('docs/trial.md has the rule of every class', () => {
  const classes = readTable(file, 'class').map(([name = '']) => name.replaceAll('`', ''));
  expect(classes.sort()).toEqual([...CLASS_NAMES].sort());
});

test.each([schemas.PROFILES, schemas.TARIFF, schemas.EVENTS])(
  'docs/trial.md explains the columns of $name',
  (schema) => {
    const start = text.indexOf(`\n\`${schema.name}\` (`);
    expect(start).toBeGreaterThan(0);
    const rest = text.slice(start);
    for (const { name } of schema.columns) expect(rest).toContain(`\`${name}\``);
  },
);

test('docs/trial.md states the factors of the tariff', () => {
  const [factors = []] = readTable(file, 'hours').map(([, ...cells]) => cells.map(Number));
  const header = text.split('\n').find((line) => line.startsWith('| hours')) ?? '';
  const hours = header
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());
  const stated = hours.flatMap((cell, k) => {
    const [from, to = from + 1] = cell.split('–').map(Number);
    return new Array<number>(to - from).fill(factors[k]);
  });
  expect(stated).toEqual(PRICE_FACTORS);
});

test('docs/trial.md states the defaults', () => {
  const { bidChangeShare, intervals, solarScale, vehicleShare } = SCENARIO_DEFAULTS;
  for (const stated of [
    `${intervals} intervals`,
    `\`solarScale\` (default ${solarScale})`,
    `\`vehicleShare\`, default ${100 * vehicleShare} %`,
    `\`bidChangeShare\`, default ${100 * bidChangeShare} %`,
  ]) {
    expect(text).toContain(stated);
  }
});
