/**
 * What a user waits for: the command from nothing to its printed summary in a process of its own, and Node
 * alone, which is the floor of that.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { packageFolder } from '../engine/io/package.js';
import type { Subject } from './harness.js';

/** A process is never warm: one run brings its files into the memory of the system. */
const WARM_UP_RUNS = 1;

/** @param caseName folder or bundled name of the case that is cleared */
export function coldStarts(caseName: string): Subject[] {
  const main = join(packageFolder(), 'dist', 'command', 'main.js');
  return [
    started('cold start: node -e 0', ['-e', '0']),
    started('cold start: wattshare clear', [main, 'clear', caseName, '--quiet']),
  ];
}

function started(name: string, words: readonly string[]): Subject {
  return {
    name,
    warmUpRuns: WARM_UP_RUNS,
    run: () => execFileSync(process.execPath, words, { stdio: 'pipe' }).length,
  };
}
