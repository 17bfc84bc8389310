import { describe, expect, it } from 'vitest';
import { counted, duration, fixed, magnitude } from '../../engine/report/numbers.js';

describe('numbers for people', () => {
  it('groups thousands and keeps the decimals asked for', () => {
    expect(fixed(1234567.891, 2)).toBe('1,234,567.89');
    expect(fixed(-1234.5, 0)).toBe('-1,235');
    expect(fixed(999, 0)).toBe('999');
    expect(fixed(0.123456, 4)).toBe('0.1235');
  });

  it('never writes a negative nothing', () => {
    expect(fixed(-0.0001, 2)).toBe('0.00');
    expect(fixed(-0, 0)).toBe('0');
  });

  it('says so where there is no number', () => {
    expect(fixed(Number.NaN, 2)).toBe('n/a');
    expect(fixed(Infinity, 2)).toBe('none');
    expect(magnitude(Number.NaN)).toBe('n/a');
    expect(magnitude(Infinity)).toBe('unbounded');
  });

  it('writes residuals by magnitude', () => {
    expect(magnitude(3.21e-8)).toBe('3.2e-8');
    expect(magnitude(0)).toBe('0');
    expect(magnitude(11.34)).toBe('11');
    expect(magnitude(1234)).toBe('1.2e+3');
  });

  it('changes from milliseconds to seconds', () => {
    expect(duration(84.21)).toBe('84.2 ms');
    expect(duration(12_345)).toBe('12.35 s');
  });

  it('counts one and many', () => {
    expect(counted(1, 'node')).toBe('1 node');
    expect(counted(12_300, 'prosumer')).toBe('12,300 prosumers');
    expect(counted(2, 'bus', 'buses')).toBe('2 buses');
  });
});
