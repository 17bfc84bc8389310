/**
 * The sun over each community, over what it gives in the case:
 *
 *     sun(m, t) = scale · clear(t) · (1 − cover(m, t))
 *
 * clear(t) is 1 at noon and follows the height of the sun from {@link SUNRISE} to {@link SUNSET}. The day is
 * clear, broken or overcast, drawn for each day. Clouds are a field of two octaves of value noise over the
 * map (Perlin's predecessor: random values on a grid, smooth between), which the wind carries along, so
 * that neighbours go dark one after the other; where the field is high the sky is covered, with soft edges.
 */
import { hashed, hashedUniform } from '../base/random.js';
import type { Case } from '../case/case.js';
import { dayOf, minuteOfDay, smoothStep } from './clock.js';

/** Minutes after midnight. */
export const SUNRISE = 360;
export const SUNSET = 1140;

interface Sky {
  readonly name: string;
  /** Probability of such a day. */
  readonly share: number;
  /** The field, between 0 and 1, above which clouds begin, and above which they are full. */
  readonly begin: number;
  readonly full: number;
  /** What full clouds take away. */
  readonly depth: number;
}

export const SKIES: readonly Sky[] = [
  { name: 'clear', share: 0.4, begin: 0.75, full: 1, depth: 0.35 },
  { name: 'broken', share: 0.4, begin: 0.42, full: 0.62, depth: 0.7 },
  { name: 'overcast', share: 0.2, begin: -0.4, full: 0.7, depth: 0.8 },
];

/** Size of the larger clouds over the extent of the network; the smaller ones are half as large. */
const CLOUD_SIZE = 0.4;
const LARGE_WEIGHT = 0.7;
/** Extents of the network that the wind goes in an hour. */
const WIND: readonly [number, number] = [0.45, 0.2];

export class Weather {
  /** By community, over the extent of the network. */
  private readonly x: Float64Array;
  private readonly y: Float64Array;

  constructor(
    theCase: Case,
    private readonly key: number,
    private readonly scale: number,
  ) {
    [this.x, this.y] = places(theCase);
  }

  /** Sky of the day that holds a time. */
  skyAt(minutes: number): Sky {
    let chance = hashedUniform(hashed(this.key, 0), dayOf(minutes));
    for (const sky of SKIES) {
      if (chance < sky.share) return sky;
      chance -= sky.share;
    }
    return SKIES[SKIES.length - 1];
  }

  /** By community. */
  sunAt(minutes: number): Float64Array {
    const { begin, full, depth } = this.skyAt(minutes);
    const clear = this.scale * clearSky(minutes);
    const hours = minutes / 60;
    return this.x.map((x, m) => {
      if (clear === 0) return 0;
      const u = (x + WIND[0] * hours) / CLOUD_SIZE;
      const v = (this.y[m] + WIND[1] * hours) / CLOUD_SIZE;
      const field =
        LARGE_WEIGHT * valueNoise(hashed(this.key, 1), u, v) +
        (1 - LARGE_WEIGHT) * valueNoise(hashed(this.key, 2), 2 * u, 2 * v);
      return clear * (1 - depth * smoothStep((field - begin) / (full - begin)));
    });
  }
}

/**
 * Between 0 and 1. The height h of the sun is Bhaskara's sine (7th century, within 0.002 of sin πu) of the
 * share u of the day that is over; low, it shines through more air: h (0.7 + 0.3 h).
 */
export function clearSky(minutes: number): number {
  const share = (minuteOfDay(minutes) - SUNRISE) / (SUNSET - SUNRISE);
  if (share <= 0 || share >= 1) return 0;
  const product = share * (1 - share);
  const height = (16 * product) / (5 - 4 * product);
  return height * (0.7 + 0.3 * height);
}

/** Coordinates of the communities' buses over the extent of all; in a row where some are not given. */
function places({ buses, communities }: Case): [Float64Array, Float64Array] {
  const x = Float64Array.from(communities.bus, (bus) => buses.x[bus]);
  const y = Float64Array.from(communities.bus, (bus) => buses.y[bus]);
  const [left, right] = range(x);
  const [bottom, top] = range(y);
  const extent = Math.max(right - left, top - bottom);
  if (!(extent > 0)) return [x.map((_, m) => m / x.length), new Float64Array(x.length)];
  return [x.map((value) => (value - left) / extent), y.map((value) => (value - bottom) / extent)];
}

/** NaN where any value is. */
function range(values: Float64Array): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

function valueNoise(key: number, u: number, v: number): number {
  const column = Math.floor(u);
  const row = Math.floor(v);
  const right = smoothStep(u - column);
  const up = smoothStep(v - row);
  const here = hashed(key, column);
  const next = hashed(key, column + 1);
  const low = hashedUniform(here, row) * (1 - right) + hashedUniform(next, row) * right;
  const high = hashedUniform(here, row + 1) * (1 - right) + hashedUniform(next, row + 1) * right;
  return low * (1 - up) + high * up;
}
