/**
 * A command works in a thread of its own, so that this one always hears the keyboard. The first interrupt
 * asks a command that can be asked to stop and to report what it has; if that takes too long, and for any
 * other command, its thread is ended, whatever it is doing. The second interrupt ends it at once. What the
 * thread had half written goes with it.
 */
import { Worker } from 'node:worker_threads';
import { discardUnfinished } from '../engine/io/outputFolder.js';
import { EXIT, type ExitCode } from './exitCodes.js';
import { type CommandMessage, type CommandStart, STOP, terminalColumns } from './messages.js';
import { openProgressLine } from './progress.js';

/** What a command that is asked to stop may take, ms: with what ending it takes, within a second. */
const GRACE = 500;

/** @param words the command line without the names of node and the script */
export async function superviseCommand(words: readonly string[]): Promise<ExitCode> {
  const supervisor = new Supervisor(words);
  const onInterrupt = (): void => supervisor.interrupt();
  process.on('SIGINT', onInterrupt);
  try {
    return await supervisor.ended;
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

class Supervisor {
  /** How the command ended, once nothing of it runs any more. */
  readonly ended: Promise<ExitCode>;
  private readonly thread: Worker;
  private readonly folders: string[] = [];
  private stoppable = false;
  /** How the command goes on later; undefined where it cannot. */
  private hint: string | undefined;
  private isStopping = false;
  private exitCode: ExitCode | undefined;

  constructor(words: readonly string[]) {
    const workerData: CommandStart = { words, columns: terminalColumns() };
    this.thread = new Worker(new URL('./thread.js', import.meta.url), { workerData });
    this.thread.on('message', (message: CommandMessage) => this.hear(message));
    this.thread.on('error', (failure) => this.report(`internal error: ${failure.message}`));
    this.ended = new Promise((resolve, reject) => {
      this.thread.on('exit', () => {
        this.cleanUp().then(() => resolve(this.exitCode ?? EXIT.internalError), reject);
      });
    });
  }

  interrupt(): void {
    if (this.exitCode !== undefined) return;
    if (this.isStopping || !this.stoppable) {
      this.end(EXIT.interrupted);
      return;
    }
    this.isStopping = true;
    this.report('stopping; interrupt again to quit at once');
    this.thread.postMessage(STOP);
    setTimeout(() => {
      if (this.exitCode !== undefined) return;
      if (this.hint === undefined) this.report('stopped before the result was complete');
      this.end(EXIT.uncertified);
    }, GRACE).unref();
  }

  private hear(message: CommandMessage): void {
    if (message.kind === 'stoppable') this.stoppable = message.stoppable;
    else if (message.kind === 'writing') this.folders.push(message.folder);
    else if (message.kind === 'resumable') this.hint = message.hint;
    else this.exitCode ??= message.exitCode;
  }

  private end(exitCode: ExitCode): void {
    this.exitCode = exitCode;
    if (this.hint !== undefined) this.report(`stopped; ${this.hint}`);
    void this.thread.terminate();
  }

  private report(line: string): void {
    openProgressLine(false).clear();
    process.stderr.write(`${line}\n`);
  }

  private async cleanUp(): Promise<void> {
    for (const folder of this.folders) await discardUnfinished(folder);
  }
}
