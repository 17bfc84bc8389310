/**
 * The first interrupt asks the engine to stop at its next opportunity and to report what it has; the
 * second ends the process at once.
 */
import { EXIT } from './exitCodes.js';

export interface Interrupt {
  readonly signal: AbortSignal;
  /** Gives the keyboard back: interrupts kill the process again. */
  release(): void;
}

export function listenForInterrupt(): Interrupt {
  const controller = new AbortController();
  const onInterrupt = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    process.stderr.write('stopping; interrupt again to quit at once\n');
    controller.abort();
  };
  process.on('SIGINT', onInterrupt);
  return {
    signal: controller.signal,
    release: () => process.off('SIGINT', onInterrupt),
  };
}
