/** `wattshare export CASE`: the program of a clearing as a file that other solvers read. */
import { writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import {
  type ExportedProgram,
  exportProgram,
  type Mode,
  PROGRAM_FORMATS,
  PROGRAMS,
  type ProgramFormat,
  type ProgramKind,
  readCase,
  resolveCase,
} from '../engine/index.js';
import { EXIT, type ExitCode } from './exitCodes.js';
import { mode, positiveNumber } from './options.js';

interface ExportCommandOptions {
  readonly program: ProgramKind;
  readonly format: ProgramFormat;
  readonly mode?: Mode;
  readonly subsidised?: true;
  readonly baseKva?: number;
  readonly out?: string;
  readonly quiet?: true;
}

const PROGRAM_HELP = `
Programs:
  explicit  welfare, with a binary for every segment of every community's cost
  reduced   the relaxation: the convex envelope of each community's cost, arc by arc
  full      dlmp or social, with every prosumer as a variable

With every prosumer as a variable welfare is bilevel, which no format holds. Cones are written
to MPS as QCMATRIX sections, which HiGHS does not read.`;

export function exportCommand(finish: (code: ExitCode) => void): Command {
  return new Command('export')
    .description('write the program of a clearing for another solver')
    .argument('<case>', 'folder of a case, or the name of a bundled one')
    .addOption(
      new Option('--program <program>', 'which program').choices(PROGRAMS).makeOptionMandatory(),
    )
    .addOption(
      new Option('--format <format>', 'of the file').choices(PROGRAM_FORMATS).default('cbf'),
    )
    .addOption(
      new Option(
        '--mode <mode>',
        'welfare, dlmp or social (default: "welfare", for the full program "dlmp")',
      ).argParser(mode),
    )
    .option('--subsidised', 'let the operator of welfare lose money')
    .option('--base-kva <power>', 'unit of power (default: by the size of trade)', positiveNumber)
    .option('--out <file>', 'write it there and not to standard output')
    .option('--quiet', 'no warnings and no word about what was written')
    .option('--debug', 'print stack traces of errors')
    .addHelpText('after', PROGRAM_HELP)
    .action(async (caseName: string, options: ExportCommandOptions) => {
      await runExport(caseName, options);
      finish(EXIT.certified);
    });
}

async function runExport(
  caseName: string,
  { out, quiet, ...options }: ExportCommandOptions,
): Promise<void> {
  const theCase = await readCase(resolveCase(caseName), {
    onWarning: (warning) => {
      if (quiet !== true) process.stderr.write(`warning: ${warning}\n`);
    },
  });
  const exported = await exportProgram(theCase, options);
  if (out === undefined) process.stdout.write(exported.text);
  else await writeFile(out, exported.text);
  if (quiet !== true) process.stderr.write(`${describe(exported, out ?? 'standard output')}\n`);
}

function describe({ variables, integers, rows, cones }: ExportedProgram, place: string): string {
  return (
    `program written to ${place}: ${variables} variables (${integers} binary), ` +
    `${rows} linear rows, ${cones} cones`
  );
}
