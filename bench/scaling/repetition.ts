/** How often a clear is repeated: often where it is quick, a few times where it is not. */
import type { Repetition } from './point.js';

/** Runs before any is measured: enough for the optimising compiler to settle on small cases. */
const MOST_WARM_UPS = 10;
const WARM_UP_MS = 1_500;

/** Measured runs of a clear that takes so many milliseconds. */
export function repetitions(once: number, { most, least, milliseconds }: Repetition): number {
  return Math.min(most, Math.max(least, Math.floor(milliseconds / once)));
}

/** Runs that are not measured, beside the first. */
export function warmUps(once: number): number {
  return Math.min(MOST_WARM_UPS, Math.floor(WARM_UP_MS / once));
}
