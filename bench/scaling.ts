/**
 * How clearing grows with the population, the network and the number of threads: `npm run bench:scaling --
 * [--part population|network|workers] [--largest 12300000] [--repeats 15] [--quick] [--name scaling]
 * [--no-write]`.
 *
 * Every point is measured in a fresh process, together with the floors (scaling/floors.ts) that no clearing
 * can be faster than. Results go to bench/results as JSON, CSV and a picture, progress to standard error.
 * Ctrl-C ends the study: what has been measured is printed, nothing is written.
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { UsageError } from '../engine/base/errors.js';
import {
  describeMachine,
  printMachine,
  wholeNumber,
  writeResultFile,
  writeResults,
} from './harness.js';
import { judge } from './scaling/bars.js';
import { recordsAsCsv } from './scaling/csv.js';
import { LARGEST_POPULATION, type PlanOptions, planStudy } from './scaling/plan.js';
import { PARTS, type Part, type PointRecord, type Repetition } from './scaling/point.js';
import {
  printBars,
  printFailures,
  printGrowth,
  printRecords,
  printThreadGains,
} from './scaling/print.js';
import { runStudy, type Study, type StudyProgress } from './scaling/runStudy.js';

const LEAST_REPEATS = 3;
const MOST_REPEATS = 15;
/** Repeated clears of one point may take so long, where the least number of them is done. */
const REPETITION_MS = 6_000;

/** A look at the study that takes a minute: its bars are not measured. */
const QUICK = { population: 123_000, network: 1_000, repeats: LEAST_REPEATS };
const LARGEST_NETWORK = 10_000;

const EXIT_INTERRUPTED = 130;

const { values: options } = parseArgs({
  options: {
    part: { type: 'string', multiple: true },
    largest: { type: 'string' },
    repeats: { type: 'string' },
    quick: { type: 'boolean', default: false },
    name: { type: 'string', default: 'scaling' },
    'no-write': { type: 'boolean', default: false },
  },
});

const interruption = new AbortController();
// Once: a second Ctrl-C ends this process as usual.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interruption.abort());
}

const machine = describeMachine();
const loadBefore = loadavg();
const plan = planStudy(planOptions());
const study = await runStudy(plan, repetition(), progressTo(process.stderr), interruption.signal);
const bars = judge(study.records);
printMachine(machine);
console.log(`load average ${rounded(loadBefore)} before, ${rounded(loadavg())} after\n`);
printRecords(study.records);
printGrowth(study.records);
printThreadGains(study.records);
printBars(bars);
printFailures(study.failed);
if (!study.isComplete) {
  console.log('\ninterrupted: nothing is written');
  process.exitCode = EXIT_INTERRUPTED;
} else {
  if (study.failed.length > 0) process.exitCode = 1;
  if (!options['no-write']) await write(study);
}

function planOptions(): PlanOptions {
  const largest = options.largest ?? (options.quick ? QUICK.population : LARGEST_POPULATION);
  return {
    parts: (options.part ?? PARTS).map(partNamed),
    largestPopulation: wholeNumber('--largest', largest),
    largestNetwork: options.quick ? QUICK.network : LARGEST_NETWORK,
    threads: availableParallelism(),
  };
}

function repetition(): Repetition {
  const repeats = options.repeats ?? (options.quick ? QUICK.repeats : MOST_REPEATS);
  const most = wholeNumber('--repeats', repeats);
  return { most, least: Math.min(LEAST_REPEATS, most), milliseconds: REPETITION_MS };
}

function partNamed(name: string): Part {
  const found = PARTS.find((part) => part === name);
  if (found === undefined) throw new UsageError(`no part "${name}": ${PARTS.join(', ')}`);
  return found;
}

function progressTo(stream: NodeJS.WritableStream): StudyProgress {
  const started = performance.now();
  return {
    onStart: (what, done, all) => {
      const seconds = (performance.now() - started) / 1000;
      stream.write(`[${done} of ${all} points, ${seconds.toFixed(0)} s] ${what}\n`);
    },
    onRecord: ({ status, clear, memory }: PointRecord) => {
      const median = clear.median_ms.toFixed(1);
      const peak = memory.peak_mb.toFixed(0);
      stream.write(
        `  ${status}, median ${median} ms of ${clear.samples} clears, peak ${peak} MB\n`,
      );
    },
  };
}

async function write({ records, failed }: Study): Promise<void> {
  const { drawStudy } = await import('./scaling/picture.js');
  const load_average = { before: loadBefore, after: loadavg() };
  writeResults(options.name, { machine, load_average, bars, records, failed });
  writeResultFile(`${options.name}.csv`, await recordsAsCsv(records));
  const title = `How clearing scales: ${machine.processor}, ${machine.cores} cores, Node ${machine.node}`;
  writeResultFile(`${options.name}.svg`, await drawStudy(title, records));
}

function rounded(numbers: readonly number[]): string {
  return numbers.map((value) => value.toFixed(1)).join(', ');
}
