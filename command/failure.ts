/**
 * From what was thrown to what the user sees: one line a problem on standard error, and the exit
 * code. A stack trace only for those who ask for it.
 */
import { CommanderError } from 'commander';
import { CaseError, UsageError } from '../engine/index.js';
import { EXIT, type ExitCode } from './exitCodes.js';

export function reportFailure(failure: unknown, debug: boolean): ExitCode {
  // Commander has printed its own errors, and also throws after help and version.
  if (failure instanceof CommanderError) {
    return failure.exitCode === 0 ? EXIT.certified : EXIT.badInput;
  }
  const theirs = isTheCallers(failure);
  const message = failure instanceof Error ? failure.message : String(failure);
  process.stderr.write(`${theirs ? message : `internal error: ${message}`}\n`);
  if (debug && failure instanceof Error) process.stderr.write(`${failure.stack ?? ''}\n`);
  return theirs ? EXIT.badInput : EXIT.internalError;
}

/** Wrong input or usage; a file that cannot be read or written counts as such. */
function isTheCallers(failure: unknown): boolean {
  if (failure instanceof CaseError || failure instanceof UsageError) return true;
  return failure instanceof Error && 'syscall' in failure;
}
