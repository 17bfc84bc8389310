/** `--log`: one line of JSON an interval, as soon as the interval is safe. */
import { type FileHandle, open } from 'node:fs/promises';
import type { TrialInterval } from '../engine/index.js';

export interface TrialLog {
  add(interval: TrialInterval): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param target a file, `-` for standard output, or undefined for no log
 * @param goesOn whether the lines that a file has already stay
 */
export async function openTrialLog(target: string | undefined, goesOn: boolean): Promise<TrialLog> {
  if (target === undefined) return { add: async () => {}, close: async () => {} };
  if (target === '-') {
    return {
      add: async (interval) => {
        process.stdout.write(lineOf(interval));
      },
      close: async () => {},
    };
  }
  const handle: FileHandle = await open(target, goesOn ? 'a' : 'w');
  return {
    add: (interval) => handle.appendFile(lineOf(interval)),
    close: () => handle.close(),
  };
}

/** What has no value is null. */
function lineOf({ balance, record, refusals, timing }: TrialInterval): string {
  const { interval: _, ...ofBalance } = balance;
  const { interval: __, ...times } = timing;
  return `${JSON.stringify({ ...record, balance: ofBalance, refusals, timing: times })}\n`;
}
