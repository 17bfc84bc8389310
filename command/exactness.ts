/** `wattshare exactness CASE`: whether the relaxation is known to be exact before anything is cleared. */
import { Command, Option } from 'commander';
import {
  type ExactnessReport,
  type Mode,
  readCase,
  reportExactness,
  resolveCase,
} from '../engine/index.js';
import { EXIT, type ExitCode } from './exitCodes.js';
import { mode } from './options.js';

interface ExactnessCommandOptions {
  readonly mode: Mode;
  readonly quiet?: true;
  readonly json?: true;
}

export function exactnessCommand(finish: (code: ExitCode) => void): Command {
  return new Command('exactness')
    .description('check before clearing whether the relaxation of the power flow is exact')
    .argument('<case>', 'folder of a case, or the name of a bundled one')
    .addOption(
      new Option('--mode <mode>', 'what would be cleared: welfare, dlmp or social')
        .argParser(mode)
        .default('welfare'),
    )
    .option('--quiet', 'no warnings')
    .option('--json', 'print the report as JSON, and nothing else, on standard output')
    .option('--debug', 'print stack traces of errors')
    .action(async (caseName: string, options: ExactnessCommandOptions) => {
      const theCase = await readCase(resolveCase(caseName), {
        onWarning: (warning) => {
          if (options.quiet !== true) process.stderr.write(`warning: ${warning}\n`);
        },
      });
      const report = await reportExactness(theCase, options.mode);
      process.stdout.write(
        options.json === true ? `${JSON.stringify(report, null, 2)}\n` : renderReport(report),
      );
      finish(EXIT.certified);
    });
}

function renderReport({ case: name, isExact, mode: cleared, points }: ExactnessReport): string {
  const verdict = isExact
    ? 'exact: any solution of the relaxation is one of the exact power flow'
    : 'not known to be exact: the clearing has to show it';
  const width = Math.max(...points.map(({ point }) => point.length));
  const lines = points.map(
    ({ finding, holds, point }) => `  ${holds ? 'yes' : 'no '}  ${point.padEnd(width)}  ${finding}`,
  );
  return `${name}, ${cleared}: ${verdict}\n\n${lines.join('\n')}\n`;
}
