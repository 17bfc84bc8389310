/** Being asked to stop, in the thread of a command. */
import { parentPort } from 'node:worker_threads';
import { STOP, tellSupervisor } from './messages.js';

export interface Interrupt {
  readonly signal: AbortSignal;
  /** From now on an interrupt ends the command at once. */
  release(): void;
}

/** Says that the command stops by itself when it is asked to. */
export function listenForInterrupt(): Interrupt {
  const controller = new AbortController();
  const onMessage = (message: unknown): void => {
    if (message === STOP) controller.abort();
  };
  parentPort?.on('message', onMessage);
  tellSupervisor({ kind: 'stoppable', stoppable: true });
  return {
    signal: controller.signal,
    release: () => {
      parentPort?.off('message', onMessage);
      tellSupervisor({ kind: 'stoppable', stoppable: false });
    },
  };
}
