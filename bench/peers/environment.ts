/**
 * Python with the pinned solvers of requirements.txt, in a virtual environment that is made once and kept in
 * a folder that git ignores; it is made anew when the pins change.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../../engine/io/package.js';

/** An interpreter with the solvers, or why there is none. */
export type PythonEnvironment =
  | { readonly state: 'ready'; readonly python: string; readonly versions: readonly string[] }
  | { readonly state: 'absent'; readonly reason: string };

const SOURCES = join(packageFolder(), 'bench', 'peers');
const REQUIREMENTS = join(SOURCES, 'requirements.txt');
export const RUNNER = join(SOURCES, 'python', 'run.py');

const ENVIRONMENT = join(SOURCES, '.venv');
/** The requirements that the environment was made from. */
const STAMP = join(ENVIRONMENT, 'requirements.txt');

/** @param interpreter of the user, with the solvers in it; made here where none is named */
export function preparePython(interpreter?: string): PythonEnvironment {
  try {
    return ready(interpreter ?? madeEnvironment());
  } catch (failure) {
    return { state: 'absent', reason: reasonOf(failure) };
  }
}

/** @returns the interpreter of the environment */
function madeEnvironment(): string {
  const python = join(ENVIRONMENT, process.platform === 'win32' ? 'Scripts' : 'bin', 'python');
  const requirements = readFileSync(REQUIREMENTS, 'utf8');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === requirements) return python;
  console.log(`making ${ENVIRONMENT}`);
  rmSync(ENVIRONMENT, { recursive: true, force: true });
  call('python3', ['-m', 'venv', ENVIRONMENT]);
  call(python, ['-m', 'pip', 'install', '--quiet', '--requirement', REQUIREMENTS]);
  writeFileSync(STAMP, requirements);
  return python;
}

function ready(python: string): PythonEnvironment {
  const version = call(python, ['--version']).trim();
  const packages = call(python, ['-m', 'pip', 'freeze', '--disable-pip-version-check']);
  return { state: 'ready', python, versions: [version, ...packages.trim().split(/\s*\n/)] };
}

function call(program: string, words: readonly string[]): string {
  return execFileSync(program, words, { encoding: 'utf8', stdio: 'pipe' });
}

/** The last line that the failed program wrote, else the error's own first. */
export function reasonOf(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  const written = 'stderr' in failure ? String(failure.stderr).trim() : '';
  return written.split('\n').at(-1) || failure.message.split('\n')[0] || failure.name;
}
