import { expect, test } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import { decimalsFor, roundTo } from '../../engine/generate/rounding.js';

test('a rounded number is the double of its shortest decimal form, seed 4', () => {
  const random = seededRandom(4);
  for (let draw = 0; draw < 2000; draw += 1) {
    const decimals = random.integer(0, 9);
    const value = random.between(-500, 500);
    const rounded = roundTo(value, decimals);
    expect(Math.abs(rounded - value)).toBeLessThanOrEqual(0.5000001 * 10 ** -decimals);
    expect((String(rounded).split('.')[1] ?? '').length).toBeLessThanOrEqual(decimals);
  }
});

test('nothing is written as minus zero', () => {
  expect(Object.is(roundTo(-0.00001, 4), 0)).toBe(true);
});

test('smaller amounts get more decimals, large ones no fewer than the least', () => {
  expect(decimalsFor(0.28, 4, 2)).toBe(4);
  expect(decimalsFor(0.00028, 4, 2)).toBe(7);
  expect(decimalsFor(280, 4, 2)).toBe(2);
});
