/** `wattshare clear CASE`: reads a case, clears it, writes the result, says what came out. */
import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import {
  type Case,
  type ClearingResult,
  type ClearOptions,
  clear,
  clearRegion,
  expectResultFolder,
  type FeederStage,
  isRegion,
  MODES,
  type Mode,
  type Region,
  type RegionResult,
  readCaseOrRegion,
  renderRegion,
  renderSummary,
  resolveCase,
  SOLVERS,
  type Solver,
  summarise,
  summariseRegion,
  writeRegionResult,
  writeResult,
} from '../engine/index.js';
import { EXIT_OF_STATUS, type ExitCode } from './exitCodes.js';
import { listenForInterrupt } from './interrupt.js';
import { tellSupervisor } from './messages.js';
import { mode, positiveNumber, positiveWholeNumber, workerCount } from './options.js';
import { openProgressLine, type ProgressLine } from './progress.js';
import { writePage } from './report.js';

interface ClearCommandOptions {
  readonly mode: Mode;
  readonly solver: Solver;
  readonly subsidised?: true;
  readonly out?: string;
  readonly report?: string;
  readonly format: 'csv' | 'arrow';
  readonly workers: number | 'auto';
  readonly gap: number;
  readonly timeLimit?: number;
  readonly nodeLimit?: number;
  readonly elastic?: number;
  readonly quiet?: true;
  readonly json?: true;
}

export function clearCommand(finish: (code: ExitCode) => void): Command {
  return new Command('clear')
    .description('clear a market or a region of several, and report prices, dispatch and proof')
    .argument('<case>', 'folder of a case, or the name of a bundled one')
    .addOption(
      new Option('--mode <mode>', `what is cleared: ${MODES.join(', ')}`)
        .argParser(mode)
        .default('welfare'),
    )
    .option('--subsidised', "welfare whose prices need not cover the grid's bill")
    .option('--out <folder>', 'write the result there; nothing is written without an answer')
    .option('--report <file>', 'write a page about it: one HTML file that needs nothing else')
    .addOption(
      new Option('--format <format>', 'of the tables in the result folder')
        .choices(['csv', 'arrow'])
        .default('csv'),
    )
    .option(
      '--workers <count>',
      `threads for the bids and for large search trees; auto: one a processor from ${LARGE_POPULATION} ` +
        'prosumers on, and 1 below, where starting threads costs more than they save',
      workerCount,
      'auto',
    )
    .addOption(
      new Option('--solver <solver>', 'native, or a second route by linear programs in HiGHS')
        .choices(SOLVERS)
        .default('native'),
    )
    .option('--gap <gap>', 'relative gap at which the search stops', positiveNumber, 1e-6)
    .option('--time-limit <seconds>', 'stop the search after this time', positiveNumber)
    .option(
      '--node-limit <count>',
      'stop the search after so many nodes (default: 300)',
      positiveWholeNumber,
    )
    .option(
      '--elastic <price>',
      'clear anyway: limits may be left at this price of violation, $/kWh; says which were',
      positiveNumber,
    )
    .option('--quiet', 'no progress and no warnings')
    .option('--json', 'print the summary as JSON, and nothing else, on standard output')
    .option('--debug', 'print stack traces of errors')
    .action(async (caseName: string, options: ClearCommandOptions) => {
      finish(await runClear(caseName, options));
    });
}

async function runClear(caseName: string, options: ClearCommandOptions): Promise<ExitCode> {
  const quiet = options.quiet === true;
  const progress = openProgressLine(quiet);
  const interrupt = listenForInterrupt();
  try {
    // Better now than after a long run.
    if (options.out !== undefined) await expectResultFolder(options.out);
    const started = performance.now();
    const made = await readWithWarnings(caseName, quiet, progress);
    const readTime = performance.now() - started;
    const clearOptions = optionsOf(options, progress, interrupt.signal);
    if (isRegion(made)) return await runRegion(made, options, clearOptions, progress);
    const result = withReadTime(
      await withWorkers(threadsFor(options, made), clearOptions, (staged) => clear(made, staged)),
      readTime,
    );
    const writtenTo = await writeIfAnswered(result, options, progress);
    progress.clear();
    printResult(result, options, writtenTo);
    await reportIfAsked(result, options);
    return EXIT_OF_STATUS[result.status];
  } finally {
    progress.clear();
    interrupt.release();
  }
}

async function readWithWarnings(
  caseName: string,
  quiet: boolean,
  progress: ProgressLine,
): Promise<Case | Region> {
  progress.show('reading', caseName);
  return readCaseOrRegion(resolveCase(caseName), {
    onWarning: (warning: string) => {
      if (quiet) return;
      progress.clear();
      process.stderr.write(`warning: ${warning}\n`);
    },
  });
}

