import { describe, expect, it } from 'vitest';
import { hashed, hashedUniform, seededRandom } from '../../engine/base/random.js';

/** Seed 1, from a second implementation of the generator in exact integers. */
const REFERENCE_DRAWS = [
  0.18452622554177367, 0.037306802481395285, 0.46343498724317067, 0.3134236131144781,
  0.6951460529540714,
];

describe('seededRandom', () => {
  it('gives the same numbers for the same seed, and the very ones it gave when it was written', () => {
    const first = seededRandom(1);
    const second = seededRandom(1);
    const draws = Array.from({ length: 5 }, () => first.next());
    expect(draws).toEqual(Array.from({ length: 5 }, () => second.next()));
    expect(draws).toEqual(REFERENCE_DRAWS);
  });

  it('gives unrelated numbers for neighbouring seeds', () => {
    const starts = new Set(Array.from({ length: 1000 }, (_, seed) => seededRandom(seed).next()));
    expect(starts.size).toBe(1000);
  });

  it('is uniform: mean 1/2, variance 1/12, every tenth hit alike', () => {
    const random = seededRandom(7);
    const count = 200_000;
    const tenths = new Float64Array(10);
    let sum = 0;
    let squares = 0;
    let lowest = 1;
    let highest = 0;
    for (let draw = 0; draw < count; draw += 1) {
      const value = random.next();
      lowest = Math.min(lowest, value);
      highest = Math.max(highest, value);
      tenths[Math.floor(value * 10)] += 1;
      sum += value;
      squares += value * value;
    }
    const mean = sum / count;
    expect(lowest).toBeGreaterThanOrEqual(0);
    expect(highest).toBeLessThan(1);
    expect(mean).toBeCloseTo(0.5, 2);
    expect(squares / count - mean * mean).toBeCloseTo(1 / 12, 3);
    for (const hits of tenths) expect(Math.abs(hits / count - 0.1)).toBeLessThan(0.004);
  });

  it('draws normals of mean 0 and variance 1', () => {
    const random = seededRandom(11);
    const count = 100_000;
    let sum = 0;
    let squares = 0;
    for (let draw = 0; draw < count; draw += 1) {
      const value = random.normal();
      sum += value;
      squares += value * value;
    }
    expect(Math.abs(sum / count)).toBeLessThan(0.015);
    expect(Math.abs(squares / count - 1)).toBeLessThan(0.02);
  });

  it('keeps to the range asked for, and reaches each integer of it', () => {
    const random = seededRandom(3);
    const integers = new Set<number>();
    for (let draw = 0; draw < 1000; draw += 1) {
      integers.add(random.integer(-2, 3));
      const value = random.between(5, 6);
      expect(value >= 5 && value < 6).toBe(true);
    }
    expect([...integers].sort((one, other) => one - other)).toEqual([-2, -1, 0, 1, 2]);
  });
});

describe('hashedUniform', () => {
  it('gives the same number for the same key and index, and whole keys in 32 bits', () => {
    expect(hashedUniform(5, 7)).toBe(hashedUniform(5, 7));
    for (const index of [0, 1, -1, 2 ** 31]) {
      const key = hashed(3, index);
      expect(Number.isInteger(key) && key >= 0 && key < 2 ** 32).toBe(true);
    }
  });

  it.each(['index', 'key'])('is uniform and without a trend along the %s', (along) => {
    const count = 100_000;
    const value = (k: number): number =>
      along === 'index' ? hashedUniform(1, k) : hashedUniform(k, 1);
    let sum = 0;
    let products = 0;
    const tenths = new Float64Array(10);
    for (let k = 0; k < count; k += 1) {
      sum += value(k);
      products += (value(k) - 0.5) * (value(k + 1) - 0.5);
      tenths[Math.floor(10 * value(k))] += 1;
    }
    expect(Math.abs(sum / count - 0.5)).toBeLessThan(0.005);
    expect(Math.abs(products / count)).toBeLessThan(0.002);
    for (const hits of tenths) expect(Math.abs(hits / count - 0.1)).toBeLessThan(0.005);
  });

  it('has keys whose numbers are unrelated', () => {
    const count = 100_000;
    let products = 0;
    for (let k = 0; k < count; k += 1) {
      products += (hashedUniform(1, k) - 0.5) * (hashedUniform(2, k) - 0.5);
    }
    expect(Math.abs(products / count)).toBeLessThan(0.002);
  });
});
