/**
 * Does the work grow with the population and no faster? The same feeder with 12,300 and with ten times
 * as many prosumers: `npm run bench:scaling -- [--prosumers 12300] [--factor 10] [--rounds 3] [--runs 5]
 * [--name scaling] [--no-write]`.
 *
 * Every round starts one process for each size, in turn, because memory is a matter of the whole
 * process: its peak is read after the first clear, before repetitions for the times fill the heap.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Case } from '../engine/case/case.js';
import { validateCase } from '../engine/case/validate.js';
import { clear } from '../engine/clearing/clear.js';
import { generateMarket, readFeeder, resolveFeeder, type Status } from '../engine/index.js';
import { describeMachine, printMachine, printTable, summarised, writeResults } from './harness.js';

const FEEDER = 'ieee123';
const SEED = 123;

/** What one process found: milliseconds by stage for every run, and its memory. */
interface SizeReport {
  readonly prosumers: number;
  readonly status: Status;
  readonly runs: readonly Readonly<Record<string, number>>[];
  /** Resident memory before the population, with it, and at its peak after one clear, MB. */
  readonly emptyMb: number;
  readonly populatedMb: number;
  readonly peakMb: number;
}

const { values: options } = parseArgs({
  options: {
    prosumers: { type: 'string', default: '12300' },
    factor: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    runs: { type: 'string', default: '5' },
    name: { type: 'string', default: 'scaling' },
    'no-write': { type: 'boolean', default: false },
    /** In the process that measures one size. */
    child: { type: 'boolean', default: false },
  },
});

if (options.child) {
  const report = await measureSize(Number(options.prosumers), Number(options.runs));
  process.stdout.write(JSON.stringify(report));
} else {
  compareSizes();
}

async function measureSize(prosumers: number, runs: number): Promise<SizeReport> {
  const emptyMb = residentMb();
  const theCase = await population(prosumers);
  const populatedMb = residentMb();
  // Not timed: the compiler has seen nothing of it yet.
  const { status } = await clear(theCase);
  const peakMb = process.resourceUsage().maxRSS / 1024;
  const timings: Readonly<Record<string, number>>[] = [];
  for (let run = 0; run < runs; run += 1) timings.push((await clear(theCase)).timing);
  return { prosumers, status, runs: timings, emptyMb, populatedMb, peakMb };
}

async function population(prosumers: number): Promise<Case> {
  const feeder = await readFeeder(resolveFeeder(FEEDER));
  return validateCase(generateMarket(feeder, { prosumers, seed: SEED }));
}

function residentMb(): number {
  return process.memoryUsage.rss() / 1024 ** 2;
}

function compareSizes(): void {
  const small = Number(options.prosumers);
  const sizes = [small, small * Number(options.factor)];
  const reports: SizeReport[] = [];
  for (let round = 0; round < Number(options.rounds); round += 1) {
    for (const prosumers of sizes) reports.push(inOwnProcess(prosumers));
  }
  const machine = describeMachine();
  const measured = sizes.map((prosumers) => {
    const ofSize = reports.filter((report) => report.prosumers === prosumers);
    const runs = ofSize.flatMap((report) => report.runs);
    const memory = (name: string, of: (report: SizeReport) => number) => ({
      name,
      median: summarised(name, ofSize.map(of)).median_ms,
    });
    return {
      prosumers,
      statuses: [...new Set(ofSize.map((report) => report.status))],
      stages: Object.keys(runs[0] ?? {}).map((stage) =>
        summarised(
          stage,
          runs.map((timing) => timing[stage] ?? 0),
        ),
      ),
      memory_mb: [
        memory('population', ({ populatedMb, emptyMb }) => populatedMb - emptyMb),
        memory('peak of one clear', ({ peakMb }) => peakMb),
        memory('peak above an empty process', ({ peakMb, emptyMb }) => peakMb - emptyMb),
      ],
    };
  });
  printComparison(measured, machine);
  if (!options['no-write']) writeResults(options.name, { feeder: FEEDER, machine, measured });
}

function inOwnProcess(prosumers: number): SizeReport {
  const words = ['--child', '--prosumers', String(prosumers), '--runs', options.runs];
  const output = execFileSync(process.execPath, [fileURLToPath(import.meta.url), ...words], {
    encoding: 'utf8',
  });
  return JSON.parse(output) as SizeReport;
}

interface SizeSummary {
  readonly prosumers: number;
  readonly statuses: readonly Status[];
  readonly stages: readonly ReturnType<typeof summarised>[];
  readonly memory_mb: readonly { readonly name: string; readonly median: number }[];
}

function printComparison(
  [small, large]: readonly SizeSummary[],
  machine: ReturnType<typeof describeMachine>,
): void {
  if (small === undefined || large === undefined) return;
  console.log(`${FEEDER}: welfare, ${small.prosumers} and ${large.prosumers} prosumers, medians`);
  printMachine(machine);
  const statuses = [small, large].map((summary) => summary.statuses.join(', '));
  const rows: string[][] = [['status', ...statuses, '']];
  const addRow = (name: string, unit: string, first: number, second: number): void => {
    const ratio = first > 0 ? (second / first).toFixed(2) : '';
    rows.push([`${name}, ${unit}`, first.toFixed(2), second.toFixed(2), ratio]);
  };
  small.stages.forEach(({ name, median_ms }, k) => {
    addRow(name, 'ms', median_ms, large.stages[k]?.median_ms ?? Number.NaN);
  });
  small.memory_mb.forEach(({ name, median }, k) => {
    addRow(name, 'MB', median, large.memory_mb[k]?.median ?? Number.NaN);
  });
  printTable(['', String(small.prosumers), String(large.prosumers), 'ratio'], rows);
}
