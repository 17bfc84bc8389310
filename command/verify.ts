/** `wattshare verify CASE RESULT`: the certificate once more, from the files alone. */
import { Command } from 'commander';
import {
  type Certificate,
  certify,
  describeChanges,
  readCase,
  readResult,
  renderCertificate,
  resolveCase,
  widenLimits,
} from '../engine/index.js';
import { summaryDisagreements } from './disagreements.js';
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

async function runVerify(
  caseName: string,
  resultFolder: string,
  { gap, bound, quiet }: VerifyCommandOptions,
): Promise<ExitCode> {
  const onWarning = (warning: string): void => {
    if (quiet !== true) process.stderr.write(`warning: ${warning}\n`);
  };
  const theCase = await readCase(resolveCase(caseName), { onWarning });
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
  for (const reason of reasons) process.stderr.write(`not confirmed: ${reason}\n`);
  return reasons.length === 0 ? EXIT.certified : EXIT.uncertified;
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
