/** `wattshare generate FEEDER --out DIR`: a made-up population on a real network, as a case folder. */
import { Command, Option } from 'commander';
import {
  type GenerateOptions,
  generateMarket,
  readFeeder,
  resolveFeeder,
  SITUATIONS,
  writeCase,
} from '../engine/index.js';
import { EXIT, type ExitCode } from './exitCodes.js';
import { tellSupervisor } from './messages.js';
import {
  finiteNumber,
  nameList,
  positiveNumber,
  positiveWholeNumber,
  wholeNumber,
} from './options.js';

interface GenerateCommandOptions extends GenerateOptions {
  readonly out: string;
  readonly format: 'csv' | 'arrow';
  readonly quiet?: true;
}

export function generateCommand(finish: (code: ExitCode) => void): Command {
  return new Command('generate')
    .description('make a market of any size on a feeder; the same options give the same bytes')
    .argument('<feeder>', 'folder of a feeder or a case, or the name of a bundled feeder')
    .requiredOption('--out <folder>', 'folder of the new case')
    .option('--name <name>', 'of the new case (default: feeder and situation)')
    .option('--prosumers <count>', 'prosumers in all', positiveWholeNumber)
    .option(
      '--per-community <count>',
      'prosumers in each community (default: 100)',
      positiveWholeNumber,
    )
    .option('--seed <number>', 'of the random draws (default: 1)', wholeNumber)
    .option(
      '--price-sensitivity <slope>',
      'market depth, kW per $/kWh: low is shallow, prosumers have more influence (default: 1)',
      positiveNumber,
    )
    .addOption(
      new Option('--situation <name>', 'the hour (default: "day")').choices(
        Object.keys(SITUATIONS),
      ),
    )
    .option('--price-min <price>', 'lower price cap of every community, $/kWh', finiteNumber)
    .option('--price-max <price>', 'upper price cap of every community, $/kWh', finiteNumber)
    .option('--community-buses <buses>', 'buses with a community, separated by commas', nameList)
    .addOption(
      new Option('--format <format>', 'of the tables').choices(['csv', 'arrow']).default('csv'),
    )
    .option('--quiet', 'say nothing')
    .option('--debug', 'print stack traces of errors')
    .action(async (feederName: string, options: GenerateCommandOptions) => {
      const quiet = options.quiet === true;
      const feeder = await readFeeder(resolveFeeder(feederName), (warning) => {
        if (!quiet) process.stderr.write(`warning: ${warning}\n`);
      });
      const market = generateMarket(feeder, options);
      tellSupervisor({ kind: 'writing', folder: options.out });
      await writeCase(market, options.out, options.format);
      if (!quiet) {
        const { prosumers, communities } = market;
        process.stderr.write(
          `case written to ${options.out}: ${prosumers.id.length} prosumers in ${communities.id.length} communities\n`,
        );
      }
      finish(EXIT.certified);
    });
}
