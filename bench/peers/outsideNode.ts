/** Solvers outside Node: a Python process each, which reads an exported file (python/run.py). */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Contestant, PeerAnswer } from './comparison.js';
import { RUNNER, reasonOf } from './environment.js';

/** Names that the runner knows. */
export type OutsideSolver =
  | 'clarabel'
  | 'ecos'
  | 'scs'
  | 'scip'
  | 'highs'
  | 'gurobi'
  | 'mosek'
  | 'copt'
  | 'xpress';

export interface OutsideSettings {
  readonly python: string;
  readonly gap: number;
  /** Time limit of one solve. */
  readonly seconds: number;
}

export interface OutsideTask {
  /** What the table calls it. */
  readonly solver: string;
  readonly program: string;
  readonly name: OutsideSolver;
  readonly file: string;
  /** States quadratic costs as costs where the file, which cannot, has cones for them. */
  readonly fold?: boolean;
  readonly once?: boolean;
  /** Solves in one process, each of them timed; 1 unless given. */
  readonly repetitions?: number;
}

/** Reading, and solvers that look at the clock seldom: then a process that does not end is ended, seconds. */
const GRACE_SECONDS = 120;

/** Of a process that prints a warning a node. */
const MOST_OUTPUT_BYTES = 64 * 1024 ** 2;

export function outside(
  { python, gap, seconds }: OutsideSettings,
  { solver, program, name, file, fold = false, once = false, repetitions = 1 }: OutsideTask,
): Contestant {
  // Without -B Python leaves compiled files among the sources.
  const words = ['-B', RUNNER, '--solver', name, '--file', file, '--gap', String(gap)];
  words.push('--seconds', String(seconds), ...(fold ? ['--fold'] : []));
  words.push('--repetitions', String(repetitions));
  const limits = { timeout: 1000 * (seconds + GRACE_SECONDS), maxBuffer: MOST_OUTPUT_BYTES };
  return {
    solver,
    program,
    once,
    run: async () => {
      try {
        const { stdout } = await promisify(execFile)(python, words, limits);
        return readAnswer(stdout);
      } catch (failure) {
        return { status: `failed: ${reasonOf(failure)}`, samples: [] };
      }
    },
  };
}

/**
 * What the runner printed: its last line is the answer, whatever a solver printed before.
 * @throws Error where it is none
 */
export function readAnswer(printed: string): PeerAnswer {
  const answer: unknown = JSON.parse(printed.trim().split('\n').at(-1) ?? '');
  if (typeof answer !== 'object' || answer === null) throw new Error(`no answer: ${answer}`);
  const entries: ReadonlyMap<string, unknown> = new Map(Object.entries(answer));
  const failure = entries.get('failure');
  if (failure !== undefined) return { status: String(failure), samples: [] };
  const seconds: unknown = entries.get('seconds');
  if (!Array.isArray(seconds)) throw new Error(`no times in the answer: ${JSON.stringify(answer)}`);
  return {
    status: String(entries.get('status')),
    objective: numberOrNothing(entries.get('objective')),
    gap: numberOrNothing(entries.get('gap')),
    samples: seconds.map((time) => 1000 * Number(time)),
  };
}

function numberOrNothing(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