/** Clears every feeder, writes and prints them together. */
async function runRegion(
  region: Region,
  options: ClearCommandOptions,
  clearOptions: ClearOptions,
  progress: ProgressLine,
): Promise<ExitCode> {
  const result = await withFeederPool(threadsForRegion(options, region), (feederStage) =>
    clearRegion(region, { ...clearOptions, feederStage }),
  );
  const writtenTo = await writeIfAnswered(result, options, progress);
  progress.clear();
  printResult(result, options, writtenTo);
  await reportIfAsked(result, options);
  return EXIT_OF_STATUS[result.status];
}

function optionsOf(
  options: ClearCommandOptions,
  progress: ProgressLine,
  signal: AbortSignal,
): ClearOptions {
  return {
    mode: options.mode,
    solver: options.solver,
    subsidised: options.subsidised === true,
    gap: options.gap,
    ...(options.timeLimit === undefined ? {} : { timeLimitSeconds: options.timeLimit }),
    ...(options.nodeLimit === undefined ? {} : { nodeLimit: options.nodeLimit }),
    ...(options.elastic === undefined ? {} : { elastic: { price: options.elastic } }),
    signal,
    onProgress: ({ stage, detail }: { stage: string; detail: string }) =>
      progress.show(stage, detail),
  };
}

/** Runs with the stages of a pool of threads, if more than one is wanted. */
async function withWorkers<Result>(
  threads: number,
  options: ClearOptions,
  run: (staged: ClearOptions) => Promise<Result>,
): Promise<Result> {
  if (threads === 1) return run(options);
  const { openWorkerPool } = await import('../workers/pool.js');
  const pool = openWorkerPool({ threads });
  try {
    return await run({
      ...options,
      responseStage: pool.responseStage,
      nodeStage: pool.nodeStage,
    });
  } finally {
    await pool.close();
  }
}

/** Starting threads takes as long as they save in clearing so many prosumers: some 150 ms. */
const LARGE_POPULATION = 2_000_000;

function threadsFor({ workers }: ClearCommandOptions, { prosumers }: Case): number {
  if (workers !== 'auto') return workers;
  return prosumers.id.length < LARGE_POPULATION ? 1 : availableParallelism();
}

/** Of a region, whose feeders are cleared one a thread. */
function threadsForRegion({ workers }: ClearCommandOptions, { feeders }: Region): number {
  return Math.min(workers === 'auto' ? availableParallelism() : workers, feeders.length);
}

/** The user waits for the reading too. */
function withReadTime(result: ClearingResult, read: number): ClearingResult {
  const { total = 0, ...stages } = result.timing;
  return { ...result, timing: { read, ...stages, total: total + read } };
}

/** One thread clears one feeder, if more than one is wanted. */
async function withFeederPool(
  threads: number,
  run: (feederStage: FeederStage | undefined) => Promise<RegionResult>,
): Promise<RegionResult> {
  if (threads === 1) return run(undefined);
  const { openFeederPool } = await import('../workers/feederPool.js');
  const pool = openFeederPool({ threads });
  try {
    return await run(pool.feederStage);
  } finally {
    await pool.close();
  }
}

/** @returns the folder written, undefined when there was none to write or the run ended without an answer */
async function writeIfAnswered(
  result: ClearingResult | RegionResult,
  { out, format }: ClearCommandOptions,
  progress: ProgressLine,
): Promise<string | undefined> {
  if (out === undefined || result.status === 'limit') return undefined;
  progress.show('writing', out);
  tellSupervisor({ kind: 'writing', folder: out });
  if ('region' in result) await writeRegionResult(result, out, format);
  else await writeResult(result, out, format);
  return out;
}

async function reportIfAsked(
  result: ClearingResult | RegionResult,
  { quiet, report }: ClearCommandOptions,
): Promise<void> {
  if (report !== undefined) await writePage(result, report, quiet === true);
}

function printResult(
  result: ClearingResult | RegionResult,
  { json, out, quiet }: ClearCommandOptions,
  writtenTo: string | undefined,
): void {
  if (json === true) {
    const summary = 'region' in result ? summariseRegion(result) : summarise(result);
    process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  } else {
    process.stdout.write('region' in result ? renderRegion(result) : renderSummary(result));
  }
  if (quiet === true || out === undefined) return;
  process.stderr.write(
    writtenTo === undefined
      ? `nothing written to ${out}: the run ended without an answer\n`
      : `result written to ${writtenTo}\n`,
  );
}
