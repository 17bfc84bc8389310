/** `wattshare report RESULT`: the page of a result or a trial, from its files and those of its case. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import {
  type Case,
  type ClearingResult,
  feederFolder,
  holdsTrial,
  isRegion,
  joinResults,
  type Region,
  type RegionResult,
  readCase,
  readCaseName,
  readCaseOrRegion,
  readRegionSummary,
  readResult,
  readSummary,
  readTrial,
  readTrialSettings,
  reportPage,
  resolveCase,
  restoredFailure,
  restoredResult,
  type StoredTrial,
  trialPage,
  UsageError,
} from '../engine/index.js';
import { EXIT, type ExitCode } from './exitCodes.js';
import { positiveNumber } from './options.js';

interface ReportCommandOptions {
  readonly case?: string;
  readonly out: string;
  readonly gap: number;
  readonly quiet?: true;
}

export function reportCommand(finish: (code: ExitCode) => void): Command {
  return new Command('report')
    .description('show a result or a trial as one HTML file that needs nothing else')
    .argument('<result>', 'folder that clear or trial wrote')
    .option(
      '--case <case>',
      'folder or bundled name of its case (default: the bundled one it names)',
    )
    .option('--out <file>', 'the HTML file', 'report.html')
    .option('--gap <gap>', 'relative gap that counts as optimal', positiveNumber, 1e-6)
    .option('--quiet', 'say nothing')
    .option('--debug', 'print stack traces of errors')
    .action(async (resultFolder: string, options: ReportCommandOptions) => {
      finish(await runReport(resultFolder, options));
    });
}

type Warn = (warning: string) => void;

async function runReport(resultFolder: string, options: ReportCommandOptions): Promise<ExitCode> {
  const quiet = options.quiet === true;
  const onWarning: Warn = (warning) => {
    if (!quiet) process.stderr.write(`warning: ${warning}\n`);
  };
  if (await holdsTrial(resultFolder)) return reportTrial(resultFolder, options, onWarning);
  const name = await readCaseName(resultFolder);
  const made = await readCaseOrRegion(caseFolder(name, options.case), { onWarning });
  const doubts: string[] = [];
  const result = isRegion(made)
    ? await regionResult(made, resultFolder, options.gap, onWarning, doubts)
    : await feederResult(made, resultFolder, options.gap, onWarning, doubts);
  await writePage(result, options.out, quiet, doubts);
  return EXIT.certified;
}

/** Of a trial that is not over, as much as there is. */
async function reportTrial(
  folder: string,
  options: ReportCommandOptions,
  onWarning: Warn,
): Promise<ExitCode> {
  const { case: name } = await readTrialSettings(folder);
  const theCase = await readCase(caseFolder(name, options.case), { onWarning });
  await writeTrialPage(await readTrial(folder, theCase), options.out, options.quiet === true);
  return EXIT.certified;
}

/** @throws UsageError where the case is not given and the result does not name a bundled one */
function caseFolder(name: string, given: string | undefined): string {
  if (given !== undefined) return resolveCase(given);
  try {
    return resolveCase(name);
  } catch (failure) {
    if (!(failure instanceof UsageError)) throw failure;
    throw new UsageError(`the result is one of the case ${name}; say where that is: --case FOLDER`);
  }
}

async function regionResult(
  region: Region,
  folder: string,
  gap: number,
  onWarning: Warn,
  doubts: string[],
): Promise<RegionResult> {
  const { mode } = await readRegionSummary(folder, region.name, region.roots);
  const feeders: ClearingResult[] = [];
  for (const [place, feeder] of region.feeders.entries()) {
    const own = join(folder, feederFolder(place));
    feeders.push(await feederResult(feeder, own, gap, onWarning, doubts));
  }
  return joinResults(region, mode, feeders);
}

/** @param doubts where a status that the certificate does not confirm is added */
async function feederResult(
  theCase: Case,
  folder: string,
  gap: number,
  onWarning: Warn,
  doubts: string[],
): Promise<ClearingResult> {
  const summary = await readSummary(folder);
  if (summary.grid_import_kw === undefined) return restoredFailure(theCase, summary);
  const result = restoredResult(theCase, await readResult(folder, theCase, { onWarning }), gap);
  if (result.status !== summary.status) {
    doubts.push(
      `The files of ${theCase.settings.name} say ${summary.status}; checked again, they show ${result.status}.`,
    );
  }
  return result;
}

/** Writes the page of a result, and says so. */
export async function writePage(
  result: ClearingResult | RegionResult,
  file: string,
  quiet: boolean,
  warnings: readonly string[] = [],
): Promise<void> {
  await writeReport(await reportPage(result, { warnings }), file, quiet);
}

/** Writes the page of a trial, and says so. */
export async function writeTrialPage(
  trial: StoredTrial,
  file: string,
  quiet: boolean,
): Promise<void> {
  await writeReport(await trialPage(trial), file, quiet);
}

async function writeReport(html: string, file: string, quiet: boolean): Promise<void> {
  await writeFile(file, html);
  if (!quiet) process.stderr.write(`report written to ${file}\n`);
}
