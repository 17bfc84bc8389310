/** `wattshare verify CASE RESULT`: the certificate once more, from the files alone. */

import { join } from 'node:path';
import { Command } from 'commander';
import {
  type Case,
  type Certificate,
  certify,
  describeChanges,
  feederFolder,
  isRegion,
  type Outcome,
  type Region,
  readCaseOrRegion,
  readRegionSummary,
  readResult,
  renderCertificate,
  resolveCase,
  type Summary,
  widenLimits,
} from '../engine/index.js';
import { regionDisagreements, summaryDisagreements } from './disagreements.js';
import { EXIT, type ExitCode } from './exitCodes.js';
import { positiveNumber } from './options.js';
import { secondOpinion } from './secondRoute.js';

interface VerifyCommandOptions {
  readonly gap: number;
  readonly bound?: true;
  readonly quiet?: true;
}

export function verifyCommand(finish: (code: ExitCode) => void): Command {
  return new Command('verify')
    .description('check a result against its case, from the files alone')
    .argument('<case>', 'folder of the case, or the name of a bundled one')
    .argument('<result>', 'folder that clear wrote')
    .option('--gap <gap>', 'relative gap that counts as optimal', positiveNumber, 1e-6)
    .option('--bound', 'prove the lower bound again by linear programs in HiGHS, a second route')
    .option('--quiet', 'no warnings')
    .option('--debug', 'print stack traces of errors')
    .action(async (caseName: string, resultFolder: string, options: VerifyCommandOptions) => {
      finish(await runVerify(caseName, resultFolder, options));
    });
}

type Warn = (warning: string) => void;

async function runVerify(
  caseName: string,
  resultFolder: string,
  options: VerifyCommandOptions,
): Promise<ExitCode> {
  const onWarning: Warn = (warning) => {
    if (options.quiet !== true) process.stderr.write(`warning: ${warning}\n`);
  };
  const made = await readCaseOrRegion(resolveCase(caseName), { onWarning });
  const reasons = isRegion(made)
    ? await verifyRegion(made, resultFolder, options, onWarning)
    : (await verifyResult(made, resultFolder, options, onWarning)).reasons;
  for (const reason of reasons) process.stderr.write(`not confirmed: ${reason}\n`);
  return reasons.length === 0 ? EXIT.certified : EXIT.uncertified;
}

/** Every feeder by itself, and the region's summary as their sum. @returns what is not confirmed */
async function verifyRegion(
  region: Region,
  resultFolder: string,
  options: VerifyCommandOptions,
  onWarning: Warn,
): Promise<string[]> {
  const summary = await readRegionSummary(resultFolder, region.name, region.roots);
  const checked: Verified[] = [];
  for (const [place, feeder] of region.feeders.entries()) {
    if (place > 0) process.stdout.write('\n');
    const folder = join(resultFolder, feederFolder(place));
    checked.push(await verifyResult(feeder, folder, options, onWarning));
  }
  return [
    ...checked.flatMap(({ reasons }, place) =>
      reasons.map((reason) => `feeder ${region.roots[place]}: ${reason}`),
    ),
    ...regionDisagreements(summary, checked),
  ];
}

/** One result as it was read and checked. */
interface Verified {
  readonly summary: Summary;
  readonly certificate: Certificate;
  readonly outcome: Outcome;
  /** What is not confirmed. */
  readonly reasons: readonly string[];
}

async function verifyResult(
  theCase: Case,
  resultFolder: string,
  { gap, bound }: VerifyCommandOptions,
  onWarning: Warn,
): Promise<Verified> {
  const stored = await readResult(resultFolder, theCase, { onWarning });
  const { mode, outcome, relaxed, summary } = stored;
  const within = widenLimits(theCase, relaxed);
  const certificate = certify(within, mode, outcome, gap);
  const { name } = theCase.settings;
  process.stdout.write(`${name}, ${mode}, reported as ${summary.status}\n\n`);
  if (relaxed.length > 0) {
    const limits = describeChanges(theCase, relaxed, relaxed.length).join('\n  ');
    process.stdout.write(`within relaxed limits:\n  ${limits}\n\n`);
  }
  process.stdout.write(renderCertificate(certificate, gap));

  const reasons = [
    ...unmetPoints(certificate, summary.status),
    ...summaryDisagreements(summary, certificate, outcome),
  ];
  if (bound === true) {
    const { text, reasons: doubts } = await secondOpinion(within, stored, certificate, gap);
    process.stdout.write(`\n${text}`);
    reasons.push(...doubts);
  }
  return { summary, certificate, outcome, reasons };
}

/** What the reported status claims and the certificate does not show. */
function unmetPoints(certificate: Certificate, status: string): string[] {
  const reasons: string[] = [];
  if (status !== 'optimal' && status !== 'feasible') {
    reasons.push(`the result is reported as ${status}, which claims no certified answer`);
  }
  if (!certificate.equilibriumHolds) reasons.push('the prices and outputs are no equilibrium');
  if (!certificate.physicsHolds) {
    reasons.push('the reported state is not that of the power flow, or breaks a limit');
  }
  if (!certificate.revenueHolds) reasons.push('the operator does not collect what the grid costs');
  if (status === 'optimal' && !certificate.optimalityHolds) {
    reasons.push('the proof does not close the gap that `optimal` claims');
  }
  return reasons;
}
