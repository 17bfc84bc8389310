/**
 * Interleaved measurements with the package `benchmark`: in every round each subject is sampled for a short
 * while, one after the other, so that a slow spell of the machine falls on all of them alike. The
 * samples of all rounds are pooled; what is reported are their quartiles, because a mean follows
 * whatever else the machine did.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import Benchmark from 'benchmark';
import { UsageError } from '../engine/base/errors.js';
import { packageFolder } from '../engine/io/package.js';

/** What is measured. The number it returns depends on the work, so that no compiler can leave the work out. */
export interface Subject {
  readonly name: string;
  readonly run: () => number | Promise<number>;
  /** Runs before anything is measured, {@link WARM_UP_RUNS} unless given: fewer for what takes long. */
  readonly warmUpRuns?: number;
}

export interface MeasureOptions {
  readonly rounds: number;
  /** Sampling time of one subject in one round, seconds. */
  readonly seconds: number;
}

/** Quartiles of the time of one run, milliseconds. */
export interface Measurement {
  readonly name: string;
  readonly median_ms: number;
  readonly p25_ms: number;
  readonly p75_ms: number;
  readonly samples: number;
}

/** Runs of each subject before anything is measured: enough for the optimising compiler to settle. */
const WARM_UP_RUNS = 10;

let sink = 0;

export async function measure(
  subjects: readonly Subject[],
  { rounds, seconds }: MeasureOptions,
): Promise<Measurement[]> {
  for (const subject of subjects) await warmUp(subject);
  const samplers = subjects.map((subject) => () => sampleOnce(subject, seconds));
  const samples = await interleaved(samplers, rounds);
  if (!Number.isFinite(sink)) throw new Error('a subject returned no finite number');
  return subjects.map((subject, k) => summarised(subject.name, samples[k] ?? []));
}

export async function warmUp({ run, warmUpRuns = WARM_UP_RUNS }: Subject): Promise<void> {
  for (let k = 0; k < warmUpRuns; k += 1) sink += await run();
}

/** The samples of each sampler over all rounds, in every one of which all have their turn. */
export async function interleaved(
  samplers: readonly (() => Promise<readonly number[]>)[],
  rounds: number,
): Promise<number[][]> {
  const samples = samplers.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [k, sample] of samplers.entries()) samples[k]?.push(...(await sample()));
  }
  return samples;
}

/** Samples a subject for so many seconds: milliseconds a run, one number a cycle of `benchmark`. */
export function sampleOnce(subject: Subject, seconds: number): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const benchmark = new Benchmark(subject.name, {
      defer: true,
      async: true,
      minTime: 0.01,
      maxTime: seconds,
      minSamples: 3,
      fn: (deferred: { resolve(): void }) => {
        Promise.resolve(subject.run()).then((value) => {
          sink += value;
          deferred.resolve();
        }, reject);
      },
    });
    benchmark.on('complete', () => {
      if (benchmark.error) reject(benchmark.error);
      else resolve(benchmark.stats.sample.map((sample) => 1000 * sample));
    });
    benchmark.run();
  });
}

export function summarised(name: string, samples: readonly number[]): Measurement {
  const sorted = Float64Array.from(samples).sort();
  return {
    name,
    median_ms: quantile(sorted, 0.5),
    p25_ms: quantile(sorted, 0.25),
    p75_ms: quantile(sorted, 0.75),
    samples: sorted.length,
  };
}

/** Linear between the two samples around it; NaN without samples. */
export function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

/** @param name of the option that says it. @throws UsageError */
export function wholeNumber(name: string, text: string | number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new UsageError(`${name} ${text} must be a whole number of at least 1`);
}

/** Where and with what the numbers were made. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly node: string;
  /** Of the working folder, `+` behind it where that held changes; empty outside a repository. */
  readonly commit: string;
  /** Load average of the last minute when the run began: what else the machine had to do. */
  readonly load: number;
}

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    commit: presentCommit(),
    load: loadavg()[0] ?? Number.NaN,
  };
}

function presentCommit(): string {
  const git = (...words: string[]): string =>
    execFileSync('git', words, { cwd: packageFolder(), encoding: 'utf8', stdio: 'pipe' }).trim();
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '+');
  } catch {
    return '';
  }
}

export function machineLine({ processor, cores, node, commit, load }: Machine): string {
  const version = `Node ${node}, commit ${commit || 'unknown'}`;
  return `${processor}, ${cores} cores, ${version}, load ${load.toFixed(1)}`;
}

export function printMachine(machine: Machine): void {
  console.log(`${machineLine(machine)}\n`);
}

/** Prints rows of text in aligned columns: the first to the left, the others to the right. */
export function printTable(header: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = header.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  for (const row of [header, widths.map((width) => '-'.repeat(width)), ...rows]) {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    console.log(cells.join('  ').trimEnd());
  }
}

/** Keeps a result as `bench/results/NAME.json`. */
export function writeResults(name: string, content: object): void {
  writeResultFile(`${name}.json`, `${JSON.stringify(content, null, 2)}\n`);
}

/** Keeps a text in `bench/results`. */
export function writeResultFile(fileName: string, text: string): void {
  const folder = join(packageFolder(), 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, fileName);
  writeFileSync(file, text);
  console.log(`\nwritten to ${file}`);
}
