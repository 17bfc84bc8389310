import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/base/random.js';
import { packed } from '../../engine/page/trial/encoding.js';
import { endOfDay, timeMarks, timeOfDay } from '../../engine/page/trial/timeOfDay.js';
import { evenly } from '../../engine/page/trial/trialShare.js';

describe('values as a page carries them', () => {
  it.each([
    [1, 1e-5, [0.9, 1.1]],
    [2, 1e-3, [-5e6, 3e6]],
    [3, 1e-3, [-1e-9, 1e-9]],
    [4, 1e-5, [1.02, 1.02]],
    [5, 1e-3, [1e12, 1e12 + 1]],
  ] as const)(
    'come back to half a step, and 0 and nothing as they were (seed %i)',
    (seed, finest, [low, high]) => {
      const random = seededRandom(seed);
      const values = Float64Array.from({ length: 600 }, (_, k) =>
        k % 17 === 0 ? Number.NaN : low + (high - low) * random.next(),
      );
      values[1] = low;
      values[2] = high;
      if (low < 0) values[3] = 0;
      const { codes, lowest, step, width } = packed(
        40,
        15,
        (row, column) => values[15 * row + column],
        finest,
      );
      expect(width).toBe(15);
      expect(step).toBeLessThanOrEqual(Math.max(finest, (2 * (high - low)) / 65_000));
      const bytes = Buffer.from(codes, 'base64');
      values.forEach((value, k) => {
        const code = bytes.readUInt16LE(2 * k);
        const shown = code === 65_535 ? Number.NaN : (lowest + code) * step;
        expect(Number.isNaN(shown)).toBe(Number.isNaN(value));
        if (Number.isNaN(value)) return;
        expect(Math.abs(shown - value)).toBeLessThanOrEqual(
          0.5 * step * (1 + 1e-9) + 1e-9 * Math.abs(value),
        );
        if (value === 0) expect(shown === 0).toBe(true);
      });
    },
  );

  it('may all be missing', () => {
    const { codes } = packed(2, 2, () => Number.NaN, 1);
    expect([...Buffer.from(codes, 'base64')]).toEqual(new Array(8).fill(255));
  });
});

describe('times on a page', () => {
  it('are those of a clock, with the day once there is a second', () => {
    expect(timeOfDay(0)).toBe('00:00');
    expect(timeOfDay(755)).toBe('12:35');
    expect(timeOfDay(1440 + 65)).toBe('day 2, 01:05');
    expect(endOfDay(1440)).toBe('24:00');
    expect(endOfDay(2880)).toBe('day 3, 00:00');
  });

  it.each([
    [0, 24, 10, ['00:00', '03:00', '06:00', '09:00', '12:00', '15:00', '18:00', '21:00', '24:00']],
    [9.75, 10.5, 4, ['09:45', '10:00', '10:15', '10:30']],
    [12, 60, 5, ['12:00', 'day 2', '12:00', 'day 3', '12:00']],
  ])('are marked on full steps from %d to %d h, at most %d', (from, to, most, texts) => {
    expect(timeMarks(from, to, most).texts).toEqual(texts);
  });

  it('are marked within any span, no more than asked', () => {
    for (const span of [1 / 12, 0.3, 1, 7, 24, 100, 1000, 9000]) {
      const { hours } = timeMarks(3, 3 + span, 9);
      expect(hours.length).toBeLessThanOrEqual(10);
      expect(hours.every((hour) => hour >= 3 - 1e-6 && hour <= 3 + span + 1e-6)).toBe(true);
    }
  });
});

describe('an even choice', () => {
  it('holds both ends and the order', () => {
    const items = Array.from({ length: 1001 }, (_, k) => k);
    const chosen = evenly(items, 10);
    expect(chosen).toHaveLength(10);
    expect(chosen[0]).toBe(0);
    expect(chosen.at(-1)).toBe(1000);
    expect(evenly(items, 2000)).toEqual(items);
  });
});
