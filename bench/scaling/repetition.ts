/** How often a clear is repeated: often where it is quick, a few times where it is not. */
import type { Repetition } from './point.js';

/** Runs before any is measured: enough for the optimising compiler to settle on small cases. */
export const WARM_UP: Repetition = { most: 10, least: 0, milliseconds: 1_500 };

/**
 * Repeats `run` until enough time has passed, within the least and the most repetitions.
 *
 * @param clock milliseconds
 */
export async function repeat(
  run: () => Promise<void>,
  { most, least, milliseconds }: Repetition,
  clock: () => number = () => performance.now(),
): Promise<void> {
  const started = clock();
  for (let count = 0; count < most; count += 1) {
    if (count >= least && clock() - started >= milliseconds) return;
    await run();
  }
}
