/** How a caller's signal reaches a thread that is busy: as a number in shared memory. */
import { sharedIntegers } from '../engine/base/columns.js';

/**
 * @param work is given one entry in shared memory, which is not 0 once the signal asks to stop
 */
export async function withStopFlag<Result>(
  signal: AbortSignal | undefined,
  work: (stop: Int32Array) => Promise<Result>,
): Promise<Result> {
  const stop = sharedIntegers(1);
  const askToStop = (): void => {
    Atomics.store(stop, 0, 1);
  };
  if (signal?.aborted === true) askToStop();
  signal?.addEventListener('abort', askToStop);
  try {
    return await work(stop);
  } finally {
    signal?.removeEventListener('abort', askToStop);
  }
}
