import { expect, test } from 'vitest';
import { clearSky, SKIES, SUNRISE, SUNSET, Weather } from '../../engine/trial/weather.js';
import { bundledCase } from './day.js';

const base = await bundledCase('ieee123');
const SCALE = 2;
const MINUTES = Array.from({ length: 288 }, (_, k) => 5 * k);
const SEEDS = Array.from({ length: 60 }, (_, seed) => seed);

/** A seed whose first day has such a sky. */
function weatherOf(name: string): Weather {
  const seed = SEEDS.find(
    (candidate) => new Weather(base, candidate, SCALE).skyAt(0).name === name,
  );
  if (seed === undefined) throw new Error(`no day is ${name}`);
  return new Weather(base, seed, SCALE);
}

test('the sun shines by day, most at noon, and never below 0 or above its scale', () => {
  for (const { name } of SKIES) {
    const weather = weatherOf(name);
    for (const minutes of MINUTES) {
      const isDay = minutes > SUNRISE && minutes < SUNSET;
      for (const sun of weather.sunAt(minutes)) {
        if (isDay ? sun > 0 && sun <= SCALE * clearSky(minutes) : sun === 0) continue;
        expect.fail(`${name} at ${minutes}: ${sun}`);
      }
    }
  }
  expect(clearSky((SUNRISE + SUNSET) / 2)).toBe(1);
  expect(clearSky(SUNRISE + 60)).toBeCloseTo(clearSky(SUNSET - 60), 12);
});

test('days come in their shares, and each has a sky of its own', () => {
  const days = 1000;
  const names = Array.from(
    { length: days },
    (_, day) => new Weather(base, 5, 1).skyAt(1440 * day).name,
  );
  for (const { name, share } of SKIES) {
    expect(names.filter((other) => other === name).length / days).toBeCloseTo(share, 1);
  }
});

test('a clear day gives more than a broken one, and that more than an overcast one', () => {
  const [clear, broken, overcast] = SKIES.map(({ name }) => energy(weatherOf(name)));
  expect(clear).toBeGreaterThan(1.1 * broken);
  expect(broken).toBeGreaterThan(1.1 * overcast);

  function energy(weather: Weather): number {
    return MINUTES.reduce((total, minutes) => total + weather.sunAt(minutes)[0], 0);
  }
});

test('clouds pass: on a broken day a community goes dark and bright again, by ramps', () => {
  const weather = weatherOf('broken');
  const noon = MINUTES.filter((minutes) => minutes >= 540 && minutes <= 960);
  const sun = noon.map((minutes) => weather.sunAt(minutes)[40] / (SCALE * clearSky(minutes)));
  expect(Math.min(...sun)).toBeLessThan(0.5);
  expect(Math.max(...sun)).toBeGreaterThan(0.8);
  const steps = sun.slice(1).map((value, k) => Math.abs(value - sun[k]));
  expect(Math.max(...steps)).toBeLessThan(0.4);
});

test('neighbours have more of their weather in common than those far apart', () => {
  const weather = weatherOf('broken');
  const { buses, communities } = base;
  const bus = [...communities.bus];
  const apart = (m: number, n: number): number =>
    (buses.x[bus[m]] - buses.x[bus[n]]) ** 2 + (buses.y[bus[m]] - buses.y[bus[n]]) ** 2;
  const pairs = bus.flatMap((_, m) => bus.slice(m + 1).map((_other, k) => [m, m + 1 + k] as const));
  pairs.sort((a, b) => apart(...a) - apart(...b));
  const difference = (some: readonly (readonly [number, number])[]): number =>
    [600, 660, 720, 780, 840].reduce((total, minutes) => {
      const sun = weather.sunAt(minutes);
      return total + some.reduce((sum, [m, n]) => sum + Math.abs(sun[m] - sun[n]), 0);
    }, 0);
  expect(difference(pairs.slice(0, 500))).toBeLessThan(0.5 * difference(pairs.slice(-500)));
});

test('without coordinates the weather still differs from community to community', async () => {
  const weather = new Weather(await bundledCase('case33bw'), 3, SCALE);
  const noons = Array.from(
    { length: 20 },
    (_, day) => new Set(weather.sunAt(1440 * day + 750)).size,
  );
  expect(Math.max(...noons)).toBeGreaterThan(10);
});
