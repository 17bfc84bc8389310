/**
 * How much prosumers use: load of i at time t = load of the case · curve of its class(t) · (1 + noise_i(t)).
 * The noise of a prosumer is its own: uniform within ±{@link NOISE} at knots half an hour apart, which lie
 * elsewhere for everybody, with level ends between them.
 */
import { hashed, hashedUniform } from '../base/random.js';
import { CLASS_NAMES, type ClassName } from './classes.js';
import { hourlyCurve } from './clock.js';
import type { ProfileTable } from './tables.js';

/** Homes: a morning, and an evening that is higher. Values at 0 h, 1 h, …; the load of the case is 1. */
const HOME: readonly number[] = [
  0.68, 0.64, 0.61, 0.6, 0.61, 0.67, 0.8, 0.94, 0.97, 0.92, 0.88, 0.87, 0.89, 0.88, 0.86, 0.88,
  0.94, 1.05, 1.16, 1.2, 1.17, 1.07, 0.92, 0.78,
];

/** Those who can shed load or own generators: shops and workshops by day. */
const WORK: readonly number[] = [
  0.66, 0.64, 0.63, 0.63, 0.66, 0.74, 0.85, 0.96, 1.04, 1.08, 1.1, 1.1, 1.08, 1.08, 1.08, 1.06,
  1.04, 1.02, 1, 0.97, 0.92, 0.85, 0.77, 0.7,
];

/** Of class names to their curves; shown in docs/trial.md. */
export const LOAD_CURVES: Readonly<Record<ClassName, readonly number[]>> = {
  load: HOME,
  solar: HOME,
  battery: HOME,
  flexible: WORK,
  generator: WORK,
  devices: HOME,
};

const NOISE = 0.2;
const KNOT_MINUTES = 30;

/** By class, at the middle of an interval. */
export function loadFactors(
  profiles: ProfileTable | undefined,
  interval: number,
  middleMinutes: number,
): Float64Array {
  return Float64Array.from(CLASS_NAMES, (name) => {
    const values = profiles?.load.get(name);
    return values === undefined
      ? hourlyCurve(LOAD_CURVES[name], middleMinutes)
      : values[interval % values.length];
  });
}

/** Writes 1 + noise of all prosumers at a time. */
export function noiseFactors(key: number, minutes: number, into: Float64Array): void {
  const knots = minutes / KNOT_MINUTES;
  for (let i = 0; i < into.length; i += 1) {
    const ownKey = hashed(key, i);
    const at = knots + ownKey * 2 ** -32;
    const knot = Math.floor(at);
    const share = at - knot;
    const step = share * share * (3 - 2 * share);
    const before = hashedUniform(ownKey, knot);
    const noise = before + step * (hashedUniform(ownKey, knot + 1) - before);
    into[i] = 1 + NOISE * (2 * noise - 1);
  }
}
