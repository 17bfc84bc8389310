/** What the thread of a command and the thread that supervises it say to each other (supervisor.ts). */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { ExitCode } from './exitCodes.js';

/** What the thread of a command starts with. */
export interface CommandStart {
  /** The command line without the names of node and the script. */
  readonly words: readonly string[];
  /** Of the terminal on standard error; undefined where that is none. */
  readonly columns: number | undefined;
}

export type CommandMessage =
  /** Whether the command, asked to stop, stops by itself and says what it has. */
  | { readonly kind: 'stoppable'; readonly stoppable: boolean }
  /** The command is about to write a folder. */
  | { readonly kind: 'writing'; readonly folder: string }
  /** Ended at any moment, the command can go on later; how, the hint says. */
  | { readonly kind: 'resumable'; readonly hint: string }
  | { readonly kind: 'ended'; readonly exitCode: ExitCode };

/** The one thing that a command is told: to stop. */
export const STOP = 'stop';

export function tellSupervisor(message: CommandMessage): void {
  parentPort?.postMessage(message);
}

/** Columns of the terminal on standard error, in any thread; undefined where it is no terminal. */
export function terminalColumns(): number | undefined {
  if (!isMainThread) return commandStart().columns;
  // Some terminals say that they have 0 columns.
  return process.stderr.isTTY ? process.stderr.columns || DEFAULT_COLUMNS : undefined;
}

const DEFAULT_COLUMNS = 80;

/** In the thread of a command. */
export function commandStart(): CommandStart {
  return workerData;
}
