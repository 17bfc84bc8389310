/**
 * Solves instances of the Conic Benchmark Format with the project's own core and prints what came out:
 *
 *     node dist/bench/cbf/run.js [--gap 1e-6] [--time-limit S] [--node-limit N] FILE...
 *
 * Continuous instances go to the interior-point method, mixed-integer ones to branch and bound over it. A
 * bound is `verified` where it was computed from the multipliers alone (verifiedBound.ts), and `as solved`
 * where it is the dual objective of solves that ended optimal.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from '../../engine/base/errors.js';
import { createConicSolver } from '../../engine/conic/solver.js';
import { printTable } from '../harness.js';
import { type ConicInstance, readConicInstance } from './conicInstance.js';
import { type MixedIntegerSettings, solveMixedInteger } from './mixedInteger.js';
import { verifiedBound } from './verifiedBound.js';

/** What came of one instance; objective and bound in the sense of the problem, before that of the file. */
interface Run {
  readonly status: string;
  readonly objective: number | undefined;
  readonly bound: number;
  readonly isVerified: boolean;
  readonly nodes: number;
  readonly iterations: number;
}

const HEADER = ['instance', 'status', 'objective', 'bound', '', 'nodes', 'iterations', 'ms'];

await main();

async function main(): Promise<void> {
  try {
    const { files, settings } = readArguments();
    const rows: string[][] = [];
    for (const file of files) rows.push(await runFile(file, settings()));
    printTable(HEADER, rows);
  } catch (failure) {
    if (!(failure instanceof Error) || !isTheCallers(failure)) throw failure;
    process.stderr.write(`${failure.message}\n`);
    process.exitCode = 2;
  }
}

/** Wrong arguments and files, and files that cannot be read. */
function isTheCallers(failure: Error): boolean {
  return failure instanceof UsageError || failure instanceof TypeError || 'syscall' in failure;
}

function readArguments(): {
  readonly files: readonly string[];
  readonly settings: () => MixedIntegerSettings;
} {
  const { values, positionals } = parseArgs({
    options: {
      gap: { type: 'string', default: '1e-6' },
      'time-limit': { type: 'string', default: 'Infinity' },
      'node-limit': { type: 'string', default: 'Infinity' },
    },
    allowPositionals: true,
  });
  if (positionals.length === 0) throw new UsageError('name at least one CBF file');
  const gapTolerance = positive('gap', values.gap);
  const nodeLimit = positive('node-limit', values['node-limit']);
  const milliseconds = 1000 * positive('time-limit', values['time-limit']);
  return {
    files: positionals,
    // The time of each file begins when it does.
    settings: () => {
      const end = performance.now() + milliseconds;
      return { gapTolerance, nodeLimit, shouldStop: () => performance.now() > end };
    },
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw new UsageError(`--${name} ${text}: it must be a number above 0`);
}

async function runFile(file: string, settings: MixedIntegerSettings): Promise<string[]> {
  const instance = readFile(file);
  const start = performance.now();
  const run =
    instance.integers.length > 0
      ? await solveMixedInteger(instance, settings)
      : solveContinuous(instance, settings);
  const elapsed = performance.now() - start;
  const inFile = (value: number | undefined): string =>
    value === undefined || !Number.isFinite(value)
      ? '-'
      : (instance.sign * value + instance.constant).toPrecision(12);
  return [
    basename(file),
    run.status,
    inFile(run.objective),
    inFile(run.bound),
    boundOrigin(run),
    String(run.nodes),
    String(run.iterations),
    elapsed.toFixed(1),
  ];
}

function boundOrigin({ bound, isVerified }: Run): string {
  if (!Number.isFinite(bound)) return '';
  return isVerified ? 'verified' : 'as solved';
}

function readFile(file: string): ConicInstance {
  const text = readFileSync(file, 'utf8');
  try {
    return readConicInstance(text);
  } catch (failure) {
    throw failure instanceof UsageError ? new UsageError(`${file}, ${failure.message}`) : failure;
  }
}

function solveContinuous({ problem }: ConicInstance, { shouldStop }: MixedIntegerSettings): Run {
  const solution = createConicSolver(problem).solve({ shouldStop });
  const { status, iterations, primalObjective, dualObjective } = solution;
  const verified = verifiedBound(problem, solution);
  const isVerified = verified > Number.NEGATIVE_INFINITY || status === 'primal-infeasible';
  return {
    status,
    objective: primalObjective,
    bound: isVerified ? verified : dualObjective,
    isVerified,
    nodes: 0,
    iterations,
  };
}
