/** The command line: which commands there are, and how a run becomes an exit code. */
import { Command } from 'commander';
import { packageVersion } from '../engine/index.js';
import { clearCommand } from './clear.js';
import { exactnessCommand } from './exactness.js';
import { EXIT, type ExitCode } from './exitCodes.js';
import { exportCommand } from './export.js';
import { reportFailure } from './failure.js';
import { generateCommand } from './generate.js';
import { reportCommand } from './report.js';
import { trialCommand } from './trial.js';
import { verifyCommand } from './verify.js';

const EXIT_CODE_HELP = `
Exit codes: 0 a certified answer, 1 internal error, 2 bad input or usage, 3 infeasible,
4 no certified answer within the limits.`;

/** @param words the command line without the names of node and the script */
export async function run(words: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.certified;
  const finish = (code: ExitCode): void => {
    exitCode = code;
  };
  try {
    await buildProgram(finish).parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (failure) {
    return reportFailure(failure, words.includes('--debug'));
  }
}

function buildProgram(finish: (code: ExitCode) => void): Command {
  const program = new Command('wattshare')
    .description('Clears two-layer energy-sharing markets on distribution networks')
    .version(packageVersion())
    .addHelpText('after', EXIT_CODE_HELP);
  const commands = [
    clearCommand,
    trialCommand,
    reportCommand,
    verifyCommand,
    generateCommand,
    exportCommand,
    exactnessCommand,
  ];
  for (const command of commands.map((create) => create(finish))) {
    program.addCommand(command.copyInheritedSettings(program));
  }
  for (const command of [program, ...program.commands]) {
    // One line a problem: commander puts its suggestion on a second line.
    command.exitOverride().configureOutput({
      outputError: (text, write) => write(`${text.trim().replaceAll('\n', ' ')}\n`),
    });
  }
  return program;
}
